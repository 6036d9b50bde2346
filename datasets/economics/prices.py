"""What precursors cost, and when: dated prices, and estimates for what has no price of its own."""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features.composition import Composition, FormulaError
from ...features.elements import INDEX, SYMBOLS, lookup
from ...features.fractions import Fractions
from ...features.scalars import plain
from ..cards import DATA

ELEMENT_PRICE = "wiki2020_price_mid_usd_per_kg"
NO_PRICE = math.nan
FREE = ("H2O",)  # a raw material that costs nothing
USER_COLUMNS = ("formula", "usd_per_kg")


class PriceTableError(ValueError):
    """A price table that cannot be read."""


@dataclass(frozen=True)
class PriceTable:
    """Precursors with their prices and compositions.

    Parameters
    ----------
    formulas
        Precursors, m of them.
    usd_per_kg
        Their prices, ndarray of shape (m,).
    estimated
        Whether a price was added up from raw materials without the cost of making, ndarray of shape (m,).
    atoms
        Atoms of each element in a formula unit, ndarray of shape (m, 103).
    own
        Precursors that only a user's own table has.
    """

    formulas: tuple[str, ...]
    usd_per_kg: npt.NDArray[np.float64]
    estimated: npt.NDArray[np.bool_]
    atoms: npt.NDArray[np.float64]
    own: frozenset[str] = frozenset()

    @cached_property
    def grams_per_mole(self) -> npt.NDArray[np.float64]:
        """Molar masses, ndarray of shape (m,), in g/mol."""
        return masses(self.atoms)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each precursor stands."""
        return {formula: place for place, formula in enumerate(self.formulas)}

    def without(self, formulas: Iterable[str]) -> PriceTable:
        """Return the table less these precursors, or refuse one that it does not hold."""
        formulas = list(formulas)
        for strange in sorted(set(formulas) - set(self.formulas)):
            near = difflib.get_close_matches(strange, self.formulas, n=3, cutoff=0.6)
            known = f"one of {', '.join(near)}" if near else "one that a route uses, such as Al2O3"
            raise PriceTableError(f"{strange} is no precursor with a price; name {known}")
        keep = ~np.isin(self.formulas, formulas)
        names = tuple(name for name, kept in zip(self.formulas, keep, strict=True) if kept)
        return PriceTable(names, self.usd_per_kg[keep], self.estimated[keep], self.atoms[keep], self.own)


def masses(atoms: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the mass of a formula unit, in g/mol, shape (m,), from its atoms, shape (m, 103)."""
    return np.asarray((atoms * np.nan_to_num(lookup("mass"))).sum(axis=-1))  # each row by itself, to the last bit


@lru_cache(maxsize=8)
def default_table(year: int | None = None) -> PriceTable:
    """Return the embedded table at the prices of `year`, or at the newest ones.

    A price older than `year` stands in where there is none of that year; one that is only known later does too. A year
    before the first or after the last price is refused.
    """
    prices = _embedded(year)
    direct = set(prices) - _derived_in_file()
    return assemble(element_prices() | prices, direct)


def user_table(frame: pd.DataFrame, year: int | None = None) -> PriceTable:
    """Return the embedded table, at the prices of `year`, with a user's own prices over it.

    Parameters
    ----------
    frame
        Columns ``formula`` and ``usd_per_kg``; a precursor of the user may be new to the table. A row is named in
        messages by the index of the frame.
    year
        See `default_table`.
    """
    missing = set(USER_COLUMNS) - set(frame.columns)
    if missing:
        msg = f"a price table has no column {', '.join(sorted(missing))}; give the columns formula and usd_per_kg"
        raise PriceTableError(msg)
    own = _own_prices(frame)
    prices = _embedded(year)
    return assemble(element_prices() | prices | own, (set(prices) - _derived_in_file()) | set(own), own)


def _own_prices(frame: pd.DataFrame) -> dict[str, float]:
    """Return the user's prices, a precursor of the embedded table under its name there however it is written."""
    names = {Composition.parse(formula): formula for formula in [*_recipes(), *SYMBOLS]}
    own: dict[str, float] = {}
    for row, formula, given in zip(frame.index, frame["formula"], frame["usd_per_kg"], strict=True):
        price = math.nan if isinstance(plain(given), bool) else float(pd.to_numeric(plain(given), errors="coerce"))
        if not (math.isfinite(price) and price >= 0):
            msg = f"row {row}: {formula} has no usable price ({given}); give one in USD/kg, zero or more"
            raise PriceTableError(msg)
        try:
            composition = Composition.parse(str(formula))
        except FormulaError as error:
            msg = f"row {row}: {error}"
            raise PriceTableError(msg) from None
        name = names.setdefault(composition, str(formula))
        if name in own:
            raise PriceTableError(f"row {row}: {formula} has a price in an earlier row; keep one of them")
        own[name] = float(price)
    return own


