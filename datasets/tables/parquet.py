"""A Parquet file as columns of cells, within the bounds of a list or of a laboratory's results; or as a grid."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .decoding import visible
from .grid import Grid, TableError, in_words, limit
from .parquet_bounds import Bounds, is_text, misfit, unpacked


@dataclass(frozen=True)
class Columns:
    """The columns of a Parquet file.

    Parameters
    ----------
    names
        Of the columns.
    cells
        Of each column, one a row: numbers, texts, bytes, dates and truth values, None where nothing is.
    kinds
        Arrow type of each column; None where the cells are not as it keeps them.
    """

    names: tuple[str, ...]
    cells: list[list[Any]]
    kinds: list[Any]


def read(data: bytes, name: str) -> Grid:
    """Return the grid of a Parquet file of plain columns, within the bounds of results; rows count from 1."""
    bounds = Bounds(limit("rows"), limit("columns"), limit("rows") * limit("columns"), limit("cell"), limit("bytes"))
    table = read_columns(data, name, bounds)
    columns = [_decoded(cells, title, name) for title, cells in zip(table.names, table.cells, strict=True)]
    rows = [(i, tuple(map(_cell, cells))) for i, cells in enumerate(zip(*columns, strict=True), start=1)]
    return Grid(name, table.names, tuple(row for row in rows if any(cell is not None for cell in row[1])))


def read_columns(
    data: bytes, name: str, bounds: Bounds, check: Callable[[Sequence[str]], object] = lambda names: None
) -> Columns:
    """Return the columns of a Parquet file; of one that is too large nothing is read but its footer.

    Parameters
    ----------
    data, name
        Bytes of the file, and what messages call it.
    bounds
        How much is read.
    check
        Refuses names of columns, before anything is read of them.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(pa.BufferReader(data))
        texts = [field.name for field in schema if is_text(field.type)]
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts)  # a text that repeats is kept once
        _check(file.metadata, file.schema_arrow, name, bounds)
        check([str(title) for title in file.schema_arrow.names])
        table = file.read()
        _check_texts(table, name, bounds)
    except TableError:
        raise
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        reason = visible(str(error).splitlines()[0] if str(error) else type(error).__name__, 120)
        raise TableError(f"{name} is not a readable Parquet file: {reason}; write it anew") from None
    names = tuple(str(title) for title in table.column_names)
    columns = [_column(table.column(at), pa) for at in range(len(names))]
    return Columns(names, [cells for cells, _ in columns], [kind for _, kind in columns])


def _check(metadata: Any, schema: Any, name: str, bounds: Bounds) -> None:
    """Raise `TableError` before anything is read of a file that is too large or holds other than plain columns."""
    rows, columns, size = metadata.num_rows, len(schema), unpacked(metadata)
    if rows > bounds.rows:
        raise TableError(f"{name} has {rows:,} rows, more than {bounds.rows:,}; split it into several files")
    if columns > bounds.columns or rows * columns > bounds.cells:
        most = f"keep at most {bounds.columns:,} columns and {bounds.cells:,} cells"
        raise TableError(f"{name} has {rows:,} rows of {columns:,} columns; {most}")
    if size > bounds.bytes:
        raise _unpacks_to(f"{size / 1e6:,.0f} MB", name, bounds)
    if wrong := misfit(metadata, schema):
        raise TableError(f"{name}: {visible(wrong, 240)}")


def _check_texts(table: Any, name: str, bounds: Bounds) -> None:
    """Refuse cells that are too long, before each row has a copy of its own."""
    import pyarrow as pa
    import pyarrow.compute as pc

    total = 0
    for place, title in enumerate(table.column_names):
        for chunk in table.column(place).chunks:
            if not pa.types.is_dictionary(chunk.type) or not is_text(chunk.type):
                continue
            lengths = pc.binary_length(chunk.dictionary)
            if (longest := pc.max(lengths).as_py() or 0) > bounds.cell:
                raise TableError(
                    f"{name}: a cell of {title[:60]!r} has {longest:,} bytes; at most {bounds.cell:,} are read"
                )
            total += pc.sum(pc.take(lengths, chunk.indices)).as_py() or 0
    if total > bounds.bytes:
        raise _unpacks_to(f"{total / 1e6:,.0f} MB of text", name, bounds)


def _unpacks_to(size: str, name: str, bounds: Bounds) -> TableError:
    return TableError(f"{name} unpacks to {size}, more than {in_words(bounds.bytes)}; keep fewer columns, or split it")


def _column(column: Any, pa: Any) -> tuple[list[Any], Any]:
    """Cells of a column with its type; numbers of single precision by the digits that they have, 0.1 as 0.1."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    cells: list[Any] = column.to_pylist()
    if pa.types.is_float32(kind) or pa.types.is_float16(kind):
        return [None if cell is None else float(str(np.float32(cell))) for cell in cells], None
    return cells, kind


def _decoded(cells: list[Any], title: str, name: str) -> list[Any]:
    """Cells of a column, bytes as the text that they are."""
    try:
        return [cell.decode() if isinstance(cell, bytes) else cell for cell in cells]
    except UnicodeDecodeError:
        raise TableError(f"{name}: column {title!r} holds bytes that are no text; give numbers and text") from None


def _cell(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.strip() or None
    return None if isinstance(cell, float) and math.isnan(cell) else cell
