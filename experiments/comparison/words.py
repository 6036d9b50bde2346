"""A cell of a comparison in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cells import Cell

NOTHING = "not known"
SUMMED = {"USD/kg": "raw materials", "HHI, of 10,000": ""}  # units of what is added up and not predicted
WORDS = ("measured_words", "predicted_words", "words")


def words(cell: Cell) -> dict[str, str]:
    """Say what was measured, what is predicted, and both with what to know of it.

    Examples
    --------
    >>> from .cells import Cell
    >>> words(Cell("Tg", "°C", "LiAlCl2.5O0.75", measured=-16.8, papers=1, doi="10.1038/x", predicted=-3.0))["words"]
    'measured −16.8 (1 paper: 10.1038/x); predicted −3'
    >>> words(Cell("cost", "USD/kg", "Li6PS5Cl", predicted=281.0, basis="a floor"))["predicted_words"]
    'raw materials 281, a floor'
    """
    parts = [_measured(cell), _predicted(cell), cell.note]
    return dict(zip(WORDS, (*parts[:2], "; ".join(filter(None, parts)) or NOTHING), strict=True))


def figure(value: float, unit: str, exact: bool = True) -> str:
    """Write a number as its unit wants it, with a true minus; degrees of what is not `exact` as whole ones.

    >>> figure(1.52e-3, "S/cm"), figure(2.4e-9, "S/cm"), figure(-16.84, "°C"), figure(4.313, "V")
    ('1.52e-3', '2.40e-9', '−16.8', '4.31')
    >>> figure(-0.3, "K", exact=False)
    '0'
    """
    if unit == "S/cm":
        text = f"{value:.{2 if exact else 1}e}".replace("e-0", "e-").replace("e+0", "e+")
    elif unit in ("°C", "K"):
        text = f"{round(value, 1):zg}" if exact else f"{value:z.0f}"
    else:
        text = f"{value:z.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return text.replace("-", "−") if not text.count("e") else text


def _measured(cell: Cell) -> str:
    if math.isnan(cell.measured):
        return ""
    value = figure(cell.measured, cell.unit)
    if cell.measured_high > cell.measured:
        value += f" to {figure(cell.measured_high, cell.unit)}"
    source = cell.doi if cell.papers <= 1 or not cell.doi else f"such as {cell.doi.partition(';')[0]}"
    papers = f"{cell.papers} paper{'' if cell.papers == 1 else 's'}" if cell.papers else ""
    about = "; ".join(filter(None, (cell.measured_as, ": ".join(filter(None, (papers, source))))))
    how = "published" if cell.unit == "USD/kg" else "measured"
    return f"{how} {value}{f' ({about})' if about else ''}"


def _predicted(cell: Cell) -> str:
    known = [not math.isnan(value) for value in (cell.predicted, cell.low, cell.high)]
    low, high = (figure(value, cell.unit, exact=False) for value in (cell.low, cell.high))
    ends = f"{low} … {high}" if all(known[1:]) else ""
    if known[0]:
        value = figure(cell.predicted, cell.unit, exact=False)
        text = f"{SUMMED.get(cell.unit, 'predicted')} {value}{f' ({ends})' if ends else ''}".strip()
    elif ends:
        text = f"predicted {low} … {high}"
    elif known[2]:
        text = f"predicted at most {high}"
    else:
        return ""
    return ", ".join(filter(None, (text, cell.basis)))
