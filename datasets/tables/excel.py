"""One sheet of an Excel workbook as a grid."""

from __future__ import annotations

import importlib
import io
import re
import zipfile
from typing import Any

from .grid import (
    TITLE_LINES,
    Grid,
    TableError,
    limit,
    nameless_column,
    refuse_title,
    too_large,
    too_long,
    too_many_rows,
)
from .text import SEPARATOR_LINE

# No tag is looked for beyond the next one: what is opened again and again and never closed is read once.
MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]+\d+:[A-Z]+\d+)"')
# A formula whose result is an empty text has t="str" and an empty value too: that one is stored.
UNSOLVED = re.compile(
    rb"<(?:\w{1,20}:)?c\s(?P<about>[^<>]*)>\s*+<(?:\w{1,20}:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w{1,20}:)?f>)\s*+"
    rb"(?:<(?:\w{1,20}:)?v\s*/>|<(?:\w{1,20}:)?v>\s*</(?:\w{1,20}:)?v>)?\s*+</(?:\w{1,20}:)?c>"
)
TEXT = re.compile(rb"[^\"'<>]+")
LONGEST = {"xl/styles.xml": 1_024, "xl/workbook.xml": 32_767}  # characters of a text: number formats, names
PLACE = re.compile(rb'\br="([A-Z]+\d+)"')


def read(data: bytes, name: str, sheet: str | None) -> Grid:
    """Return the grid of the named sheet, or of the only one that is not empty."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > limit("bytes"):
                raise too_large(name)
            if "xl/workbook.xml" not in archive.namelist():
                raise TableError(f"{name} is a zip archive without a workbook in it; give the table itself")
            _refuse_long(archive, name)
            return _read(archive, data, name, sheet)
    except TableError:
        raise
    except Exception as error:  # openpyxl raises errors of many kinds on a broken workbook
        text = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise TableError(
            f"{name} is a broken workbook ({text}); open it in Excel and save it anew, or as CSV"
        ) from None


def _read(archive: zipfile.ZipFile, data: bytes, name: str, sheet: str | None) -> Grid:
    openpyxl = importlib.import_module("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        chosen = _choose(book, name, sheet)
        content = archive.read(chosen._worksheet_path)
        merged = MERGED.search(content)
        if merged:
            raise TableError(
                f"{name}: cells {merged[1].decode()} of sheet {chosen.title!r} are merged; "
                "unmerge them and fill every row"
            )
        _refuse_unsolved(content, name)
        return _grid(chosen, name)
    finally:
        book.close()


def _refuse_long(archive: zipfile.ZipFile, name: str) -> None:
    """Raise `TableError` if a text beside the sheets is longer than Excel allows: openpyxl matches patterns on it."""
    for part, most in LONGEST.items():
        content = archive.read(part) if part in archive.NameToInfo else b""
        if (longest := max((len(match.group()) for match in TEXT.finditer(content)), default=0)) > most:
            raise TableError(
                f"{name}: {part} holds a text of {longest:,} characters where Excel writes {most:,} at most; "
                "save the sheet anew, or as CSV"
            )


def _refuse_unsolved(content: bytes, name: str) -> None:
    """Raise `TableError` if a cell of a sheet holds a formula that no spreadsheet has calculated."""
    for match in UNSOLVED.finditer(content):
        place = PLACE.search(match["about"])
        if place and b't="str"' not in match["about"]:
            raise TableError(
                f"{name}: cell {place[1].decode()} holds a formula without a stored result; "
                "open and save it in Excel, or paste values"
            )


def _choose(book: Any, name: str, wanted: str | None) -> Any:
    titles = [sheet.title for sheet in book.worksheets]
    if wanted is not None:
        if wanted not in titles:
            raise TableError(f"{name} has no sheet {wanted!r}; it has {', '.join(titles)}")
        return book[wanted]
    for sheet in book.worksheets:
        sheet.reset_dimensions()
    full = [
        s
        for s in book.worksheets
        if any(c is not None for row in s.iter_rows(max_row=20, values_only=True) for c in row)
    ]
    if not full:
        raise TableError(
            f"{name} has no sheet with anything in it; give a table with a header line and at least one row"
        )
    if len(full) > 1:
        raise TableError(
            f"{name} has {len(full)} sheets with data ({', '.join(s.title for s in full)}); name one with --sheet"
        )
    return full[0]


def _full(cells: tuple[Any, ...], line: int, name: str) -> list[Any]:
    """Cells of a row up to the last that holds something; a text that is too long is not copied."""
    for at, cell in enumerate(cells, start=1):
        if isinstance(cell, str) and len(cell) > limit("cell"):
            raise too_long(name, f"row {line}, column {at}", len(cell))
    full = [cell.strip() or None if isinstance(cell, str) else cell for cell in cells]
    while full and full[-1] is None:
        full.pop()
    return full


def _grid(sheet: Any, name: str) -> Grid:
    sheet.reset_dimensions()
    at, header = 0, tuple[str, ...]()
    rows: list[tuple[int, tuple[Any, ...]]] = []
    seen, most = 0, limit("rows") * limit("columns")
    for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        seen += len(cells)
        if line > 2 * limit("rows"):
            raise too_many_rows(name)
        if seen > most:
            raise too_large(name)
        full = _full(cells, line, name)
        if len(full) > limit("columns"):
            raise TableError(f"{name}: row {line} reaches column {len(full)}; at most {limit('columns')} are read")
        if not full or (not header and len(full) == 1 and SEPARATOR_LINE.fullmatch(str(full[0]))):
            continue
        if header and len(rows) < TITLE_LINES:
            refuse_title(name, at, header, line, full)
        if not header:
            at, header = line, tuple("" if cell is None else str(cell) for cell in full)
        elif len(full) > len(header):
            raise nameless_column(name, line, full[-1], len(full) - 1)
        elif len(rows) >= limit("rows"):
            raise too_many_rows(name)
        else:
            rows.append((line, tuple(full + [None] * (len(header) - len(full)))))
    return Grid(name, header, tuple(rows))
