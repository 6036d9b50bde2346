"""The pages of a ranking and of a sweep: their words, figures and columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...experiments.holdout.headline import LABELS
from ..errors.refusals import visible
from ..formatting.measured import counted_words, measured_words
from ..formatting.scores import champion_rows, written
from ..formatting.summary import percent
from .page import Column, Page, render

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.task.goal import Goal, Threshold
    from ...experiments.task.outcomes import Outcomes

SIZES = ((340, 460, 5), (740, 600, 8), (1060, 600, 10))
_RANKING = (
    Column("rank", "#", "rank"),
    Column("formula", "formula", "formula"),
    Column("p_goal", "P(goal)", "percent", best=True),
    Column("tg_C", "Tg, °C (90 %)", "degree", "tg_low_C", "tg_high_C"),
    Column("verdict", "verdict", "verdict"),
    Column("nearest", "nearest measured", doi="nearest_doi"),
    Column("o_to_cl", "O/Cl", "fixed"),
    Column("cost_usd_per_kg", "USD/kg", "cost"),
    Column("__front", "front"),
)
_FLAGS = Column("flags", "flags")
_GLASS = Column("p_glass", "P(glass)", "percent")
_HIDDEN = (
    "conductivity_low_S_cm",
    "conductivity_high_S_cm",
    "tg_low_C",
    "tg_high_C",
    "nearest_doi",
    "nearest_distance",
    "measured_doi",
    "cost_route",
    "note",
    "error",
)
_IN_WORDS = (
    *("tg_verdict", "conductivity_verdict", "glass_verdict", "measured_conductivity_S_cm", "measured_temperature_C"),
    *("measured_phase", "measured_tg_C", "n_measured"),
)
_OWN = 8
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
PHRASES = {"inside": "inside the known", "edge": "at the edge of the known", "outside": "outside the known"}


def ranking_page(ranking: pd.DataFrame, goal: Goal, temperature_C: float | None, name: str) -> str:
    """HTML of a ranking with the Tg-conductivity map; without a temperature where each candidate has its own."""
    from ...experiments import plots

    read = int((~unread(ranking)).sum())
    likely = int((ranking["p_goal"] >= 0.5).sum())
    best = ranking.head(1).to_dict("records")[0]
    name_of_best = subscripts(visible(str(best["formula"])))
    return render(
        Page(
            title=f"Ranking of {name}",
            headline=f"{name_of_best} leads {read:,} candidates" if read else "No candidate could be read",
            standfirst=f"Its {_chance(best)}." if read else "",
            figure_title="Tg and conductivity, with 90 % intervals",
            noun="candidates",
            goal=goal_words(goal, temperature_C),
            figure=plots.conductivity_map(ranking, goal, temperature_C),
            annotations=[(w, plots.map_names(ranking, goal, n, (w, h))) for w, h, n in SIZES],
            table=in_millisiemens(ranking),
            columns=columns(ranking, temperature_C),
            tiles=[
                (f"{likely:,}", "more likely than not to meet the goal"),
                *_known_tile(ranking, goal),
                *_verdict_tiles(ranking),
            ],
            models=model_rows(),
            notes={"figure": _map_note(ranking, plots.LARGEST)},
        )
    )


def sweep_page(table: pd.DataFrame, variables: Sequence[str], goal: Goal, temperature_C: float, template: str) -> str:
    """HTML of a sweep with conductivity and Tg against the first variable."""
    from ...experiments import plots

    shown = columns(table, temperature_C, [Column(name, name, "given") for name in variables])
    bands = ", with 90 % bands" if len(variables) == 1 else ""
    headline, standfirst = template, ""
    if table["p_goal"].notna().any():
        best = table.loc[[table["p_goal"].idxmax()]].to_dict("records")[0]
        where = ", ".join(f"{name} = {best[name]:g}" for name in variables)
        headline = f"{template}: best at {where}" if where else template
        standfirst = f"{subscripts(best['formula'])}: its {_chance(best)}."
    return render(
        Page(
            title=f"Sweep of {template}",
            headline=headline,
            standfirst=standfirst,
            figure_title=f"Conductivity and Tg across the family{bands}",
            noun="members",
            goal=goal_words(goal, temperature_C),
            figure=plots.sweep_lines(table, variables, goal, temperature_C),
            table=in_millisiemens(table),
            columns=shown,
            tiles=[*_known_tile(table, goal), *_verdict_tiles(table)],
            models=model_rows(),
            notes={
                "figure": "Dotted lines: the goal. Symbols: circle inside, diamond edge, triangle outside the known."
            },
        )
    )


def proposal_page(
    family: pd.DataFrame,
    variables: Sequence[str],
    proposals: pd.DataFrame,
    outcomes: Outcomes,
    goal: Goal,
    temperature_C: float,
    template: str,
) -> str:
    """HTML of proposals: their reasons, and the family with measured and proposed points."""
    from ...experiments.proposals.plot import proposal_lines
    from ...experiments.proposals.reasons import REFERENCE

    first = [*(Column(name, name, "given") for name in variables), Column("reason", "why", long=True)]
    rows = proposals.to_dict("records")
    best = next((row for row in rows if not row["reason"].startswith(REFERENCE)), rows[0])  # which is not the news
    return render(
        Page(
            title=f"Proposals in {template}",
            headline=f"Melt {subscripts(best['formula'])} next",
            standfirst=f"{best['reason'][:1].upper()}{best['reason'][1:]}. {proposals.attrs['stop']}".strip(),
            figure_title="The family after the results, measured points and proposals",
            noun="proposals",
            goal=goal_words(goal, temperature_C),
            figure=proposal_lines(family, variables, proposals, outcomes, goal, temperature_C),
            table=in_millisiemens(proposals),
            columns=columns(proposals, temperature_C, first),
            tiles=_verdict_tiles(proposals),
            models=model_rows(),
            notes={"figure": "Dotted lines: the goal. Red: measured. Stars: proposed, where the model expects them."},
        )
    )


def columns(table: pd.DataFrame, temperature_C: float | None, first: Sequence[Column] = ()) -> list[Column]:
    """Columns of the page: the variables, the ranking, the hidden ends of intervals, some of the user's own."""
    at = "" if temperature_C is None else f" at {temperature_C:g} °C"
    sigma = Column("__mS", f"σ{at}, mS/cm (90 %)", "general", "__mS_low", "__mS_high", best=True)
    warm = [Column("temperature_C", "T, °C", "given")] if temperature_C is None else []
    glass = [_GLASS] if "p_glass" in table and table["p_glass"].notna().any() else []
    ranking = [*_RANKING[:3], *warm, sigma, *_RANKING[3:], *glass, *([_FLAGS] if "flags" in table else ())]
    shown = {column.key for column in [*first, *ranking]}
    known = shown | {*_HIDDEN, *_IN_WORDS} | {"conductivity_S_cm", "temperature_C", "p_glass", "neutral", "pareto"}
    known = known if respelt(table) else known | {"input"}
    own = [Column(name, visible(name, 40), _kind(table[name])) for name in table.columns if name not in known][:_OWN]
    hidden = [Column(name, name, hidden=True) for name in ("__mS_low", "__mS_high", "__measured", *_HIDDEN)]
    return [*first, *ranking, *own, *hidden]


