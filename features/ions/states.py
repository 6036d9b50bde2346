"""Ions of an element in each of its oxidation states: radius, coordination, and how far each is a network former.

Radii are Shannon's (10.1107/S0567739476001551), at the coordination at which the ion is found most. The usual state of
an element stands in `data/elements.csv`, its other states in `data/ion_states.csv`. A state between two of them is a
mixture of both, as Fe3O4 holds Fe2+ and Fe3+; one beyond them takes the radius of the nearest.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..elements import DATA, INDEX, SYMBOLS, lookup

MOBILE = ("Li", "Na", "K", "Ag", "Cu")
OXIDE_RADIUS = 1.40
BESIDE_OXIDE = (0.5, 0.7)  # field strengths, in e per square angstrom, at which a cation begins and ends to be a former
BESIDE_HALIDE = (0.35, 0.55)
HALIDE_FORMERS = (("Zn", 2), ("Cd", 2), ("Pb", 2), ("Bi", 3))
IN_FLUORIDES = {  # coordination in complex fluorides
    **dict.fromkeys(("Si", "Ge", "P", "As", "V"), 6),
    **{"B": 4, "Te": 5, "Zr": 8, "Hf": 8, "Nb": 7, "Ta": 7},
}

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]


@lru_cache(maxsize=1)
def listed() -> dict[tuple[str, float], tuple[float, float]]:
    """Radius in angstrom and coordination of each ion on record, by symbol and state."""
    found = {}
    for column in np.flatnonzero(lookup("typical_state") > 0).tolist():
        at = (float(lookup("cation_radius")[column]), float(lookup("coordination")[column]))
        found[SYMBOLS[column], float(lookup("typical_state")[column])] = at
    with (DATA / "ion_states.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            found[line["symbol"], float(line["state"])] = (float(line["radius"]), float(line["coordination"]))
    return found


def neighbours(symbol: str, state: float) -> tuple[float, float, float]:
    """States on record below and above a state of a cation, and the share of the upper one.

    Examples
    --------
    >>> neighbours("Fe", 2.5), neighbours("In", 2), neighbours("Li", 1)
    ((2.0, 3.0, 0.5), (1.0, 3.0, 0.5), (1, 1, 0.0))
    """
    known = sorted(charge for name, charge in listed() if name == symbol and charge > 0)
    if not known or not known[0] < state < known[-1] or state in known:
        return state, state, 0.0
    above = next(charge for charge in known if charge > state)
    below = known[known.index(above) - 1]
    return below, above, (state - below) / (above - below)


def _cation(symbol: str, state: float) -> tuple[float, float]:
    """Radius and coordination of a cation, NaN and 0 where no ion of the element is on record."""
    known = [charge for name, charge in listed() if name == symbol and charge > 0]
    if not known:
        return np.nan, 0.0
    return listed()[symbol, min(known, key=lambda charge: abs(charge - state))]


def former_weight(field: Matrix, span: tuple[float, float]) -> Matrix:
    """How far cations of some field strength are network formers, from 0 to 1, by a smooth step over `span`.

    Dietzel draws the line between modifiers, intermediates and formers by field strength; the step is smooth, so that
    neighbours such as In3+ (0.62) and Y3+ (0.57) stay neighbours. Beside halides it lies lower: rare-earth chlorides
    hold octahedra MCl6 3- even in the melt, where their oxides are modifiers (Papatheodorou, J. Chem. Phys. 66, 2893,
    1977, 10.1063/1.434359).

    Examples
    --------
    >>> former_weight(np.array([0.45, 0.57, 0.62, 0.94]), BESIDE_OXIDE).round(2).tolist()
    [0.0, 0.28, 0.65, 1.0]
    """
    place = np.clip((field - span[0]) / (span[1] - span[0]), 0, 1)
    return place**2 * (3 - 2 * place)


@dataclass(frozen=True)
class Ions:
    """Some ions, each array of shape (ions,): charge in e, radius in angstrom, field strength in e per square angstrom.

    `former` and `halide_former` are how far a cation is a network former beside oxide and beside halides, from 0 to 1.
    """

    element: NDArray[np.intp]
    state: Matrix
    radius: Matrix
    coordination: Matrix
    anion: Flags
    lacking: Flags

    @classmethod
    def of(cls, symbols: Sequence[str], states: Sequence[float], anion: Flags) -> Ions:
        """Ions of some elements in some states; those marked as anions take the radius of an anion."""
        element = np.array([INDEX[symbol] for symbol in symbols], dtype=np.intp)
        state = np.array(states, dtype=np.float64)
        cations = np.array([_cation(symbol, charge) for symbol, charge in zip(symbols, states, strict=True)])
        radius = np.where(anion, _anion_radius()[element], np.maximum(cations[:, 0], 0))
        lacking = np.isnan(radius) | (state == 0)
        return cls(element, state, np.where(lacking, 0, radius), cations[:, 1], anion, lacking)

    @property
    def cation(self) -> Flags:
        """The ions that are cations."""
        return ~self.anion & ~self.lacking

    @property
    def network(self) -> Flags:
        """Cations with two charges or more."""
        return self.cation & (self.state >= 2)

    @property
    def mobile(self) -> Flags:
        """Li+, Na+, K+, Ag+ and Cu+; an ion with two charges is not."""
        return self.cation & (self.state < 2) & np.isin(self.element, [INDEX[symbol] for symbol in MOBILE])

    @property
    def field(self) -> Matrix:
        """Dietzel field strength z/(r + 1.40)^2 of the cations."""
        return np.where(self.cation, self.state / (self.radius + OXIDE_RADIUS) ** 2, 0)

    @property
    def former(self) -> Matrix:
        """How far a cation is a former beside oxide."""
        return self.network * former_weight(self.field, BESIDE_OXIDE)

    @property
    def halide_former(self) -> Matrix:
        """How far a cation is a former beside halides; wholly where the halide alone is known to form a glass."""
        known = [(INDEX[symbol], charge) for symbol, charge in HALIDE_FORMERS]
        chosen = np.array([(at, z) in known for at, z in zip(self.element, self.state, strict=True)], dtype=np.bool_)
        return np.where(chosen, 1.0, self.network * former_weight(self.field, BESIDE_HALIDE))

    @property
    def fluoride_room(self) -> Matrix:
        """Bonds that a cation forms in its complex fluoride beyond its usual coordination, such as TaF7 2-.

        Reference: Greenwood and Earnshaw, Chemistry of the Elements, 2nd ed., 1997.
        """
        most = np.array([IN_FLUORIDES.get(SYMBOLS[at], 0) for at in self.element])
        return self.former * np.maximum(most - self.coordination, 0)


def _anion_radius() -> Matrix:
    radius = np.where(np.isnan(lookup("anion_radius")), 2.0, lookup("anion_radius"))
    for (symbol, charge), (size, _) in listed().items():
        if charge < 0:
            radius[INDEX[symbol]] = size
    return radius
