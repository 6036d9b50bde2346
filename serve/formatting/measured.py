"""What was measured of a candidate, in the words of the pages and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.task.goal import Goal

CRYSTAL = "crystal"
_OWN = "own synthesis"  # how a part of a note begins that tells of a synthesis that failed
_FEW = " interval from "  # in the part of a note that tells how few laboratories an interval comes from


def measured_words(row: Mapping[Any, Any], beside_note: bool = True) -> str:
    """Say what was measured of the composition of a row; empty where nothing was.

    A row that was kept before the columns were there says nothing. Beside the note of the row, which has the
    conductivity of a crystal, this is but the link to its source.

    >>> measured_words(
    ...     {
    ...         "measured_conductivity_S_cm": 1.52e-3,
    ...         "measured_temperature_C": 30.0,
    ...         "measured_phase": "glass",
    ...         "measured_tg_C": -16.8,
    ...     }
    ... )
    'measured 1.52 mS/cm at 30 °C, glass; Tg −16.8 °C'
    """
    sigma, tg, parts = row.get("measured_conductivity_S_cm"), row.get("measured_tg_C"), []
    if is_known(sigma):
        phase = row["measured_phase"]
        if phase != CRYSTAL or not beside_note:
            parts.append(f"{millisiemens(sigma)} mS/cm at {_degrees(row['measured_temperature_C'])} °C, {phase}")
        elif row["measured_doi"]:
            parts.append(f"as a {CRYSTAL}")
    if is_known(tg):
        parts.append(f"Tg {_degrees(tg)} °C")
    return f"measured {'; '.join(parts)}" if parts else ""


def measured_lines(shown: pd.DataFrame) -> list[str]:
    """What was measured of the rows shown or failed, and which intervals come from few laboratories; no words twice."""
    told = dict[str, str]()
    for row in shown.to_dict("records"):
        parts = [one for one in str(row.get("note") or "").split("; ") if _FEW in one or one.startswith(_OWN)]
        told[str(row["formula"])] = "; ".join(filter(None, (measured_words(row, beside_note=False), *parts)))
    return [f"{formula}: {words}" for formula, words in told.items() if words]


def counted_words(ranking: pd.DataFrame, goal: Goal) -> tuple[str, str]:
    """How many rows are measured, and of how many and how many of them meet the goal; empty where the columns lack."""
    from ...experiments.ranking.measured import counted

    if "n_measured" not in ranking:
        return "", ""
    known, met, n = counted(ranking, goal)
    return (
        f"{known:,}",
        f"of {n:,} {'is' if known == 1 else 'are'} measured, {met:,} {'meets' if met == 1 else 'meet'} the goal",
    )


def is_known(value: Any) -> TypeGuard[float]:
    """Whether a cell holds a number."""
    return isinstance(value, int | float) and value == value  # noqa: PLR0124 - NaN


def millisiemens(sigma: float) -> str:
    """Write a conductivity in S/cm as mS/cm, with three digits.

    >>> millisiemens(1.52e-3), millisiemens(2.4e-9)
    ('1.52', '2.4e-6')
    """
    value = sigma * 1e3
    return f"{value:.3g}" if value >= 1e-3 else f"{value:.1e}".replace("e-0", "e-")


def _degrees(value: float) -> str:
    return f"{round(value, 1):g}".replace("-", "−")
