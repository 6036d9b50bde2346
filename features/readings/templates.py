"""Formulas with expressions in braces, ``LiAlCl{4-2x}O{x}``: the amounts of their elements, as polynomials."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from ..formula.expressions import Polynomial, read_expression
from ..formula.grammar import Reader, Run, tokenise
from ..formula.notation import FormulaError, plain, refusal
from .ambiguities import reject_capitals
from .digits import reject_digits
from .joined_labels import reject_joined
from .labels import reject_words
from .parser import amounts_of
from .runs import reject_runs_of_template
from .shares import reject_shares

_BRACES = re.compile(r"\{([^{}]*)\}")
_BESIDE = frozenset("0123456789.{}")


def read_template(text: str) -> tuple[dict[str, Polynomial], tuple[str, ...]] | None:
    """Amounts of the elements by symbol, and the variables in their order; None for a formula without braces.

    Examples
    --------
    >>> amounts, variables = read_template("LiAlCl{4-2x}O{x}")
    >>> {symbol: float(amount({"x": Fraction(1, 2)})) for symbol, amount in amounts.items()}, variables
    ({'Li': 1.0, 'Al': 1.0, 'Cl': 3.0, 'O': 0.5}, ('x',))
    """
    try:
        return _read(text)
    except FormulaError as error:
        raise error.settled(amounts_of) from None


def _read(text: str) -> tuple[dict[str, Polynomial], tuple[str, ...]] | None:
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
        return None
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
    return polynomials, tuple(order)


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
