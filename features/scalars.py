"""One number out of whatever scalar holds it: Python's, NumPy's, pandas', a 0-d array or a Decimal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sized
from decimal import Decimal
from itertools import islice
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

_MISSING = ("NAType", "NaTType")


class ScalarError(ValueError):
    """A value that is no number where one is expected; the message says why, if that is not plain to see."""


def plain(value: Any) -> Any:
    """Return a scalar as Python holds it: of NumPy's and of 0-d arrays what they hold, else the value itself.

    A float of any precision is the shortest decimal that it stands for, so that 0.1 in single precision is 0.1.

    Examples
    --------
    >>> plain(np.float32(0.1)), plain(np.array(4)), plain("25")
    (0.1, 4, '25')
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.floating):
        return float(value) if isinstance(value, float) else float(np.format_float_scientific(value, unique=True))
    single = isinstance(value, np.generic) and value.dtype.kind not in "mM"  # a span of time is no number
    return value.item() if single else value


def is_missing(value: Any) -> bool:
    """Return whether a value stands for nothing: None, NaN, ``pandas.NA`` or ``pandas.NaT``."""
    value = plain(value)
    if isinstance(value, Decimal):
        return value.is_nan()  # one that signals cannot be a float
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or type(value).__name__ in _MISSING


def real(value: Any) -> float:
    """Return the finite number that a scalar is; raise `ScalarError` for truth values, texts and whatever is missing.

    Examples
    --------
    >>> real(np.int64(25)), real(np.array(0.5)), real(Decimal("1.5"))
    (25.0, 0.5, 1.5)
    >>> real(float("nan"))
    Traceback (most recent call last):
        ...
    vitrion.features.scalars.ScalarError: is missing
    """
    value = plain(value)
    if is_missing(value):
        raise ScalarError("is missing")
    if isinstance(value, bool | np.timedelta64) or not isinstance(value, Real | Decimal):
        raise ScalarError("")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ScalarError("is not finite")
    return found


def number(value: Any, what: str, right: str, error: type[Exception] = ScalarError) -> float:
    """Return the finite number that a scalar is, or raise an error of a kind of one's own.

    Parameters
    ----------
    value
        Any scalar; a text is none, and neither is a truth value.
    what
        What it is for, as the caller calls it.
    right
        What would be right, as it stands after "give".
    error
        Kind of the error.

    Examples
    --------
    >>> number(True, "temperature_C", "degC, such as 25")
    Traceback (most recent call last):
        ...
    vitrion.features.scalars.ScalarError: temperature_C = true; give degC, such as 25
    """
    try:
        return real(value)
    except ScalarError as why:
        said = f" {why}" if str(why) else ""
        raise error(f"{what} = {shown(value)}{said}; give {right}") from None


def whole(
    value: Any, what: str, right: str, low: float, high: float = math.inf, error: type[Exception] = ScalarError
) -> int:
    """Return the whole number from `low` to `high` that a scalar is, or raise an error.

    Parameters
    ----------
    value, what, right, error
        As in `number`.
    low, high
        The least and the largest that is taken.

    Examples
    --------
    >>> whole(np.int64(4), "batch", "a whole number from 1", 1)
    4
    """
    found = number(value, what, right, error)
    if not found.is_integer() or not low <= found <= high:
        raise error(f"{what} = {shown(value)}; give {right}")
    exact = plain(value)
    return int(exact)


def one_by_one(values: Any, most: int | None = None) -> Any:
    """Return a list of what is given one by one, as by an iterator or the keys of a mapping; all else as it is.

    Texts, mappings, sets and whatever has axes stay as they are: NumPy knows what they are.

    Parameters
    ----------
    values
        A scalar, or several.
    most
        How many are taken of what has no length, which may never end.

    Examples
    --------
    >>> one_by_one(range(2)), one_by_one(iter([25.0])), one_by_one(25.0), one_by_one("25")
    ([0, 1], [25.0], 25.0, '25')
    """
    whole = isinstance(values, str | bytes | Mapping | set | frozenset) or hasattr(values, "ndim")
    if whole or not isinstance(values, Iterable):
        return values
    return list(values if isinstance(values, Sized) else islice(values, most))


def floats(values: Any, what: str, right: str, error: type[Exception] = ScalarError) -> npt.NDArray[np.float64]:
    """Return numbers as an array of their shape; truth values and texts are none, and NaN stays what it is.

    Parameters
    ----------
    values
        A scalar, a sequence, an iterator, an array or a Series.
    what, right, error
        As in `number`.
    """
    kind = getattr(values, "dtype", None)
    if kind is not None and getattr(kind, "kind", "O") in "iuf":
        told = np.asarray(values)
        if told.dtype.kind == "f" and told.dtype != np.float64:
            told = told.astype(str)  # the decimal that each stands for, as of one alone
        if told.dtype.kind in "iufU":
            return told.astype(float)
    loose: npt.NDArray[Any] = np.asarray(one_by_one(values), dtype=object)
    for one in loose.ravel().tolist():
        if not isinstance(one, float) and not is_missing(one):
            number(one, what, right, error)
    return np.array([math.nan if is_missing(one) else float(plain(one)) for one in loose.ravel()]).reshape(loose.shape)


def shown(value: Any) -> str:
    """Return a value as a message quotes it, in no programmer's words: not long, and texts in quotation marks.

    Examples
    --------
    >>> shown(np.float64(298.15)), shown(Decimal("1.5")), shown("25"), shown(True), shown(["Xx", "Ta"])
    ('298.15', '1.5', "'25'", 'true', "'Xx', 'Ta'")
    """
    value = plain(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "none"}[value]
    if isinstance(value, list | tuple):
        text = ", ".join(map(shown, value[:10])) or "an empty list"
    elif isinstance(value, Mapping):
        text = ", ".join(f"{name}: {shown(one)}" for name, one in [*value.items()][:10]) or "an empty table"
    elif isinstance(value, int | float | Decimal | str):
        text = repr(value) if isinstance(value, str) else written(value)
    elif type(value).__name__ in _MISSING:
        text = "none"
    else:
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def written(value: object, how: Callable[[object], str] = str) -> str:
    """Return what `str` or `repr` makes of a value; of a whole number that Python does not write out, its kind.

    Examples
    --------
    >>> written(2.5), written([10**5000], repr)
    ('2.5', 'a list with a number of too many digits')
    """
    try:
        return how(value)
    except ValueError:  # more digits than sys.get_int_max_str_digits()
        if isinstance(value, int):
            return "a number of too many digits"
        return f"a {type(value).__name__} with a number of too many digits"
