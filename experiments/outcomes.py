"""What came of earlier melts: values of each property, and syntheses that failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..datasets.properties import ZERO_CELSIUS_K, find
from ..datasets.user_rows import NO_GLASS, SYNTHESIS
from ..datasets.user_table import Reading, from_frame, read_table
from ..features.fractions import Fractions
from ..models.blend import ARRHENIUS

Vector = npt.NDArray[np.float64]
ERRORS: Mapping[str, str] = {"conductivity": "conductivity_error_S_cm", "tg": "tg_error_C"}
FAILURES = frozenset({NO_GLASS, "crystallised", "decomposed"})


@dataclass(frozen=True)
class Outcomes:
    """Results by property, and the compositions of failed syntheses.

    Parameters
    ----------
    facts
        As `datasets.user_table` reads them: ``quantity``, ``formula``, ``value`` in lab units, ``temperature_C``,
        ``phase``, ``outcome``; and ``error``, the standard error in the lab unit, NaN where none was told.
    """

    facts: pd.DataFrame

    @classmethod
    def of(cls, results: pd.DataFrame | Path | str | None) -> Outcomes:
        """Read results from a table in a file or in memory, or none; one wrong row refuses the table."""
        if results is None or (isinstance(results, pd.DataFrame) and results.empty):
            return cls(pd.DataFrame({name: [] for name in ("quantity", "formula", "value", "temperature_C", "phase")}))
        if isinstance(results, pd.DataFrame):
            told = {name: results[name] for name in ERRORS.values() if name in results}
            reading: Reading = from_frame(results.drop(columns=list(told)), "results")
            facts = reading.good(keep_good=False)
            errors = {name: np.asarray(pd.to_numeric(column), dtype=float) for name, column in told.items()}
            error = [_error(errors, row["quantity"], int(row["row"]) - 1) for row in facts.to_dict("records")]
            return cls(facts.assign(error=np.array(error, dtype=float)))
        facts = read_table(Path(results)).good(keep_good=False)
        return cls(facts.assign(error=np.nan))

    @property
    def fractions(self) -> Fractions:
        """Composition of each fact."""
        return Fractions.of(self.facts["formula"].tolist())

    def of_property(self, name: str, temperature_C: float) -> tuple[npt.NDArray[np.intp], Vector, Vector]:
        """Rows of the facts on one property, their targets at a temperature and standard errors, each (m,).

        A conductivity at another temperature is moved to this one by the usual activation energy.
        """
        rows = np.flatnonzero(self.facts["quantity"] == name)
        part = self.facts.iloc[rows]
        values = part["value"].to_numpy(dtype=float)
        target = find(name).to_target(values)
        error = part["error"].to_numpy(dtype=float) if "error" in part else np.full(len(part), np.nan)
        noise = np.nan_to_num(error)
        if name == "conductivity":
            measured = part["temperature_C"].to_numpy(dtype=float)
            shift = 1000.0 / (temperature_C + ZERO_CELSIUS_K) - 1000.0 / (measured + ZERO_CELSIUS_K)
            target = target - ARRHENIUS * shift
            noise = noise / (values * np.log(10.0))
        return rows, target, noise

    def failed(self) -> npt.NDArray[np.bool_]:
        """Whether each fact is a synthesis that gave no glass, shape (m,)."""
        if "outcome" not in self.facts:
            return np.zeros(len(self.facts), dtype=bool)
        told = (self.facts["quantity"] == SYNTHESIS) & self.facts["outcome"].isin(FAILURES)
        return np.asarray(told, dtype=bool)


def _error(errors: Mapping[str, Vector], quantity: Any, row: int) -> float:
    column = errors.get(ERRORS.get(str(quantity), ""))
    return float("nan") if column is None else float(column[row])


def success(matrix: npt.NDArray[np.float64], outcomes: Outcomes) -> Vector:
    """Probability that each composition, atomic fractions of shape (n, 103), can be made as a glass, shape (n,).

    Nine of ten, unless failures lie near: each made or failed composition counts by a Gaussian of its distance in
    atomic fractions, with a length of 0.03.
    """
    failed = outcomes.failed()
    weight, made = np.full(len(matrix), 1.0), np.full(len(matrix), 0.9)
    if failed.any():
        told = outcomes.fractions.matrix
        for row in range(len(told)):
            near = np.exp(-0.5 * np.square(matrix - told[row]).sum(axis=1) / 0.03**2)
            weight += near
            made += near * (not failed[row])
    return np.asarray(made / weight)
