"""A user's file as a grid of cells, by the reader of what it holds, whatever its name says."""

from __future__ import annotations

from pathlib import Path

from .decoding import refuse_other_kinds
from .grid import GZIP, PARQUET, ZIP, Grid, TableError, bounded, inflate, limit, too_large


def read(path: Path, sheet: str | None = None, encoding: str = "utf-8") -> Grid:
    """Return the grid of a CSV (also gzipped), Excel or Parquet file, recognised by its content.

    Parameters
    ----------
    path
        The file.
    sheet
        Of a workbook with several sheets.
    encoding
        Of a CSV without a byte-order mark.
    """
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no file" if path.exists() else "not there"
        raise TableError(f"{path} is {what}; give a CSV, Excel or Parquet file")
    if path.stat().st_size > limit("bytes"):
        raise too_large(path.name)
    data = path.read_bytes()
    if data.startswith(GZIP):
        data = inflate(data, path.name)
    return parse(data, path.name, sheet, encoding)


def parse(data: bytes, name: str, sheet: str | None = None, encoding: str = "utf-8") -> Grid:
    """Return the grid of the bytes of a file."""
    from . import excel as grid_excel
    from . import parquet as grid_parquet
    from . import text as grid_text

    if not data.strip():
        raise TableError(f"{name} is empty; give a table with a header line and at least one row")
    refuse_other_kinds(data, name)
    kind = "workbook" if data.startswith(ZIP) else "binary" if data.startswith(PARQUET) else "text"
    if sheet is not None and kind != "workbook":
        raise TableError(f"{name} is no workbook and has no sheet {sheet!r}; leave out --sheet")
    if encoding != "utf-8" and kind != "text":
        raise TableError(f"{name} is no text and has no encoding {encoding!r}; leave out --encoding")
    if data.startswith(ZIP):
        return bounded(grid_excel.read(data, name, sheet))
    if data.startswith(PARQUET):
        return bounded(grid_parquet.read(data, name))
    return bounded(grid_text.read(data, name, encoding))
