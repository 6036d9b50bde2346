"""Raw-material cost of a composition: the cheapest balanced set of priced precursors.

A linear programme: amounts of precursors, and of by-products that leave the melt, such that every element balances,
at the least cost. By-products earn nothing. Making, purifying and losses cost nothing, so a figure is a floor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features.elements import SYMBOLS
from ..features.fractions import Fractions
from .cheapest import BY_PRODUCTS, FORGIVEN, programme, setting
from .price_table import PriceTable, atoms_of, batch, default_table, masses, user_table

Floats = npt.NDArray[np.float64]

NEGLIGIBLE = 1e-7
MOST_AT_ONCE = 400


@dataclass(frozen=True)
class Route:
    """The cheapest way to buy a composition.

    Parameters
    ----------
    usd_per_kg
        Raw materials of a kilogram of the composition; NaN where there is no way.
    precursors
        Kilograms of each for a kilogram of the composition.
    by_products
        Kilograms of each that leave.
    estimated
        Precursors in use whose price was added up from their own raw materials.
    note
        Why there is no cost, or what of it is an estimate; empty if neither.
    """

    usd_per_kg: float
    precursors: Mapping[str, float] = field(default_factory=dict)
    by_products: Mapping[str, float] = field(default_factory=dict)
    estimated: tuple[str, ...] = ()
    note: str = ""


def raw_material_cost(
    compositions: object, prices: pd.DataFrame | PriceTable | None = None, year: int | None = None
) -> float | Floats:
    """Return the raw-material cost in USD/kg: a number for one composition, ndarray of shape (n,) for many.

    Parameters
    ----------
    compositions
        A formula, a `Composition`, a sequence of either, or `Fractions`.
    prices
        A user's own table with columns ``formula`` and ``usd_per_kg``, which goes over the embedded one.
    year
        Year of the embedded prices; the newest if not given.

    Examples
    --------
    >>> naco, laco, argyrodite = raw_material_cost(["NaAlCl2.5O0.75", "LiAlCl2.5O0.75", "Li6PS5Cl"])
    >>> bool(naco < laco < argyrodite / 10)
    True
    """
    if prices is None:
        costs = _kept(batch(compositions).matrix, year)
    else:
        costs = np.array([route.usd_per_kg for route in routes(compositions, prices, year)])
    one = not isinstance(compositions, Fractions | list | tuple | np.ndarray | pd.Series)
    return float(costs[0]) if one else costs


def _kept(matrix: Floats, year: int | None) -> Floats:
    """Costs at the embedded prices, shape (n,); what no kept basis tells is solved by itself."""
    costs = np.empty(len(matrix))
    for members in _systems(matrix):
        own = tuple(np.flatnonzero(matrix[members[0]] > 0).tolist())
        costs[members] = programme(own, year).costs(matrix[members])
        for member in members[np.isinf(costs[members])]:
            costs[member] = _solve(matrix[[member]], default_table(year))[0].usd_per_kg
    return costs


def routes(
    compositions: object,
    prices: pd.DataFrame | PriceTable | None = None,
    year: int | None = None,
    without: Iterable[str] = (),
) -> list[Route]:
    """Return the cheapest `Route` to each composition; `without` names precursors not to use."""
    table = user_table(prices, year) if isinstance(prices, pd.DataFrame) else prices or default_table(year)
    table = table.without(without)
    matrix = batch(compositions).matrix
    found: list[Route] = [Route(np.nan)] * len(matrix)
    for members in _systems(matrix):
        for member, route in zip(members, _solve(matrix[members], table), strict=True):
            found[member] = route
    return found


def _systems(matrix: Floats) -> Iterator[npt.NDArray[np.intp]]:
    """Yield row numbers of compositions of the same elements, not too many at once."""
    where = np.unique(matrix > 0, axis=0, return_inverse=True)[1].ravel()
    for number in range(where.max() + 1 if len(where) else 0):
        members = np.flatnonzero(where == number)
        for start in range(0, len(members), MOST_AT_ONCE):
            yield members[start : start + MOST_AT_ONCE]


def _solve(matrix: Floats, table: PriceTable) -> list[Route]:
    """Return the routes to compositions of the same elements, as one programme of independent blocks."""
    from scipy.optimize import linprog
    from scipy.sparse import eye_array, kron

    allowed, usable, block, price = setting(np.flatnonzero(matrix[0] > 0), table)
    count = len(matrix)
    balance: Any = kron(eye_array(count), block, format="csr")
    answer = linprog(np.tile(price, count), A_eq=balance, b_eq=matrix[:, allowed].ravel())
    moles = np.full((count, len(price)), np.nan) if answer.x is None else answer.x.reshape(count, -1)
    return [_route(row, matrix[i], usable, allowed, table) for i, row in enumerate(moles)]


def _route(
    moles: Floats, fractions: Floats, usable: npt.NDArray[np.intp], allowed: npt.NDArray[np.intp], table: PriceTable
) -> Route:
    short = moles[-len(allowed) :]
    if not (short < FORGIVEN).all():
        missing = ", ".join(SYMBOLS[e] for e in allowed[~(short < FORGIVEN)])
        return Route(np.nan, note=f"no balanced set of priced precursors: {missing} cannot be bought or not in balance")
    kilogram = float(masses(fractions[None])[0])
    bought = moles[: len(usable)] * table.grams_per_mole[usable] / kilogram
    used = [int(i) for i in np.flatnonzero(moles[: len(usable)] > NEGLIGIBLE)]
    names = {i: table.formulas[usable[i]] for i in used}
    possible = [name for name in BY_PRODUCTS if set(np.flatnonzero(atoms_of(name))) <= set(allowed.tolist())]
    gone = moles[len(usable) : -len(allowed)]
    leaving = {
        name: float(amount * masses(atoms_of(name)[None])[0] / kilogram)
        for name, amount in zip(possible, gone, strict=True)
        if amount > NEGLIGIBLE
    }
    guessed = tuple(names[i] for i in used if table.estimated[usable[i]])
    note = f"price of {', '.join(guessed)} is that of its raw materials" if guessed else ""
    cost = float(bought @ table.usd_per_kg[usable])
    return Route(cost, {names[i]: float(bought[i]) for i in used}, leaving, guessed, note)