def _embedded(year: int | None) -> dict[str, float]:
    """Return the dated prices of a year, or refuse one before the first or after the last of them."""
    table = pd.read_csv(DATA / "precursor_prices.csv")
    first, last = int(table["year"].min()), int(table["year"].max())
    if year is not None and not first <= year <= last:
        msg = f"no price is dated {year}; give a year from {first} to {last}, or none for the newest prices"
        raise PriceTableError(msg)
    return dated(table, year)


def dated(table: pd.DataFrame, year: int | None) -> dict[str, float]:
    """Return one price of each formula: of the year, else of the last year before, else of the first year after.

    Of two prices of one year the later row counts: it comes from the newer edition of the source.
    """
    chosen: dict[str, float] = {}
    for formula, rows in table.groupby("formula", sort=True):
        past = rows if year is None else rows[rows["year"] <= year]
        rows = past if len(past) else rows[rows["year"] == rows["year"].min()]  # noqa: PLW2901
        newest = rows[rows["year"] == rows["year"].max()]
        chosen[str(formula)] = float(newest["value"].iloc[-1])
    return chosen


def _derived_in_file() -> set[str]:
    table = pd.read_csv(DATA / "precursor_prices.csv")
    return set(table.loc[table["synthesis"].str.startswith("DERIVED"), "formula"])


def element_prices() -> dict[str, float]:
    """Return prices of elements by symbol, in USD/kg, of 2020 or before; elements without one are left out."""
    table = pd.read_csv(DATA / "element_supply.csv").dropna(subset=[ELEMENT_PRICE])
    return {str(symbol): float(price) for symbol, price in zip(table["symbol"], table[ELEMENT_PRICE], strict=True)}


def assemble(known: Mapping[str, float], direct: set[str], extra: Iterable[str] = ()) -> PriceTable:
    """Return the table of all precursors of `data/precursors.csv` and of `extra` ones, priced from `known` prices."""
    recipes = _recipes()
    own = frozenset(extra) - set(recipes)
    recipes |= dict.fromkeys(own, "")
    prices = dict(known)
    made = {formula: _price(formula, recipes, prices) for formula in recipes}
    priced = {formula: price for formula, price in made.items() if math.isfinite(price)}
    names = tuple(sorted(priced))
    estimated = np.array([name not in direct for name in names])
    values = np.array([priced[name] for name in names])
    return PriceTable(names, values, estimated, np.stack([*map(atoms_of, names)]), own)


def _recipes() -> dict[str, str]:
    """Return what each precursor of `data/precursors.csv` is made from."""
    with (DATA / "precursors.csv").open(encoding="utf-8", newline="") as file:
        return {row["formula"]: row["made_from"] for row in csv.DictReader(file)}


def _price(formula: str, recipes: Mapping[str, str], prices: dict[str, float]) -> float:
    """Return the price of a formula, known or that of the cheapest of its recipes; write down what is found."""
    if formula not in prices:
        prices[formula] = NO_PRICE  # a recipe that leads back to itself has no price
        ways = [_made(formula, recipe, recipes, prices) for recipe in recipes.get(formula, "").split(" | ")]
        prices[formula] = min((way for way in ways if math.isfinite(way)), default=NO_PRICE)
    return prices[formula]


def _made(formula: str, recipe: str, recipes: Mapping[str, str], prices: dict[str, float]) -> float:
    """Return what the raw materials of a kilogram cost, in USD; NaN where one has no price."""
    spent = 0.0
    for term in filter(None, recipe.split(" + ")):
        amount, _, material = term.rpartition(" ")
        if material in FREE:
            continue
        element = material.rstrip("2")
        name = element if element in INDEX else material
        grams = float(amount or 1) * float(masses(atoms_of(material)[None])[0])
        spent += grams * _price(name, recipes, prices)
    return spent / float(masses(atoms_of(formula)[None])[0]) if recipe else NO_PRICE


@lru_cache(maxsize=1024)
def atoms_of(formula: str) -> npt.NDArray[np.float64]:
    """Return atoms of each element in a formula unit, ndarray of shape (103,).

    >>> float(atoms_of("Sb2O3").sum())
    5.0
    """
    atoms = np.zeros(len(INDEX))
    for symbol, amount in Composition.parse(formula).amounts.items():
        atoms[INDEX[symbol]] = float(amount)
    atoms.flags.writeable = False
    return atoms


def batch(compositions: object) -> Fractions:
    """Return one composition or many as a batch."""
    if isinstance(compositions, Fractions):
        return compositions
    many = compositions if isinstance(compositions, list | tuple | np.ndarray | pd.Series) else [compositions]
    return Fractions.of(list(many))
