"""A Parquet file as a grid."""

from __future__ import annotations

import math
from typing import Any

from .grid import Grid, TableError, limit, too_large, too_long, too_many_columns, too_many_rows
from .parquet_bounds import is_text, misfit, unpacked


def read(data: bytes, name: str) -> Grid:
    """Return the grid of a Parquet file of plain columns; rows count from 1."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(pa.BufferReader(data))
        texts = [field.name for field in schema if is_text(field.type)]
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts)
        _check(file.metadata, schema, name)
        table = file.read()
        total = 0
        for column in texts:
            for chunk in table[column].chunks:
                lengths = pc.binary_length(chunk.dictionary)
                longest = pc.max(lengths).as_py() or 0
                if longest > limit("cell"):
                    raise too_long(name, f"column {column!r}", longest)
                total += pc.sum(pc.take(lengths, chunk.indices)).as_py() or 0
        if total > limit("bytes"):
            raise too_large(name)
        columns = [_texts(table[field.name].to_pylist(), field, name, pa) for field in schema]
    except (pa.ArrowException, OSError) as error:
        raise TableError(
            f"{name} is a broken Parquet file ({str(error).splitlines()[0][:80]}); write it anew"
        ) from None
    rows = [(i, tuple(map(_cell, cells))) for i, cells in enumerate(zip(*columns, strict=True), start=1)]
    return Grid(name, tuple(schema.names), tuple(row for row in rows if any(cell is not None for cell in row[1])))


def _check(metadata: Any, schema: Any, name: str) -> None:
    """Raise `TableError` before anything is read of a file that is too large or holds other than plain columns."""
    if metadata.num_rows > limit("rows"):
        raise too_many_rows(name)
    if len(schema) > limit("columns"):
        raise too_many_columns(name, len(schema))
    if unpacked(metadata) > limit("bytes"):
        raise too_large(name)
    if len(set(schema.names)) < len(schema.names):
        raise TableError(f"{name} has two columns of the same name; rename one")
    if wrong := misfit(metadata, schema):
        raise TableError(f"{name}: {wrong}")


def _texts(cells: list[Any], field: Any, name: str, pa: Any) -> list[Any]:
    """Return the cells of a column, bytes as the text that they are."""
    if not (pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type)):
        return cells
    try:
        return [None if cell is None else cell.decode() for cell in cells]
    except UnicodeDecodeError:
        raise TableError(f"{name}: column {field.name!r} holds bytes that are no text; give numbers and text") from None


def _cell(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.strip() or None
    return None if isinstance(cell, float) and math.isnan(cell) else cell
