"""How much one request may hold once it is read: numbers that are numbers, few columns, short cells, plain names."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from ...datasets.tables.grid import ENDINGS, limit
from ..errors.refusals import InputError
from ..formatting.rows import table_of

if TYPE_CHECKING:
    import pandas as pd

JOB_NUMBER, CAMPAIGN_NAME = "^[0-9a-f]{20}$", "^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$"
MOST_NAMES = 200  # in one object of JSON
MOST_ITEMS = 1_000_000  # in all of it
LONGEST_TEXT = 10_000  # characters
LARGEST_WHOLE = 2**63
MOST_LEARNT = 1_000  # results learnt at once: the algebra of a proposal grows with their square and more
_STRANGE = re.compile(r"[^\w.() +-]")


def plain(told: Any) -> Any:
    """What JSON held, if its numbers are finite, its texts short and its objects of few names; else `ValueError`."""
    waiting, seen = [told], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if len(one) > LONGEST_TEXT:
                raise ValueError(f"a text of {len(one):,} characters; at most {LONGEST_TEXT:,} are taken")
        elif isinstance(one, bool) or one is None:
            continue
        elif isinstance(one, int | float):
            if not (math.isfinite(one) if isinstance(one, float) else abs(one) < LARGEST_WHOLE):
                raise ValueError("a number that is too large, or none; give finite numbers")
        elif isinstance(one, dict):
            if len(one) > MOST_NAMES:
                raise ValueError(f"an object of {len(one):,} names; at most {MOST_NAMES} are taken")
            waiting.extend(one.keys())
            waiting.extend(one.values())
        elif isinstance(one, list):
            seen += len(one)
            if seen > MOST_ITEMS:
                raise ValueError(f"more than {MOST_ITEMS:,} entries; send less at once")
            waiting.extend(one)
    return told


def bounded_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows of results as a table, if they are not too many, of few columns, and hold numbers and short texts alone."""
    if len(rows) > limit("rows"):
        raise InputError(f"{len(rows):,} rows, more than {limit('rows'):,}; send them in parts")
    names: set[str] = set()
    for number, row in enumerate(rows, start=1):
        names.update(row)
        if len(names) > limit("columns"):
            raise InputError(f"the rows have more than {limit('columns')} columns; leave out what is not needed")
        for name, value in row.items():
            where = f"row {number}, {name[:60]}"
            if isinstance(value, list | dict):
                raise InputError(f"{where}: a list or an object; give a number or a text")
            if isinstance(value, str) and len(value) > limit("cell"):
                raise InputError(f"{where}: {len(value):,} characters; at most {limit('cell'):,} are read")
    return table_of(rows)


def check_learnt(count: int) -> None:
    """Refuse more results, those on their way among them, than one proposal learns at once."""
    if count > MOST_LEARNT:
        said = f"{count:,} results, more than {MOST_LEARNT:,}"
        raise InputError(f"{said}; add them to the lab's data and train instead")


def label(name: str | None, usual: str) -> str:
    r"""Name of a file as a client calls it, for words and its ending alone: no folder, nothing strange, not long.

    Examples
    --------
    >>> label("../../etc/melts\x00.csv", "results.csv")
    'melts_.csv'
    >>> label("..", "results.csv")
    'results.csv'
    """
    last = PurePath((name or "").replace("\\", "/")).name
    clean = _STRANGE.sub("_", last)[-80:].lstrip(". ")
    return clean if clean.strip("._ ") else usual


def ending_of(name: str) -> str:
    """The ending of a file whose kind is read, such as ``.csv.gz``; that of text where the name has none.

    Examples
    --------
    >>> ending_of("Results.CSV.gz"), ending_of("list")
    ('.csv.gz', '.csv')
    """
    found = [one for one in ENDINGS if name.lower().endswith(one)]
    if not found and PurePath(name).suffix:
        raise InputError(f"{name} is of a kind that is not read; give {', '.join(ENDINGS)}")
    return max(found, key=len, default=".csv")
