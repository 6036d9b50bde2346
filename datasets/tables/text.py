"""Delimited text as records: comma, semicolon, tab or bar; any line ends; a quoted cell may run over several lines.

The lab's tables become a grid here, where a row that does not fit is an error; lists of candidates are read by the
same `records` in `exchange.delimited`, where such a row keeps its place with the reason.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from .decoding import decode
from .grid import TITLE_LINES, Grid, TableError, limit, refuse_title, too_many_rows
from .headers import field_and_unit

DELIMITERS = (",", ";", "\t", "|")
COMMA_FREE = (";", "\t")  # where these part the cells, a comma within a number is a decimal one
LONGEST_CELL = 32_767  # characters, as in a spreadsheet: a quotation mark that is open for longer is never closed
SEPARATOR_LINE = re.compile(r'"?sep=."?', re.IGNORECASE)  # Excel writes it and reads it; it says nothing of the data
_DECIMAL_COMMA = re.compile(r"\A([-+−–]?\d+),(\d+(?:[eE][-+−–]?\d+)?)\Z")
_WORDS = ("sample", "note", "reference", "doi", "phase")
_FRESH, _INSIDE, _CLOSED, _PLAIN = "fresh", "inside", "closed", "plain"


def read(data: bytes, name: str, encoding: str) -> Grid:
    """Return the grid of a text file."""
    text = decode(data, name, encoding)[0]
    first_line = text.lstrip().partition("\n")[0].partition("\r")[0]
    if SEPARATOR_LINE.fullmatch(first_line):
        text = text.replace(first_line, "", 1)
    delimiter = _delimiter(text)
    lines = (line.rstrip("\r\n") for line in io.StringIO(text, newline=""))  # one after another: most may be blank
    full = (
        (line, cells)
        for line, _, cells in records(lines, 1, delimiter, name, strict=True)
        if any(cell.strip() for cell in cells)
    )
    at, first = next(full, (0, []))
    if not first:
        raise TableError(f"{name} holds blank lines only; give a table with a header line and at least one row")
    names = [cell.strip() for cell in first]
    header = tuple(names[: max((at for at, cell in enumerate(names, start=1) if cell), default=0)])
    rows: list[tuple[int, tuple[str | None, ...]]] = []
    for line, cells in full:
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
    number = _DECIMAL_COMMA.fullmatch(cell.strip())
    return f"{number[1]}.{number[2]}" if number else cell


def records(
    lines: Iterable[str], start: int, delimiter: str, name: str, strict: bool = False
) -> Iterator[tuple[int, str, list[str]]]:
    r"""Yield row number, raw text and cells of each record.

    Parameters
    ----------
    lines
        Without their ends.
    start
        Number of the first of them in the file.
    delimiter
        What parts the cells.
    name
        Of the file, for messages.
    strict
        Whether a quotation mark within a cell is an error, else it stands for itself, as inches do.

    Examples
    --------
    >>> list(records(['LiCl,"dried', 'twice"', "NaCl,no"], 2, ",", "list.csv"))
    [(2, 'LiCl,"dried\ntwice"', ['LiCl', 'dried\ntwice']), (4, 'NaCl,no', ['NaCl', 'no'])]
    """
    numbered = enumerate(lines, start=start)
    for row, text in numbered:
        line = text
        if '"' in line:
            state, odd, parts, size = _after(line, delimiter, _FRESH), line.count('"') % 2, [line], len(line)
            while state == _INSIDE and (odd or strict) and size <= LONGEST_CELL:
                further = next(numbered, None)
                if further is None:
                    break
                state, odd = _after(further[1], delimiter, state), (odd + further[1].count('"')) % 2
                parts.append(further[1])
                size = len(further[1]) - further[1].rfind('"') + (0 if '"' in further[1] else size)
            if state == _INSIDE and (odd or strict):
                where = f"the record that starts in row {row}"
                raise TableError(f"{name}, {where}: a quotation mark is opened and not closed; close or remove it")
            line = "\n".join(parts)
        yield row, line, _cells(line, delimiter, row, name, strict)


def _after(line: str, delimiter: str, state: str) -> str:
    """Where one is at the end of a line: in a quoted cell, behind one, in a plain one, or at the start of one."""
    for mark in line:
        if state == _INSIDE:
            state = _CLOSED if mark == '"' else _INSIDE
        elif mark == '"' and state in (_FRESH, _CLOSED):
            state = _INSIDE
        elif mark == delimiter:
            state = _FRESH
        elif mark != " " or state != _FRESH:
            state = _PLAIN
    return state


def _cells(line: str, delimiter: str, row: int, name: str, strict: bool) -> list[str]:
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=strict, skipinitialspace=True))
    except csv.Error as error:
        raise TableError(f"{name}, row {row} cannot be read: {complaint(error)}") from None


def complaint(error: csv.Error) -> str:
    """What the reader of CSV complains of, with what would be right."""
    if "field larger" in str(error):
        return f"a cell has more than {csv.field_size_limit():,} characters; write at most {LONGEST_CELL:,}"
    return f"{error}; look for a quotation mark that is never closed, or for one within a cell"


def _delimiter(text: str) -> str:
    """Return what parts the cells of the first line that any mark parts; a title above it has none."""
    lines = [line for line in text.split("\n", 50)[:50] if line.strip(" \t\r,;|")]
    head = next((line for line in lines if any(mark in line for mark in DELIMITERS)), "")
    return max(DELIMITERS, key=head.count)


def _pointed(cells: list[str], header: tuple[str, ...]) -> list[str]:
    """Cells with points in the numbers, but in columns of words."""
    words = [field_and_unit(title)[0] in _WORDS for title in header]
    return [cell if at < len(words) and words[at] else with_point(cell) for at, cell in enumerate(cells)]


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
