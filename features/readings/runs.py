"""Compounds written without anything between them: ``40Li2O60B2O3`` may be one formula or a mixture of two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..elements import INDEX, SYMBOLS, lookup
from ..formula.grammar import Run, Token, Unit
from ..formula.notation import choice, refusal
from ..formula.render import rendered
from ..ions.oxidation import compound
from .run_search import Part, Search, number_text, percentages, solvate, summing

MOST_UNITS = 40


Amounts = Mapping[str, Any]


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
        raise choice(given, what, mixture, rendered(amounts))


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
        hydrate = len(units) > 2 and units[-3].bracket and solvate(units[-2:], water=True)
        if not (hydrate or _anion_with_number_inside(units)):
            return []
        search = Search(units, False)
        return [] if compound(search.sum(), known=True) else search.compounds(0) or percentages(units)
    if all(unit.bracket for unit in units):
        numbers = [bool(unit.number) for unit in units]
        if numbers[-1] or not all(numbers[:-1]):
            return []
        return [Part(at, at, "", number_text(unit)) for at, unit in enumerate(units)]
    return (summing(units, run.coefficient) if alone else []) or Search(units, alone).compounds(0)


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
