"""One exact composition: what is in it, and how much of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

from .conventions.parsing import parse
from .elements import INDEX, no_element
from .formula.amounts import as_given, checked, shortened, whole_numbers
from .formula.grammar import tokenise
from .formula.notation import FormulaError
from .formula.render import electronegativity_order, rendered
from .readings.ambiguities import joined_pairs, refused_in_capitals
from .readings.digits import bracketed, doubtful_digits
from .scalars import is_missing

__all__ = ["Composition", "FormulaError"]
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
        amounts = checked(self.amounts)
        object.__setattr__(self, "amounts", MappingProxyType({s: amounts[s] for s in electronegativity_order(amounts)}))

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
            return cls(as_given(obj))
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
        whole, _ = whole_numbers(self.amounts)
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
