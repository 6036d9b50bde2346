"""Amounts that a formula can hold: exact and positive, none vanishing beside the others, each short enough to write."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..amounts import exact, number
from ..elements import INDEX, no_element
from ..scalars import shown, written
from .grammar import LONGEST_NUMBER
from .notation import FormulaError
from .render import decimal

_SHOWN = 80
_MOST_BITS = 1100  # of the numerator and denominator of an amount; any float has fewer


def shortened(obj: object) -> str:
    """What a message shows of anything: its first words, on one line."""
    text = " ".join(written(obj, repr).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _symbol(key: Any) -> str:
    """The symbol that a key of a mapping names; of pymatgen's elements and ions too, of which D calls itself H."""
    if isinstance(key, str):
        return key
    named = (getattr(key, name, None) for name in ("value", "symbol"))
    return next((symbol for symbol in named if isinstance(symbol, str)), None) or written(key)


def _bits(amount: Fraction) -> int:
    return max(amount.numerator.bit_length(), amount.denominator.bit_length())


def as_given(amounts: Mapping[Any, Any]) -> dict[str, Fraction]:
    """Exact amounts by symbol of a mapping from symbols, elements or ions to numbers of any kind."""
    out: dict[str, Fraction] = {}
    for key, amount in amounts.items():
        symbol = _symbol(key)
        if type(amount) is int or (type(amount) is Fraction and type(amount.numerator * amount.denominator) is int):
            value: Fraction | float | None = Fraction(amount)  # the usual kinds, at once
        else:
            value = number(amount)
        if value is None:
            raise FormulaError(f"the amount of {symbol}, {shown(amount)}, is not a number; give one, such as 2.5")
        if isinstance(value, float) and not math.isfinite(value):
            raise FormulaError(f"the amount of {symbol} is {shown(amount)}; give a finite number, such as 2.5")
        if isinstance(value, Fraction) and _bits(value) > _MOST_BITS:
            raise FormulaError(
                f"the amount of {symbol} has more digits than any decimal number of a computer; give one such as 2.5"
            )
        more = exact(value) if isinstance(value, float) else value
        out[symbol] = out[symbol] + more if symbol in out else more
    return out


def checked(amounts: Mapping[str, Any]) -> dict[str, Fraction]:
    """Amounts as fractions, all positive and none vanishing beside the others."""
    if not isinstance(amounts, Mapping):
        raise FormulaError(
            f"{shortened(amounts)} is no mapping of amounts; use Composition.of, or .parse for a formula"
        )
    if not amounts:
        raise FormulaError("a composition without elements; name at least one")
    known = as_given(amounts)
    for symbol, amount in known.items():
        if symbol not in INDEX:
            raise FormulaError(no_element(symbol))
        if amount.numerator <= 0:
            raise FormulaError(f"the amount of {symbol} is {amount}; leave it out, or give a positive number")
    whole, scale = whole_numbers(known)
    total = sum(whole.values())
    for symbol, count in whole.items():
        if count * 10**12 < total:
            raise FormulaError(f"{symbol} makes up less than 1e-12 of the atoms; leave it out, or check its amount")
    for prime in (2, 5):
        while scale % prime == 0:
            scale //= prime
    scaled = known if scale == 1 else {symbol: amount * scale for symbol, amount in known.items()}
    if all(map(_is_short, scaled.values())):
        return scaled
    divisor = math.gcd(*whole.values())
    least = {symbol: Fraction(count // divisor) for symbol, count in whole.items()}
    if all(map(_is_short, least.values())):
        return least
    raise FormulaError(
        f"amounts whose formula has a number of more than {LONGEST_NUMBER} characters; round them to fewer digits"
    )


def _is_short(amount: Fraction) -> bool:
    """Whether an amount can be written, and read again, in a formula."""
    if amount.denominator <= 1024 and amount.numerator < 10**12:
        return True  # at most 10 decimal places
    return _bits(amount) <= _MOST_BITS and len(decimal(amount)) <= LONGEST_NUMBER


def whole_numbers(amounts: Mapping[str, Fraction]) -> tuple[dict[str, int], int]:
    """Whole numbers in the ratio of the amounts, and the factor that makes them."""
    scale = math.lcm(*(amount.denominator for amount in amounts.values()))
    return {s: amount.numerator * (scale // amount.denominator) for s, amount in amounts.items()}, scale
