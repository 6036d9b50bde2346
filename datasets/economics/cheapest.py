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

from ...features.elements import SYMBOLS
from .least_cost import Optimum, least_cost
from .precursors import sources
from .prices import PriceTable, default_table, masses
from .syntheses import Source, Synthesis, all_syntheses

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

SHORTAGE_USD_PER_MOLE = 1e5
FORGIVEN = 2e-3  # imbalance, in moles per mole of atoms, that rounding of a formula is forgiven, as for its charge
MOST_BASES = 256  # kept of one programme
_TINY, _NEARLY = 1e-9, 1e-6


class Setting(NamedTuple):
    """The programme of compositions of the same elements: ``min price x`` where ``block x`` balances the elements.

    The columns of `block` are sources, less what leaves of them, and shortages, in this order.
    """

    allowed: Places
    """Elements that are balanced, shape (m,)."""
    usable: list[Source]
    """What can be weighed in, u of them."""
    block: Floats
    """Atoms that stay, by element and column, shape (m, k)."""
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


def setting(own: tuple[int, ...], synthesis: Synthesis, table: PriceTable) -> Setting:
    """Set the programme up for compositions of some elements, given by their places in the table of elements."""
    usable = sources(synthesis, own, table)
    gives = np.stack([source.gives for source in usable]).T if usable else np.empty((len(SYMBOLS), 0))
    block = np.hstack([gives, np.eye(len(SYMBOLS))])[list(own)]
    block = block[:, block.any(axis=0)]
    at = [table.places[source.precursor] for source in usable]
    molar = table.usd_per_kg[at] * table.grams_per_mole[at] / 1000
    price = np.concatenate([molar, np.full(len(own), SHORTAGE_USD_PER_MOLE)])
    return Setting(np.array(own, dtype=np.intp), usable, block, price)


class Programme:
    """The programme of compositions of the same elements, with the bases that were optimal so far.

    Parameters
    ----------
    own
        Places of the elements.
    synthesis
        The kind of route.
    table
        Precursors and prices.
    """

    def __init__(self, own: tuple[int, ...], synthesis: Synthesis, table: PriceTable) -> None:
        self.setting = setting(own, synthesis, table)
        self._bases: list[_Basis] = []

    def costs(self, matrix: Floats) -> Floats:
        """Cost of raw materials in USD/kg, shape (n,), of atomic fractions (n, 103); NaN where there is no way.

        A row for which no basis is found is solved by itself.
        """
        asked, kilogram = matrix[:, self.setting.allowed], masses(matrix)
        lacking = asked[:, ~(self.setting.block[:, : len(self.setting.usable)] > 0).any(axis=1)]
        cost = np.where((lacking >= FORGIVEN).any(axis=1), np.nan, np.inf)  # an element that nothing brings
        left = np.flatnonzero(np.isinf(cost))
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
        for row in np.flatnonzero(np.isinf(cost)):
            moles = self.moles(asked[row])
            cost[row] = np.nan if moles is None else 1000 * (moles @ self.setting.price[: len(moles)]) / kilogram[row]
        return cost

    def moles(self, asked: Floats) -> Floats | None:
        """Moles of each source for one composition, shape (u,), of the elements that are balanced; None for no way."""
        from scipy.optimize import linprog

        _, usable, block, price = self.setting
        answer = linprog(price, A_eq=block, b_eq=asked, method="highs-ds")
        if answer.x is None or not (answer.x[len(usable) :] < FORGIVEN).all():
            return None
        used = np.flatnonzero(answer.x[: len(usable)] > _TINY)
        exact = np.linalg.lstsq(block[:, used], asked, rcond=None)[0]
        moles = np.zeros(len(usable))
        moles[used] = exact if (exact > 0).all() else answer.x[used]
        return moles

    def _optimum(self, asked: Floats) -> _Basis | None:
        """A basis that is optimal for one composition, found by solving its programme; None where it is not certain."""
        answer = least_cost(self.setting.block, self.setting.price, asked)
        basis = None if answer is None else self._basis(answer)
        if basis is None:
            answer = _solved(self.setting, asked)
            basis = None if answer is None else self._basis(answer)
        return basis

    def _basis(self, answer: Optimum) -> _Basis | None:
        """The basis of a programme's answer; None where its reduced costs do not prove that it is optimal."""
        _, usable, block, price = self.setting
        duals, rows, columns = answer.duals, *block.shape
        wide, values = np.hstack([block, np.eye(rows)]), np.concatenate([price, np.zeros(rows)])
        slack = np.concatenate([price - duals @ block, np.abs(duals)])
        spare = np.where(slack <= _NEARLY * (1 + values), 0.0, slack)
        chosen = _independent(wide, np.lexsort((-np.concatenate([answer.x, np.zeros(rows)]), spare)))
        inverse = np.linalg.inv(wide[:, chosen])
        if (price - values[chosen] @ inverse @ block < -_NEARLY * (1 + price)).any():
            return None
        bought = np.where(chosen < len(usable), values[chosen] * 1000, 0.0)
        return _Basis(inverse, bought, (chosen >= columns - rows) & (chosen < columns), chosen >= columns)


def _solved(told: Setting, asked: Floats) -> Optimum | None:
    """The answer for one composition by a solver that minds rounding; None where it finds none."""
    from scipy.optimize import linprog

    answer = linprog(told.price, A_eq=told.block, b_eq=asked, method="highs-ds", options={"presolve": False})
    return None if answer.x is None else Optimum(answer.x, answer.eqlin.marginals)


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


@lru_cache(maxsize=8192)
def programme(own: tuple[int, ...], name: str, year: int | None) -> Programme:
    """Return the programme of a kind of route, by name, for compositions of some elements; kept for the next.

    At the embedded prices.
    """
    return Programme(own, next(one for one in all_syntheses() if one.name == name), default_table(year))
