"""What a campaign says, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from ...datasets.results.conditions import in_words, read
from ..errors.refusals import visible
from .summary import degrees, percent, short

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.campaigns.campaign import Campaign

_ENDS = ("", "_low", "_high")
_SYMBOLS = {"conductivity_error_S_cm": "σ", "tg_error_C": "Tg"}


def proposals_table(table: pd.DataFrame, temperature_C: float) -> Table:
    """Proposals with their chance, 90 % intervals and reason; conductivity at a temperature in degC."""
    shown = _grid(("formula", "P(goal)", f"σ({temperature_C:g} °C), mS/cm", "Tg, °C", "why"), right=("P(goal)",))
    for row in table.to_dict("records"):
        sigma = _interval([row.get(f"conductivity{end}_S_cm") for end in _ENDS], _millis)
        tg = _interval([row.get(f"tg{end}_C") for end in _ENDS], degrees)
        _add(shown, row["formula"], percent(row.get("p_goal")), sigma, tg, row.get("reason", ""), most=400)
    return shown


def history_table(history: pd.DataFrame) -> Table:
    """A row an event: the 90 % intervals that were believed, what was found, and what the best so far lacks."""
    titles = ("#", "what", "formula", "believed σ", "found", "believed Tg", "found", "lacks", "")
    shown = _grid(titles, right=("#", "lacks"))
    for row in history.to_dict("records"):
        sigma = _ends([row[f"believed_conductivity{end}_S_cm"] for end in _ENDS[1:]], _millis)
        tg = _ends([row[f"believed_tg{end}_C"] for end in _ENDS[1:]], degrees)
        found = _mark(_millis(row["found_conductivity_S_cm"]), row["conductivity_held"])
        found_tg = _mark(_one(row["found_tg_C"], degrees), row["tg_held"])
        lacks = "" if row["kind"] == "proposed" else _one(row["to_goal_decades"], "{:.1f}".format)
        what = row["outcome"] if row["kind"] == "failed" else row["kind"]
        stands = row["standing"]
        if stands == "stands":
            stands = "" if row["kind"] == "proposed" else row["reason"]
        made = in_words(read(row["conditions"]))
        if row["sample"]:
            made = "; ".join(filter(None, (f"sample {row['sample']}", made)))
        stands = "; ".join(filter(None, (stands, made)))
        _add(shown, row["event"], what, row["formula"], sigma, found, tg, found_tg, lacks, stands, most=300)
    return shown


def headline(campaign: Campaign, history: pd.DataFrame) -> Text:
    """What the campaign is about and how far it got, in a few lines."""
    from ...experiments.campaign_log.beliefs import contradictions

    state, goal = campaign.state, campaign.goal
    aims = []
    if goal.conductivity_S_cm is not None:
        aims.append(f"at least {short(goal.conductivity_S_cm * 1e3)} mS/cm at {state.temperature_C:g} °C")
    if goal.tg_C is not None:
        aims.append(f"Tg at most {goal.tg_C:g} °C".replace("-", "−"))
    lines = [
        f"{campaign.name}: {candidates_of(state.candidates)}",
        f"goal: {', '.join(aims) or 'no limit on conductivity or Tg'}",
        f"so far: {counted(rounds_of(history), 'round')}, {counted(len(campaign.results()), 'result')}, "
        f"{progress_of(history)}",
        *(one.words for one in campaign.widths()),
        *(f"doubtful: {sentence}" for sentence in contradictions(state)),
    ]
    if waiting := campaign.pending():
        lines.append(f"waiting for: {', '.join(waiting[:10])}" + (" ..." if len(waiting) > 10 else ""))
    return Text(
        "\n".join(
            [
                *lines,
                "σ in mS/cm; × marks values outside the predicted 90 % interval; lacks: decades from the best to the "
                "goal",
                "",
            ]
        )
    )


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "round"), counted(2, "round")
    ('1 round', '2 rounds')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def rounds_of(history: pd.DataFrame) -> int:
    """Rounds of proposals that stand."""
    return int(history["round"].max()) if history["round"].notna().any() else 0


def progress_of(history: pd.DataFrame) -> str:
    """Best conductivity so far, and what it lacks of the goal.

    >>> import pandas as pd
    >>> progress_of(pd.DataFrame({"best_conductivity_S_cm": [1e-4], "to_goal_decades": [1.0]}))
    'best 0.10 mS/cm, 1.0 decades below the goal'
    >>> progress_of(pd.DataFrame({"best_conductivity_S_cm": [1e-2], "to_goal_decades": [0.0]}))
    'best 10 mS/cm, enough for the goal'
    """
    last = history[["best_conductivity_S_cm", "to_goal_decades"]].tail(1).to_dict("records")
    if not last or _missing(last[0]["best_conductivity_S_cm"]):
        return "no conductivity yet"
    best, lacks = last[0]["best_conductivity_S_cm"], last[0]["to_goal_decades"]
    if _missing(lacks):  # the goal asks for no conductivity
        return f"best {_millis(best)} mS/cm"
    return f"best {_millis(best)} mS/cm, " + (f"{lacks:.1f} decades below the goal" if lacks else "enough for the goal")


def candidates_of(told: Any) -> str:
    """What the candidates are, in a few words.

    >>> candidates_of({"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.05"}})
    'LiAlCl{4-2x}O{x} with x=0:1.5:0.05'
    """
    if "template" in told:
        spans = " ".join(f"{name}={visible(span, 40)}" for name, span in told["variables"].items())
        return f"{visible(told['template'])} with {spans}" if spans else visible(told["template"])
    if "formulas" in told:
        return f"{len(told['formulas']):,} formulas"
    return "mixtures of " + ", ".join(told["mixtures"]["precursors"]) if "mixtures" in told else "mixtures of ions"


def listing(campaigns: Sequence[Campaign]) -> pd.DataFrame:
    """A row a campaign: candidates, rounds, results, what is waited for, and the best conductivity in S/cm."""
    import pandas as pd

    rows = []
    for one in campaigns:
        history, state = one.history(), one.state
        best = history["best_conductivity_S_cm"].tail(1).tolist()
        row: dict[str, Any] = {
            "name": one.name,
            "created": state.created,
            "candidates": candidates_of(state.candidates),
        }
        row |= {"rounds": rounds_of(history), "results": len(one.results()), "pending": len(one.pending())}
        rows.append(row | {"best_S_cm": best[0] if best else float("nan")})
    return pd.DataFrame(rows)


def plain_table(table: pd.DataFrame) -> Table:
    """Any table, as it is."""
    shown = _grid(tuple(map(str, table.columns)))
    for row in table.itertuples(index=False):
        _add(shown, *(("" if _missing(cell) else f"{cell:.3g}") if isinstance(cell, float) else cell for cell in row))
    return shown


def for_the_lab(campaign: Campaign) -> pd.DataFrame:
    """Results that stand, as 'vitrion data add' reads them: standard errors go into the notes."""
    table = campaign.results()
    names = {"conductivity_error_S_cm": "S/cm", "tg_error_C": "K"}
    for name, unit in names.items():
        table["note"] = [
            note if _missing(error) else "; ".join([*filter(None, [note]), f"{_SYMBOLS[name]} ± {error:g} {unit}"])
            for note, error in zip(table["note"], table[name], strict=True)
        ]
    return table.drop(columns=list(names))


def _grid(titles: Sequence[str], right: Sequence[str] = ()) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for title in titles:
        bold = "bold" if title in ("formula", "name") else ""
        table.add_column(title, justify="right" if title in right else "left", overflow="fold", style=bold)
    return table


def _add(table: Table, *cells: Any, most: int = 120) -> None:
    table.add_row(*(Text(visible(str(cell), most)) for cell in cells))


def _missing(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124 - NaN


def _one(value: Any, write: Any) -> str:
    return "" if _missing(value) else str(write(value))


def _millis(value: Any) -> str:
    return _one(value, lambda conductivity: short(conductivity * 1e3))


def _interval(values: Sequence[Any], write: Any) -> str:
    middle, low, high = values
    return "" if any(map(_missing, values)) else f"{write(middle)} ({write(low)}…{write(high)})"


def _ends(values: Sequence[Any], write: Any) -> str:
    return "" if any(map(_missing, values)) else "…".join(map(str, map(write, values)))


def _mark(text: str, held: Any) -> str:
    """The text with a cross where the interval did not hold it."""
    return f"{text} ×" if str(held) == "False" else text
