"""The bottles of a laboratory: purity, lot, last drying, price; and compounds by whatever spelling they are named."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from ...datasets.economics.prices import PriceTable, default_table, user_table
from ...datasets.tables.cells import CellError, number, shown
from ...datasets.tables.headers import holds_formulas, plain
from ...datasets.tables.reader import read
from ...features.composition import Composition, FormulaError
from ...features.scalars import is_missing
from .refusals import SheetError

COLUMNS = ("formula", "purity", "lot", "dried", "usd_per_kg", "mass_g")
PURITY = "a share of the mass above 0 and at most 1, such as 0.99"


@dataclass(frozen=True)
class Bottle:
    """A compound as it stands on the shelf.

    Parameters
    ----------
    formula
        As weighed: a hydrate with its water.
    purity
        Share of the mass that is the compound, above 0 and at most 1; the rest is taken for inert.
    lot, dried
        Number of the lot, and when or how it was dried last; empty where that is not known.
    usd_per_kg
        What was paid, in USD/kg; NaN where that is not known.
    mass_g
        What is left, in g; NaN where that is not known.
    """

    formula: str
    purity: float = 1.0
    lot: str = ""
    dried: str = ""
    usd_per_kg: float = math.nan
    mass_g: float = math.nan


def bottles(stock: Any) -> tuple[Bottle, ...]:
    """Return the bottles of a file, a DataFrame, or rows as mappings; none of None.

    Parameters
    ----------
    stock
        With a column of formulas, and where they are known ``purity`` (0.99, or "99 %"), ``lot``, ``dried``,
        ``usd_per_kg`` and ``mass_g``; other columns are not read.
    """
    if stock is None:
        return ()
    header, rows = _grid(stock)
    names = [plain(name).casefold() for name in header]
    places = {name: names.index(name) for name in COLUMNS if name in names}
    if (formulas := next((at for at, name in enumerate(header) if holds_formulas(name)), None)) is None:
        columns = ", ".join(header) or "none"
        raise SheetError("stock", f"the stock has no column of formulas (its columns: {columns})", COLUMNS)
    places["formula"] = formulas
    found: list[Bottle] = []
    for row, cells in rows:
        found.append(_bottle({name: cells[at] for name, at in places.items()}, row))
        if found[-1].formula in [one.formula for one in found[:-1]]:
            what = f"row {row} of the stock: {found[-1].formula} stands in an earlier row; keep the bottle that is used"
            raise SheetError("stock", what, row=row)
    return tuple(found)


def _grid(stock: Any) -> tuple[Sequence[str], list[tuple[int, Sequence[Any]]]]:
    """Return the header and the numbered rows of a stock."""
    if isinstance(stock, str | Path):
        grid = read(Path(stock))
        return grid.header, list(grid.rows)
    table = stock if isinstance(stock, pd.DataFrame) else pd.DataFrame([_row(one) for one in stock])
    rows = table.astype(object).itertuples(index=False, name=None)
    return [str(name) for name in table.columns], list(enumerate(rows, start=1))


def _row(row: Any) -> Mapping[str, Any]:
    if isinstance(row, Bottle):
        return {name: getattr(row, name) for name in COLUMNS}
    if isinstance(row, Mapping):
        return row
    raise SheetError("stock", f"{shown(row)} is no row of a stock; give a table, or rows by column", COLUMNS)


def _bottle(cells: Mapping[str, Any], row: int) -> Bottle:
    """Return the bottle of one row, or refuse what it cannot be."""
    text = {name: "" if is_missing(cells.get(name)) else str(cells[name]).strip() for name in COLUMNS}
    try:
        formula = _as_written(text["formula"])
    except FormulaError as error:
        raise SheetError("stock", f"row {row} of the stock: {error}", row=row) from None
    purity = 1.0 if not text["purity"] else checked_purity(cells["purity"], f"row {row} of the stock", "stock", row)
    amounts = {name: _amount(cells[name], name, row) if text[name] else math.nan for name in COLUMNS[4:]}
    return Bottle(formula, purity, text["lot"], text["dried"], **amounts)


def _amount(cell: Any, name: str, row: int) -> float:
    try:
        amount = number(cell)
    except CellError as error:
        raise SheetError("stock", f"row {row} of the stock, {name}: {error}", row=row) from None
    if not (math.isfinite(amount) and amount >= 0):
        raise SheetError("stock", f"row {row} of the stock: {name} is {amount:g}; give zero or more", row=row)
    return amount


def checked_purity(value: Any, whose: str, field: str, row: int | None = None) -> float:
    """Return a purity as a share of the mass, from 0.99 or "99 %"; refuse what is none."""
    text = str(value).strip()
    try:
        share = round(number(text.removesuffix("%").strip()) / 100, 12) if text.endswith("%") else number(value)
    except CellError as error:
        raise SheetError(field, f"{whose}: the purity {error}", [PURITY], row) from None
    if not 0 < share <= 1:
        mend = f"write {share / 100:g} for {share:g} %" if 1 < share <= 100 else f"give {PURITY}"
        raise SheetError(field, f"{whose}: {share:g} is no purity; {mend}", [PURITY], row)
    return share


def prices(stock: Iterable[Bottle], year: int | None) -> PriceTable:
    """Return the precursors with their prices, those that the stock knows over the embedded ones."""
    paid = [(one.formula, one.usd_per_kg) for one in stock if math.isfinite(one.usd_per_kg)]
    if not paid:
        return default_table(year)
    return user_table(pd.DataFrame(paid, columns=["formula", "usd_per_kg"]), year)


def as_listed(text: str, known: Iterable[str], field: str, whose: str) -> str:
    """Return a compound by its name in a list, however it is written; refuse one that is not there.

    Parameters
    ----------
    text
        A formula.
    known
        The list.
    field
        Of the request, for the refusal.
    whose
        What the list is of, such as ``a precursor of this route``.
    """
    listed = list(known)
    try:
        composition = Composition.parse(_as_written(text))
    except FormulaError as error:
        raise SheetError(field, str(error), listed[:12]) from None
    if (name := by_composition(tuple(listed)).get(composition)) is not None:
        return name
    near = difflib.get_close_matches(text, listed, n=3, cutoff=0.5) or listed[:12]
    raise SheetError(field, f"{text} is not {whose}; name {' or '.join(near[:3])}", near)


@lru_cache(maxsize=64)
def by_composition(formulas: tuple[str, ...]) -> Mapping[Composition, str]:
    """Return the first formula of each composition."""
    return {Composition.parse(name): name for name in reversed(formulas)}


def _as_written(text: str) -> str:
    """Return a formula whose point or asterisk before water is the dot of a hydrate: LiOH.H2O, AlCl3*6H2O."""
    head, mark, tail = text.replace("*", ".").rpartition(".")
    hydrate = mark and tail.endswith("H2O") and (tail[:-3].isdigit() or tail == "H2O") and not head[-1:].isspace()
    written = f"{head}·{tail}" if hydrate and not _decimal(head, tail) else text
    Composition.parse(written)
    return written


def _decimal(head: str, tail: str) -> bool:
    """Whether a point stands between the digits of one number, as in LiCl0.5H2O."""
    return head[-1:].isdigit() and tail[:1].isdigit() and head[-2:-1].isalpha() and head[-1] == "0"
