"""Ions of several atoms: pseudohalides (OH-, NH2-, BH4-, NO3-, SCN- ...), ammonium, and the water and ammonia beside.

A composition gives amounts, no bonds, so that ions are recognised by amounts and by the charge role that balances the
whole (`oxidation`): it says whether H, N, C or a halogen is positive. In this order, each ion taking atoms from those
that follow:

1. Negative H goes to B as BH4-, then to Al as AlH4-; what is left is hydride.
2. C beside N (-3) is thiocyanate where there is S, cyanate where there is O, and cyanide where C is +2.
3. N (-3) takes positive H: four for NH4+, three for NH3, two for NH2-, one for NH 2-, in between a mixture of the two
   neighbours. Ambiguous where oxide would take it too: Li2NH3O is read as Li2O and NH3, not as LiNH2 and LiOH.
4. N at +3 to +5 takes O as NO3- and NO2-, Cl, Br and I at +5 to +7 as ClO4-, ClO3-, BrO3-, IO3- and IO4-.
5. H that is left makes O into OH-, and beyond one H for each O into H2O: LiCl H2O is read as a hydrate, and so is
   Li2OHCl with 2 H; phosphates keep P-OH.

Compositions with C bound to H and boron clusters stay as atoms.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..elements import DATA, INDEX, SYMBOLS, lookup
from .oxidation import roles
from .states import Matrix

LEFT_ALONE = ("organic", "closo-borate", "carborate")


class Group(NamedTuple):
    """A polyatomic ion or molecule: charge in e, radius in angstrom, and its atoms."""

    charge: float
    radius: float
    atoms: dict[str, int]


@lru_cache(maxsize=1)
def groups() -> dict[str, Group]:
    """The ions on record by their names, in the order of their columns."""
    found = {}
    with (DATA / "polyatomic_ions.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            atoms = {symbol: int(count or 1) for symbol, count in re.findall(r"([A-Z][a-z]?)(\d*)", line["name"])}
            found[line["name"]] = Group(float(line["charge"]), float(line["radius"]), atoms)
    return found


def width() -> int:
    """Columns of a composition that is told in elements and polyatomic ions."""
    return len(SYMBOLS) + len(groups())


def mass(group: Group) -> float:
    """Mass of an ion, in u."""
    return float(sum(count * lookup("mass")[INDEX[symbol]] for symbol, count in group.atoms.items()))


class _Amounts:
    """Amounts of elements and polyatomic ions while the ions take their atoms, shape (n, `width()`)."""

    def __init__(self, elements: Matrix) -> None:
        self.matrix = np.zeros((len(elements), width()))
        self.matrix[:, : len(SYMBOLS)] = elements

    def of(self, symbol: str) -> Matrix:
        """Atoms of an element that are left, shape (n,)."""
        column: Matrix = self.matrix[:, INDEX[symbol]].copy()
        return column

    def take(self, name: str, amount: Matrix) -> None:
        """Make ions of their atoms, no more than there are."""
        if not amount.any():
            return
        for symbol, count in groups()[name].atoms.items():
            amount = np.minimum(amount, self.of(symbol) / count)
        for symbol, count in groups()[name].atoms.items():
            left = self.of(symbol) - count * amount
            self.matrix[:, INDEX[symbol]] = np.where(left > 1e-12, left, 0)
        self.matrix[:, len(SYMBOLS) + list(groups()).index(name)] += amount


@lru_cache(maxsize=32)
def spans(symbol: str) -> tuple[Matrix, Matrix]:
    """Lowest and highest state of an element in each charge role."""
    return roles().low[INDEX[symbol]], roles().high[INDEX[symbol]]


def grouped(elements: Matrix, role: NDArray[np.intp], excess: Matrix) -> Matrix:
    """Amounts of elements and of polyatomic ions, shape (n, `width()`).

    Parameters
    ----------
    elements
        Amounts of shape (n, 103).
    role
        Charge role of each row.
    excess
        Sum of charges with H as positive as its role allows, in e, shape (n,).
    """
    closed = np.isin(np.array(roles().names)[role], LEFT_ALONE)
    amounts = _Amounts(np.where(closed[:, None], 0, elements))
    kept = _hydrides(amounts, role, excess)
    _carbon(amounts, role)
    _nitrogen(amounts, role)
    for symbol, most, least in (("Cl", "ClO4", "ClO3"), ("Br", "BrO3", "BrO3"), ("I", "IO4", "IO3")):
        there = amounts.of(symbol) * (spans(symbol)[0][role] > 0)
        full = np.clip(amounts.of("O") / np.where(there > 0, there, 1) - 3, 0, 1)
        amounts.take(most, there * full)
        amounts.take(least, there * (1 - full))
    oxide, protons = amounts.of("O"), amounts.of("H")
    loaded = np.clip(protons / np.where(oxide > 0, oxide, 1), 0, 2)
    amounts.take("OH", oxide * (1 - np.abs(1 - loaded)))
    amounts.take("H2O", oxide * np.maximum(loaded - 1, 0))
    result = amounts.matrix
    result[:, INDEX["H"]] += kept
    result[closed, : len(SYMBOLS)] = elements[closed]
    return result


def _hydrides(amounts: _Amounts, role: NDArray[np.intp], excess: Matrix) -> Matrix:
    """Take BH4- and AlH4-, and take out of the amounts the hydride that is left, shape (n,)."""
    low, high = (end[role] for end in spans("H"))
    negative = np.where(high < 0, amounts.of("H"), np.where(low < 0, np.maximum(excess, 0) / 2, 0))
    negative = np.minimum(negative, amounts.of("H"))
    for name, symbol in (("BH4", "B"), ("AlH4", "Al")):
        amount = np.minimum(amounts.of(symbol), negative / 4)
        amounts.take(name, amount)
        negative = np.maximum(negative - 4 * amount, 0)
    amounts.matrix[:, INDEX["H"]] = np.maximum(amounts.of("H") - negative, 0)
    return np.where(negative > 1e-12, negative, 0)


def _carbon(amounts: _Amounts, role: NDArray[np.intp]) -> None:
    """Take thiocyanate, cyanate and cyanide."""
    low, high = (end[role] for end in spans("C"))
    nitride = spans("N")[1][role] < -1
    amounts.take("SCN", amounts.of("C") * (nitride & (low == 4) & (spans("S")[1][role] < 0)))
    amounts.take("OCN", amounts.of("C") * (nitride & (low == 4)))
    amounts.take("CN", amounts.of("C") * (nitride & (high == 2)))


def _nitrogen(amounts: _Amounts, role: NDArray[np.intp]) -> None:
    """Take azide, ammonium and its like, nitrate and nitrite."""
    low, high = (end[role] for end in spans("N"))
    amounts.take("N3", amounts.of("N") * ((high > -1) & (high < 0)))
    mixed = (low < 0) & (high > 0)
    amounts.take("NH4", amounts.of("H") / 4 * mixed)
    nitride = amounts.of("N") * (high < -1)
    loaded = np.clip(amounts.of("H") / np.where(nitride > 0, nitride, 1), 0, 4)
    for count, name in ((4, "NH4"), (3, "NH3"), (2, "NH2"), (1, "NH")):
        amounts.take(name, nitride * np.maximum(1 - np.abs(loaded - count), 0))
    positive = amounts.of("N") * (high > 0)
    full = np.clip(amounts.of("O") / np.where(positive > 0, positive, 1) - 2, 0, 1)
    amounts.take("NO3", positive * full)
    amounts.take("NO2", positive * (1 - full) * ~mixed)
