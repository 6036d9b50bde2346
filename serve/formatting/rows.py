"""Tables as JSON: a row an object, null for what is not known; never NaN."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .user_columns import written

if TYPE_CHECKING:
    import pandas as pd


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table by column, in types that JSON has.

    >>> import pandas as pd
    >>> records(pd.DataFrame({"rank": pd.array([1, None], dtype="Int64"), "tg_C": [float("nan"), 2.5]}))
    [{'rank': 1, 'tg_C': None}, {'rank': None, 'tg_C': 2.5}]
    """
    names = [str(name) for name in table.columns]
    columns = [_plain(table.iloc[:, place]) for place in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)] if names else []


def encoded(table: pd.DataFrame, models: Mapping[str, int], **more: Any) -> bytes:
    """The answer that a table is: its rows, the versions of the models that made it, and more."""
    return dumped({"rows": records(table), "models": dict(models), **more})


def dumped(value: Any) -> bytes:
    """JSON of plain values in UTF-8; refuses NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Values of a column; whatever is missing is None."""
    values = column.tolist()
    if column.dtype == float:
        return [value if math.isfinite(value) else None for value in values]
    return values if column.dtype.kind in "iub" and _is_plain(column) else [cell(value) for value in values]


def _is_plain(column: pd.Series[Any]) -> bool:
    """Whether a column holds what NumPy holds, so that nothing in it is missing."""
    import numpy as np

    return isinstance(column.dtype, np.dtype)


def table_of(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows that JSON holds as a table."""
    import pandas as pd

    return pd.DataFrame([dict(row) for row in rows])


def cell(value: Any) -> Any:
    """One value in a type that JSON has."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): cell(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [cell(item) for item in value]
    if hasattr(value, "item"):
        return cell(value.item())
    text = str(written(value))
    return text or None if type(value).__name__ in ("NAType", "NaTType") else text
