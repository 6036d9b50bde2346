"""What the footer of a Parquet file says of its columns, looked at before anything of them is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bounds:
    """How much is read of a file.

    Parameters
    ----------
    rows, columns, cells
        At most so many; cells are rows times columns.
    cell
        Most bytes of a text.
    bytes
        Most bytes of all columns, unpacked.
    """

    rows: int
    columns: int
    cells: int
    cell: int
    bytes: int


def misfit(metadata: Any, schema: Any) -> str:
    """Why a file holds something else than plain columns of as many values as it has rows; empty where it does not.

    A column of lists may hold any number of values in few rows, and a few bytes of a file any number of equal values:
    what the footer counts is compared with the rows, and only kinds are taken of which one value is one cell.

    Parameters
    ----------
    metadata
        ``pyarrow.parquet.FileMetaData``.
    schema
        ``pyarrow.Schema`` as pyarrow would read the file.
    """
    for field in schema:
        if not is_plain(field.type):
            return f"column {field.name[:60]!r} is of type {str(field.type)[:60]}; give columns of numbers and text"
    groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
    if sum(group.num_rows for group in groups) != metadata.num_rows or min([g.num_rows for g in groups], default=0) < 0:
        return f"its parts do not have the {metadata.num_rows:,} rows that it counts; write it anew"
    for group in groups:
        for at in range(group.num_columns):
            chunk = group.column(at)
            if chunk.num_values != group.num_rows:
                held = f"{chunk.num_values:,} values in {group.num_rows:,} rows"
                return f"column {chunk.path_in_schema[:60]!r} has {held}; write one value a row"
    return ""


def unpacked(metadata: Any) -> int:
    """Bytes that the columns take once they are unpacked, as the footer tells them of rows and of columns."""
    total = 0
    for at in range(metadata.num_row_groups):
        group = metadata.row_group(at)
        columns = sum(max(group.column(one).total_uncompressed_size, 0) for one in range(group.num_columns))
        total += max(group.total_byte_size, columns)
    return total


def is_plain(kind: Any) -> bool:
    """Whether a value of a kind is one number, text, date or truth value; a dictionary counts as what it holds."""
    import pyarrow as pa

    types = pa.types
    kind = kind.value_type if types.is_dictionary(kind) else kind
    known = (types.is_boolean, types.is_integer, types.is_floating, types.is_decimal, types.is_temporal, types.is_null)
    return is_text(kind) or any(is_one(kind) for is_one in known)


def is_text(kind: Any) -> bool:
    """Whether a kind is text or bytes, which have any length, each value for itself or in a dictionary."""
    import pyarrow as pa

    types = pa.types
    kind = kind.value_type if types.is_dictionary(kind) else kind
    known = (types.is_string, types.is_large_string, types.is_string_view, types.is_binary, types.is_large_binary)
    return any(is_one(kind) for is_one in known)
