"""Compounds written without anything between them: ``40Li2O60B2O3`` may be one formula or a mixture of two."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from .ambiguity import SOLVATES
from .elements import INDEX, SYMBOLS, lookup
from .grammar import Run, Token, Unit
from .notation import refusal
from .oxidation import balanced, ordinary_spans
from .rendering import rendered

_MOST_LOOKS = 200
_COUNT = re.compile(r"[1-9]\d*(?:\.\d+)?|0\.\d*[1-9]\d*")
_AMOUNT = re.compile(r"(?:[1-9]\d*(?:\.\d+)?|0\.\d+)?")
_MOST_PARTS = 5
MOST_UNITS = 40
_SLACK = 1e-6

Amounts = Mapping[str, Any]


class Part(NamedTuple):
    """One compound of a run: its first and its last unit, the amount of the last one, the number that follows."""

    first: int
    last: int
    amount: str
    number: str


def reject_runs(runs: Sequence[Run], body: str, amounts: Amounts, given: str) -> None:
    """Refuse a component that may be several compounds.

    With a coefficient in front it is refused wherever it falls into neutral compounds, or into parts whose numbers
    sum to 1 or 100; without one only when it is not neutral as a whole, so that no ordinary formula is refused.
    More than 40 units are taken as they are written.
    """
    for run in runs:
        parts = _apart(run, alone=run.end - run.start == len(body))
        if not parts:
            continue
        texts = _texts(parts, run, body)
        mixture = body[: run.start] + "-".join(texts) + body[run.end :]
        if run.coefficient:
            what = f"the coefficient {run.coefficient.text} may belong to one compound or to all that follows"
        else:
            what = f"the numbers may be amounts, or coefficients of {len(parts)} compounds"
        raise refusal(given, what, f"write {mixture} or {rendered(amounts)}")


def reject_runs_of_template(runs: Sequence[Run], given: str) -> None:
    """Refuse ``{x}Li2O{1-x}B2O3``: the coefficient may belong to one compound or to all."""
    for run in runs:
        if run.coefficient and _apart(run, alone=True):
            what = "a coefficient may belong to one compound or to all that follows"
            raise refusal(given, what, "write - between compounds, or brackets around all of them")


def _apart(run: Run, alone: bool) -> list[Part]:
    units = run.units
    if len(units) > MOST_UNITS:
        return []
    if run.coefficient is None:
        hydrate = len(units) > 2 and units[-3].bracket and _solvate(units[-2:], water=True)
        if not (hydrate or _anion_with_number_inside(units)) or balanced(_sum(units), known=True):
            return []
        return _Search(units, False).compounds(0) or _percentages(units)
    if all(unit.bracket for unit in units):
        numbers = [bool(unit.number) for unit in units]
        if numbers[-1] or not all(numbers[:-1]):
            return []
        return [Part(at, at, "", unit.number.text if unit.number else "") for at, unit in enumerate(units)]
    return (_summing(units, run.coefficient) if alone else []) or _Search(units, alone).compounds(0)


def _anion_with_number_inside(units: Sequence[Unit]) -> bool:
    """True where an element follows that comes before the anion in a canonical formula, which is thus never doubted."""
    order = lookup("electronegativity")
    highest = 0.0
    for unit in units:
        if highest > min(order[INDEX[symbol]] for symbol in unit.amounts):
            return True
        if unit.number and not unit.bracket and unit.token.text in _anions():
            highest = max(highest, order[INDEX[unit.token.text]])
    return False


@lru_cache(maxsize=1)
def _anions() -> frozenset[str]:
    return frozenset(symbol for symbol, state in zip(SYMBOLS, lookup("negative_state"), strict=True) if state < 0)


def _sum(units: Sequence[Unit]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = {}
    for unit in units:
        _add(total, unit, unit.number.text if unit.number else "")
    return total


def _add(total: dict[str, Fraction], unit: Unit, number: str) -> None:
    for symbol, amount in unit.amounts.items():
        total[symbol] = total.get(symbol, Fraction(0)) + amount * Fraction(number or 1)


def _cuts(number: Token | None) -> Iterator[tuple[str, str]]:
    """Ways to read one number as an amount (1 when empty) and the coefficient of what follows: 360 as 3 and 60."""
    text = number.text if number else ""
    for at in range(len(text)):
        if _AMOUNT.fullmatch(text[:at]) and _COUNT.fullmatch(text[at:]):
            yield text[:at], text[at:]


class _Search:
    """Neutral compounds one after the other, found depth first within a bounded number of looks.

    `plain` allows a compound to begin without a number; `trailing` reads the coefficient after its compound.
    """

    def __init__(self, units: Sequence[Unit], plain: bool, trailing: bool = False) -> None:
        self.units, self.plain, self.trailing = units, plain, trailing
        self.looks = 0
        self.dead: set[int] = set()
        spans = ordinary_spans()
        self.spans = [
            [
                float(sum(spans[INDEX[symbol]][end] * amount for symbol, amount in unit.amounts.items()))
                for end in (0, 1)
            ]
            for unit in units
        ]

    def compounds(self, first: int) -> list[Part]:
        """Parts from one unit to the end, empty when there are none, or only one that is all."""
        low = high = 0.0
        for last in range(first, len(self.units)):
            unit = self.units[last]
            least, most = self.spans[last]
            for amount, number in self._ends(last):
                self.looks += 1
                if self.looks > _MOST_LOOKS:
                    return []
                factor = float(amount or 1)
                neutral = low + least * factor <= _SLACK and high + most * factor >= -_SLACK
                found = self._with(first, last, amount, number) if neutral or self._before_solvate(last) else []
                if found:
                    return found
            factor = float(_text(unit) or 1)
            low, high = low + least * factor, high + most * factor
        self.dead.add(first)
        return []

    def _ends(self, last: int) -> Iterator[tuple[str, str]]:
        unit = self.units[last]
        whole = unit.number.text if unit.number else ""
        if self.trailing:
            yield from () if unit.bracket else _cuts(unit.number)
        elif last == len(self.units) - 1:
            yield whole, ""
        elif not self.units[last + 1].bracket and (not unit.bracket or self._before_solvate(last)):
            yield from _cuts(unit.number)
            if self.plain:
                yield whole, ""

    def _before_solvate(self, last: int) -> bool:
        return last == len(self.units) - 3

    def _with(self, first: int, last: int, amount: str, number: str) -> list[Part]:
        part = [Part(first, last, amount, number)]
        at_end = last == len(self.units) - 1
        total = _sum(self.units[first:last])
        _add(total, self.units[last], amount)
        if (
            amount
            and "." not in amount
            and len(total) > 1
            and not at_end
            and _solvate(self.units[last + 1 :], water=not number)
        ):
            return [*part, Part(last + 1, len(self.units) - 1, _text(self.units[-1]), "")]
        if self.units[last].bracket and not at_end:
            return []
        if len(total) < 2 or not balanced(total) or (at_end and first == 0):
            return []
        if at_end:
            return part
        rest = [] if last + 1 in self.dead else self.compounds(last + 1)
        return part + rest if rest else []


def _text(unit: Unit) -> str:
    return unit.number.text if unit.number else ""


def _solvate(units: Sequence[Unit], water: bool) -> bool:
    return len(units) == 2 and _sum(units) in (SOLVATES[:1] if water else SOLVATES)


def _percentages(units: Sequence[Unit]) -> list[Part]:
    """Neutral compounds each followed by its share, the shares summing to 1 or 100: ``Li2O40B2O360``."""
    parts = _Search(units, False, trailing=True).compounds(0)
    return parts if parts and sum(Fraction(part.number) for part in parts) in (1, 100) else []


def _summing(units: Sequence[Unit], coefficient: Token) -> list[Part]:
    """Parts whose coefficients sum to 1 or 100, neutral or not: ``20As80Se``."""
    places = [at for at, unit in enumerate(units[:-1]) if unit.number and not unit.bracket]
    waiting: list[tuple[int, Fraction, list[Part]]] = [(0, Fraction(coefficient.text), [])]
    goal = 1 if waiting[0][1] < 1 else 100
    looks = 0
    while waiting:
        first, total, parts = waiting.pop()
        if parts and total == goal:
            return [*parts, Part(first, len(units) - 1, _text(units[-1]), "")]
        for at in places if len(parts) < _MOST_PARTS else ():
            for amount, number in _cuts(units[at].number) if at >= first else ():
                looks += 1
                if looks > _MOST_LOOKS:
                    return []
                more = total + Fraction(number)
                if more <= goal:
                    waiting.append((at + 1, more, [*parts, Part(first, at, amount, number)]))
    return []


def _end(token: Token) -> int:
    return token.start + len(token.text)


def _texts(parts: Sequence[Part], run: Run, body: str) -> list[str]:
    """The compounds as text, each behind its coefficient."""
    texts, trailing = [], bool(parts[-1].number)
    coefficient = run.coefficient.text if run.coefficient else ""
    for part in parts:
        number = run.units[part.last].number
        end = _end(run.units[part.last].closing) if number is None else number.start
        name = body[run.units[part.first].token.start : end] + part.amount
        texts.append((part.number if trailing else coefficient) + name)
        coefficient = part.number
    return texts
