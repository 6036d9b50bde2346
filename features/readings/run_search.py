"""The search for compounds that follow each other in a run of units, within a bounded number of looks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ..formula.grammar import Token, Unit
from ..ions.oxidation import balanced, compound, widest
from .ambiguities import SOLVATES

_MOST_LOOKS = 200
_COUNT = re.compile(r"[1-9]\d*(?:\.\d+)?|0\.\d*[1-9]\d*")
_AMOUNT = re.compile(r"(?:[1-9]\d*(?:\.\d+)?|0\.\d+)?")
_MOST_PARTS = 5
_SLACK = 1e-6


class Part(NamedTuple):
    """One compound of a run: its first and its last unit, the amount of the last one, the number that follows."""

    first: int
    last: int
    amount: str
    number: str


def _sum(units: Sequence[Unit]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = {}
    for unit in units:
        for symbol, amount in unit.amounts.items():
            total[symbol] = total.get(symbol, Fraction(0)) + amount * Fraction(number_text(unit) or 1)
    return total


def _add(total: dict[str, float], amounts: Mapping[str, float], factor: float) -> None:
    for symbol, amount in amounts.items():
        total[symbol] = total.get(symbol, 0.0) + amount * factor


@lru_cache(maxsize=256)
def cuts(text: str) -> tuple[tuple[str, str], ...]:
    """Ways to read one number as an amount (1 when empty) and the coefficient of what follows: 360 as 3 and 60."""
    places = range(len(text))
    return tuple(
        (text[:at], text[at:]) for at in places if _AMOUNT.fullmatch(text[:at]) and _COUNT.fullmatch(text[at:])
    )


class Search:
    """Neutral compounds one after the other, found depth first within a bounded number of looks.

    `plain` allows a compound to begin without a number; `trailing` reads the coefficient after its compound.
    """

    def __init__(self, units: Sequence[Unit], plain: bool, trailing: bool = False) -> None:
        self.units, self.plain, self.trailing = units, plain, trailing
        self.looks = 0
        self.dead: set[int] = set()
        self.amounts = [{symbol: float(amount) for symbol, amount in unit.amounts.items()} for unit in units]
        self.factors = [float(number_text(unit) or 1) for unit in units]
        self.spans = [
            [sum(widest(symbol)[end] * amount for symbol, amount in amounts.items()) for end in (0, 1)]
            for amounts in self.amounts
        ]

    def sum(self) -> dict[str, float]:
        """Amounts of all units."""
        total: dict[str, float] = {}
        for amounts, factor in zip(self.amounts, self.factors, strict=True):
            _add(total, amounts, factor)
        return total

    def compounds(self, first: int) -> list[Part]:
        """Parts from one unit to the end, empty when there are none, or only one that is all."""
        low = high = 0.0
        total: dict[str, float] = {}
        for last in range(first, len(self.units)):
            least, most = self.spans[last]
            for amount, number in self._ends(last):
                self.looks += 1
                if self.looks > _MOST_LOOKS:
                    return []
                factor = float(amount or 1)
                neutral = low + least * factor <= _SLACK and high + most * factor >= -_SLACK
                if neutral or self._before_solvate(last):
                    found = self._with(total, Part(first, last, amount, number))
                    if found:
                        return found
            factor = self.factors[last]
            low, high = low + least * factor, high + most * factor
            _add(total, self.amounts[last], factor)
        self.dead.add(first)
        return []

    def _ends(self, last: int) -> Iterator[tuple[str, str]]:
        unit = self.units[last]
        whole = number_text(unit)
        if self.trailing:
            yield from () if unit.bracket else cuts(whole)
        elif last == len(self.units) - 1:
            yield whole, ""
        elif not self.units[last + 1].bracket and (not unit.bracket or self._before_solvate(last)):
            yield from cuts(whole)
            if self.plain:
                yield whole, ""

    def _before_solvate(self, last: int) -> bool:
        return last == len(self.units) - 3

    def _with(self, before: Mapping[str, float], part: Part) -> list[Part]:
        """The part and what follows, when it is a compound; `before` is what it holds before its last unit."""
        first, last, amount, number = part
        at_end = last == len(self.units) - 1
        total = dict(before)
        _add(total, self.amounts[last], float(amount or 1))
        if (
            amount
            and "." not in amount
            and len(total) > 1
            and self._before_solvate(last)
            and solvate(self.units[last + 1 :], water=not number)
        ):
            return [part, Part(last + 1, len(self.units) - 1, number_text(self.units[-1]), "")]
        if self.units[last].bracket and not at_end:
            return []
        neutral = balanced(total) if "." in amount and not number else compound(total)
        if len(total) < 2 or not neutral or (at_end and first == 0):
            return []
        if at_end:
            return [part]
        rest = [] if last + 1 in self.dead else self.compounds(last + 1)
        return [part, *rest] if rest else []


def number_text(unit: Unit) -> str:
    """The number after a unit, empty when there is none."""
    return unit.number.text if unit.number else ""


def solvate(units: Sequence[Unit], water: bool) -> bool:
    """True for two units that are a solvate, or water if only that is asked for."""
    return len(units) == 2 and _sum(units) in (SOLVATES[:1] if water else SOLVATES)


def percentages(units: Sequence[Unit]) -> list[Part]:
    """Neutral compounds each followed by its share: ``Li2O40B2O360``."""
    if units[-1].bracket or not cuts(number_text(units[-1])):
        return []
    return Search(units, False, trailing=True).compounds(0)


def summing(units: Sequence[Unit], coefficient: Token) -> list[Part]:
    """Parts whose coefficients sum to 1 or 100, neutral or not: ``20As80Se``."""
    places = [at for at, unit in enumerate(units[:-1]) if unit.number and not unit.bracket]
    scale = 10 ** max(
        len(text.partition(".")[2]) for text in [coefficient.text, *(number_text(units[at]) for at in places)]
    )
    shared = {at: [(*cut, int(Fraction(cut[1]) * scale)) for cut in cuts(number_text(units[at]))] for at in places}
    waiting: list[tuple[int, int, list[Part]]] = [(0, int(Fraction(coefficient.text) * scale), [])]
    goal = scale if waiting[0][1] < scale else 100 * scale
    looks = 0
    while waiting:
        first, total, parts = waiting.pop()
        if parts and total == goal:
            return [*parts, Part(first, len(units) - 1, number_text(units[-1]), "")]
        for at in places if len(parts) < _MOST_PARTS else ():
            for amount, number, share in shared[at] if at >= first else ():
                looks += 1
                if looks > _MOST_LOOKS:
                    return []
                more = total + share
                if more <= goal:
                    waiting.append((at + 1, more, [*parts, Part(first, at, amount, number)]))
    return []
