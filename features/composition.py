"""One exact composition: what is in it, and how much of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

from .amounts import exact, number
from .conventions.parsing import parse
from .elements import INDEX, no_element
from .formula.grammar import LONGEST_NUMBER, tokenise
from .formula.notation import FormulaError
from .formula.render import decimal, electronegativity_order, rendered
from .readings.ambiguities import joined_pairs, refused_in_capitals
from .readings.digits import bracketed, doubtful_digits
from .scalars import is_missing, shown, written

__all__ = ["Composition", "FormulaError"]
_SHOWN = 80
_MOST_BITS = 1100  # of the numerator and denominator of an amount; any float has fewer
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True, eq=False, repr=False)
class Composition:
    """A composition with exact amounts; equality and hash know neither scale nor order.

    Examples
    --------
    >>> laco = Composition.parse("LiAlCl2.5O0.75")
    >>> laco.formula, round(laco.fraction("Cl"), 4)
    ('LiAlCl2.5O0.75', 0.4762)
    >>> Composition.parse("0.5Li2O+0.5TaCl5") == Composition.parse("Li2O-TaCl5")
    True
    """

    amounts: Mapping[str, Fraction]
    warnings: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Put the amounts in electronegativity order and refuse what no composition can hold."""
        checked = _checked(self.amounts)
        object.__setattr__(self, "amounts", MappingProxyType({s: checked[s] for s in electronegativity_order(checked)}))

    @classmethod
    def parse(cls, text: str) -> Composition:
        """Read a formula, an adduct or a mixture; raises `FormulaError` for anything that reads two ways."""
        amounts, warnings = parse(text)
        try:
            return cls(amounts, warnings)
        except FormulaError as error:
            raise FormulaError(f'"{text}": {error}') from None

    @classmethod
    def of(cls, obj: str | Composition | Mapping[str, Any] | Any) -> Composition:
        """A composition from text, another one, a member of a space, a mapping of amounts, or one of pymatgen.

        A structure of pymatgen gives its composition. Amounts are numbers of Python, NumPy or pandas; a float is the
        decimal or simple fraction that it stands for, so that 0.1 + 0.2 is 0.3.

        Examples
        --------
        >>> Composition.of({"Li": 2, "O": 1.0}).formula
        'Li2O'
        """
        if isinstance(obj, Composition):
            return obj
        if isinstance(obj, str):
            return cls.parse(obj)
        if isinstance(obj, Mapping):  # pymatgen's too
            return cls(_exact(obj))
        held = getattr(obj, "composition", None)  # of a member of a space, or a structure of pymatgen
        if isinstance(held, Composition) or hasattr(held, "get_el_amt_dict"):
            return cls.of(held)
        if is_missing(obj):
            raise FormulaError(f"no formula ({obj}); write one, such as LiAlCl2.5O0.75")
        raise FormulaError(
            f"{shortened(obj)} of type {type(obj).__name__} is not a composition; give a formula, "
            "a mapping of amounts, a Composition, or a Composition or Structure of pymatgen"
        )

    @property
    def elements(self) -> tuple[str, ...]:
        """Symbols from the least to the most electronegative."""
        return tuple(self.amounts)

    @cached_property
    def formula(self) -> str:
        """Canonical formula: electronegativity order, amounts as written."""
        plain = rendered(self.amounts)
        if sum(len(symbol) == 1 for symbol in self.amounts) > 1:
            plain = _with_ones(plain)
        return _with_brackets(plain, self.amounts) if "0" in plain or "C1" in plain else plain

    @property
    def pretty(self) -> str:
        """The formula with Unicode subscripts: LiAlCl₂.₅O₀.₇₅."""
        return self.formula.translate(_SUBSCRIPT)

    @cached_property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """Smallest whole numbers in the same ratio, by atomic number: the identity of the composition."""
        whole, _ = _whole(self.amounts)
        divisor = math.gcd(*whole.values())
        return tuple((symbol, whole[symbol] // divisor) for symbol in sorted(whole, key=INDEX.__getitem__))

    def fraction(self, symbol: str) -> float:
        """Atomic fraction of an element, in 0 to 1; 0 when it is not there."""
        if symbol not in INDEX:
            raise FormulaError(no_element(symbol))
        counts = dict(self.counts)
        return counts.get(symbol, 0) / sum(counts.values())

    def __eq__(self, other: object) -> bool:
        return self.counts == other.counts if isinstance(other, Composition) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.counts)

    def __str__(self) -> str:
        return self.formula

    def __repr__(self) -> str:
        return f"Composition({self.formula!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Composition, (dict(self.amounts), self.warnings)


def _with_ones(plain: str) -> str:
    """Write C1OCl2 for COCl2, which may be CoCl2 in capitals."""
    tokens = tokenise(plain, plain)
    doubtful = set(joined_pairs(tokens)) if refused_in_capitals(plain, tokens) else set()
    return "".join(token.text + ("1" if at in doubtful else "") for at, token in enumerate(tokens))


def _with_brackets(plain: str, amounts: Mapping[str, Fraction]) -> str:
    """Write Al(C)13 for AlC13, which may be AlCl3 with a digit for a letter."""
    tokens = tokenise(plain, plain)
    return bracketed(plain, tokens, doubtful_digits(plain, tokens, amounts)[1])


def shortened(obj: object) -> str:
    """What a message shows of anything: its first words, on one line."""
    text = " ".join(written(obj, repr).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _symbol(key: Any) -> str:
    """The symbol that a key of a mapping names; of pymatgen's elements and ions too, of which D calls itself H."""
    if isinstance(key, str):
        return key
    named = (getattr(key, name, None) for name in ("value", "symbol"))
    return next((found for found in named if isinstance(found, str)), None) or written(key)


def _bits(amount: Fraction) -> int:
    return max(amount.numerator.bit_length(), amount.denominator.bit_length())


def _exact(amounts: Mapping[Any, Any]) -> dict[str, Fraction]:
    out: dict[str, Fraction] = {}
    for key, amount in amounts.items():
        symbol = _symbol(key)
        if type(amount) is int or (type(amount) is Fraction and type(amount.numerator * amount.denominator) is int):
            found: Fraction | float | None = Fraction(amount)  # the usual kinds, at once
        else:
            found = number(amount)
        if found is None:
            raise FormulaError(f"the amount of {symbol}, {shown(amount)}, is not a number; give one, such as 2.5")
        if isinstance(found, float) and not math.isfinite(found):
            raise FormulaError(f"the amount of {symbol} is {shown(amount)}; give a finite number, such as 2.5")
        if isinstance(found, Fraction) and _bits(found) > _MOST_BITS:
            raise FormulaError(
                f"the amount of {symbol} has more digits than any decimal number of a computer; give one such as 2.5"
            )
        more = exact(found) if isinstance(found, float) else found
        out[symbol] = out[symbol] + more if symbol in out else more
    return out


def _checked(amounts: Mapping[str, Any]) -> dict[str, Fraction]:
    """Amounts as fractions, all positive and none vanishing beside the others."""
    if not isinstance(amounts, Mapping):
        raise FormulaError(
            f"{shortened(amounts)} is no mapping of amounts; use Composition.of, or .parse for a formula"
        )
    if not amounts:
        raise FormulaError("a composition without elements; name at least one")
    known = _exact(amounts)
    for symbol, amount in known.items():
        if symbol not in INDEX:
            raise FormulaError(no_element(symbol))
        if amount.numerator <= 0:
            raise FormulaError(f"the amount of {symbol} is {amount}; leave it out, or give a positive number")
    whole, scale = _whole(known)
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


def _whole(amounts: Mapping[str, Fraction]) -> tuple[dict[str, int], int]:
    """Whole numbers in the ratio of the amounts, and the factor that makes them."""
    scale = math.lcm(*(amount.denominator for amount in amounts.values()))
    return {s: amount.numerator * (scale // amount.denominator) for s, amount in amounts.items()}, scale
