"""Delimited text as a grid: comma, semicolon or tab; UTF-8 or what a byte-order mark says; any line ends."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from .grid import TITLE_LINES, Grid, TableError, limit, refuse_title, too_many_rows
from .headers import field_and_unit

BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DELIMITERS = (",", ";", "\t", "|")
COMMA_FREE = (";", "\t")  # where these part the cells, a comma within a number is a decimal one
_DECIMAL_COMMA = re.compile(r"\A([-+−–]?\d+),(\d+(?:[eE][-+−–]?\d+)?)\Z")
_WORDS = ("sample", "note", "reference", "doi", "phase")
SEPARATOR_LINE = re.compile(r'"?sep=."?', re.IGNORECASE)  # Excel writes it and reads it; it says nothing of the data


def read(data: bytes, name: str, encoding: str) -> Grid:
    """Return the grid of a text file."""
    text = decode(data, name, encoding)
    first_line = text.lstrip().partition("\n")[0].partition("\r")[0]
    if SEPARATOR_LINE.fullmatch(first_line):
        text = text.replace(first_line, "", 1)
    delimiter, records = _records(text, name)
    at, first = next(records, (0, []))
    if not first:
        raise TableError(f"{name} holds blank lines only; give a table with a header line and at least one row")
    names = [cell.strip() for cell in first]
    header = tuple(names[: max((at for at, cell in enumerate(names, start=1) if cell), default=0)])
    rows: list[tuple[int, tuple[str | None, ...]]] = []
    for line, cells in records:
        if len(rows) >= limit("rows"):
            raise too_many_rows(name)
        if len(rows) < TITLE_LINES:
            refuse_title(name, at, header, line, cells)
        pointed = cells if delimiter not in COMMA_FREE else _pointed(cells, header)
        rows.append((line, _padded(pointed, header, line, name)))
    return Grid(name, header, tuple(rows))


def with_point(cell: str) -> str:
    """Return a number with a decimal point in place of its comma, and any other cell as it is.

    >>> with_point("25,5"), with_point("1,5e-3"), with_point("LiCl, 1")
    ('25.5', '1.5e-3', 'LiCl, 1')
    """
    found = _DECIMAL_COMMA.fullmatch(cell.strip())
    return f"{found[1]}.{found[2]}" if found else cell


def _pointed(cells: list[str], header: tuple[str, ...]) -> list[str]:
    """Cells with points in the numbers, but in columns of words."""
    words = [field_and_unit(title)[0] in _WORDS for title in header]
    return [cell if at < len(words) and words[at] else with_point(cell) for at, cell in enumerate(cells)]


def decode(data: bytes, name: str, encoding: str) -> str:
    """Return the text of a file, or say which line is not in the encoding that was named."""
    for mark, by_mark in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], by_mark
    try:
        text = data.decode(encoding)
    except LookupError:
        raise TableError(f"{encoding!r} is no encoding; give one such as utf-8 or latin-1") from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TableError(
            f"{name}: row {line} holds the byte 0x{data[error.start]:02X}, which is not {encoding}; "
            "save the table as UTF-8, or name its encoding (--encoding latin-1 for old Windows and Mac files)"
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise TableError(
            f"{name}: row {line} holds a NUL character, so it is no text; give a CSV, Excel or Parquet file"
        )
    return text


def _records(text: str, name: str) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """Return what parts the cells, and the line on which each record starts with its cells, but for blank records."""
    lines = [line for line in text.split("\n", 50)[:50] if line.strip(" \t\r,;|")]
    head = next((line for line in lines if any(mark in line for mark in DELIMITERS)), "")  # a title has none
    delimiter = max(DELIMITERS, key=head.count)
    return delimiter, _parted(text, delimiter, name)


def _parted(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        mend = "look for a quotation mark that is never closed, or for one within a cell"
        if "field larger" in str(error):
            mend = f"write at most {limit('cell'):,} characters in a cell, and {mend}"
        raise TableError(f"{name}: the record that starts in row {start} cannot be read ({error}); {mend}") from None


def _padded(cells: list[str], header: tuple[str, ...], line: int, name: str) -> tuple[str | None, ...]:
    extra = [cell for cell in cells[len(header) :] if cell.strip()]
    if extra:
        raise TableError(
            f"{name}: row {line} has {len(cells)} cells under {len(header)} column names (the last is "
            f"{cells[-1][:40]!r}); "
            "put text that holds the delimiter in quotation marks, and write decimals with a point"
        )
    full = [cell.strip() or None for cell in cells[: len(header)]]
    return tuple(full + [None] * (len(header) - len(full)))
