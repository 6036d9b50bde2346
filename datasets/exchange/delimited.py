"""Delimited text as a list of candidates: which line is the header, and every row with its number in the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ...features import Composition, FormulaError
from ...features.conventions.component_columns import of_components
from ..tables.decoding import visible
from ..tables.grid import LONGEST_NAME, TableError
from ..tables.headers import formula_column
from ..tables.parquet_bounds import Bounds
from ..tables.text import DELIMITERS, LONGEST_CELL, SEPARATOR_LINE, complaint, records

BOUNDS = Bounds(
    rows=5_000_000,
    columns=1_000,
    cells=30_000_000,  # rows times columns: each is an object once it is read, whatever the file says in few bytes
    cell=LONGEST_CELL,
    bytes=2_000_000_000,  # of a Parquet file, unpacked
)  # of a list of candidates
LONGEST_ECHO = 1_000  # characters that are shown of a row whose cells do not fit the header


@dataclass(frozen=True)
class Row:
    """One line of the table: its number in the file, its cells, and the reason when they do not fit the header."""

    number: int
    cells: list[str]
    error: str = ""


@dataclass(frozen=True)
class Sheet:
    """A header, the column that holds the formulas, the rows, and how many lines were blank."""

    header: list[str]
    column: int
    rows: list[Row]
    blank: int
    delimiter: str = ""


def split(text: str, name: str, bounds: Bounds = BOUNDS) -> Sheet:
    r"""Header and rows of a text, no more of either than the bounds allow.

    Examples
    --------
    >>> sheet = split("id;Formula\r\n1;LiAlCl4\r\n", "list.csv")
    >>> sheet.column, sheet.rows
    (1, [Row(number=2, cells=['1', 'LiAlCl4'], error='')])
    """
    if max(text.count("\n"), text.count("\r")) > 2 * bounds.rows:
        raise _too_many_rows(name, bounds)
    lines = re.split(r"\r\n|\r|\n", text)
    full = (at for at, line in enumerate(lines) if line.strip())
    first = next((at for at in full if not SEPARATOR_LINE.fullmatch(lines[at].strip())), None)
    if first is None:
        raise TableError(f"{name} holds blank lines only; give a table with a column named formula")
    if len(lines) > bounds.rows + 1 + first:
        raise _too_many_rows(name, bounds)
    delimiter, header = _header(lines[first], name)
    if delimiter is None and not header:
        return _alone(lines, ["formula"], first)
    column = formula_column(header, name) if header else None
    if column is None:
        raise TableError(_no_column(lines[first], name))
    if not delimiter:
        return _alone(lines, header, first + 1)
    return _columns(lines, first, delimiter, Sheet(header, column, [], 0), name, bounds)


def _too_many_rows(name: str, bounds: Bounds) -> TableError:
    return TableError(f"{name} has more than {bounds.rows:,} rows; split it into several files")


def _header(line: str, name: str) -> tuple[str | None, list[str]]:
    """Delimiter and header cells; no header when the line is a formula itself."""
    for delimiter in sorted(DELIMITERS, key=line.count, reverse=True):
        if delimiter in line:
            cells = [cell.strip() for cell in _named(line, delimiter, name)]
            if formula_column(cells, name) is not None:
                check_names(cells, name)
                return delimiter, cells
    cell = _unquoted(line)
    if formula_column([cell], name) == 0:
        return None, [cell]
    return (None, []) if reads(cell) else ("", [cell])


def _named(line: str, delimiter: str, name: str) -> list[str]:
    """Cells of the first line, which are names of columns or a row of a table without them."""
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error as error:
        raise TableError(f"{name}, row 1 cannot be read: {complaint(error)}") from None


def check_names(header: Sequence[str], name: str) -> None:
    """Refuse names of columns that are longer than any that is meant."""
    if (longest := max(map(len, header), default=0)) > LONGEST_NAME:
        raise TableError(f"{name}: the name of a column has {longest:,} characters; write at most {LONGEST_NAME}")


def refuse_long(
    name: str, header: Sequence[object], columns: Sequence[Sequence[object]], numbers: Sequence[int]
) -> None:
    """Refuse cells of a list that hold more characters than a spreadsheet's, whatever they were read from.

    Parameters
    ----------
    name, header
        Of the list, and of its columns.
    columns, numbers
        Cells of each column, one a row, and the number of each row in the file.
    """
    for title, cells in zip(header, columns, strict=True):
        for number, cell in zip(numbers, cells, strict=True):
            if isinstance(cell, str | bytes) and len(cell) > LONGEST_CELL:
                shown = visible(str(title))
                raise TableError(
                    f"{name}, row {number}: a cell of {shown!r} has {len(cell):,} characters; "
                    f"write at most {LONGEST_CELL:,}"
                )


def reads(cell: str) -> bool:
    """Whether a cell is a formula."""
    try:
        Composition.parse(cell)
    except FormulaError:
        return False
    return True


def _no_column(line: str, name: str) -> str:
    shown = visible(line.strip())
    pointed = re.sub(r"(?<=\d),(?=\d)", ".", _unquoted(line))
    if pointed != _unquoted(line) and reads(pointed):
        return f'{name} has a decimal comma in its first line, "{shown}"; write {visible(pointed)}'
    cells = max((line.split(mark) for mark in DELIMITERS), key=len)
    mend = of_components(cell.strip().strip('"') for cell in cells) or "name the column of formulas formula"
    return f'{name} has no column named formula (its first line is "{shown}"); {mend}'


def _alone(lines: list[str], header: list[str], start: int) -> Sheet:
    """Rows of a single column: each line is one cell, whatever marks it holds."""
    blank, rows = 0, []
    for number, line in enumerate(lines[start:], start=start + 1):
        if line.strip():
            rows.append(Row(number, [_unquoted(line)]))
        else:
            blank += 1
    return Sheet(header, 0, rows, max(blank - (not lines[-1].strip()), 0))


def _unquoted(line: str) -> str:
    cell = line.strip()
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"').strip() if quoted else cell


def _columns(lines: list[str], first: int, delimiter: str, sheet: Sheet, name: str, bounds: Bounds) -> Sheet:
    if len(sheet.header) > bounds.columns:
        raise TableError(f"{name} has {len(sheet.header):,} columns; keep at most {bounds.columns:,}")
    if len(sheet.header) * (len(lines) - first) > bounds.cells:
        size = f"{len(lines) - first:,} rows of {len(sheet.header):,} columns"
        raise TableError(f"{name} has {size}; keep at most {bounds.cells:,} cells")
    rows, blank = [], 0
    for row in records(islice(lines, first + 1, None), first + 2, delimiter, name):
        if '"' not in row[1] and not row[1].replace(delimiter, "").strip():
            blank += 1
        else:
            rows.append(_fitted(row, sheet, delimiter, name))
    return replace(sheet, rows=rows, delimiter=delimiter, blank=max(blank - (not lines[-1].strip()), 0))


def _fitted(row: tuple[int, str, list[str]], sheet: Sheet, delimiter: str, name: str) -> Row:
    """One row padded to the header, with the reason when it has cells too many."""
    number, raw, cells = row
    width = len(sheet.header)
    if any(cell.strip() for cell in cells[width:]):
        mark = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}[delimiter]
        error = f"{len(cells)} cells where the header has {width}; put a cell that holds {mark} in quotation marks"
        shown = raw if len(raw) <= LONGEST_ECHO else f"{raw[:LONGEST_ECHO]}…"
        return Row(number, [shown if at == sheet.column else "" for at in range(width)], error)
    cells = [cell.strip() for cell in cells[:width]] + [""] * (width - len(cells))
    if "\n" in cells[sheet.column]:
        raise TableError(f"{name}, row {number}: the formula runs over several lines; is a quotation mark not closed?")
    return Row(number, cells)
