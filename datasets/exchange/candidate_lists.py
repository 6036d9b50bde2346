"""Lists of candidates as users keep them: text, Excel or Parquet; forgiving, bounded, no row lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...features.conventions.component_columns import of_components
from ..tables import excel as grid_excel
from ..tables.decoding import LARGEST, decode, read_bytes, visible
from ..tables.grid import GZIP, PARQUET, ZIP, TableError, inflate
from ..tables.headers import formula_column
from ..tables.parquet_bounds import is_text, misfit, unpacked
from ..tables.text import COMMA_FREE, with_point
from .candidate_table import CandidateTable, of_columns
from .delimited import LONGEST_CELL, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, check_names, reads, split
from .list_columns import temperature_column

INDEX_OF_PANDAS = re.compile(r"__\w*")
_UNPACKED = 2_000_000_000


def read_candidates(source: Path | None, name: str = "", sheet: str | None = None) -> CandidateTable:
    """Candidates in a file of any kind of `grid.ENDINGS`, or on standard input for None; else `TableError`.

    Messages call it by `name`, by default that of the file; `sheet` is one of a workbook with several.
    """
    name = visible(name or ("standard input" if source is None else source.name or str(source)), 80)
    content = read_bytes(source, name)
    if content.startswith(GZIP):
        content = inflate(content, name, LARGEST)  # as much as a file that is not compressed
    if sheet is not None and not content.startswith(ZIP):
        raise TableError(f"{name} is no workbook and has no sheet {sheet!r}; leave out --sheet")
    if content.startswith(PARQUET):
        table = _parquet(content, name)
    elif content.startswith(ZIP):
        table = _workbook(content, name, sheet)
    else:
        table = _text(content, name, source)
    if not table.cells:
        raise TableError(f"{name} has a header but no rows; give at least one formula")
    return table


def _text(content: bytes, name: str, path: Path | None) -> CandidateTable:
    if path is not None and path.suffix.lower() in (".parquet", ".pq"):
        raise TableError(
            f"{name} is not a Parquet file (its first bytes are not PAR1); rename it to .csv if it is text"
        )
    text, notes = decode(content, name)
    sheet = split(text, name)
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
    """Place of the column of formulas; `TableError` where there is none."""
    column = formula_column(header, name)
    if column is None:
        columns = visible(", ".join(header), 80)
        mend = of_components(header) or "name the column of formulas formula"
        raise TableError(f"{name} has no column named formula (it has {columns}); {mend}")
    return column


def _parquet(content: bytes, name: str) -> CandidateTable:
    """Candidates in a Parquet table; rows are counted from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(pa.BufferReader(content))
        texts = [one.name for one in schema if is_text(one.type)]
        file = pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts)  # a text that repeats is kept once
        column = _checked(file, name)
        table = file.read()
        _check_texts(table, name)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        if isinstance(error, TableError):
            raise
        reason = visible(str(error).splitlines()[0] if str(error) else type(error).__name__, 120)
        raise TableError(f"{name} is not a readable Parquet file: {reason}") from None
    header = [str(title) for title in table.column_names]
    columns, kinds = list[list[Any]](), dict[int, Any]()
    for at, title in enumerate(header):
        kind = table.column(at).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        values = table.column(at).to_pylist()
        if pa.types.is_float32(kind) or pa.types.is_float16(kind):
            values = _short(values)
        elif not INDEX_OF_PANDAS.fullmatch(title):
            kinds[at] = kind
        columns.append(values)
    cells = [_unpacked(cell) for cell in columns[column]]
    kept = [at for at, title in enumerate(header) if at == column or not INDEX_OF_PANDAS.fullmatch(title)]
    columns[column] = cells
    return of_columns(
        name,
        [header[at] for at in kept],
        [columns[at] for at in kept],
        kept.index(column),
        list(range(1, len(cells) + 1)),
        {},
        (),
        {place: kinds[at] for place, at in enumerate(kept) if at in kinds},
    )


def _checked(file: Any, name: str) -> int:
    """Place of the formula column, after the limits on size."""
    metadata = file.metadata
    size = unpacked(metadata)
    if metadata.num_rows > MOST_ROWS:
        raise TableError(f"{name} has {metadata.num_rows:,} rows, more than {MOST_ROWS:,}; split it into several files")
    if len(file.schema_arrow) > MOST_COLUMNS or metadata.num_rows * len(file.schema_arrow) > MOST_CELLS:
        raise TableError(
            f"{name} has {metadata.num_rows:,} rows of {len(file.schema_arrow):,} columns; "
            f"keep at most {MOST_COLUMNS:,} columns and {MOST_CELLS:,} cells"
        )
    if size > _UNPACKED:
        raise TableError(
            f"{name} unpacks to {size / 1e6:,.0f} MB, more than {_UNPACKED // 10**6:,} MB; keep fewer columns"
        )
    if wrong := misfit(metadata, file.schema_arrow):
        raise TableError(f"{name}: {visible(wrong, 240)}")
    check_names(file.schema_arrow.names, name)
    return _needed(list(map(str, file.schema_arrow.names)), name)


def _check_texts(table: Any, name: str) -> None:
    """Refuse cells that are too long, before each row has a copy of its own."""
    import pyarrow as pa
    import pyarrow.compute as pc

    total = 0
    for place, title in enumerate(table.column_names):
        for chunk in table.column(place).chunks:
            if not pa.types.is_dictionary(chunk.type) or not is_text(chunk.type):
                continue
            lengths = pc.binary_length(chunk.dictionary)
            if (longest := pc.max(lengths).as_py() or 0) > LONGEST_CELL:
                raise TableError(
                    f"{name}: a cell of {title[:60]!r} has {longest:,} bytes; at most {LONGEST_CELL:,} are read"
                )
            total += pc.sum(pc.take(lengths, chunk.indices)).as_py() or 0
    if total > _UNPACKED:
        raise TableError(f"{name} unpacks to {total / 1e6:,.0f} MB of text; keep fewer columns")


def _short(values: list[Any]) -> list[Any]:
    """Numbers of single precision by the digits that they have: 0.1, and not 0.10000000149011612."""
    return [None if value is None else float(str(np.float32(value))) for value in values]


def _unpacked(cell: Any) -> Any:
    """A formula that was kept as bytes, as text."""
    return cell.decode("utf-8", errors="replace") if isinstance(cell, bytes) else cell
