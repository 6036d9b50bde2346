"""The canonical formula: elements in electronegativity order, amounts as decimals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache

from ..elements import SYMBOLS, lookup
from .names import short_names


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[float, str]]:
    values = [99.0 if value != value else value for value in lookup("electronegativity").tolist()]  # noqa: PLR0124
    return {symbol: (value, symbol) for symbol, value in zip(SYMBOLS, values, strict=True)}


def electronegativity_order(symbols: Iterable[str]) -> list[str]:
    """Symbols from the least to the most electronegative; equal ones by name; elements without a value last."""
    return sorted(symbols, key=_places().__getitem__)


def rendered(amounts: Mapping[str, Fraction]) -> str:
    """Canonical formula of exact decimal amounts; Na1N and Li1PS, for NaN and LiPS are read as words."""
    text = "".join(symbol + decimal(amounts[symbol]) for symbol in electronegativity_order(amounts))
    if text not in short_names():
        return text
    first = electronegativity_order(amounts)[0]
    return f"{first}1{text[len(first) :]}"


def decimal(amount: Fraction) -> str:
    """A terminating decimal as text; empty for one.

    Examples
    --------
    >>> decimal(Fraction(3, 4)), decimal(Fraction(1)), decimal(Fraction(20))
    ('0.75', '', '20')
    """
    if amount == 1:
        return ""
    places = 0
    while 10**places % amount.denominator:
        places += 1
    digits = str(amount.numerator * 10**places // amount.denominator).rjust(places + 1, "0")
    return digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"
