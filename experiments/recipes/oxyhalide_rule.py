"""Conductivity of amorphous AMX2.5O0.75 that nobody has measured, from those that somebody has."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from ...datasets import Dataset
from ...features.fractions import Fractions

ALKALI, METALS, HALOGENS = ("Li", "Na", "K"), ("Al", "Ga", "In"), ("Cl", "Br", "I")
MEMBERS = tuple(f"{a}{m}{x}2.5O0.75" for a, m, x in product(ALKALI, METALS, HALOGENS))
WARMEST_C = 45.0
SAME = 1e-4  # atomic fractions closer than this are one composition

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class OxyhalideRule:
    """Amorphous AMX2.5O0.75 conduct alike, whatever A (Li, Na, K), M (Al, Ga, In) and X (Cl, Br, I).

    Molecular dynamics over hundreds of nanoseconds find the diffusion in them nearly independent of the chemistry
    (10.48550/arXiv.2601.06384); so the members that were measured speak for the others.

    Parameters
    ----------
    value
        Geometric mean of the measured conductivities near room temperature, in S/cm.
    temperature_C
        Mean temperature of these, in degC.
    paper
        Group of the paper that most of them come from: whoever holds it out holds the estimates out with it.
    """

    value: float
    temperature_C: float
    paper: str

    @classmethod
    def learn(cls, conductivity: Dataset) -> OxyhalideRule | None:
        """Take the value from the members measured near room temperature; None where no member was."""
        at = conductivity.rows["temperature_C"].to_numpy(dtype=float)
        rows = conductivity.rows[_is_member(conductivity.fractions) & (at <= WARMEST_C)]
        if rows.empty:
            return None
        value = float(np.exp(np.log(rows["value"]).mean()))
        return cls(value, float(rows["temperature_C"].mean()), str(rows["group"].mode()[0]))

    def apply(self, conductivity: Dataset) -> Fractions:
        """Members that nobody has measured, n of them."""
        measured = conductivity.fractions.take(_is_member(conductivity.fractions))
        members = Fractions.of(list(MEMBERS))
        return members.take(np.flatnonzero(~_alike(members, measured).any(axis=1)))


def _is_member(fractions: Fractions) -> Mask:
    return np.asarray(_alike(fractions, Fractions.of(list(MEMBERS))).any(axis=1))


def _alike(one: Fractions, other: Fractions) -> Mask:
    """Which of n compositions are which of m, shape (n, m)."""
    found = np.zeros((len(one), len(other)), dtype=bool)
    for place, row in enumerate(other.matrix):
        found[:, place] = np.abs(one.matrix - row).max(axis=1) < SAME
    return found
