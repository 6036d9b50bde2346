"""How a sample was made, and whatever else a table of results has: kept with the result as it is, not learnt from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ...features.scalars import is_missing
from ..tables import cells
from ..tables.cells import CellError
from ..tables.grid import LONGEST_NAME, limit
from ..tables.headers import condition

COLUMN = "conditions"  # of facts and of results: the conditions as JSON, empty where there are none
NUMBERS = ("milling_h", "milling_rpm", "melt_C", "anneal_C", "anneal_h", "pressure_MPa")
NAMES = ("milling_h", "milling_rpm", "melt_C", "anneal_C", "anneal_h", "atmosphere", "pressure_MPa", "operator", "date")
Conditions = Mapping[str, float | str]


class ConditionError(CellError):
    """A condition that is not what its name says; ``title`` is the name as given, ``problem`` what is wrong."""

    def __init__(self, title: str, problem: str) -> None:
        super().__init__(title, problem)
        self.title, self.problem = title, problem

    def __str__(self) -> str:
        """Return the sentence."""
        return f"{self.title}: {self.problem}"


def checked(given: Mapping[str, Any]) -> dict[str, float | str]:
    """Return conditions as they are kept: `NUMBERS` as numbers, all else as text; what is empty is left out.

    >>> checked({"Milling (h)": "12", "atmosphere": "Ar", "furnace": 3, "note2": ""})
    {'milling_h': 12.0, 'atmosphere': 'Ar', 'furnace': '3'}
    """
    kept: dict[str, float | str] = {}
    for title, cell in given.items():
        if is_missing(cell) or (isinstance(cell, str) and not cell.strip()):
            continue
        name = condition(title) or str(title).strip()
        if not name or len(name) > LONGEST_NAME:
            raise CellError(f"the name of a condition has {len(name)} characters; write 1 to {LONGEST_NAME}")
        try:
            kept[name] = cells.number(_stripped(cell)) if name in NUMBERS else _text(cell)
        except CellError as error:
            raise ConditionError(str(title), str(error)) from None
    return in_order(kept)


def in_order(conditions: Conditions) -> dict[str, float | str]:
    """Return conditions with `NAMES` first, then the others by name."""
    places = {name: f"{place:03d}" for place, name in enumerate(NAMES)}
    return {name: conditions[name] for name in sorted(conditions, key=lambda name: (places.get(name, "x"), name))}


def written(conditions: Conditions) -> str:
    """Return conditions as JSON; empty where there are none.

    >>> written({"anneal_C": 150.0}), written({})
    ('{"anneal_C": 150.0}', '')
    """
    return json.dumps(in_order(conditions), ensure_ascii=False) if conditions else ""


def read(text: Any) -> dict[str, float | str]:
    """Return what `written` wrote."""
    return dict(json.loads(text)) if isinstance(text, str) and text else {}


def in_words(conditions: Conditions) -> str:
    """Return conditions on one line.

    >>> in_words({"anneal_C": 150.0, "atmosphere": "Ar"})
    'anneal_C 150; atmosphere Ar'
    """
    return "; ".join(f"{name} {_shown(value)}" for name, value in in_order(conditions).items())


def in_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a column for each condition in place of `COLUMN`; one called as another gets ``_given``."""
    rows = [read(text) for text in table[COLUMN]]
    out = table.drop(columns=COLUMN)
    for name in in_order({name: "" for row in rows for name in row}):
        title = name
        while title in out:
            title += "_given"
        values = [row.get(name) for row in rows]
        out[title] = pd.Series(values, out.index, dtype=float if name in NUMBERS else object)
        if name not in NUMBERS:
            out[title] = out[title].where(out[title].notna(), "")
    return out


def matching(table: pd.DataFrame, wanted: Sequence[str]) -> pd.DataFrame:
    """Return the rows of a table whose columns hold what is wanted, under their labels.

    Parameters
    ----------
    table
        Columns as they are shown.
    wanted
        ``NAME=VALUE`` each: an equal number, or a text that holds the value, in capitals or not.

    >>> matching(pd.DataFrame({"anneal_C": [150.0, 180.0]}), ["anneal_C=150"]).index.tolist()
    [0]
    """
    for text in wanted:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or name not in table:
            names = ", ".join(map(str, table.columns))
            raise CellError(f"{text[:60]!r} is no filter of this table; write NAME=VALUE with one of {names}")
        table = table[[_matches(cell, value) for cell in table[name]]]
    return table


def _matches(cell: Any, value: str) -> bool:
    if is_missing(cell):
        return not value
    if isinstance(cell, str):
        return value.casefold() in cell.casefold() if value else not cell
    try:
        return bool(float(cell) == float(value))
    except (TypeError, ValueError):
        return str(cell).casefold() == value.casefold()


def _stripped(cell: Any) -> Any:
    return cell.strip() if isinstance(cell, str) else cell


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():  # what a column with a gap makes of a whole number
        cell = int(cell)
    text = cell.strip() if isinstance(cell, str) else cells.shown(cell)
    if len(text) > limit("cell"):
        raise CellError(f"{len(text):,} characters; at most {limit('cell'):,} are kept")
    return text


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
