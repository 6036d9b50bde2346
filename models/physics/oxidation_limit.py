"""Up to which voltage an electrolyte is not oxidised: by its weakest anion, from what was measured of its class.

The anion that loses its electron first caps the limit. Measured limits tell no more: on papers held out, a class by the
weakest anion errs as little as one that also tells oxychlorides and fluorochlorides apart (`held_out`). Limits against
sodium are put on the scale of lithium by the standard potentials of the two metals, and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets.chemistry.redox import above_lithium
from ...datasets.chemistry.thermochemistry import decomposition_voltage
from ...datasets.measurement import composition_keys
from ...datasets.sources.literature import read_table
from ...features.fractions import Fractions
from .oxidation_class import Texts, classes

Vector = npt.NDArray[np.float64]
By = Literal["anion", "company", "nothing"]

CEILING: Mapping[str, float] = MappingProxyType({"Cl": 4.5})
"""V against Li beyond which kinetics speak: half a volt above the 3.98 V of LiCl, the project's rule of thumb."""
LEAST = 2  # measurements that make a class
CUT_OFF = "cut-off"  # of the synthesis or method of a row: where a cell was stopped, which is no limit
ANALOGUES, LADDER = "analogues", "ladder"


@dataclass(frozen=True)
class OxidationLimits:
    """What is known of n compositions; voltages are against `metal`, NaN where nothing can be said.

    Parameters
    ----------
    typical_V, low_V, high_V
        Median of the class and ends of the interval, as far as any measured limit lay from the median of the other
        papers (the papers are too few for percentiles), shape (n,). What was measured above `CEILING` says only that a
        limit is at least that: the median needs to know no more of it, and the upper end is the ceiling.
    metal, anion
        ``Li`` or ``Na``, and the anion that caps the limit, shape (n,); empty where there is no answer.
    basis
        ``analogues`` (measured limits of the class) or ``ladder`` (formation energy of the salt of that anion).
    n_analogues
        Number of measurements behind it, shape (n,).
    measured_low_V, measured_high_V
        Range of what was published of the very composition, shape (n,).
    measured_phase, measured_doi, n_measured
        Phases and papers of these, as text, and their number, shape (n,).
    note
        Why there is no answer, or what to know of it, shape (n,).
    """

    typical_V: Vector
    low_V: Vector
    high_V: Vector
    metal: Texts
    anion: Texts
    basis: Texts
    n_analogues: npt.NDArray[np.int64]
    measured_low_V: Vector
    measured_high_V: Vector
    measured_phase: Texts
    measured_doi: Texts
    n_measured: npt.NDArray[np.int64]
    note: Texts

    def probability(self, above: float) -> Vector:
        """Chance that the limit is at least so many V against the metal, shape (n,); NaN where there is no answer.

        By the errors on papers held out; where the ladder alone speaks, as if all of its interval were equally likely.
        """
        errors, n = _learnt().errors, len(self.typical_V)
        spread = np.divide(
            self.high_V - above, self.high_V - self.low_V, out=np.full(n, np.nan), where=self.anion != ""
        )
        chance = (self.typical_V[:, None] + errors >= above).mean(axis=1)
        chance[[above > _ceiling(*one) for one in zip(self.anion, self.metal, strict=True)]] = 0.0
        return np.asarray(np.where(self.basis == ANALOGUES, chance, np.clip(spread, 0.0, 1.0)))


def oxidation_limits(compositions: Fractions | list[str]) -> OxidationLimits:
    """Say up to which voltage n compositions are not oxidised.

    Examples
    --------
    >>> known = oxidation_limits(["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "Li6PS5Cl"])
    >>> known.anion.tolist(), known.metal.tolist(), known.basis.tolist()
    (['Cl', 'Cl', 'S'], ['Li', 'Na', 'Li'], ['analogues', 'analogues', 'ladder'])
    >>> bool(known.high_V[0] <= 4.5)
    True
    """
    fractions = Fractions.of(compositions)
    learnt, n = _learnt(), len(fractions)
    anion, metal, note = classes(fractions)
    ends, basis, count = np.full((3, n), np.nan), np.full(n, "", dtype=object), np.zeros(n, dtype=np.int64)
    for row in np.flatnonzero(anion != ""):
        ends[:, row], basis[row], count[row] = _of_class(anion[row], metal[row], learnt)
    here = _measured(composition_keys(fractions.matrix), learnt)
    most = np.array([_ceiling(*one) for one in zip(anion, metal, strict=True)])
    for row in np.flatnonzero(here[1] > most):
        note[row] = (
            f"{here[1][row]:g} V is of a sweep or a passivated cell: {anion[row]}- gives way by {most[row]:.2f} V"
        )
    return OxidationLimits(ends[0], ends[1], ends[2], metal, anion, basis, count, *here, note)


def analogues(anion: str) -> pd.DataFrame:
    """Return the measured limits of the class of an anion, the highest first: formula, V as published, phase, DOI."""
    learnt = _learnt()
    table: pd.DataFrame = learnt.rows[learnt.anion == anion].sort_values(["value", "formula"], ascending=[False, True])
    chosen: pd.DataFrame = table[["formula", "value", "phase", "doi"]].reset_index(drop=True)
    return chosen


