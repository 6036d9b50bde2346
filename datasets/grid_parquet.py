"""A Parquet file as a grid."""

from __future__ import annotations

import math
from typing import Any

from .grid import Grid, TableError, limit, too_large, too_long, too_many_rows


def read(data: bytes, name: str) -> Grid:
    """Return the grid of a Parquet file of plain columns; rows count from 1."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(pa.BufferReader(data))
        texts = [field.name for field in schema if _is_text(field.type, pa)]
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts)
        _check(file.metadata, schema, name, pa)
        table = file.read()
        total = 0
        for column in texts:
            for chunk in table[column].chunks:
                lengths = pc.utf8_length(chunk.dictionary)
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


def _check(metadata: Any, schema: Any, name: str, pa: Any) -> None:
    """Raise `TableError` before anything is read of a file that is too large or holds nested columns."""
    if metadata.num_rows > limit("rows"):
        raise too_many_rows(name)
    if sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)) > limit("bytes"):
        raise too_large(name)
    if len(set(schema.names)) < len(schema.names):
        raise TableError(f"{name} has two columns of the same name; rename one")
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_nested(kind):
            raise TableError(f"{name}: column {field.name!r} is of type {field.type}; give columns of numbers and text")


def _texts(cells: list[Any], field: Any, name: str, pa: Any) -> list[Any]:
    """Return the cells of a column, bytes as the text that they are."""
    if not (pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type)):
        return cells
    try:
        texts = [None if cell is None else cell.decode() for cell in cells]
    except UnicodeDecodeError:
        raise TableError(f"{name}: column {field.name!r} holds bytes that are no text; give numbers and text") from None
    if (longest := max((len(text) for text in texts if text), default=0)) > limit("cell"):
        raise too_long(name, f"column {field.name!r}", longest)
    return texts


def _is_text(kind: Any, pa: Any) -> bool:
    """Whether a column holds texts, each once (a dictionary) or row by row."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _cell(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.strip() or None
    return None if isinstance(cell, float) and math.isnan(cell) else cell
