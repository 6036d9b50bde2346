"""The columns of a user that stand beside a ranking: their cells come back as they were given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

GIVEN = "given"  # in the attrs of a table: names of the columns that are the user's own


def column_of(cells: Sequence[Any], kind: Any = None) -> pd.Series[Any]:
    """A column that keeps whole numbers whole, whatever is missing; `kind` is its Arrow type where it had one.

    >>> column_of([20260101001, None]).tolist()
    [20260101001, <NA>]
    """
    import pandas as pd

    if kind is not None:
        return pd.Series(list(cells), dtype=pd.ArrowDtype(kind))
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {bool}:
        return pd.Series(list(cells), dtype="boolean")
    if kinds == {int} and all(cell is None or -(2**63) <= cell < 2**63 for cell in cells):
        return pd.Series(list(cells), dtype="Int64")
    return pd.Series(list(cells), dtype=object)


def written(cell: Any) -> str | int:
    """A cell as text that says all of it, without what its type adds.

    >>> written(True), written(1e-07), written(Decimal("1.50")), written(dt.datetime(2026, 1, 5))
    ('True', '1e-07', '1.50', '2026-01-05')
    """
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(cell, float):
        return "" if cell != cell else repr(float(cell))  # noqa: PLR0124 - NaN
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    if isinstance(cell, dt.datetime) and cell.time() == dt.time() and cell.tzinfo is None:
        return cell.date().isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def for_parquet(table: pd.DataFrame) -> pd.DataFrame:
    """Table that Parquet takes: a column of a user that mixes kinds, or whose numbers are too large, becomes text."""
    out = table.copy()
    for name in table.columns[[dtype.name == "object" for dtype in table.dtypes]]:
        cells = table[name].tolist()
        known = [cell for cell in cells if cell is not None]
        huge = any(isinstance(cell, int) and not -(2**63) <= cell < 2**63 for cell in known)
        if huge or len({type(cell) for cell in known}) > 1:
            out[name] = [None if cell is None else str(written(cell)) for cell in cells]
    return out
