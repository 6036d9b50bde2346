"""The top of a ranking as a table that fits 100 columns of a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from ..errors.refusals import visible
from .measured import counted_words, measured_lines

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from ...experiments.task.goal import Goal

_STYLES = {"inside": "green", "edge": "yellow", "outside": "red"}


def ranking_table(
    ranking: pd.DataFrame, temperature_C: float | None, top: int, first: tuple[str, ...] = (), width: int = 100
) -> Table:
    """Formulas, chances, numbers with 90 % intervals, verdicts, nearest measured composition, cost.

    Parameters
    ----------
    ranking
        As `vitrion.rank` or `vitrion.sweep` gives it.
    temperature_C
        Where the conductivities hold, in degC; None shows the temperature of each row.
    top
        Rows shown.
    first
        Columns shown before the formula: the variables of a sweep, else the rank.
    width
        Columns of the terminal; the nearest composition, then the cost, give way when they are few.
    """
    titles = [
        *(first or ("#",)),
        "formula",
        "P(goal)",
        *(("T, °C", "σ, mS/cm") if temperature_C is None else (f"σ({temperature_C:g} °C), mS/cm",)),
        "Tg, °C",
        "verdict",
        "P(glass)",
        "nearest",
        "$/kg",
    ]
    rows = [_row(row, first, temperature_C is None) for row in ranking.head(top).to_dict("records")]
    kept = _fitting(titles, rows, width)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for title, longest in kept.items():
        right = title in (*first, "#", "P(goal)", "T, °C", "P(glass)", "$/kg")
        bold = "bold" if title == "formula" else ""
        table.add_column(
            title,
            justify="right" if right else "left",
            no_wrap=True,
            overflow="ellipsis",
            max_width=longest,
            style=bold,
        )
    for row in rows:
        table.add_row(*(cell for title, cell in zip(titles, row, strict=True) if title in kept))
    return table


def _fitting(titles: list[str], rows: list[list[Text]], width: int) -> dict[str, int]:
    """Columns that fit, with the width of each."""
    longest = {title: max([len(title), *(row[at].cell_len for row in rows)]) for at, title in enumerate(titles)}
    longest["formula"] = min(longest["formula"], 26)
    glass = titles.index("P(glass)")
    if not any(row[glass].cell_len for row in rows):  # no model of it
        del longest["P(glass)"]
    for name in ("nearest", "$/kg"):
        spare = width - sum(longest.values()) - 2 * len(longest) + 2
        if spare < 0:
            longest[name] = max(longest[name] + spare, 0)
            if longest[name] < 8:
                del longest[name]
    return longest


def _row(row: dict[Any, Any], first: tuple[str, ...], warm: bool) -> list[Text]:
    sigma = [row[f"conductivity{end}_S_cm"] for end in ("", "_low", "_high")]
    verdict = row["verdict"] if isinstance(row["verdict"], str) else ""
    unread = isinstance(row["error"], str) and bool(row["error"])
    lead = [f"{row[name]:g}" for name in first] or [f"{row['rank']:.0f}" if not _missing(row["rank"]) else "-"]
    return [
        *map(Text, lead),
        Text(visible(str(row["formula"]), 40) or "(empty)"),
        Text(percent(row["p_goal"])),
        *([Text("" if _missing(row["temperature_C"]) else f"{row['temperature_C']:g}")] if warm else []),
        Text("" if any(map(_missing, sigma)) else _interval([value * 1e3 for value in sigma], short)),
        Text(_interval([row["tg_C"], row["tg_low_C"], row["tg_high_C"]], degrees)),
        Text("unread" if unread else verdict, style=_STYLES.get(verdict, "red" if unread else "")),
        Text(_glass(row)),
        Text(visible(row["nearest"], 40) if isinstance(row["nearest"], str) else ""),
        Text(_money(row["cost_usd_per_kg"])),
    ]


def _glass(row: dict[Any, Any]) -> str:
    """The chance of a glass, in brackets where it is outside the known; empty where no model says it."""
    chance = row.get("p_glass")
    if _missing(chance):
        return ""
    return f"({percent(chance)})" if row["glass_verdict"] == "outside" else percent(chance)


def _missing(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124 - NaN


def _interval(values: list[float], write: Any) -> str:
    if any(map(_missing, values)):
        return ""
    return f"{write(values[0])} ({write(values[1])}…{write(values[2])})"


def short(value: float) -> str:
    """Write a number with two digits, in powers of ten where it is long.

    >>> [short(value) for value in (1.52, 0.0000123, 0.031, 148.0, 0.0)]
    ['1.5', '1e-5', '0.031', '150', '0']
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    power = math.floor(math.log10(abs(value)))
    if power < -3 or power > 3:
        return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")
    digits = max(1 - power, 0)
    return f"{round(value, 1 - power):.{digits}f}"


def degrees(value: float) -> str:
    """Write a whole number with a true minus.

    >>> degrees(-16.8)
    '−17'
    """
    return f"{value:z.0f}".replace("-", "−")


def percent(value: Any) -> str:
    """Write a probability.

    >>> percent(0.624), percent(0.001), percent(None)
    ('62 %', '<1 %', '')
    """
    if _missing(value):
        return ""
    return "<1 %" if 0 < value < 0.005 else f"{value:.0%}".replace("%", " %")


def _money(value: Any) -> str:
    if _missing(value):
        return ""
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def show_ranking(
    console: Console, ranking: pd.DataFrame, goal: Goal, temperature_C: float | None, top: int, first: tuple[str, ...]
) -> None:
    """Print the top of a ranking, what was measured of it, and counts of all; `first` as in `ranking_table`."""
    if top:
        console.print(ranking_table(ranking, temperature_C, top, first, console.width))
    if unknown := glass_words(ranking):
        console.print(Text(unknown), soft_wrap=True)
    if top:
        for line in measured_lines(ranking.head(top)):
            console.print(Text(visible(line, 200)), soft_wrap=True)
    rest, noun = f" ({top:,} shown)" if len(ranking) > top else "", "members" if first else "candidates"
    words = f"{len(ranking):,} {noun}{rest}: {verdict_counts(ranking)}; intervals 90 %"
    console.print(Text(words), soft_wrap=True)
    known = " ".join(counted_words(ranking, goal))
    if known.strip():
        console.print(Text(known), soft_wrap=True)


def glass_words(ranking: pd.DataFrame) -> str:
    """What to do where no model says whether anything becomes a glass; empty where one does, or nothing was read.

    >>> import pandas as pd
    >>> glass_words(pd.DataFrame({"verdict": ["inside"], "p_glass": [float("nan")]}))
    'p_glass is empty: no model of glass formation answers; vitrion train -p glass_formation'
    """
    if "p_glass" not in ranking or ranking["p_glass"].notna().any() or not ranking["verdict"].isin(list(_STYLES)).any():
        return ""
    return "p_glass is empty: no model of glass formation answers; vitrion train -p glass_formation"


def verdict_counts(ranking: pd.DataFrame) -> str:
    """Say how many candidates there are by verdict, and how many could not be read."""
    verdicts = ranking["verdict"].tolist()
    words = [f"{verdicts.count(key):,} {key}" for key in _STYLES]
    unread = len(verdicts) - sum(map(verdicts.count, _STYLES))
    return ", ".join(words) + (f", {unread:,} could not be read" if unread else "")
