"""Spellings that read two ways and are therefore refused: ``CuSO4.5H2O`` and ``SIO2``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from .elements import INDEX, lookup
from .grammar import Token, read_part
from .notation import FormulaError, refusal
from .oxidation import balanced

PAIRS = frozenset(["Bi", "Co", "Cs", "Cu", "Hf", "Ho", "In", "Nb", "Ni", "Os", "Pb", "Sb", "Sc", "Si", "Sn", "Yb"])
_SOLVATES = tuple({"H": Fraction(h), other: Fraction(1)} for h, other in ((2, "O"), (3, "N"), (1, "Cl"), (1, "F")))
_NUMBER = re.compile(r"([1-9]\d*)\.(\d+)")

Amounts = Mapping[str, Fraction]


def joined_pairs(tokens: Sequence[Token]) -> list[int]:
    """Positions of one-letter symbols that, with the next one, spell a two-letter symbol: C and O, S and I."""
    return [
        at
        for at, (first, second) in enumerate(zip(tokens, tokens[1:], strict=False))
        if first.kind == second.kind == "symbol"
        and len(first.text) == len(second.text) == 1
        and first.start + 1 == second.start
        and first.text + second.text.lower() in PAIRS
    ]


def reject_capitals(body: str, tokens: Sequence[Token], given: str) -> None:
    """Refuse ``SIO2``: with a capital taken for a small letter it is a neutral compound, SiO2."""
    for at in joined_pairs(tokens):
        place = tokens[at + 1].start
        spelling = body[:place] + body[place].lower() + body[place + 1 :]
        other = read_part(spelling)
        if other and balanced(other, known=True):
            explicit = f"{body[:place]}1{body[place:]}"
            raise refusal(given, f"may be {spelling} in capitals", f"write {spelling} or {explicit}")


def reject_point(body: str, tokens: Sequence[Token], amounts: Amounts, given: str) -> None:
    """Refuse ``CuSO4.5H2O``: its point may be decimal or stand between two compounds."""
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        number = _NUMBER.fullmatch(token.text)
        if number is None or before.kind not in {"symbol", "close"} or after.kind not in {"symbol", "open"}:
            continue
        start, end = _component(tokens, token.start, len(body))
        left = body[start : token.start] + number.group(1)
        right = number.group(2) + body[token.start + len(token.text) : end]
        if _two_compounds(read_part(left), read_part(right)):
            adduct = f"{body[:start]}{left}·{right}{body[end:]}"
            decimal = rendered(amounts)
            raise refusal(
                given,
                f"the point at column {token.start + len(number.group(1)) + 1} may be decimal or join two compounds",
                f"write {adduct} or {decimal}",
            )


def _component(tokens: Sequence[Token], place: int, length: int) -> tuple[int, int]:
    start, end = 0, length
    for token in tokens:
        if token.kind == "separator" and token.start < place:
            start = token.start + 1
        elif token.kind == "separator" and token.start > place:
            end = token.start
            break
    return start, end


def _two_compounds(left: Amounts | None, right: Amounts | None) -> bool:
    if not left or not right:
        return False
    order = lookup("electronegativity")
    if not max(order[INDEX[s]] for s in left) > min(order[INDEX[s]] for s in right):
        return False
    scale = min(right.values())
    solvate = {symbol: amount / scale for symbol, amount in right.items()}
    known = any(solvate == {s: a / min(one.values()) for s, a in one.items()} for one in _SOLVATES)
    return known or bool(left.keys() & right.keys()) or (balanced(left) and balanced(right))


def refused_in_capitals(text: str, tokens: Sequence[Token]) -> bool:
    """True for a formula that `reject_capitals` refuses."""
    try:
        reject_capitals(text, tokens, text)
    except FormulaError:
        return True
    return False


def electronegativity_order(symbols: Mapping[str, object]) -> list[str]:
    """Symbols from the least to the most electronegative; equal ones by name; elements without a value last."""
    values = lookup("electronegativity")

    def place(symbol: str) -> tuple[float, str]:
        value = float(values[INDEX[symbol]])
        return (value if value == value else 99.0), symbol

    return sorted(symbols, key=place)


def rendered(amounts: Amounts) -> str:
    """Canonical formula of exact decimal amounts."""
    return "".join(symbol + decimal(amounts[symbol]) for symbol in electronegativity_order(amounts))


def decimal(amount: Fraction) -> str:
    """A terminating decimal as text; empty for one.

    Examples
    --------
    >>> decimal(Fraction(3, 4)), decimal(Fraction(1)), decimal(Fraction(20))
    ('0.75', '', '20')
    """
    if amount == 1:
        return ""
    places = 0
    while (amount * 10**places).denominator != 1:
        places += 1
    digits = str(int(amount * 10**places)).rjust(places + 1, "0")
    return digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"
