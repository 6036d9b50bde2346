"""Where results go: CSV, Parquet or a page in a file, written whole or not at all."""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...datasets.exchange.inert import inert
from ...datasets.home import put
from ..errors.refusals import InputError
from .user_columns import GIVEN, for_parquet, written

if TYPE_CHECKING:
    import pandas as pd

# Marks that steer a terminal or turn the direction of a line; tabs and ends of lines stay.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def checked(paths: list[Path], endings: tuple[str, ...], *sources: str) -> list[Path]:
    """Paths when each can be written, before any work is done; `InputError` with one sentence when not."""
    for path in paths:
        if path.suffix.lower() not in endings:
            known = " or ".join(filter(None, (", ".join(endings[:-1]), endings[-1])))
            raise InputError(f"-o {path}: {path.suffix or 'no'} ending is not known; end the name in {known}")
        if path.is_dir():
            raise InputError(f"-o {path} is a folder; name a file in it")
        if not path.parent.is_dir():
            raise InputError(f"-o {path}: the folder {path.parent} does not exist; make it first")
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise InputError(f"-o {path}: the folder {path.parent} cannot be written to; choose another")
        if path.exists() and any(Path(source).exists() and path.samefile(source) for source in sources):
            raise InputError(f"-o {path} is the list of candidates itself; choose another name")
    if len({path.resolve() for path in paths}) < len(paths):
        raise InputError("-o names the same file twice; name each output once")
    return paths


def save(table: pd.DataFrame, path: Path, page: Callable[[], str]) -> None:
    """Write the table by the ending of the path; `page` makes the HTML."""
    ending = path.suffix.lower()
    if ending == ".html":
        put(path, page().encode())
    elif ending == ".parquet":
        buffer = io.BytesIO()
        for_parquet(table).to_parquet(buffer, index=False)
        put(path, buffer.getvalue())
    else:
        put(path, to_csv(table))


def to_csv(table: pd.DataFrame) -> bytes:
    r"""CSV in UTF-8 with six significant digits, of the user's own columns with all that they have.

    An apostrophe stands before text that a spreadsheet would run.

    Examples
    --------
    >>> import pandas as pd
    >>> to_csv(pd.DataFrame({"formula": ["=1+1"], "tg_C": [-16.8]}))
    b"formula,tg_C\n'=1+1,-16.8\n"
    """
    own = set(table.attrs.get(GIVEN, ()))
    columns = [
        [_own(cell) for cell in table[name].tolist()] if name in own else [_cell(cell) for cell in table[name].tolist()]
        for name in table.columns
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([quiet(str(name)) for name in table.columns])
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("utf-8", errors="replace")


def quiet(text: str) -> str:
    r"""Text that no spreadsheet takes for a formula and no terminal for a command.

    Examples
    --------
    >>> quiet("\x1b[2Jfresh"), quiet("one\r\ntwo"), quiet("=1+1")
    ('\ufffd[2Jfresh', 'one\ntwo', "'=1+1")
    """
    return _UNSEEN.sub("\ufffd", inert(text).replace("\r\n", "\n"))


def _own(value: Any) -> Any:
    """A cell of the user's own, with all its digits."""
    return quiet(value) if isinstance(value, str) else written(value)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return quiet(value)
    return f"{value:.6g}" if isinstance(value, float) and math.isfinite(value) else written(value)
