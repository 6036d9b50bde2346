"""Raw-material cost of a composition by the routes that a chemist would take, and the cheapest balanced set of each.

Of a route (`syntheses`) a linear programme chooses the amounts of precursors that balance every element at the least
cost; by-products leave and earn nothing. Of the routes that are known best, the cheapest is the one. Making, purifying
and losses cost nothing, so a figure is no price of a product.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features import charge
from ...features.composition import Composition
from ...features.fractions import Fractions
from .cheapest import Programme, programme
from .precursors import asked, whole
from .prices import PriceTable, PriceTableError, batch, default_table, user_table
from .route import Route, route_of
from .syntheses import ASKED, OXYGEN, applicable, chemistry, fired, grades
from .words import NO_ROUTE, missing

Floats = npt.NDArray[np.float64]
Cost = float | Floats
Places = npt.NDArray[np.intp]

MIXED = "mixed"  # of use where no single source brings all oxygen
WORD = 8  # bytes
CHEAPER = 1 - 1e-9  # below this part of a cost another one is the lower; else they tie


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
    >>> bool(naco < laco < argyrodite / 5)
    True
    """
    if prices is None:
        costs = cheapest_routes(batch(compositions), year)[0]
    else:
        costs = np.array([route.usd_per_kg for route in routes(compositions, prices, year)])
    one = not isinstance(compositions, Fractions | list | tuple | np.ndarray | pd.Series)
    return float(costs[0]) if one else costs


def cheapest_routes(fractions: Fractions, year: int | None = None) -> tuple[Floats, npt.NDArray[np.object_]]:
    """Return the cost in USD/kg, and the name of the route it stands for, of many compositions, each of shape (n,).

    The cost is NaN and the name empty where there is no way.
    """
    matrix = fractions.matrix
    costs, names = np.full(len(matrix), np.nan), np.full(len(matrix), "", dtype=object)
    for own, is_fired, graded, members in _systems(matrix):
        left = members
        for tier in applicable(own, is_fired, graded):
            for one in tier:
                found = programme(own, one.name, year).costs(matrix[left])
                lower = ~np.isnan(found) & (np.isnan(costs[left]) | cheaper(found, costs[left]))
                costs[left[lower]], names[left[lower]] = found[lower], one.name
            left = left[np.isnan(costs[left])]
            if not len(left):
                break
    return costs, names


def reasons(fractions: Fractions, costs: Floats, year: int | None = None) -> list[str]:
    """Return why each cost of `cheapest_routes` is not known, n texts; empty where it is.

    Examples
    --------
    >>> some = Fractions.of(["Li2SnCl4", "LiAlCl4", "LiPbCl3"])
    >>> reasons(some, cheapest_routes(some)[0])
    ['SnCl2 has no price', '', 'Pb has no precursor with a price, such as PbCl2']
    """
    table, found = default_table(year), [""] * len(fractions)
    rows = np.flatnonzero(np.isnan(costs))
    for row, neutral in zip(rows.tolist(), charge.neutral(fractions.take(rows)).tolist(), strict=True):
        amounts = fractions.matrix[row]
        words = missing(amounts, tuple(np.flatnonzero(amounts > 0).tolist()), table, neutral)
        found[row] = words.removeprefix(NO_ROUTE).partition(";")[0]
    return found


def cheaper(one: Cost, other: Cost) -> npt.NDArray[np.bool_]:
    """Whether one cost is lower than another that stands before it; where both tie the earlier route counts."""
    return np.asarray(one) < np.asarray(other) * CHEAPER


def routes(
    compositions: object,
    prices: pd.DataFrame | PriceTable | None = None,
    year: int | None = None,
    without: Iterable[str] = (),
    using: Iterable[str] = (),
) -> list[Route]:
    """Return the `Route` that each composition is costed by.

    Parameters
    ----------
    compositions, prices, year
        See `raw_material_cost`.
    without
        Precursors not to use.
    using
        Precursors that shall bring the oxygen, such as Al2O3, which no route takes by itself.
    """
    return [found[0] for found in all_routes(compositions, prices, year, without, using)]


def alternatives(
    composition: object,
    prices: pd.DataFrame | PriceTable | None = None,
    year: int | None = None,
    without: Iterable[str] = (),
    using: Iterable[str] = (),
) -> list[Route]:
    """Return every `Route` to one composition: the one it is costed by, then the others by how well known and by cost.

    Examples
    --------
    >>> first, *others = alternatives("LiAlCl2.5O0.75")
    >>> first.line
    'Sb2O3 into a melt of LiCl and AlCl3, SbCl3 distils off'
    >>> {name: round(amount, 3) for name, amount in first.moles.items()}
    {'Sb2O3': 0.25, 'AlCl3': 1.0, 'LiCl': 1.0}
    """
    return all_routes([composition], prices, year, without, using)[0]


