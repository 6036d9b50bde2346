"""Which column of a list holds the formulas, which a temperature for each, and which only counts the rows."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...features.scalars import is_missing
from .. import units
from ..properties import TG, ZERO_CELSIUS_K
from ..readings import is_marked, wonder
from ..tables.cells import CellError, number
from ..tables.decoding import visible
from ..tables.headers import field_and_unit, plain
from ..units import Unit, UnitError

COLDEST_C, HOTTEST_C = -100.0, 500.0  # of a glass that conducts
NAMELESS = re.compile(r"|Unnamed: \d+(_level_\d+)?|__index_level_\d+__")  # what pandas makes of an index


def temperature_column(header: Sequence[object], name: str) -> tuple[int | None, Unit, str]:
    """Return the place of the column of temperatures with its unit, and a note on one that is not read.

    >>> at, unit, note = temperature_column(["formula", "T (K)"], "list.csv")
    >>> at, unit.name, note
    (1, 'K', '')
    """
    unit_at, vague, celsius = dict[int, Unit](), list[str](), units.find("C", TG)
    for at, title in enumerate(header):
        field, text = field_and_unit(title) if isinstance(title, str) else (None, "")
        if field == "temperature":
            try:
                if text:
                    unit_at[at] = units.find(text, TG)
                else:
                    vague.append(str(title))
            except UnitError:
                continue  # T_melt and the like, which are not of a measurement
    exact = [at for at in unit_at if plain(str(header[at])).casefold() == "temperature_c"]
    chosen = exact[:1] or (list(unit_at) if len(unit_at) == 1 else [])
    if chosen:
        others = " and ".join(repr(visible(str(header[at]))) for at in unit_at if at != chosen[0])
        read = visible(str(header[chosen[0]]))
        return chosen[0], unit_at[chosen[0]], f"{name}: {others} not read beside {read!r}" if others else ""
    vague = [str(header[at]) for at in unit_at] or vague
    if not vague:
        return None, celsius, ""
    quoted = " and ".join(f"{visible(one)!r}" for one in vague)
    return None, celsius, f"{name}: {quoted} not read; call the temperature of each candidate temperature_C"


def temperatures(cells: Sequence[Any], unit: Unit, title: str) -> tuple[list[float], dict[int, str]]:
    """Return temperatures in degC, NaN for an empty cell, and the reason for each row whose cell holds none.

    >>> temperatures([333.15, "", "warm"], units.find("K", TG), "T (K)")[0]
    [60.0, nan, nan]
    """
    in_celsius, errors = [math.nan] * len(cells), dict[int, str]()
    for row, cell in enumerate(cells):
        if is_blank(cell):
            continue
        try:
            in_celsius[row] = round(float(unit.to_lab(number(cell.strip() if isinstance(cell, str) else cell))), 9)
        except CellError as error:
            errors[row] = f"{title}: {error}"
            continue
        if unit.name == TG.unit and is_marked(in_celsius[row]):
            kelvin = f"{cell} looks like kelvin ({in_celsius[row] - ZERO_CELSIUS_K:.6g} degC)"
            errors[row] = f"{title}: {kelvin}; give degC, or name the column temperature_K"
            in_celsius[row] = math.nan
        elif not COLDEST_C <= in_celsius[row] <= HOTTEST_C:
            cold, hot = (COLDEST_C, HOTTEST_C) if unit.name == TG.unit else (_in_K(COLDEST_C), _in_K(HOTTEST_C))
            errors[row] = f"{title}: {cell} is out of range; give {unit.name} between {cold:g} and {hot:g}"
            in_celsius[row] = math.nan
    if unit.name == TG.unit and not all(map(math.isnan, in_celsius)):
        wonder(np.array(in_celsius), title)
    return in_celsius, errors


def _in_K(celsius: float) -> float:  # noqa: N802 - the symbol of the unit
    return celsius + ZERO_CELSIUS_K


def is_blank(cell: Any) -> bool:
    """Return whether a cell holds nothing: blanks, or whatever stands for a value that is missing."""
    return not cell.strip() if isinstance(cell, str) else is_missing(cell)


def counts_rows(title: object, cells: Sequence[Any]) -> bool:
    """Return whether a column is the index that pandas writes: without a name, and whole numbers that rise by one.

    >>> counts_rows("Unnamed: 0", ["0", "1", "2"]), counts_rows("", ["A1", "A2"]), counts_rows("id", [0, 1])
    (True, False, False)
    """
    if not NAMELESS.fullmatch(str(title)):
        return False
    texts = [str(cell) for cell in cells[:100_000]]
    if not texts or not re.fullmatch(r"\d{1,12}", texts[0]):
        return False
    return all(text == str(int(texts[0]) + row) for row, text in enumerate(texts))
