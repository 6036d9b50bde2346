"""The least cost of many compositions of the same elements, from optimal bases that are found once and kept.

Compositions of the same elements differ in the right-hand side of one linear programme alone. A basis that is optimal
for one is optimal for each other for which its amounts are not negative (Dantzig, Linear Programming and Extensions,
1963, chapter 12): a few small products take the place of a programme for each.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..features.elements import INDEX, SYMBOLS
from .price_table import PriceTable, atoms_of, default_table, masses

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

BY_PRODUCTS = ("CO2", "SbCl3", "SbBr3", "SbI3")
CARRIERS = ("C", "O", "Sb")  # elements that a precursor may hold beyond the composition: a by-product takes them away
SHORTAGE_USD_PER_MOLE = 1e5
FORGIVEN = 2e-3  # imbalance, in moles per mole of atoms, that rounding of a formula is forgiven, as for its charge
MOST_BASES = 256  # kept of one programme
_TINY, _NEARLY = 1e-9, 1e-6


class Setting(NamedTuple):
    """The programme of compositions of the same elements: ``min price x`` where ``block x`` balances the elements.

    The columns of `block` are precursors, by-products that leave, and shortages, in this order.
    """

    allowed: Places
    """Elements that are balanced, shape (m,)."""
    usable: Places
    """Precursors that can be used, shape (u,)."""
    block: Floats
    """Atoms by element and column, shape (m, k)."""
    price: Floats
    """USD for a mole of each column, shape (k,)."""


class _Basis(NamedTuple):
    """Columns that are used together, and what turns a composition into their amounts."""

    inverse: Floats
    usd: Floats
    """Milli-USD for a mole of each column of the basis, shape (m,): shortages and by-products cost nothing here."""
    short: npt.NDArray[np.bool_]
    """Which columns of the basis are shortages, shape (m,)."""
    spare: npt.NDArray[np.bool_]
    """Which columns stand for an element whose balance the others keep: their amount has to be nothing, shape (m,)."""


def setting(own: Places, table: PriceTable) -> Setting:
    """Set the programme up for compositions of some elements, given by their places in the table of elements."""
    allowed = np.union1d(own, [INDEX[symbol] for symbol in CARRIERS])
    usable = np.flatnonzero((np.delete(table.atoms, allowed, axis=1) == 0).all(axis=1))
    leaving = np.stack([atoms_of(name) for name in BY_PRODUCTS])
    leaving = leaving[(np.delete(leaving, allowed, axis=1) == 0).all(axis=1)]
    block = np.hstack([table.atoms[usable].T, -leaving.T, np.eye(len(SYMBOLS))])[allowed]
    block = block[:, block.any(axis=0)]
    molar = table.usd_per_kg[usable] * table.grams_per_mole[usable] / 1000
    price = np.concatenate([molar, np.zeros(len(leaving)), np.full(len(allowed), SHORTAGE_USD_PER_MOLE)])
    return Setting(allowed, usable, block, price)


class Programme:
    """The programme of compositions of the same elements, with the bases that were optimal so far.

    Parameters
    ----------
    own
        Places of the elements.
    table
        Precursors and prices.
    """

    def __init__(self, own: Places, table: PriceTable) -> None:
        self.setting = setting(own, table)
        self._bases: list[_Basis] = []

    def costs(self, matrix: Floats) -> Floats:
        """Cost of raw materials in USD/kg, shape (n,), of atomic fractions (n, 103); NaN where there is no way.

        A row for which no basis is found stays infinite: solve its programme by itself.
        """
        asked, kilogram = matrix[:, self.setting.allowed], masses(matrix)
        cost, left = np.full(len(matrix), np.inf), np.arange(len(matrix))
        for basis in self._bases:
            left = _settle(basis, asked, kilogram, cost, left)
        while len(left):
            found = self._optimum(asked[left[0]])
            if found is None:
                left = left[1:]
                continue
            rest = _settle(found, asked, kilogram, cost, left)
            if len(rest) < len(left) and len(self._bases) < MOST_BASES:
                self._bases.append(found)
            left = rest if len(rest) < len(left) else left[1:]
        return cost

    def _optimum(self, asked: Floats) -> _Basis | None:
        """A basis that is optimal for one composition, found by solving its programme; None where it is not certain."""
        from scipy.optimize import linprog

        _, usable, block, price = self.setting
        answer = linprog(price, A_eq=block, b_eq=asked, method="highs-ds", options={"presolve": False})
        if answer.x is None:
            return None
        duals, rows, columns = answer.eqlin.marginals, len(asked), block.shape[1]
        wide, values = np.hstack([block, np.eye(rows)]), np.concatenate([price, np.zeros(rows)])
        slack = np.concatenate([price - duals @ block, np.abs(duals)])
        spare = np.where(slack <= _NEARLY * (1 + values), 0.0, slack)
        chosen = _independent(wide, np.lexsort((-np.concatenate([answer.x, np.zeros(rows)]), spare)))
        inverse = np.linalg.inv(wide[:, chosen])
        if (price - values[chosen] @ inverse @ block < -_NEARLY * (1 + price)).any():
            return None
        bought = np.where(chosen < len(usable), values[chosen] * 1000, 0.0)
        return _Basis(inverse, bought, (chosen >= columns - rows) & (chosen < columns), chosen >= columns)


def _settle(basis: _Basis, asked: Floats, kilogram: Floats, cost: Floats, left: Places) -> Places:
    """Write the cost of the rows for which a basis is optimal; return those that are left."""
    amounts: Floats = (asked[left][:, None] * basis.inverse).sum(axis=2)  # each row by itself, to the last bit
    good = (amounts >= -_TINY).all(axis=1) & (amounts[:, basis.spare] <= _TINY).all(axis=1)
    bought = (amounts * basis.usd).sum(axis=1) / kilogram[left]
    complete = (amounts[:, basis.short] < FORGIVEN).all(axis=1)
    cost[left[good]] = np.where(complete, bought, np.nan)[good]
    return left[~good]


def _independent(block: Floats, order: Places) -> Places:
    """The first columns in an order that do not depend on those before."""
    chosen: list[int] = []
    frame = np.empty((0, len(block)))
    for column in order.tolist():
        rest = block[:, column] - frame.T @ (frame @ block[:, column])
        rest -= frame.T @ (frame @ rest)
        size = float(np.linalg.norm(rest))
        if size > _NEARLY * float(np.linalg.norm(block[:, column])):
            frame = np.vstack([frame, rest / size])
            chosen.append(column)
        if len(chosen) == len(block):
            break
    return np.array(chosen, dtype=np.intp)


@lru_cache(maxsize=4096)
def programme(own: tuple[int, ...], year: int | None) -> Programme:
    """Return the programme of compositions of some elements at the embedded prices; kept for the next."""
    return Programme(np.array(own, dtype=np.intp), default_table(year))
