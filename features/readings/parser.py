"""From text to exact amounts: notation, grammar, then the spellings that read two ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from ..elements import INDEX
from ..formula.grammar import Reader, Run, tokenise
from ..formula.names import reject_name
from ..formula.notation import FormulaError, plain, refusal, without_charge
from ..ions.oxidation import balanced, compound
from .ambiguities import reject_capitals, reject_middle_dot, reject_point
from .digits import doubtful_digits, reject_digits
from .joined_labels import reject_joined
from .labels import reject_words
from .numerals import NUMERAL, reject_ions, reject_isotopes, reject_numerals, reject_sums
from .runs import MOST_UNITS, reject_runs
from .shares import reject_shares

_LOST = re.compile(r"(?<![A-Z])[a-z]")  # a letter that no element has
_SYMBOL = re.compile(r"[A-Z][a-z]?")


def read(text: str) -> tuple[dict[str, Fraction], tuple[str, ...]]:
    """Exact amounts by symbol, and warnings; what it raises says nothing of habits of writing, which `parse` does.

    Examples
    --------
    >>> {symbol: str(amount) for symbol, amount in read("1.6Li2O-TaCl5")[0].items()}
    {'Li': '16/5', 'O': '8/5', 'Ta': '1', 'Cl': '5'}
    """
    whole = plain(text)
    reject_name(whole, text)
    body, charge = without_charge(whole, text.strip())
    tokens = tokenise(body, text)
    if charge and any(token.kind == "separator" for token in tokens):
        raise refusal(text, f"ends in {charge} after a mixture", "name the last component, or leave the sign out")
    one_long_run = len(tokens) > 2 * MOST_UNITS + 1 and all(token.kind in {"symbol", "number"} for token in tokens)
    runs: list[Run] = []
    amounts = Reader(tokens, text, runs=None if one_long_run else runs).read()
    if " " in body:
        reject_words(body, tokens, amounts, text)
    reject_capitals(body, tokens, text)
    if "(" in body or "[" in body:
        reject_isotopes(body, tokens, text)
    if NUMERAL.search(body):
        reject_numerals(body, tokens, text)
    certain = not doubtful_digits(body, tokens, amounts)[0]
    if certain:
        reject_joined(body, tokens, amounts, text, hyphens=True)
    if "+" in body or "-" in body:
        reject_sums(body, tokens, amounts, text)
        reject_ions(body, tokens, amounts, text)
    reject_runs(runs, body, amounts, text)
    reject_point(body, tokens, amounts, text)
    reject_middle_dot(body, tokens, amounts, text)
    if certain:
        reject_joined(body, tokens, amounts, text)
    reject_digits(body, tokens, amounts, text)
    reject_shares(body, tokens, amounts, text)
    if charge and balanced(amounts):
        raise refusal(text, f"ends in {charge} after a neutral compound", "name what follows, or leave the sign out")
    warnings = (f"the charge {charge.lstrip('^')} is left out: a composition counts atoms only",) if charge else ()
    return amounts, warnings


def readable(text: str, neutral: bool = False) -> bool:
    """True for a text that reads as one formula, or as one that can be neutral."""
    amounts = amounts_of(text)
    return amounts is not None and (not neutral or compound(amounts, known=True))


@lru_cache(maxsize=64)
def amounts_of(text: str) -> Mapping[str, Fraction] | None:
    """Amounts of a text that reads as one formula; kept, for one advice asks for the same text several times."""
    if _LOST.search(text) or any(symbol not in INDEX for symbol in _SYMBOL.findall(text)):
        return None
    try:
        return read(text)[0]
    except FormulaError:
        return None
