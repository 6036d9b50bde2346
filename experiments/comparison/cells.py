"""The cells of a comparison: what was measured and what is predicted of a composition on one virtue."""

from __future__ import annotations

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
from .words import WORDS, words

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
