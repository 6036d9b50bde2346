"""A composition as the binary salts of its ions: the energy that holds it together, its volume and density."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ...datasets.chemistry.thermochemistry import CHARGE, binaries
from ...features import charge
from ...features.descriptors.glass import descriptor
from ...features.elements import SYMBOLS, lookup
from ...features.fractions import Fractions

Vector = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]

TETRACHLOROALUMINATE_CM3 = 71.3
"""Volume of a mole of AlCl3 in MAlCl4 beside that of MCl, in cm3: 68.5 for Li, 74.7 for Na, 67.5 for K and 74.7 for Cs.

Crystals of Mairesse, Barbier and Wignacourt (Cryst. Struct. Commun. 6, 15, 1977; Acta Cryst. B 34, 1328, 1978,
10.1107/S0567740878005464; B 35, 1573, 1979), of 591.2, 675.2, 697.1 and 776.4 cubic angstrom for four MAlCl4 (COD
1004036, 1004043, 1004038, 1004044). Crystalline AlCl3, of octahedra, has 53.8; GaCl3, AlBr3 and AlI3 are of tetrahedra
as crystals too and need no other volume.
"""
ALKALI = ("Li", "Na", "K", "Rb", "Cs")
LOOSER = (1.00, 1.07, 1.15)
"""Density of the salts over that of the glass: 5th, 50th and 95th percentile of 74 glasses of SciGlass in which more
than half of the anions are Cl, Br or I; 2,057 oxide glasses have 0.99, 1.09 and 1.24."""
CLASS_SHARE = 0.5  # of the anions, above which a kind of these makes a class
OTHER: tuple[str, ...] = ()
OF_RADII: Mapping[tuple[str, ...], tuple[float, float, float]] = MappingProxyType(
    {
        ("Cl", "Br", "I"): (0.87, 1.05, 1.24),
        ("S",): (0.78, 0.92, 1.05),
        ("Se", "Te"): (0.67, 0.83, 0.95),
        OTHER: (0.81, 0.96, 1.15),
    }
)
"""Descriptor `density` over that of the glasses of SciGlass of more than half such anions: percentiles as before."""
OF_SALTS, BY_RADII = "volumes of its salts", "volumes of its ions by their radii"


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
    note: Texts


def salts(fractions: Fractions) -> Salts:
    """Add up the salts of n compositions: each cation has all anions, in the proportions of their charges.

    Aluminium beside an alkali metal has four chlorides around it, not six as in crystalline AlCl3.
    """
    energy, volume = np.full(len(fractions), np.nan), np.full(len(fractions), np.nan)
    note = np.full(len(fractions), "", dtype=object)
    for row, amounts in enumerate(fractions.matrix):
        found = _sums({SYMBOLS[place]: float(amounts[place]) for place in np.flatnonzero(amounts)})
        if isinstance(found, str):
            note[row] = found
        else:
            energy[row], volume[row] = found
    return Salts(energy, volume, note)


def densities(compositions: Fractions | list[str]) -> tuple[Vector, Vector, Vector, Texts]:
    """Density of n glasses in g/cm3, expected and ends of a 90 % interval, and what it stands on, each of shape (n,).

    The density of their salts, less what glasses of halides are looser than these (`LOOSER`). Where a salt is not in
    the table, the descriptor `density`, which adds up ions by their radii, as far as it errs on glasses of the same
    anions (`OF_RADII`): a wider interval. NaN where the charges cannot balance.

    Examples
    --------
    >>> expected, low, high, basis = densities(["LiAlCl2.5O0.75", "Li6PS5Cl"])
    >>> bool((low < expected).all() and (expected < high).all()), basis.tolist()
    (True, ['volumes of its salts', 'volumes of its ions by their radii'])
    """
    fractions = Fractions.of(compositions)
    crystal = fractions.matrix @ np.nan_to_num(lookup("mass")) / salts(fractions).volume_cm3
    basis = np.where(np.isfinite(crystal), OF_SALTS, "").astype(object)
    ends = np.column_stack([crystal / factor for factor in LOOSER])
    rest = np.flatnonzero((basis == "") & charge.neutral(fractions))
    if len(rest):
        some = fractions.take(rest)
        ends[rest] = descriptor("density", some)[:, None] / _off_the_radii(some)
        basis[rest] = BY_RADII
    return ends[:, 1], ends[:, 2], ends[:, 0], basis


def _off_the_radii(fractions: Fractions) -> Vector:
    """Factors of `OF_RADII` of n compositions, shape (n, 3)."""
    amounts = {some: sum(fractions.column(symbol) for symbol in some) for some in OF_RADII if some}
    most = sum(amounts.values()) + fractions.column("O") + fractions.column("F")
    factors = np.tile(OF_RADII[OTHER], (len(fractions), 1))
    for some, amount in amounts.items():
        factors[amount > CLASS_SHARE * most] = OF_RADII[some]
    return factors


def _sums(amounts: Mapping[str, float]) -> tuple[float, float] | str:
    """Energy in kJ and volume in cm3 for a mole of atoms, or why there are none."""
    known = binaries()
    anions = {symbol: -n * CHARGE[symbol] for symbol, n in amounts.items() if CHARGE.get(symbol, 0) < 0}
    lacking = [one for one in amounts if one not in CHARGE]
    lacking += [one for one in anions if not any(pair[1] == one for pair in known)]
    if lacking:
        return f"no formation energy of {', '.join(lacking)}"
    total, cations = sum(anions.values()), [symbol for symbol in amounts if CHARGE[symbol] > 0]
    if not total or abs(sum(amounts[symbol] * CHARGE[symbol] for symbol in cations) - total) > charge.TOLERANCE:
        return "not neutral with its ions in the usual charges"
    alkali = any(symbol in amounts for symbol in ALKALI)
    energy = volume = 0.0
    for cation in cations:
        for anion, due in anions.items():
            if (cation, anion) not in known:
                return f"no formation energy of a salt of {cation} and {anion}"
            moles = amounts[cation] * due / total
            energy += moles * known[cation, anion].atomisation_kJ
            loose = alkali and (cation, anion) == ("Al", "Cl")
            volume += moles * (TETRACHLOROALUMINATE_CM3 if loose else known[cation, anion].volume_cm3)
    return energy, volume
