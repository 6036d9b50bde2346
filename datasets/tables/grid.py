"""A user's file as a grid of cells, read within bounds whatever the file claims to be."""

from __future__ import annotations

import gzip
import re
import tomllib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..cards import DATA

GZIP, ZIP, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
ENDINGS = (
    ".csv",
    ".tsv",
    ".txt",
    ".csv.gz",
    ".tsv.gz",
    ".txt.gz",
    ".xlsx",
    ".xlsm",
    ".parquet",
    ".pq",
)  # read anywhere
LONGEST_NAME = 255  # characters of the name of a column
TITLE_LINES = 5  # a header is looked for in so many rows below a title


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with a row; as text ``row 3, tg_C: 'x' is not a number``.

    Parameters
    ----------
    row
        Its number in the table; None for what is said of several.
    column
        Whose cell it is.
    problem
        What is wrong, and what helps.
    """

    row: int | None
    column: str
    problem: str

    def __str__(self) -> str:
        """Return the sentence."""
        return self.problem if self.row is None else f"row {self.row}, {self.column}: {self.problem}"


class TableError(ValueError):
    """A table that cannot be taken as a whole."""


@dataclass(frozen=True)
class Grid:
    """Cells of a table.

    Parameters
    ----------
    name
        File name, for messages.
    header
        Column names as written.
    rows
        Line (or sheet row, or row of a Parquet file) in the file, and the cells of each row that is not blank;
        every row as long as the header.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Any, ...]], ...]


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Return the column names, words and limits of `data/columns.toml`."""
    with (DATA / "columns.toml").open("rb") as file:
        return tomllib.load(file)


def limit(name: str) -> int:
    """Return the most ``bytes``, ``rows``, ``columns`` or characters of a ``cell`` that are read."""
    return int(words()["limits"][name])


def inflate(data: bytes, name: str, most: int | None = None) -> bytes:
    """Return what a gzip file holds, reading no more than so many bytes, by default as many as of the lab's tables."""
    import io

    most = limit("bytes") if most is None else most
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            content = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise TableError(f"{name} is a broken gzip file ({error}); compress it anew") from None
    if len(content) > most:
        raise too_large(name, most)
    return content


def too_large(name: str, most: int | None = None) -> TableError:
    """Return the error for a file with more bytes than are read, by default of the lab's tables."""
    most = limit("bytes") if most is None else most
    return TableError(f"{name} holds more than {in_words(most)} of data; split it into smaller files")


def in_words(size: int) -> str:
    """Return a number of bytes in the unit in which it is round.

    >>> in_words(64 * 2**20), in_words(2 * 10**9)
    ('64 MiB', '2000 MB')
    """
    return f"{size / 10**6:g} MB" if size % 2**20 else f"{size // 2**20} MiB"


def too_many_rows(name: str) -> TableError:
    """Return the error for a table with more rows than are read."""
    return TableError(f"{name} has more than {limit('rows'):,} rows; split it into smaller files")


def too_many_columns(name: str, columns: int) -> TableError:
    """Return the error for a table with more columns than are read."""
    return TableError(f"{name} has {columns:,} columns; at most {limit('columns')} are read: delete what is not needed")


def refuse_title(name: str, at: int, header: Sequence[str], line: int, cells: Sequence[Any]) -> None:
    """Raise `TableError` if a row below the header is the header, and what is taken for that a title.

    Parameters
    ----------
    at, header
        Where the first row is in the file, and its cells.
    line, cells
        The same of one of the first rows below it.
    """
    if not _names_formulas(header) and _names_formulas(cells):
        one, more = f"row {at} looks like a title; delete it", f"rows {at} to {line - 1} look like a title; delete them"
        raise TableError(
            f"{name}: {one if line == at + 1 else more}, so that the column names in row {line} come first"
        )


def _names_formulas(cells: Sequence[Any]) -> bool:
    names = {re.sub(r"[\s.\-_]+", "_", str(cell).strip()).casefold() for cell in cells}
    return not names.isdisjoint(words()["columns"]["formula"])


def too_long(name: str, where: str, characters: int) -> TableError:
    """Return the error for a cell with more characters than are read."""
    return TableError(f"{name}: {where} holds {characters:,} characters in a cell; at most {limit('cell'):,} are read")


def nameless_column(name: str, line: int, cell: Any, at: int) -> TableError:
    """Return the error for a cell under no column name."""
    return TableError(f"{name}: row {line} has {str(cell)[:40]!r} in column {at + 1}, which has no name in the header")


def bounded(grid: Grid) -> Grid:
    """Return the grid if its header names columns once each and no bound is exceeded."""
    name, header = grid.name, grid.header
    if len(header) > limit("columns"):
        raise too_many_columns(name, len(header))
    for at, text in enumerate(header):
        if len(text) > LONGEST_NAME:
            raise TableError(
                f"{name}: the name of column {at + 1} has {len(text):,} characters; write at most {LONGEST_NAME}"
            )
    if all(_is_number(text) for text in header if text):
        raise TableError(
            f"{name} has no header line: its first line is {', '.join(header)[:80]}; put column names there"
        )
    seen: dict[str, int] = {}
    for at, text in enumerate(header):
        if text and text.casefold() in seen:
            first = seen[text.casefold()] + 1
            raise TableError(f"{name}: columns {first} and {at + 1} are both called {text!r}; rename or delete one")
        seen[text.casefold()] = at
    header = _index_of_pandas(header)
    grid = Grid(name, header, grid.rows)
    nameless = [i for i, text in enumerate(header) if not text]
    for line, cells in grid.rows:
        for i in nameless:
            if cells[i] is not None:
                raise nameless_column(name, line, cells[i], i)
        for i, cell in enumerate(cells):
            if isinstance(cell, str) and len(cell) > limit("cell"):
                raise too_long(name, f"row {line}, column {header[i]!r}", len(cell))
    if not grid.rows:
        raise TableError(f"{name} has a header line but no rows; add one row a measurement")
    return grid


def _index_of_pandas(header: tuple[str, ...]) -> tuple[str, ...]:
    """Return the header with a name for the columns before the first that has one: an index that pandas wrote."""
    first = next((at for at, text in enumerate(header) if text), 0)
    return tuple(f"column {at + 1} without a name" if at < first else text for at, text in enumerate(header))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
