"""What came of earlier melts: values of each property, and syntheses that failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..datasets.grid import TableError
from ..datasets.measurement import composition_keys
from ..datasets.properties import ZERO_CELSIUS_K, find
from ..datasets.user_rows import NO_GLASS, SYNTHESIS
from ..datasets.user_table import from_frame, read_table
from ..features.fractions import Fractions
from ..models.blend import ARRHENIUS

Vector = npt.NDArray[np.float64]
ERRORS: Mapping[str, str] = {"conductivity": "conductivity_error_S_cm", "tg": "tg_error_C"}
NO_GLASS_PHASES = ("crystal", "molten")
ACTIVATION_SPREAD = 0.5  # decades per 1000 K / T: 0.1 eV, by which activation energies of halides scatter
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
        if not isinstance(results, pd.DataFrame | Path | str):
            raise TableError(f"results of type {type(results).__name__}; give a DataFrame or the path of a table")
        if not isinstance(results, pd.DataFrame):
            return cls(_in_order(read_table(Path(results)).good(keep_good=False).assign(error=np.nan)))
        errors = {name: _numbers(results[name], name) for name in ERRORS.values() if name in results}
        facts = from_frame(results.drop(columns=list(errors)), "results").good(keep_good=False)
        error = [_error(errors, row["quantity"], int(row["row"]) - 1) for row in facts.to_dict("records")]
        return cls(_in_order(facts.assign(error=np.array(error, dtype=float))))

    @property
    def fractions(self) -> Fractions:
        """Composition of each fact."""
        return Fractions.of(self.facts["formula"].tolist())

    def of_property(self, name: str, temperature_C: float) -> tuple[npt.NDArray[np.intp], Vector, Vector]:
        """Rows of the facts on one property, their targets at a temperature and standard errors, each (m,).

        A conductivity at another temperature is moved to this one by the usual activation energy, with an error for how
        much these scatter; of one sample at several temperatures the nearest counts. What was measured of a crystal or
        a melt says nothing of the glass and is left out.
        """
        rows = np.flatnonzero((self.facts["quantity"] == name) & ~self.facts["phase"].isin(NO_GLASS_PHASES))
        part = self.facts.iloc[rows]
        values = part["value"].to_numpy(dtype=float)
        target = find(name).to_target(values)
        error = part["error"].to_numpy(dtype=float) if "error" in part else np.full(len(part), np.nan)
        noise = np.nan_to_num(error)
        if name == "conductivity":
            measured = part["temperature_C"].to_numpy(dtype=float)
            shift = 1000.0 / (temperature_C + ZERO_CELSIUS_K) - 1000.0 / (measured + ZERO_CELSIUS_K)
            target = target - ARRHENIUS * shift
            noise = np.hypot(noise / (values * np.log(10.0)), ACTIVATION_SPREAD * shift)
            nearest = _nearest(part, np.abs(shift))
            rows, target, noise = rows[nearest], target[nearest], noise[nearest]
        return rows, target, noise

    def failed(self) -> npt.NDArray[np.bool_]:
        """Whether each fact is a synthesis that gave no glass, shape (m,)."""
        if "outcome" not in self.facts:
            return np.zeros(len(self.facts), dtype=bool)
        told = (self.facts["quantity"] == SYNTHESIS) & self.facts["outcome"].isin(FAILURES)
        return np.asarray(told, dtype=bool)


def _nearest(part: pd.DataFrame, far: Vector) -> npt.NDArray[np.bool_]:
    """Whether no other value of the same composition and sample lies nearer, shape (m,)."""
    if not len(part):
        return np.empty(0, dtype=bool)
    sample = part["sample"].astype(str) if "sample" in part else ""
    keys = composition_keys(Fractions.of(part["formula"].tolist()).matrix)
    least = pd.DataFrame({"key": keys, "sample": sample, "far": far}).groupby(["key", "sample"])["far"].transform("min")
    return np.asarray(far <= least.to_numpy() + 1e-12, dtype=bool)


def _in_order(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts by composition, quantity, value and all else: in whatever order they are told, the same follows."""
    keys = composition_keys(Fractions.of(facts["formula"].tolist()).matrix)
    others = sorted(set(facts.columns) - {"quantity", "value"}, reverse=True)
    rest = [facts[name].astype(str).to_numpy(dtype=str) for name in others]
    quantity = facts["quantity"].to_numpy(dtype=str)
    return facts.iloc[np.lexsort([*rest, facts["value"].to_numpy(), quantity, keys])].reset_index(drop=True)


def _numbers(column: pd.Series[Any], name: str) -> Vector:
    """Standard errors of a column, NaN where none is told; refused where one is no number of zero or more."""
    values = np.asarray(pd.to_numeric(column, errors="coerce"), dtype=float)
    wrong = np.flatnonzero((column.notna() & np.isnan(values)) | np.isinf(values) | (values < 0))
    if len(wrong):
        told = column.iloc[int(wrong[0])]
        raise TableError(f"results row {wrong[0] + 1}, {name}: {told!r} is no standard error; give a number from 0")
    return values


def _error(errors: Mapping[str, Vector], quantity: Any, row: int) -> float:
    column = errors.get(ERRORS.get(str(quantity), ""))
    return float("nan") if column is None else float(column[row])


def success(matrix: npt.NDArray[np.float64], outcomes: Outcomes) -> Vector:
    """Probability that each composition, atomic fractions of shape (n, 103), can be made as a glass, shape (n,).

    Nine of ten, unless failures lie near: each composition counts once, as failed if it ever did, by a Gaussian of its
    distance in atomic fractions, with a length of 0.03.
    """
    failed = outcomes.failed()
    weight, made = np.full(len(matrix), 1.0), np.full(len(matrix), 0.9)
    if failed.any():
        told = outcomes.fractions.matrix
        _, first, where = np.unique(composition_keys(told), return_index=True, return_inverse=True)
        for place, row in enumerate(first):
            near = np.exp(-0.5 * np.square(matrix - told[row]).sum(axis=1) / 0.03**2)
            weight += near
            made += near * (not failed[where == place].any())
    return np.asarray(made / weight)
