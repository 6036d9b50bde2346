"""The top of a ranking as a table that fits 100 columns of a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from .refusals import visible

if TYPE_CHECKING:
    import pandas as pd

_STYLES = {"inside": "green", "edge": "yellow", "outside": "red"}


def ranking_table(ranking: pd.DataFrame, temperature_C: float, top: int, first: tuple[str, ...] = ()) -> Table:
    """Formulas, chances, numbers with 90 % intervals, verdicts, nearest measured composition, cost.

    Parameters
    ----------
    ranking
        As `vitrion.rank` or `vitrion.sweep` gives it.
    temperature_C
        Where the conductivities hold, in degC.
    top
        Rows shown.
    first
        Columns shown before the formula: the variables of a sweep, else the rank.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for name in first or ("#",):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("formula", max_width=26, no_wrap=True, overflow="ellipsis", style="bold")
    table.add_column("P(goal)", justify="right", no_wrap=True)
    table.add_column(f"σ({temperature_C:g} °C), mS/cm", no_wrap=True)
    table.add_column("Tg, °C", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("nearest", max_width=20, no_wrap=True, overflow="ellipsis")
    table.add_column("$/kg", justify="right", no_wrap=True)
    for row in ranking.head(top).to_dict("records"):
        table.add_row(*_row(row, first))
    return table


def _row(row: dict[Any, Any], first: tuple[str, ...]) -> list[Text]:
    sigma = [row[f"conductivity{end}_S_cm"] for end in ("", "_low", "_high")]
    verdict = row["verdict"] if isinstance(row["verdict"], str) else ""
    unread = isinstance(row["error"], str) and bool(row["error"])
    lead = [f"{row[name]:g}" for name in first] or [f"{row['rank']}" if not _missing(row["rank"]) else "-"]
    return [
        *map(Text, lead),
        Text(visible(str(row["formula"]), 40)),
        Text(percent(row["p_goal"])),
        Text(_interval([value * 1e3 for value in sigma], short)),
        Text(_interval([row["tg_C"], row["tg_low_C"], row["tg_high_C"]], degrees)),
        Text("unread" if unread else verdict, style=_STYLES.get(verdict, "red" if unread else "")),
        Text(visible(row["nearest"], 40) if isinstance(row["nearest"], str) else ""),
        Text(_money(row["cost_usd_per_kg"])),
    ]


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
    return f"{value:.0f}".replace("-", "−")


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


def verdict_counts(ranking: pd.DataFrame) -> str:
    """Say how many candidates there are by verdict, and how many could not be read."""
    verdicts = ranking["verdict"].tolist()
    words = [f"{verdicts.count(key):,} {key}" for key in _STYLES]
    unread = len(verdicts) - sum(map(verdicts.count, _STYLES))
    return ", ".join(words) + (f", {unread:,} could not be read" if unread else "")