def all_routes(
    compositions: object,
    prices: pd.DataFrame | PriceTable | None,
    year: int | None,
    without: Iterable[str],
    using: Iterable[str],
) -> list[list[Route]]:
    """Return the `alternatives` of each composition; see `routes`."""
    table = user_table(prices, year) if isinstance(prices, pd.DataFrame) else prices or default_table(year)
    using, without = tuple(using), tuple(without)
    table.without(using)  # refuses what it does not hold
    if both := sorted({*using} & {*without}):
        msg = (
            f"{', '.join(both)} shall bring the oxygen (--with) and be left out (--without): that contradicts; drop one"
        )
        raise PriceTableError(msg)
    table = table.without(without)
    fractions = batch(compositions)
    sizes = _atoms_a_formula(compositions, len(fractions))
    found: list[list[Route]] = [[]] * len(fractions)
    for own, is_fired, graded, members in _systems(fractions.matrix):
        tiers = applicable(own, is_fired, graded)
        programmes = [(one, Programme(own, one, table)) for tier in tiers for one in tier]
        if table.own and not is_fired and OXYGEN in own:
            programmes.insert(0, (whole(ASKED), Programme(own, whole(ASKED), table)))
        if using:
            programmes.insert(0, (asked(using), Programme(own, asked(using), table)))
        for member in members:
            row, size = fractions.matrix[member], float(sizes[member])
            ways = [route_of(one, each, row, size, table) for one, each in programmes]
            found[member] = _in_order([way for way in ways if way], row, own, table, using)
    return found


def _atoms_a_formula(compositions: object, n: int) -> Floats:
    """Atoms in each formula as it was given, shape (n,); 1 where a batch holds fractions alone."""
    if isinstance(compositions, Fractions):
        return np.ones(n)
    many = compositions if isinstance(compositions, list | tuple | np.ndarray | pd.Series) else [compositions]
    return np.array([float(sum(Composition.of(one).amounts.values())) for one in many])


def _in_order(
    ways: list[Route], row: Floats, own: tuple[int, ...], table: PriceTable, wanted: tuple[str, ...]
) -> list[Route]:
    if not ways:
        return [Route(np.nan, note=missing(row, own, table))]
    practices = [ASKED, *chemistry()["practices"]]
    cheapest: dict[tuple[str, ...], Route] = {}
    for way in sorted(ways, key=lambda way: practices.index(way.practice)):
        if way.practice != MIXED or not cheapest:
            cheapest.setdefault(tuple(sorted(way.moles)), way)
    first, *others = _ranked(list(cheapest.values()))
    if wanted and first.practice != ASKED:
        words = f"{', '.join(wanted)} alone cannot bring the oxygen of this composition"
        first = replace(first, note="; ".join(filter(None, [words, first.note])))
    return [first, *others]


def _ranked(ways: list[Route]) -> list[Route]:
    """Return routes, given by practice in the order of the file, by practice and cost; the earlier of a tie first."""
    ranked: list[Route] = []
    for way in ways:
        place = len(ranked)
        while place and ranked[place - 1].practice == way.practice:
            if not cheaper(way.usd_per_kg, ranked[place - 1].usd_per_kg):
                break
            place -= 1
        ranked.insert(place, way)
    return ranked


def _systems(matrix: Floats) -> Iterator[tuple[tuple[int, ...], bool, tuple[int, ...], Places]]:
    """Yield elements, whether oxides may be fired, `grades`, and row numbers of compositions that share all three."""
    words = np.zeros((len(matrix), 2 * WORD), dtype=np.uint8)
    is_fired, graded = fired(matrix), grades(matrix)
    held = np.packbits(np.column_stack([matrix > 0, is_fired, graded == 0, graded == 1]), axis=1)
    words[:, : held.shape[1]] = held
    first, second = (np.unique(half, return_inverse=True)[1] for half in words.view(np.uint64).T)
    kinds, start, where = np.unique(
        first * (second.max(initial=0) + 1) + second, return_index=True, return_inverse=True
    )
    order = np.argsort(where, kind="stable")
    ends = np.cumsum(np.bincount(where, minlength=len(kinds)))[:-1]
    for row, members in zip(start.tolist(), np.split(order, ends), strict=bool(len(kinds))):
        own = tuple(np.flatnonzero(matrix[row] > 0).tolist())
        yield own, bool(is_fired[row]), tuple(graded[row].tolist()), members
