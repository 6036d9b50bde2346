"""A composition as the binary salts of its ions: the energy that holds it together, its volume and density."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..datasets.thermochemistry import CHARGE, binaries
from ..features.charge import TOLERANCE
from ..features.elements import SYMBOLS, lookup
from ..features.fractions import Fractions

Vector = npt.NDArray[np.float64]

LOOSER = (1.00, 1.07, 1.15)
"""Density of the salts over that of the glass: 5th, 50th and 95th percentile of 74 glasses of SciGlass in which more
than half of the anions are Cl, Br or I; 2,057 oxide glasses have 0.99, 1.09 and 1.24."""


@dataclass(frozen=True)
class Salts:
    """What the binary salts of n compositions add up to, for a mole of atoms; NaN where one is not in the table.

    Parameters
    ----------
    energy_kJ, volume_cm3
        Enthalpy that turns them into atoms, and their volume as crystals, shape (n,).
    note
        Why they are not known, shape (n,).
    """

    energy_kJ: Vector
    volume_cm3: Vector
    note: npt.NDArray[np.object_]


def salts(fractions: Fractions) -> Salts:
    """Add up the salts of n compositions: each cation has all anions, in the proportions of their charges."""
    energy, volume = np.full(len(fractions), np.nan), np.full(len(fractions), np.nan)
    note = np.full(len(fractions), "", dtype=object)
    for row, amounts in enumerate(fractions.matrix):
        found = _sums({SYMBOLS[place]: float(amounts[place]) for place in np.flatnonzero(amounts)})
        if isinstance(found, str):
            note[row] = found
        else:
            energy[row], volume[row] = found
    return Salts(energy, volume, note)


def densities(compositions: Fractions | list[str]) -> tuple[Vector, Vector, Vector]:
    """Density of n glasses in g/cm3, expected and ends of a 90 % interval, each of shape (n,).

    The density of their salts, less what glasses of halides are looser than these (`LOOSER`).

    Examples
    --------
    >>> expected, low, high = densities(["LiAlCl2.5O0.75"])
    >>> bool(low[0] < expected[0] < high[0])
    True
    """
    fractions = Fractions.of(compositions)
    crystal = fractions.matrix @ np.nan_to_num(lookup("mass")) / salts(fractions).volume_cm3
    dense, usual, loose = LOOSER
    return crystal / usual, crystal / loose, crystal / dense


def _sums(amounts: Mapping[str, float]) -> tuple[float, float] | str:
    """Energy in kJ and volume in cm3 for a mole of atoms, or why there are none."""
    known = binaries()
    anions = {symbol: -n * CHARGE[symbol] for symbol, n in amounts.items() if CHARGE.get(symbol, 0) < 0}
    lacking = [one for one in amounts if one not in CHARGE]
    lacking += [one for one in anions if not any(pair[1] == one for pair in known)]
    if lacking:
        return f"no formation energy of {', '.join(lacking)}"
    total, cations = sum(anions.values()), [symbol for symbol in amounts if CHARGE[symbol] > 0]
    if not total or abs(sum(amounts[symbol] * CHARGE[symbol] for symbol in cations) - total) > TOLERANCE:
        return "not neutral with its ions in the usual charges"
    energy = volume = 0.0
    for cation in cations:
        for anion, charge in anions.items():
            if (cation, anion) not in known:
                return f"no formation energy of a salt of {cation} and {anion}"
            moles = amounts[cation] * charge / total
            energy += moles * known[cation, anion].atomisation_kJ
            volume += moles * known[cation, anion].volume_cm3
    return energy, volume
