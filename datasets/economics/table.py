"""What compositions cost and how safe their supply is, as one table: route, by-products, estimates, HHI, abundance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from ..tables.reader import read
from . import supply
from .prices import USER_COLUMNS, PriceTable, PriceTableError, batch
from .route import Route
from .routes import all_routes


def costs(
    compositions: object,
    prices: pd.DataFrame | PriceTable | None = None,
    year: int | None = None,
    without: Iterable[str] = (),
    using: Iterable[str] = (),
) -> pd.DataFrame:
    """Return one row a composition: its raw-material cost with the route and others, and how safe its supply is.

    Parameters
    ----------
    compositions, prices, year, without, using
        See `prices.routes`.

    Returns
    -------
    DataFrame
        ``formula, usd_per_kg, route`` (in one line), ``practice`` (how well it is known), ``doi`` (of a paper that made
        it so), ``precursors, by_products`` (kilograms for a kilogram of the composition), ``alternatives`` (other
        routes with their USD/kg), ``estimated``
        (precursors priced at their raw materials), ``hhi_production, hhi_reserve`` (means by mass; above 2500 is
        concentrated), ``scarcest`` element and its ``crust_mg_per_kg``, ``note``. NaN where something is unknown.

    Examples
    --------
    >>> costs(["NaAlCl2.5O0.75"])[["precursors", "by_products", "scarcest"]].values.tolist()
    [['0.484 Sb2O3 + 0.885 AlCl3 + 0.388 NaCl', '0.757 SbCl3', 'Cl']]
    """
    fractions = batch(compositions)
    ways = all_routes(compositions, prices, year, without, using)
    found = [first for first, *_ in ways]
    many = compositions if isinstance(compositions, list | tuple | pd.Series) else [compositions]
    names = [str(getattr(one, "formula", one)) for one in many]
    return pd.DataFrame(
        {
            "formula": names,
            "usd_per_kg": [route.usd_per_kg for route in found],
            "route": [route.line for route in found],
            "practice": [route.practice for route in found],
            "doi": [route.doi for route in found],
            "precursors": [_told(route.precursors) for route in found],
            "by_products": [_told(route.by_products) for route in found],
            "alternatives": ["; ".join(map(in_short, others)) for _, *others in ways],
            "estimated": [", ".join(route.estimated) for route in found],
            "hhi_production": supply.supply_risk(fractions),
            "hhi_reserve": supply.supply_risk(fractions, "reserve"),
            "scarcest": supply.scarcest(fractions),
            "crust_mg_per_kg": supply.abundance(fractions),
            "note": [route.note for route in found],
        }
    )


def in_short(route: Route) -> str:
    """Return a route in a few words: its cost, its line, how well it is known, and from which paper."""
    known = ", ".join(filter(None, (route.practice, route.doi)))
    return f"{route.usd_per_kg:.3g} USD/kg: {route.line} ({known})"


def _told(kilograms: Mapping[str, float]) -> str:
    return " + ".join(f"{amount:.3g} {formula}" for formula, amount in kilograms.items())


def read_prices(path: Path, encoding: str = "utf-8") -> pd.DataFrame:
    """Return a user's own prices, columns ``formula`` and ``usd_per_kg``, from a CSV, Excel or Parquet file.

    The index is the row in the file; other columns are not read.
    """
    grid = read(path, encoding=encoding)
    header = [name.strip().casefold() for name in grid.header]
    missing = [name for name in USER_COLUMNS if name not in header]
    if missing:
        found = ", ".join(grid.header)
        raise PriceTableError(f"{grid.name} has no column {missing[0]!r} (its columns: {found}); name one so")
    columns = {name: [row[header.index(name)] for _, row in grid.rows] for name in USER_COLUMNS}
    return pd.DataFrame(columns, index=[line for line, _ in grid.rows], dtype=object)
