"""What a table of results would give, before anything of it is kept: each column as it was understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..properties import PROPERTIES
from ..tables import headers
from ..tables.advice import LAB, Advice
from ..tables.grid import Grid
from ..tables.reader import read
from .batch_sheet import unfolded
from .table import Reading, understand

KEPT = "kept, not learnt from"


@dataclass(frozen=True)
class ColumnMeaning:
    """One column of a table as it was understood.

    Parameters
    ----------
    column
        Its title as written.
    meaning
        What it holds, in words: ``conductivity``, ``Tg``, ``formula``; for a condition of the synthesis its name.
    unit
        Unit of its numbers; empty where they have none.
    learnt
        Whether what it holds is learnt from, or belongs to what is.
    example
        Its first cell that is not empty, as text.
    """

    column: str
    meaning: str
    unit: str
    learnt: bool
    example: str


@dataclass(frozen=True)
class Preview:
    """A table of results as it was understood.

    Parameters
    ----------
    columns
        One a column that has a title, in the order of the table.
    reading
        The facts that it gives, and the problems of its rows.
    grid
        The table as it stands in the file.
    """

    columns: Sequence[ColumnMeaning]
    reading: Reading
    grid: Grid


def preview(path: Path, trust_units: bool = False, advice: Advice = LAB) -> Preview:
    """Read a file of results as `results.table.read_table` does, and say what each column is.

    Parameters
    ----------
    path
        A CSV, Excel or Parquet file.
    trust_units
        Whether values that look like another unit are taken.
    advice
        What helps where the table was given.

    Raises
    ------
    TableError
        Where the table cannot be taken as a whole.
    """
    grid = read(path)
    reading = understand(grid, trust_units, advice)
    return Preview(_columns(unfolded(grid)), reading, grid)


def _columns(grid: Grid) -> list[ColumnMeaning]:
    layout = headers.understand(grid.header, grid.name)
    known = {column.at: column for column in layout.columns.values()}
    found = []
    for at, title in enumerate(grid.header):
        if not title:
            continue
        cells = (row[at] for _, row in grid.rows if at < len(row))
        example = str(next((cell for cell in cells if cell not in (None, "")), ""))[:60]
        if (column := known.get(at)) is None:
            found.append(ColumnMeaning(title, headers.condition(title) or KEPT, "", False, example))
            continue
        words = PROPERTIES[column.field].words if column.field in PROPERTIES else column.field
        found.append(ColumnMeaning(title, words, "" if column.unit is None else column.unit.name, True, example))
    return found


def plain_rows(grid: Grid) -> list[dict[str, Any]]:
    """Rows of a table by title as they stand in the file; a title that is there twice is numbered.

    >>> plain_rows(Grid("t.csv", ("formula", "x", "x"), ((2, ("LiAlCl4", 1, None)),)))
    [{'formula': 'LiAlCl4', 'x': 1, 'x (2)': None}]
    """
    titles: list[str] = []
    for at, title in enumerate(grid.header):
        name = title or f"column {at + 1}"
        titles.append(name if name not in titles else f"{name} ({1 + sum(one == name for one in grid.header[:at])})")
    return [dict(zip(titles, row, strict=False)) for _, row in grid.rows]