def respelt(table: pd.DataFrame) -> bool:
    """Whether a candidate was given in another spelling than the one shown."""
    return "input" in table and bool((table["input"] != table["formula"]).any())


def in_millisiemens(table: pd.DataFrame) -> pd.DataFrame:
    """Table with conductivities in mS/cm beside those in S/cm, what was measured, and a mark for the Pareto front."""
    return table.assign(
        __mS=table["conductivity_S_cm"] * 1e3,
        __mS_low=table["conductivity_low_S_cm"] * 1e3,
        __mS_high=table["conductivity_high_S_cm"] * 1e3,
        __measured=[measured_words(row) for row in table.to_dict("records")],
        __front=["●" if front is True else "" for front in table["pareto"].tolist()],
    )


def goal_words(goal: Goal, temperature_C: float | None) -> str:
    """Say in words what a candidate has to reach."""
    words = [_limit_words(limit, temperature_C) for limit in goal.thresholds]
    if goal.forbidden:
        words.append(f"no {' or '.join(goal.forbidden)}")
    if goal.flags != type(goal)().flags:
        words.append(f"no flag {' or '.join(goal.flags)}" if goal.flags else "any flags")
    if goal.required:
        words.append(f"with {' and '.join(goal.required)}")
    if goal.minimum_verdict != "outside":
        words.append(f"a verdict of {goal.minimum_verdict}{'' if goal.minimum_verdict == 'inside' else ' or better'}")
    if math.isfinite(goal.max_cost_usd_per_kg):
        words.append(f"at most {goal.max_cost_usd_per_kg:g} USD/kg")
    if goal.min_p_glass is not None:
        words.append(f"a chance of a glass of at least {goal.min_p_glass:.0%}")
    return f"{', '.join(words[:-1])}, and {words[-1]}" if len(words) > 1 else words[0]


