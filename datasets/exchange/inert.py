"""Text for a spreadsheet that no spreadsheet takes for a formula, wherever it parts a line into cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

PLAIN = r"(?:[+-]?(?:\d++\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|-)"  # a number, or the dash of an empty cell
_PARTS = ";,|\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029"  # what parts cells or lines in some country or some import
_UNSEEN = ' "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\xa0\u1680\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\ufeff'
_SIGNS = "=+\\-@＝＋－＠﹢﹣－"
_LIVE = re.compile(f"(^|[{_PARTS}])(?=[{_UNSEEN}]*+[{_SIGNS}])(?![{_UNSEEN}]*+{PLAIN}[{_UNSEEN}]*+(?:[{_PARTS}]|$))")
_FIRST = re.compile(f"\\A[{_UNSEEN}\n]*+[\t\r{_SIGNS}]")
_ALONE = re.compile(PLAIN)


def inert(text: str) -> str:
    r"""Text with an apostrophe wherever a cell may begin with the sign of a formula.

    Numbers and a lone dash stay as they are. A comma, a semicolon, a tab or a bar parts cells, by the country or by the
    choice of who opens the file, and a line may end within a quoted cell that is not seen as one.

    Examples
    --------
    >>> inert("=1+1"), inert("x;=1+1"), inert("x\t @SUM(A1)"), inert("-16.8"), inert("row 3; -16.8 K")
    ("'=1+1", "x;'=1+1", "x\t' @SUM(A1)", '-16.8', "row 3;' -16.8 K")
    """
    if _ALONE.fullmatch(text):
        return text
    quiet = _LIVE.sub(r"\1'", text)
    return f"'{quiet}" if _FIRST.match(text) and not quiet.startswith("'") else quiet


def inert_table(table: pd.DataFrame) -> pd.DataFrame:
    """Table whose names of columns and texts no spreadsheet takes for formulas."""
    out = table.rename(columns=lambda name: inert(str(name)))
    for place, kind in enumerate(out.dtypes):
        if str(kind) in ("object", "str", "string"):
            values = [inert(value) if isinstance(value, str) else value for value in out.iloc[:, place].tolist()]
            out.isetitem(place, values)
    return out
