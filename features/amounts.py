"""Numbers as they are given, of Python, NumPy, pandas or a decimal library, as exact fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import isfinite, nan
from numbers import Rational
from typing import Any

import numpy as np

from .scalars import is_missing, plain

_NOISE = 1e-14  # relative; what sums and products of floats leave behind
_SIMPLEST = 1000
_WIDEST = 400  # decimal places before or behind the point; a float has less than 330

_NO_NUMBERS = (bool, str, bytes, complex, tuple, np.datetime64, np.timedelta64)


def number(value: Any) -> Fraction | float | None:
    """A fraction for a number that is exact, a float for one that is not, None for what is no number.

    Truth values, texts, dates and complex numbers are none; an array of one number without axes is that number. A
    decimal with more places than any float is the float nearest to it, which may be infinite: exact, it fills memory.

    Examples
    --------
    >>> number(np.int64(2)), number(np.float32(0.1)), number(np.bool_(True)), number("2")
    (Fraction(2, 1), 0.1, None, None)
    """
    value = plain(value)
    if isinstance(value, _NO_NUMBERS) or getattr(value, "ndim", False):
        return None
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, Decimal):
        if is_missing(value):
            return nan
        exponent = value.as_tuple().exponent
        short = isinstance(exponent, int) and exponent >= -_WIDEST and value.adjusted() <= _WIDEST
        return Fraction(value) if short else float(value)
    return float(value) if hasattr(value, "__float__") else None


def exact(value: float) -> Fraction:
    """The decimal or simple fraction that a finite float stands for: 0.3 for 0.1 + 0.2, 1/3 for 0.3333333333333333.

    A float of up to 12 digits is its decimal. A longer one is the decimal of 12 digits, or the fraction with a
    denominator of at most 1000, that is within the rounding of some sums; else all of its digits.

    Examples
    --------
    >>> exact(0.1 + 0.2), exact(4 / 21), exact(0.75)
    (Fraction(3, 10), Fraction(4, 21), Fraction(3, 4))
    """
    if not isfinite(value):
        raise ValueError(f"{value} is not a finite number; give one, such as 2.5")
    written = Fraction(repr(value))
    for simple in (Fraction(f"{value:.12g}"), written.limit_denominator(_SIMPLEST)):
        if simple and abs(simple - written) <= abs(written) * Fraction(_NOISE):
            return simple
    return written
