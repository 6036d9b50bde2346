"""Lines of compositions on which one element takes the place of another."""

from __future__ import annotations

import re
from fractions import Fraction

from ..composition import Composition
from ..elements import INDEX
from ..formula.notation import FormulaError
from ..formula.render import decimal
from ..ions.oxidation import ordinary_spans
from .grid import exact
from .template import Template


def substitution(
    parent: str, loses: str, gains: str, ratio: Fraction | float | None = None, variable: str = "x"
) -> Template:
    """The line on which each atom of one element takes the place of `ratio` atoms of another.

    Parameters
    ----------
    parent
        Formula at the start of the line.
    loses, gains
        Element of the formula that gets less, and element that takes its place.
    ratio
        Atoms of `loses` that go for one of `gains`. When not given, their usual charges choose it, so that a neutral
        parent gives neutral members: 2 for O in place of Cl, 1 for Ga in place of Al. It must be given where one of
        them has several usual charges, or where one is a cation and the other an anion.
    variable
        Name of the amount of `gains` added.

    Examples
    --------
    >>> substitution("LiAlCl4", loses="Cl", gains="O").text
    'LiAlCl{4-2x}O{x}'
    >>> substitution("LiAlCl2.5O0.75", loses="Al", gains="Ga").text
    'LiAl{1-x}Cl2.5O0.75Ga{x}'
    """
    amounts = dict(Composition.parse(parent).amounts)
    if loses not in amounts or gains not in INDEX or loses == gains:
        raise FormulaError(f'"{parent}": {gains} for {loses}; name an element of the formula to lose and one to gain')
    number = _by_charge(parent, loses, gains) if ratio is None else exact(ratio)
    if number <= 0:
        raise FormulaError(f'"{parent}": {ratio} atoms of {loses} for one of {gains}; give a number above 0, such as 2')
    if not re.fullmatch("[A-Za-z_]+", variable):
        raise FormulaError(f"{variable!r} is no name of a variable; write letters, such as x")
    pieces = {symbol: decimal(amount) for symbol, amount in amounts.items()}
    pieces[loses] = f"{{{pieces[loses] or 1}-{_term(number, variable)}}}"
    pieces[gains] = f"{{{pieces[gains] or 1}+{variable}}}" if gains in amounts else f"{{{variable}}}"
    return Template.parse("".join(symbol + amount for symbol, amount in pieces.items()))


def _by_charge(parent: str, loses: str, gains: str) -> Fraction:
    """Atoms of one element that carry the charge of one atom of the other, where both have one usual charge."""
    spans = {symbol: ordinary_spans()[INDEX[symbol]] for symbol in (loses, gains)}
    (low, high), (least, most) = spans[loses], spans[gains]
    if low == high and least == most and low * least > 0:
        return Fraction(least) / Fraction(low)
    told = ", ".join(f"{symbol} {_charge(*span)}" for symbol, span in spans.items())
    raise FormulaError(
        f'"{parent}": the usual charges ({told}) do not say how many {loses} go for one {gains}; give the number, '
        "such as ratio=1 for equal charges"
    )


def _charge(low: float, high: float) -> str:
    if low == high == 0:
        return "none"
    return f"{low:+g}" if low == high else f"{low:+g} to {high:+g}"


def _term(number: Fraction, variable: str) -> str:
    """A multiple of the variable as an expression: ``2x``, ``0.5x``, ``4x/3``."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        return decimal(number) + variable
    return f"{decimal(Fraction(number.numerator))}{variable}/{number.denominator}"
