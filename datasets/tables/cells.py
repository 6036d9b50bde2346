"""One cell of a user's table as a number, a formula or a word; a cell that is neither says what is wrong with it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...features.composition import Composition, FormulaError
from ...features.scalars import plain, written

NUMBER = re.compile(r"[+-]?(\d++\.?\d*|\.\d+)([eE][+-]?\d+)?")
_MINUS = re.compile(r"(?:^|(?<=[eE]))[−–](?=[\d.])")  # the sign itself, and the dash that editors make of a hyphen
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE = rf"\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}(?: .*)?|\d{{1,2}}[-. ]?{_MONTH}[-. ]?\d{{0,4}}|{_MONTH}[-. ]\d{{1,4}}"
DATE = re.compile(_DATE, re.IGNORECASE)
EXCEL_ERROR = r"#(?:REF!|DIV/0!|VALUE!|NAME\?|N/A|NUM!|NULL!)"
_MISSING = r"nan|na|n/a|none|null|[-−–—]+|n\.?\s?[dm]\.?|n\.\s?a\.|not (?:measured|determined|available)|tbd|\?"
_NOT_A_NUMBER = {
    EXCEL_ERROR: "is an error of Excel; mend the formula in that cell",
    _MISSING: "is not a value; an empty cell means not measured: leave the cell empty",
    r"[-+]?inf(?:inity)?": "is not a value; write the number that was measured, or leave the cell empty",
    r"([+-]?[1-9]\d{0,2}),(\d{3})": r"reads two ways; write \1\2 if the comma parts thousands, \1.\2 if decimals",
    r"[+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d*)?|[+-]?\d{1,3},\d{3}\.\d*": "has commas between thousands; leave them out",
    r"([+-]?\d+),(\d+(?:e[+-]?\d+)?)": r"has a decimal comma; write \1.\2",
    r"—(\d.*)": r"has a dash for its minus sign; write -\1",
    "[<>≤≥~≈].*": "is a limit or an estimate; a measurement is a number: put the rest into the column note",
    r".*(?:±|\+/-).*|[\d.]+\(\d+\)(?:e.*)?": "holds an uncertainty beside the number; put that into the column note",
    r"([\d.]+)\s*[x×*·]\s*10\^?\s*[-−]([0-9]+)": r"is written with a power of ten; write \1e-\2",
    r"([\d.]+)\s*[x×*·]\s*10\^?\s*\+?([0-9]+)": r"is written with a power of ten; write \1e\2",
    _DATE: "is a date, not a number; format the column as numbers and type it anew",
    r"[+-]?[\d.]+(?:e[+-]?\d+)?\s*([a-zµμΩ°%/].*)": r"has '\1' behind the number; put the unit into the column's name",
    "(?s:.*)": "is not a number; write one such as 1.5e-3",
}
EARLIEST_YEAR, LATEST_YEAR = 1800, 2100


class CellError(ValueError):
    """A cell that does not hold what its column is for."""


def shown(cell: Any) -> str:
    """Return a cell as it is quoted in a message: not too long, and a date without its midnight."""
    text = cell.date().isoformat() if isinstance(cell, dt.datetime) and cell.time() == dt.time() else written(cell)
    return text if len(text) <= 40 else text[:37] + "..."


def number(cell: Any) -> float:
    """Return the number in a cell.

    >>> number("1.5e-3"), number(2)
    (0.0015, 2.0)
    >>> number("−1.5e–3")
    -0.0015
    >>> number("1,5")
    Traceback (most recent call last):
        ...
    vitrion.datasets.tables.cells.CellError: '1,5' has a decimal comma; write 1.5
    """
    if isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
        kind = "true or false" if isinstance(cell, bool) else "a date"
        raise CellError(f"{shown(cell)} is {kind}, not a number; format the column as numbers and type it anew")
    if isinstance(cell, str):
        return _written(cell)
    try:
        value = float(plain(cell))
    except (OverflowError, TypeError, ValueError):
        raise CellError(f"{shown(cell)!r} is not a number that can be held; write one such as 1.5e-3") from None
    if not math.isfinite(value):
        raise CellError(f"{value} is not a finite number; write the number that was measured, or leave the cell empty")
    return value


def _written(text: str) -> float:
    plain = _MINUS.sub("-", text)
    if NUMBER.fullmatch(plain):
        value = float(plain)
        if math.isinf(value):
            raise CellError(f"{shown(text)} is larger than any number that can be held; check its exponent")
        if value == 0 and re.search(r"[1-9]", re.split("[eE]", text)[0]):
            raise CellError(f"{shown(text)} is smaller than any number that can be held; check its exponent")
        return value
    raise CellError(f"{shown(text)!r} {_why_no_number(text)}")


def _why_no_number(text: str) -> str:
    """Return what a text is that should be a number, and how to mend it."""
    matches = ((re.fullmatch(pattern, text, re.IGNORECASE), mend) for pattern, mend in _NOT_A_NUMBER.items())
    return next(match.expand(mend) for match, mend in matches if match)


def formula(cell: Any) -> str:
    """Return the text of a formula, or say that a spreadsheet made something else of it; it is parsed later.

    A composition or structure of pymatgen gives its formula.
    """
    if cell is None:
        raise CellError("there is no formula; write one, such as LiAlCl2.5O0.75")
    if isinstance(cell, Composition) or hasattr(cell, "get_el_amt_dict") or hasattr(cell, "composition"):
        try:
            return Composition.of(cell).formula
        except FormulaError as error:
            raise CellError(str(error)) from None
    if isinstance(cell, dt.date | dt.time) or (isinstance(cell, str) and DATE.fullmatch(cell)):
        raise CellError(
            f"{shown(cell)!r} is a date: the spreadsheet changed the formula; "
            "format the column as text and type it anew"
        )
    if not isinstance(cell, str | bool | int | float):
        kind = type(cell).__name__
        raise CellError(f"{shown(cell)!r} of type {kind} is no formula; write one as text, such as LiAlCl2.5O0.75")
    if isinstance(cell, bool | int | float) or NUMBER.fullmatch(cell):
        raise CellError(f"{shown(cell)!r} is a number, not a formula; write one, such as LiAlCl2.5O0.75")
    if cell.startswith("=") or re.fullmatch(EXCEL_ERROR, cell):
        raise CellError(
            f"{shown(cell)!r} is a spreadsheet formula or its error, not a composition; "
            "write one, such as LiAlCl2.5O0.75"
        )
    return str(cell)


def word(cell: Any, choices: Mapping[str, Sequence[str]], what: str) -> str:
    """Return which of the choices a cell names; ``""`` for an empty cell."""
    if cell is None:
        return ""
    text = (str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)).casefold()
    for name, spellings in choices.items():
        if text in spellings:
            return name
    raise CellError(f"{shown(cell)!r} is no {what}; write one of {', '.join(choices)}")


def year(cell: Any) -> int | None:
    """Return a year, or None for an empty cell."""
    if cell is None:
        return None
    value = float(cell.year) if isinstance(cell, dt.date) else number(cell)
    if not value.is_integer() or not EARLIEST_YEAR <= value <= LATEST_YEAR:
        raise CellError(f"{shown(cell)!r} is no year; write one such as 2024")
    return int(value)


def doi(cell: Any) -> str:
    """Return a DOI in lower case without its resolver.

    >>> doi("https://doi.org/10.1038/S41560-023-01356-y")
    '10.1038/s41560-023-01356-y'
    """
    if cell is None:
        return ""
    text = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", str(cell).casefold())
    if not re.fullmatch(r"10\.\d{4,9}/\S+", text):
        raise CellError(
            f"{shown(cell)!r} is no DOI; write one such as 10.1038/s41560-023-01356-y, or leave the cell empty"
        )
    return text


def fact_number(cell: Any) -> int | None:
    """Return the number of the fact that a row corrects, or None for an empty cell.

    >>> fact_number("L12"), fact_number(3.0), fact_number("3.0")
    (12, 3, 3)
    """
    if cell is None:
        return None
    match = re.fullmatch(r"[Ll]?(\d{1,12})(?:\.0*)?", str(cell))
    if not match:
        raise CellError(f"{shown(cell)!r} names no fact; write its number in the store, such as L12")
    return int(match[1])
