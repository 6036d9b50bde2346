"""Lists of candidates as users keep them: CSV, TSV, plain text or Parquet; forgiving, bounded, no row lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .decoding import decode, read_bytes
from .delimited import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, formula_column, split
from .refusals import InputError, visible

_UNPACKED = 2_000_000_000
_MOST_CELLS = 100_000_000


@dataclass(frozen=True)
class CandidateTable:
    """Candidates as given, one entry a row.

    Parameters
    ----------
    name
        What messages call the table.
    cells
        Raw cells of the formula column.
    numbers
        Row of each in the file, as a spreadsheet counts (the header is row 1).
    errors
        Reason by place, for rows that cannot be used whatever their formula.
    extra
        The other columns by name, one value a row.
    notes
        What was passed over or taken for granted, one sentence each.
    """

    name: str
    cells: list[Any]
    numbers: list[int]
    errors: dict[int, str]
    extra: dict[str, list[Any]]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.cells)


def read_candidates(source: str, name: str = "") -> CandidateTable:
    """Candidates in a file, or on standard input for ``-``; raises `InputError` with one sentence.

    Messages call it by `name`, by default that of the file.
    """
    path = None if source == "-" else Path(source)
    name = visible(name or ("standard input" if path is None else path.name or source), 80)
    content = read_bytes(path, name)
    table = _parquet(content, name) if content.startswith(b"PAR1") else _text(content, name, path)
    if not table.cells:
        raise InputError(f"{name} has a header but no rows; give at least one formula")
    return table


def _text(content: bytes, name: str, path: Path | None) -> CandidateTable:
    if path is not None and path.suffix.lower() in (".parquet", ".pq"):
        raise InputError(
            f"{name} is not a Parquet file (its first bytes are not PAR1); rename it to .csv if it is text"
        )
    text, notes = decode(content, name)
    sheet = split(text, name)
    if sheet.blank:
        lines = "1 blank line" if sheet.blank == 1 else f"{sheet.blank:,} blank lines"
        notes += (f"{lines} in {name} passed over",)
    names = _distinct([cell or f"column_{at + 1}" for at, cell in enumerate(sheet.header)])
    return CandidateTable(
        name,
        [row.cells[sheet.column] for row in sheet.rows],
        [row.number for row in sheet.rows],
        {place: row.error for place, row in enumerate(sheet.rows) if row.error},
        {title: [row.cells[at] for row in sheet.rows] for at, title in enumerate(names) if at != sheet.column},
        notes,
    )


def _parquet(content: bytes, name: str) -> CandidateTable:
    """Candidates in a Parquet table; rows are counted from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(pa.BufferReader(content))
        texts = [one.name for one in schema if pa.types.is_string(one.type) or pa.types.is_large_string(one.type)]
        file = pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts)  # a text that repeats is kept once
        column = _checked(file, name)
        table = file.read()
        _check_texts(table, name)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        if isinstance(error, InputError):
            raise
        reason = visible(str(error).splitlines()[0] if str(error) else type(error).__name__, 120)
        raise InputError(f"{name} is not a readable Parquet file: {reason}") from None
    titles = _distinct([str(title) for title in table.column_names])
    columns = {title: table.column(at).to_pylist() for at, title in enumerate(titles)}
    cells = columns.pop(titles[column])
    extra = {title: [_flat(value) for value in values] for title, values in columns.items() if title[:2] != "__"}
    return CandidateTable(name, cells, list(range(1, len(cells) + 1)), {}, extra)


def _checked(file: Any, name: str) -> int:
    """Place of the formula column, after the limits on size."""
    metadata = file.metadata
    size = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    if metadata.num_rows > MOST_ROWS:
        raise InputError(f"{name} has {metadata.num_rows:,} rows, more than {MOST_ROWS:,}; split it into several files")
    if len(file.schema_arrow) > MOST_COLUMNS or metadata.num_rows * len(file.schema_arrow) > _MOST_CELLS:
        raise InputError(
            f"{name} has {metadata.num_rows:,} rows of {len(file.schema_arrow):,} columns; "
            f"keep at most {MOST_COLUMNS:,} columns and {_MOST_CELLS:,} cells"
        )
    if size > _UNPACKED:
        raise InputError(
            f"{name} unpacks to {size / 1e6:,.0f} MB, more than {_UNPACKED // 10**6:,} MB; keep fewer columns"
        )
    column = formula_column(list(map(str, file.schema_arrow.names)), name)
    if column is None:
        columns = visible(", ".join(file.schema_arrow.names), 80)
        raise InputError(f"{name} has no column named formula (it has {columns}); name the column of formulas formula")
    return column


def _check_texts(table: Any, name: str) -> None:
    """Refuse cells that are too long, before each row has a copy of its own."""
    import pyarrow as pa
    import pyarrow.compute as pc

    total = 0
    for place, title in enumerate(table.column_names):
        for chunk in table.column(place).chunks:
            if not pa.types.is_dictionary(chunk.type) or not _is_text(chunk.type.value_type, pa):
                continue
            lengths = pc.binary_length(chunk.dictionary)
            if (longest := pc.max(lengths).as_py() or 0) > LONGEST_CELL:
                raise InputError(
                    f"{name}: a cell of {title[:60]!r} has {longest:,} bytes; at most {LONGEST_CELL:,} are read"
                )
            total += pc.sum(pc.take(lengths, chunk.indices)).as_py() or 0
    if total > _UNPACKED:
        raise InputError(f"{name} unpacks to {total / 1e6:,.0f} MB of text; keep fewer columns")


def _is_text(kind: Any, pa: Any) -> bool:
    types = pa.types
    return bool(
        types.is_string(kind) or types.is_large_string(kind) or types.is_binary(kind) or types.is_large_binary(kind)
    )


def _flat(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _distinct(names: list[str]) -> list[str]:
    """Names with _2, _3 ... added to repeated ones."""
    seen: set[str] = set()
    out = []
    for name in names:
        title, count = name, 2
        while title in seen:
            title, count = f"{name}_{count}", count + 1
        seen.add(title)
        out.append(title)
    return out
