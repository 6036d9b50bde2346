"""Families of compositions: a formula with expressions in braces, and its members over a grid."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from ..composition import Composition
from ..conventions.parsing import parse
from ..formula.expressions import Polynomial, read_expression
from ..formula.grammar import Reader, Run, tokenise
from ..formula.notation import FormulaError, plain, refusal
from ..readings.ambiguities import reject_capitals
from ..readings.digits import reject_digits
from ..readings.joined_labels import reject_joined
from ..readings.labels import reject_words
from ..readings.parser import amounts_of
from ..readings.runs import reject_runs_of_template
from ..readings.shares import reject_shares
from .grid import Grid, axis, exact

_BRACES = re.compile(r"\{([^{}]*)\}")
_BESIDE = frozenset("0123456789.{}")


@dataclass(frozen=True)
class Template:
    """A formula with expressions in braces for amounts or coefficients.

    Examples
    --------
    >>> family = Template.parse("LiAlCl{4-2x}O{x}")
    >>> family.variables
    ('x',)
    >>> [member.composition.formula for member in family.grid(x="0:1:0.5")]
    ['LiAlCl4', 'LiAlCl3O0.5', 'LiAlCl2O']
    >>> len(Template.parse("{x}Li2O-TaCl5").grid(x="0.5:2:0.1"))
    16
    """

    text: str
    amounts: Mapping[str, Polynomial]
    variables: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a template; a formula without braces is a family of one."""
        try:
            return cls._read(text)
        except FormulaError as error:
            raise error.settled(amounts_of) from None

    @classmethod
    def _read(cls, text: str) -> Template:
        body = plain(text)
        _reject_lone_brace(body, text)
        numbers: dict[int, Polynomial] = {}
        pieces, end = [], 0
        for found in _BRACES.finditer(body):
            before, after = body[: found.start()][-1:], body[found.end() :][:1]
            if "." in (before, after):
                raise refusal(text, f"a point beside {found.group()}", "write · between compounds")
            if before in _BESIDE or after in _BESIDE:
                raise refusal(text, f"another amount beside {found.group()}", "put the whole amount between the braces")
            pieces.append(body[end : found.start()])
            numbers[sum(map(len, pieces))] = read_expression(found.group(1), text)
            pieces.append("1")
            end = found.end()
        if not numbers:
            amounts, _ = parse(text)
            return cls(text, MappingProxyType({s: Polynomial.constant(n) for s, n in amounts.items()}), ())
        flat = "".join(pieces) + body[end:]
        tokens = tokenise(flat, text)
        symbolic = Reader(tokens, text, numbers).read()
        reject_capitals(flat, tokens, text)
        runs: list[Run] = []
        Reader(tokens, text, runs=runs).read()
        reject_runs_of_template(runs, text)
        polynomials = {symbol: Polynomial.constant(0) + amount for symbol, amount in symbolic.items()}
        order = dict.fromkeys(name for number in numbers.values() for name in _in_order(number))
        _reject_member(body, numbers, text)
        return cls(text, MappingProxyType(polynomials), tuple(order))

    def at(self, **values: Fraction | float) -> Composition:
        """The member at given values; elements whose amount is zero there are not in it."""
        self._check_names(values, "one number for each, such as {}=0.5")
        point = {name: exact(value, name) for name, value in values.items()}
        amounts = {symbol: amount(point) for symbol, amount in self.amounts.items()}
        for symbol, amount in amounts.items():
            if amount < 0:
                where = ", ".join(f"{name}={float(value):g}" for name, value in point.items())
                raise FormulaError(
                    f'"{self.text}": the amount of {symbol} is {float(amount):g} at {where}; narrow the range'
                )
        return Composition({symbol: amount for symbol, amount in amounts.items() if amount})

    def grid(self, **values: str | Sequence[float] | NDArray[Any] | float) -> Grid:
        """All members over the product of the values of each variable, given as "start:stop:step" or as a list.

        The size of the grid counts its points. A point at which an amount is negative is no member: iteration and
        blocks pass over it, and `Space.left_out` tells how many there are.

        Examples
        --------
        >>> family = Template.parse("LiAlCl{4-2x}O{x}").grid(x="0:3:0.5")
        >>> family.size, len(list(family)), family.left_out()
        (7, 5, 2)
        """
        self._check_names(values, 'one range for each, such as {}="0:1.5:0.05"')
        return Grid(self.text, self.amounts, {name: axis(values[name], name) for name in self.variables})

    def _check_names(self, values: Mapping[str, object], mend: str) -> None:
        missing = [name for name in self.variables if name not in values]
        extra = [name for name in values if name not in self.variables]
        if missing or extra:
            has = f"has the variables {', '.join(self.variables)}" if self.variables else "has no variables"
            wrong = [f"{', '.join(extra)} {'is' if len(extra) == 1 else 'are'} none of them"] if extra else []
            wrong += [f"values are missing for {', '.join(missing)}"] if missing else []
            give = f"give {mend.format(self.variables[0])}" if self.variables else "leave them out"
            raise FormulaError(f'"{self.text}": {has}; {", and ".join(wrong)}; {give}')


def _reject_lone_brace(body: str, given: str) -> None:
    """Refuse a brace that has no partner, and braces within braces."""
    rest = _BRACES.sub(lambda found: "-" * len(found.group()), body)
    column = min((rest.index(mark) for mark in "{}" if mark in rest), default=-1) + 1
    if column == 0:
        return
    if "{" in rest and "}" in rest:
        raise refusal(given, f"braces within braces at column {column}", "write each amount as one, such as {4-2x}")
    if "{" in rest:
        raise refusal(given, f"the brace at column {column} is not closed", "write } after its amount, as in {4-2x}")
    raise refusal(given, f"the brace at column {column} closes none", "write { before its amount, as in {4-2x}")


def _in_order(number: Polynomial) -> list[str]:
    return sorted(number.variables)


_PROBES = tuple(map(Fraction, ("0.5", "0.1", "1.5", "10")))


def _reject_member(body: str, numbers: Mapping[int, Polynomial], given: str) -> None:
    """Refuse ``LiAlCI{4-2x}O{x}`` and ``{x}Li20-{1-x}B203``, of which a member is neutral in another spelling only."""
    names = {name for number in numbers.values() for name in number.variables}
    for probe in _PROBES:
        values = [number(dict.fromkeys(names, probe)) for number in numbers.values()]
        if min(values) > 0:
            break
    else:
        return
    written = iter(f"{float(value):.6f}".rstrip("0").rstrip(".") for value in values)
    member = _BRACES.sub(lambda _: next(written), body)
    try:
        tokens = tokenise(member, given)
        amounts = Reader(tokens, given).read()
        reject_words(member, tokens, amounts, given)
        reject_capitals(member, tokens, given)
        reject_digits(member, tokens, amounts, given)
        reject_shares(member, tokens, amounts, given)
        reject_joined(member, tokens, amounts, given)
    except FormulaError as error:
        why = error.settled(amounts_of).refusal
        if why is None:
            raise
        raise FormulaError(replace(why, what=f"its member {member}: {why.what}")) from None
