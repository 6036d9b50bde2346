"""Ions written one after the other with their charges, ``Li+1 Al3+1 Cl-4``, and the one formula that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ..formula.grammar import read_part
from ..formula.notation import FormulaError, refusal
from ..formula.render import rendered
from ..ions.oxidation import compound, usual

_COUNT = r"\d{1,6}(?:\.\d{1,9})?"
_ION = re.compile(
    rf"\s*+(?:[,;·]\s*+|\+\s++)?({_COUNT})?\s*+"
    r"((?:[A-Z][a-z]?\d{0,3}){0,6}[A-Z][a-z]?|\([A-Z][A-Za-z\d]*\)|\[[A-Z][A-Za-z\d()]*\])"
    rf"({_COUNT})?(\^?)\{{?({_COUNT})?([+-])\}}?({_COUNT})?(?=$|[\s,;·A-Z(\[\d])"
)
_PAIR = re.compile(r"[A-Z][a-z]?\d*[A-Z]")  # two elements of one ion
_RAISED = re.compile("[⁰¹²³⁴-⁹⁺⁻]+")
_ASCII = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_MOST = 8


class _Reading(NamedTuple):
    """One way to read an ion: its formula, how many there are, and the charge of one."""

    name: str
    amount: Fraction
    charge: Fraction


def of_ions(stripped: str, text: str) -> FormulaError | None:
    """The error for two ions or more; the formula is named where the charges leave one only."""
    plain = _RAISED.sub(lambda found: "^" + found.group().translate(_ASCII), stripped)
    ions, end = list[list[_Reading]](), 0
    while end < len(plain) and len(ions) < _MOST and (found := _ION.match(plain, end)):
        ions.append(list(_readings(found)))
        end = found.end()
    if end < len(plain) or len(ions) < 2:
        return None
    meant = {rendered(amounts): amounts for amounts in map(_summed, product(*ions)) if amounts}
    if not meant and _PAIR.search(plain):
        return None
    mend = "write the amount of each element behind its symbol, such as LiAlCl4"
    if len(meant) == 1:
        mend = f"write {next(iter(meant))}"
    return refusal(text, "ions with their charges, where a formula counts atoms only", mend)


def _readings(found: re.Match[str]) -> Iterator[_Reading]:
    """Ways to read one ion: ``Al3+``, ``Cl4-``, ``Fe3+2`` and ``O-2``, which are ions of one or of several atoms."""
    times, name, before, raised, inside, sign, behind = found.groups()
    factor, one = Fraction(times or 1), Fraction(1)
    unit = 1 if sign == "+" else -1
    number = inside or (before if not raised else None)
    atoms = before if raised else None
    if name[0] in "([" or len(re.findall("[A-Z]", name)) > 1:
        if number and not raised and not behind:
            yield _Reading(name + number, factor, Fraction(unit))
            if number.isdigit() and len(number) > 1:
                yield _Reading(name + number[:-1], factor, Fraction(unit * int(number[-1])))
        yield _Reading(name + (atoms or ""), factor * Fraction(behind or 1), unit * Fraction(number or 1))
        return
    ways = [(Fraction(atoms or behind or 1), Fraction(number or 1))]
    if not raised and number and not behind:
        ways.append((Fraction(number), one))
    if not raised and behind and not number:
        ways.append((one, Fraction(behind)))
    for amount, charge in dict.fromkeys(ways):
        if amount > 0 and usual(name, unit * charge):
            yield _Reading(name, factor * amount, unit * charge)


def _summed(ions: tuple[_Reading, ...]) -> dict[str, Fraction]:
    """Amounts of all ions together, none where their charges do not sum to zero or leave no neutral compound."""
    if sum(ion.amount * ion.charge for ion in ions):
        return {}
    total: dict[str, Fraction] = {}
    for ion in ions:
        for symbol, amount in (read_part(ion.name) or {}).items():
            total[symbol] = total.get(symbol, Fraction(0)) + amount * ion.amount
    return total if compound(total, known=True) else {}