def _limit_words(limit: Threshold, temperature_C: float | None) -> str:
    from ...datasets.properties import find

    value, side = (limit.below, "most") if limit.above is None else (limit.above, "least")
    weight = "" if limit.weight == 1 else f" (weight {limit.weight:g})"
    if limit.property == "conductivity" and value is not None:
        where = "its own temperature" if temperature_C is None else f"{temperature_C:g} °C"
        return f"at {side} {value * 1e3:g} mS/cm at {where}{weight}"
    quantity = find(limit.property)
    title = "Tg" if limit.property == "tg" else quantity.label
    return f"{title} of at {side} {value:g} {quantity.unit.replace('degC', '°C')}{weight}"


def model_rows() -> list[dict[str, str]]:
    """The chief scores of the models in use, as text; the property is named in its first row only."""
    out, before = [], ""
    for row in (one for one in champion_rows() if one["chief"]):
        first = row["property"] != before
        before = row["property"]
        names = f"{row['property']} {row['version']} ({row['created']})" if first else ""
        of_row = ("mae", "mae_by_paper", "coverage", "coverage_by_paper", "width")
        scores = {name: written(row, name) for name in of_row}
        units = {name: f"{text} {row['unit']}" for name, text in scores.items() if text and name in ("mae", "width")}
        words = {"model": names, "headline": row["headline"] if first else ""}
        out.append(words | {"subset": LABELS.get(row["subset"], row["subset"])} | scores | units)
    return out


def unread(ranking: pd.DataFrame) -> pd.Series[bool]:
    """Rows that hold a reason instead of numbers."""
    return ranking["error"].map(lambda error: isinstance(error, str) and bool(error)).astype(bool)


def _chance(best: Mapping[Any, Any]) -> str:
    return f"chance of meeting the goal is {percent(best['p_goal'])}; it lies {PHRASES[best['verdict']]}"


def subscripts(formula: str) -> str:
    """Write a formula with Unicode subscripts."""
    return formula.translate(_SUBSCRIPTS)


def _known_tile(table: pd.DataFrame, goal: Goal) -> list[tuple[str, str]]:
    known = counted_words(table, goal)
    return [known] if known[0] else []


def _verdict_tiles(table: pd.DataFrame) -> list[tuple[str, str]]:
    verdicts = table["verdict"].tolist()
    words = {"inside": "inside the known", "edge": "at its edge", "outside": "outside it"}
    tiles = [(f"{verdicts.count(key):,}", label) for key, label in words.items()]
    unread = len(verdicts) - sum(verdicts.count(key) for key in words)
    return tiles + ([(f"{unread:,}", "could not be read")] if unread else [])


def _map_note(ranking: pd.DataFrame, largest: int) -> str:
    drawn = f"The first {largest:,} are drawn. " if len(ranking) > largest else ""
    return drawn + "Shaded: the goal. Bars: 90 % intervals, strong for the top ten. Point at a mark for its numbers."


def _kind(values: Any) -> str:
    """How cells of the user are shown: numbers with all of their digits."""
    return "given" if values.dtype.kind in "fiu" else "text"
