"""Lists of candidates as users keep them: text, Excel or Parquet; forgiving, bounded, no row lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...features.conventions.component_columns import of_components
from ..tables import excel as grid_excel
from ..tables.decoding import LARGEST, decode, read_bytes, refuse_other_kinds, visible
from ..tables.grid import GZIP, PARQUET, ZIP, TableError, inflate
from ..tables.headers import formula_column
from ..tables.parquet import read_columns
from ..tables.parquet_bounds import Bounds
from ..tables.text import COMMA_FREE, with_point
from .candidate_table import CandidateTable, of_columns
from .delimited import BOUNDS, check_names, reads, split
from .list_columns import temperature_column

INDEX_OF_PANDAS = re.compile(r"__\w*")


def read_candidates(
    source: Path | None, name: str = "", sheet: str | None = None, bounds: Bounds = BOUNDS, largest: int = LARGEST
) -> CandidateTable:
    """Candidates in a file of any kind of `grid.ENDINGS`, or on standard input for None; else `TableError`.

    Messages call it by `name`, by default that of the file; `sheet` is one of a workbook with several. No more is read
    than `bounds` allow, nor more than `largest` bytes of a file that was compressed.
    """
    name = visible(name or ("standard input" if source is None else source.name or str(source)), 80)
    content = read_bytes(source, name)
    if content.startswith(GZIP):
        content = inflate(content, name, largest)  # as much as a file that is not compressed
    if sheet is not None and not content.startswith(ZIP):
        raise TableError(f"{name} is no workbook and has no sheet {sheet!r}; leave out --sheet")
    if content.startswith(PARQUET):
        table = _parquet(content, name, bounds)
    elif content.startswith(ZIP):
        table = _workbook(content, name, sheet)
    else:
        table = _text(content, name, source, bounds)
    if not table.cells:
        raise TableError(f"{name} has a header but no rows; give at least one formula")
    return table


def _text(content: bytes, name: str, path: Path | None, bounds: Bounds) -> CandidateTable:
    if path is not None and path.suffix.lower() in (".parquet", ".pq"):
        raise TableError(
            f"{name} is not a Parquet file (its first bytes are not PAR1); rename it to .csv if it is text"
        )
    refuse_other_kinds(content, name)
    text, notes = decode(content, name)
    sheet = split(text, name, bounds)
    if sheet.blank:
        lines = "1 blank line" if sheet.blank == 1 else f"{sheet.blank:,} blank lines"
        notes += (f"{lines} in {name} passed over",)
    columns = [[row.cells[at] for row in sheet.rows] for at in range(len(sheet.header))]
    warm = temperature_column(sheet.header, name)[0]
    if warm is not None and sheet.delimiter in COMMA_FREE:
        columns[warm] = [with_point(cell) for cell in columns[warm]]
    numbers = [row.number for row in sheet.rows]
    errors = {place: row.error for place, row in enumerate(sheet.rows) if row.error}
    return of_columns(name, sheet.header, columns, sheet.column, numbers, errors, notes)


def _workbook(content: bytes, name: str, sheet: str | None) -> CandidateTable:
    """Candidates in a sheet of an Excel workbook, with a header or formulas alone."""
    grid = grid_excel.read(content, name, sheet)
    rows = list(grid.rows)
    if len(grid.header) == 1 and formula_column(grid.header, name) is None and reads(grid.header[0]):
        header, column = ["formula"], 0
        rows.insert(0, (rows[0][0] - 1 if rows else 1, grid.header))
    else:
        header, column = list(grid.header), _needed(grid.header, name)
    columns = (
        [list(cells) for cells in zip(*(cells for _, cells in rows), strict=True)] if rows else [[] for _ in header]
    )
    return of_columns(name, header, columns, column, [line for line, _ in rows], {}, ())


def _needed(header: Sequence[str], name: str) -> int:
    """Place of the column of formulas; `TableError` where there is none, or where a name is too long."""
    check_names(header, name)
    column = formula_column(header, name)
    if column is None:
        columns = visible(", ".join(header), 80)
        mend = of_components(header) or "name the column of formulas formula"
        raise TableError(f"{name} has no column named formula (it has {columns}); {mend}")
    return column


def _parquet(content: bytes, name: str, bounds: Bounds) -> CandidateTable:
    """Candidates in a Parquet table; rows are counted from 1."""
    table = read_columns(content, name, bounds, lambda names: _needed(names, name))
    column = _needed(table.names, name)
    table.cells[column] = [_as_text(cell) for cell in table.cells[column]]
    taken = [at for at, title in enumerate(table.names) if at == column or not INDEX_OF_PANDAS.fullmatch(title)]
    return of_columns(
        name,
        [table.names[at] for at in taken],
        [table.cells[at] for at in taken],
        taken.index(column),
        list(range(1, len(table.cells[column]) + 1)),
        {},
        (),
        {place: table.kinds[at] for place, at in enumerate(taken) if table.kinds[at] is not None},
    )


def _as_text(cell: Any) -> Any:
    """A formula that was kept as bytes, as text."""
    return cell.decode("utf-8", errors="replace") if isinstance(cell, bytes) else cell
