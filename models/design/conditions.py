"""The circumstances of a measurement as columns of a design matrix: temperature and phase."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets.properties import ZERO_CELSIUS_K
from ...features.scalars import floats

NAMES = ("1000 / temperature", "crystallinity", "molten")
DEFAULTS: Mapping[str, float | str] = MappingProxyType({"temperature_C": 25.0, "phase": "glass"})
CRYSTALLINITY: Mapping[str, float] = MappingProxyType(
    {"glass": 0.0, "amorphous": 0.0, "molten": 0.0, "glass-ceramic": 0.5, "unknown": 0.5, "crystal": 1.0}
)


class ConditionError(ValueError):
    """A temperature or a phase that cannot be."""


def encode(conditions: pd.DataFrame | Mapping[str, object] | None, n: int) -> npt.NDArray[np.float64]:
    """Columns `NAMES` of shape (n, 3): 1000/T with T in K, crystallinity from 0 (glass) to 1 (crystal), molten 0 or 1.

    Parameters
    ----------
    conditions
        ``temperature_C`` and ``phase``, each one value for all rows or n of them; what is missing is 25 C and glass.
    n
        Number of rows.

    Examples
    --------
    >>> encode({"temperature_C": 25.0, "phase": "crystal"}, 1).round(3).tolist()
    [[3.354, 1.0, 0.0]]
    """
    given = (
        dict(DEFAULTS) | {str(name): column for name, column in dict(conditions or {}).items()}
        if not isinstance(conditions, pd.DataFrame)
        else dict(DEFAULTS) | {str(name): conditions[name].to_numpy() for name in conditions.columns}
    )
    unknown = set(given) - set(DEFAULTS)
    if unknown:
        raise ConditionError(f"{', '.join(sorted(unknown))} is not a condition; give {' or '.join(DEFAULTS)}")
    kelvin = _column(given, "temperature_C", float, n) + ZERO_CELSIUS_K
    bad = ~(np.isfinite(kelvin) & (kelvin > 50) & (kelvin < 3000))
    if bad.any():
        raise ConditionError(
            f"temperature_C {kelvin[bad][0] - ZERO_CELSIUS_K:g} cannot be; give degrees Celsius from -223 to 2700"
        )
    phases = _column(given, "phase", object, n)
    return np.stack([1000.0 / kelvin, _crystallinity(phases), (phases == "molten").astype(float)], axis=1)


def celsius(conditions: Mapping[str, Any] | pd.DataFrame) -> npt.NDArray[np.float64]:
    """The temperatures in degC that conditions name, in the shape in which they are given; 25 where they name none."""
    if not isinstance(conditions, (Mapping, pd.DataFrame)):
        kind = type(conditions).__name__
        raise ConditionError(f'conditions are a mapping or a table, not {kind}; give {{"temperature_C": 60}}')
    given = conditions["temperature_C"] if "temperature_C" in conditions else DEFAULTS["temperature_C"]
    return floats(given, "temperature_C", "degrees Celsius, such as 25", ConditionError)


def aligned(conditions: pd.DataFrame | Mapping[str, Any] | None, compositions: object) -> Any:
    """Conditions in the order of the compositions, where both are of pandas and their indexes differ.

    Examples
    --------
    >>> told = {"temperature_C": pd.Series([60.0, 25.0], index=["b", "a"])}
    >>> aligned(told, pd.Series(["LiCl", "NaCl"], index=["a", "b"]))["temperature_C"].tolist()
    [25.0, 60.0]
    """
    index = getattr(compositions, "index", None)
    if conditions is None or not isinstance(index, pd.Index):
        return conditions
    if isinstance(conditions, pd.DataFrame):
        return in_order(conditions, index, "the conditions")
    return {
        name: in_order(told, index, name) if isinstance(told, pd.Series) else told for name, told in conditions.items()
    }


def in_order(told: Any, index: pd.Index[Any], name: str) -> Any:
    """A Series or a table in the order of an index; refused where its own does not say which row is whose."""
    if told.index.equals(index):
        return told
    if not told.index.is_unique or len(missing := index.difference(told.index)):
        why = f"lacks {missing[0]!r}" if told.index.is_unique else "holds a name twice"
        raise ConditionError(
            f"the index of {name} {why}, so that it is not clear which row is whose; "
            "give it the index of the candidates, or an array in their order"
        )
    return told.reindex(index)


def _column(given: Mapping[str, Any], name: str, kind: type, n: int) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = celsius(given) if kind is float else np.asarray(given[name], dtype=kind)
    if values.shape not in ((), (1,), (n,)):
        raise ConditionError(f"{len(values)} values of {name} for {n} compositions; give one for all, or one each")
    return np.broadcast_to(values, (n,))


def _crystallinity(phases: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    try:
        return np.array([CRYSTALLINITY[phase] for phase in phases], dtype=float)
    except KeyError as error:
        raise ConditionError(f"phase {error.args[0]!r} is not known; use {', '.join(CRYSTALLINITY)}") from None
