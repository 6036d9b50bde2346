"""The cells of a comparison: what was measured and what is predicted of a composition on one virtue."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets.measurement import composition_keys
from ...datasets.sources import literature
from ...features.fractions import Fractions
from ...models.prediction import Prediction
from ...models.predictor import Predictor
from ..ranking.measured import measured, papers

NOTHING = "not known"
SUMMED = {"USD/kg": "raw materials", "HHI, of 10,000": ""}  # units of what is added up and not predicted
WORDS = ("measured_words", "predicted_words", "words")


def words(cell: Cell) -> dict[str, str]:
    """Say what was measured, what is predicted, and both with what to know of it.

    Examples
    --------
    >>> words(Cell("Tg", "°C", "LiAlCl2.5O0.75", measured=-16.8, papers=1, doi="10.1038/x", predicted=-3.0))["words"]
    'measured −16.8 (1 paper: 10.1038/x); predicted −3'
    >>> words(Cell("cost", "USD/kg", "Li6PS5Cl", predicted=281.0, basis="without labour and energy"))["predicted_words"]
    'raw materials 281, without labour and energy'
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
    elif known[1]:
        text = f"predicted at least {low}"
    else:
        return ""
    return ", ".join(filter(None, (text, cell.basis)))


NAN = float("nan")


@dataclass(frozen=True)
class Cell:
    """What is known of one composition on one virtue; numbers are NaN where there are none.

    Parameters
    ----------
    virtue, unit, formula
        Of what, in which unit, of which composition.
    measured, measured_high, measured_as, papers, doi
        What was measured (to `measured_high` where several values were), of which phase and at which temperature, in
        how many papers, and the DOI of one; of several apart by ``; ``.
    predicted, low, high, basis
        What is predicted, its interval, and what that stands on: a verdict, or the method.
    note
        What to know of it.
    """

    virtue: str
    unit: str
    formula: str
    measured: float = NAN
    measured_high: float = NAN
    measured_as: str = ""
    papers: int = 0
    doi: str = ""
    predicted: float = NAN
    low: float = NAN
    high: float = NAN
    basis: str = ""
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """The columns `CELL` of this cell."""
        return {**asdict(self), **words(self)}


CELL = (*(field.name for field in fields(Cell)), *WORDS)
NUMBERS = ("measured", "measured_high", "predicted", "low", "high")  # columns that may have none


@dataclass(frozen=True)
class Subject:
    """The compositions that are compared, with what the models and the tables say of them."""

    fractions: Fractions
    formulas: list[str]
    temperature_C: float
    predictors: Mapping[str, Predictor]
    told: Mapping[str, Prediction]
    known: Mapping[str, npt.NDArray[Any]]
    papers: Mapping[str, npt.NDArray[np.int64]]
    dois: Mapping[str, npt.NDArray[np.object_]]

    @classmethod
    def of(
        cls,
        fractions: Fractions,
        formulas: list[str],
        temperature_C: float,
        predictors: Mapping[str, Predictor],
        told: Mapping[str, Prediction],
    ) -> Subject:
        """Look up what was measured of each."""
        keys = composition_keys(fractions.matrix)
        known = measured(keys, temperature_C, told, predictors)
        found = {name: papers(name, keys, told[name], predictors[name], temperature_C) for name in told}
        count, dois = {name: pair[0] for name, pair in found.items()}, {name: pair[1] for name, pair in found.items()}
        return cls(fractions, formulas, temperature_C, predictors, told, known, count, dois)

    def cells(self, virtue: str, unit: str, **columns: Any) -> Iterator[Cell]:
        """A cell for each composition, of columns of shape (n,)."""
        for row, formula in enumerate(self.formulas):
            yield Cell(virtue, unit, formula, **{name: _plain(values[row]) for name, values in columns.items()})


@lru_cache(maxsize=4)
def _literature(quantity: str) -> tuple[pd.DataFrame, npt.NDArray[np.uint64]]:
    """Rows of the literature tables on a quantity that are not doubted, and the numbers of their compositions."""
    table = literature.read_table(tuple(literature.TABLES))
    rows = table[(table["quantity"] == quantity) & (table["doubt"] == "")].reset_index(drop=True)
    return rows, composition_keys(Fractions.of(rows["formula"].tolist()).matrix)


def published(quantity: str, fractions: Fractions) -> dict[str, Any]:
    """What the literature tables have on a quantity of each composition: range, phases, papers and DOIs, as columns."""
    (table, known), keys = _literature(quantity), composition_keys(fractions.matrix)
    n = len(keys)
    low, high, count = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, dtype=np.int64)
    phase, doi = np.full(n, "", dtype=object), np.full(n, "", dtype=object)
    for row in np.flatnonzero(np.isin(keys, known)):
        rows = table[known == keys[row]]
        low[row], high[row] = rows["value"].min(), rows["value"].max()
        count[row] = (rows["doi"] + rows["source"].where(rows["doi"] == "", "")).nunique()
        phase[row], doi[row] = ("; ".join(filter(None, dict.fromkeys(rows[one]))) for one in ("phase", "doi"))
    return {"measured": low, "measured_high": high, "measured_as": phase, "papers": count, "doi": doi}


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
