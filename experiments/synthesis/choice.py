"""The route of a sample: by name, by its source of oxygen, or by what the laboratory owns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...datasets.chemistry.handling import drying_rule, hydrate_of
from ...datasets.economics.prices import PriceTable
from ...datasets.economics.route import Route
from ...datasets.economics.routes import alternatives
from ...datasets.economics.syntheses import ASKED, all_syntheses
from ...features.composition import Composition
from .refusals import SheetError
from .stock import Bottle, as_listed, by_composition

PRECURSOR = "a precursor with a price"


@dataclass(frozen=True)
class Wishes:
    """What is wished of the routes of a batch.

    Parameters
    ----------
    table
        Precursors with their prices.
    without
        Precursors that shall not be used.
    using
        Precursors that shall bring the oxygen.
    route
        Name of the route; empty for the one that is known best.
    stock
        Bottles at hand: of the routes those come first that need no other.
    """

    table: PriceTable
    without: tuple[str, ...] = ()
    using: tuple[str, ...] = ()
    route: str = ""
    stock: tuple[Bottle, ...] = ()

    @classmethod
    def of(
        cls, table: PriceTable, without: Iterable[str], using: Iterable[str], route: str | None, stock: Iterable[Bottle]
    ) -> Wishes:
        """Wishes, checked: precursors by their names in the table, and a route that there is."""
        bottles = tuple(stock)
        for one in bottles:
            _in_table(one, table)
        names = [one.name for one in all_syntheses()]
        if route and route not in names:
            raise SheetError("route", f"{route!r} is no route; there are {', '.join(names)}", names)
        barred = tuple(as_listed(one, table.formulas, "without", PRECURSOR) for one in without)
        wanted = tuple(as_listed(one, table.formulas, "using", PRECURSOR) for one in using)
        if both := sorted({*barred} & {*wanted}):
            what = f"{', '.join(both)} shall bring the oxygen and be left out: that contradicts; drop one of the two"
            raise SheetError("without", what)
        return cls(table, barred, wanted, route or "", bottles)


def _in_table(bottle: Bottle, table: PriceTable) -> None:
    """Refuse a bottle that is neither a precursor nor a hydrate of one."""
    composition = Composition.parse(bottle.formula)
    wet = {"O", "H"} <= set(composition.amounts)
    known = composition in by_composition(table.formulas)
    if not known and not (wet and any(hydrate_of(bottle.formula, name) for name in table.formulas)):
        mend = "; delete its row, or give its price in a column usd_per_kg"
        try:
            as_listed(bottle.formula, table.formulas, "stock", PRECURSOR)
        except SheetError as error:
            raise SheetError("stock", f"{error.head}{mend}", error.right) from None


def bottle_of(precursor: str, stock: Iterable[Bottle]) -> tuple[Bottle | None, float]:
    """Return the bottle for a precursor, and the moles of water in it for a mole of that; None where there is none.

    A hydrate stands for the anhydrous precursor where that is not there and drying gives it.
    """
    bottles = list(stock)
    wanted = Composition.parse(precursor)
    for one in bottles:
        if Composition.parse(one.formula) == wanted:
            return one, 0.0
    for one in bottles:
        if (water := hydrate_of(one.formula, precursor)) and drying_rule(precursor) != "never":
            return one, water
    return None, 0.0


def chosen(composition: Composition, wishes: Wishes) -> tuple[Route, tuple[Route, ...]]:
    """Return the route of a composition, and the others that there are.

    Raises
    ------
    SheetError
        Where there is none, or none as it is wished.
    """
    every = alternatives(composition, wishes.table, None, wishes.without)
    if math.isnan(every[0].usd_per_kg):
        barred = f" without {', '.join(wishes.without)}" if wishes.without else ""
        raise SheetError("candidates", f"{composition.formula}{barred}: {every[0].note}")
    ways = _by_oxygen(composition, every, wishes) if wishes.using else every
    if wishes.route:
        ways = [way for way in ways if way.name == wishes.route]
        if not ways:
            names = list(dict.fromkeys(way.name for way in every))
            what = f"{composition.formula} is not made by the route {wishes.route!r}; there are {', '.join(names)}"
            raise SheetError("route", what, names)
    first = next((way for way in ways if wishes.stock and not missing(way, wishes.stock)), ways[0])
    return first, tuple(way for way in every if way is not first and tuple(way.moles) != tuple(first.moles))


def missing(route: Route, stock: Sequence[Bottle]) -> list[str]:
    """Return the precursors of a route for which there is no bottle."""
    return [name for name in route.moles if bottle_of(name, stock)[0] is None]


def _by_oxygen(composition: Composition, ways: list[Route], wishes: Wishes) -> list[Route]:
    """Return the routes whose oxygen comes from the precursors wished for."""
    wanted = {*wishes.using}
    if fitting := [way for way in ways if set(oxygen_sources(way)) == wanted]:
        return fitting
    first = alternatives(composition, wishes.table, None, wishes.without, wishes.using)[0]
    if first.practice != ASKED:
        sources = list(dict.fromkeys(" + ".join(oxygen_sources(way)) for way in ways if oxygen_sources(way)))
        what = f"{', '.join(wishes.using)} alone cannot bring the oxygen of {composition.formula}"
        can = f"; what can: {', '.join(sources)}" if sources else ": it needs none"
        raise SheetError("using", f"{what}{can}", sources)
    return [first]


def oxygen_sources(route: Route) -> list[str]:
    """Return the precursors of a route that hold oxygen."""
    return [name for name in route.moles if "O" in Composition.parse(name).amounts]