def at_least(anion: str) -> int:
    """Number of measured limits of the class of an anion that say only that it is at least its `CEILING`."""
    return int((_learnt().of(anion) >= CEILING.get(anion, np.inf)).sum())


def held_out(by: By = "anion", published: bool = False) -> Vector:
    """Return truth less expectation of each measured limit with its paper held out, in V on the scale of lithium.

    NaN where no other paper has the class.

    Parameters
    ----------
    by
        What makes a class: the weakest ``anion``, its ``company`` of F or O too, or ``nothing``.
    published
        Whether what exceeds its `CEILING` counts as it was published; else as the ceiling, its least possible value.
    """
    learnt = _learnt()
    known = learnt.anion
    if by != "anion":
        fractions = Fractions.of(learnt.rows["formula"].tolist())
        second = np.where(fractions.column("F") > 0, "F", np.where(fractions.column("O") > 0, "O", "")).astype(object)
        known = known + second if by == "company" else np.full(len(second), "", dtype=object)
    return _errors(learnt.raised_V if published else learnt.counted_V, known, learnt.paper)


@dataclass(frozen=True)
class _Learnt:
    """Measured limits, on the scale of lithium as far as they count, and what they teach."""

    rows: pd.DataFrame
    keys: npt.NDArray[np.uint64]
    raised_V: Vector
    counted_V: Vector
    anion: Texts
    paper: Texts
    each_error: Vector

    @property
    def errors(self) -> Vector:
        """Errors on papers held out."""
        return self.each_error[np.isfinite(self.each_error)]

    @property
    def reach(self) -> tuple[float, float]:
        """How far limits of other papers lay below and above what was expected."""
        return -float(self.errors.min()), float(self.errors.max())

    def of(self, anion: str) -> Vector:
        """Limits that count of a class."""
        found: Vector = self.counted_V[self.anion == anion]
        return found


@lru_cache(maxsize=1)
def _learnt() -> _Learnt:
    table = read_table()
    rows = table[(table["quantity"] == "oxidation_limit") & ~table["synthesis"].str.contains(CUT_OFF)]
    rows = rows.reset_index(drop=True)
    fractions = Fractions.of(rows["formula"].tolist())
    anion, metal, _ = classes(fractions)
    known = anion != ""
    raised = rows["value"].to_numpy(dtype=float)[known] + [above_lithium()[one] for one in metal[known]]
    counted = np.minimum(raised, [CEILING.get(one, np.inf) for one in anion[known]])
    rows = rows[known].reset_index(drop=True)
    paper = rows["doi"].where(rows["doi"] != "", rows["formula"]).to_numpy(dtype=object)
    errors = _errors(counted, anion[known], paper)
    return _Learnt(rows, composition_keys(fractions.matrix[known]), raised, counted, anion[known], paper, errors)


def _errors(values: Vector, known: Texts, papers: Texts) -> Vector:
    errors = np.full(len(values), np.nan)
    for row in range(len(values)):
        others = (known == known[row]) & (papers != papers[row])
        if others.any():
            errors[row] = values[row] - np.median(values[others])
    return errors


def _of_class(anion: str, metal: str, learnt: _Learnt) -> tuple[tuple[float, float, float], str, int]:
    """Expectation and ends in V against the metal, their basis, and the number of measurements of the class."""
    values, shift = learnt.of(anion), above_lithium()[metal]
    below, above = learnt.reach
    if len(values) >= LEAST:
        middle = float(np.median(values)) - shift
        return (middle, middle - below, min(middle + above, _ceiling(anion, metal))), ANALOGUES, len(values)
    salt, (least, most) = decomposition_voltage(metal, anion), _off_the_ladder(learnt)
    low = min([salt + least, *(values - shift - below)])
    return (salt, low, salt + most), LADDER, len(values)


def _off_the_ladder(learnt: _Learnt) -> tuple[float, float]:
    """How far the classes with measurements lie from the formation energy of their lithium salt, in V: least, most."""
    known = [anion for anion in dict.fromkeys(learnt.anion) if len(learnt.of(anion)) >= LEAST]
    apart = [float(np.median(learnt.of(anion))) - decomposition_voltage("Li", anion) for anion in known]
    return min(apart), max(apart)


def _ceiling(anion: str, metal: str) -> float:
    return CEILING.get(anion, np.inf) - above_lithium().get(metal, 0.0)


def _measured(
    keys: npt.NDArray[np.uint64], learnt: _Learnt
) -> tuple[Vector, Vector, Texts, Texts, npt.NDArray[np.int64]]:
    """Range, phases, papers and number of what was measured of each very composition, as it was published."""
    n = len(keys)
    low, high = np.full(n, np.nan), np.full(n, np.nan)
    phase, doi = np.full(n, "", dtype=object), np.full(n, "", dtype=object)
    count = np.zeros(n, dtype=np.int64)
    for row in np.flatnonzero(np.isin(keys, learnt.keys)):
        here = learnt.rows[learnt.keys == keys[row]]
        low[row], high[row], count[row] = here["value"].min(), here["value"].max(), len(here)
        phase[row], doi[row] = ("; ".join(filter(None, dict.fromkeys(here[name]))) for name in ("phase", "doi"))
    return low, high, phase, doi, count
