"""Spellings that read two ways and are therefore refused: ``CuSO4.5H2O`` and ``SIO2``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ..elements import SYMBOLS, lookup
from ..formula.grammar import Reader, Token, read_part
from ..formula.notation import FormulaError, choice, choice_if_read, offering, refusal
from ..formula.render import rendered
from ..formula.rewriting import MOST, rewritten, worn_out
from ..ions.oxidation import balanced, compound

PAIRS = frozenset(["Bi", "Co", "Cs", "Cu", "Hf", "Ho", "In", "Nb", "Ni", "Os", "Pb", "Sb", "Sc", "Si", "Sn", "Yb"])
SOLVATES: tuple[Mapping[str, Any], ...] = (
    {"H": 2, "O": 1},
    {"H": 3, "N": 1},
    {"H": 1, "Cl": 1},
    {"H": 1, "F": 1},
    {"S": 1, "O": 2},
)
_SOLVENTS = frozenset(symbol for solvate in SOLVATES for symbol in solvate)
_MOST_PAIRS = 8
_POINTED = re.compile(r"([1-9]\d*)\.(\d+)")

Amounts = Mapping[str, Fraction]


def joined_pairs(tokens: Sequence[Token]) -> list[int]:
    """Positions of one-letter symbols that, with the next one, spell a two-letter symbol: C and O, S and I."""
    return [
        at
        for at, (first, second) in enumerate(pairwise(tokens))
        if first.kind == second.kind == "symbol"
        and len(first.text) == len(second.text) == 1
        and first.start + 1 == second.start
        and (first.text + second.text.lower() in PAIRS or first.text + second.text == "CI")
    ]


def reject_capitals(body: str, tokens: Sequence[Token], given: str) -> None:
    """Refuse ``SIO2`` and ``LiCI``: with a small letter for a capital they are neutral, SiO2 and LiCl.

    Two capitals alone are refused where they spell a metal and no neutral compound: ``NI``, and not ``CO``. A compound
    of a mixture that is neutral only as it was typed is right: ``(Na2CO3)9.3(PbO2)36.4``.
    """
    pairs = joined_pairs(tokens)
    if len(pairs) > _MOST_PAIRS:
        first = tokens[pairs[0]].start
        what = f"{len(pairs)} pairs of capitals that may spell other elements, such as {body[first : first + 2]}"
        raise refusal(given, what, "write the amount after every one-letter symbol, such as C1O1")
    typed = Reader(list(tokens), given).read() if pairs else {}
    for at in pairs:
        place = tokens[at + 1].start
        small = "l" if body[place - 1 : place + 1] == "CI" else body[place].lower()
        spelling = body[:place] + small + body[place + 1 :]
        merged = Token("symbol", body[place - 1] + small, place - 1)
        if _right_by_itself(tokens, at, merged, given):
            continue
        other = Reader([*tokens[:at], merged, *tokens[at + 2 :]], given).read()
        alone = len(body) == 2 and not balanced(typed, known=True)
        if alone or (compound(other, known=True) and not _right_as_typed(typed, other)):
            what = f"may be {spelling} in capitals"
            explicit = f"{body[:place]}1{body[place:]}"
            ends = [tokens[pair + 1].start for pair in pairs]
            all_explicit = "".join("1" * (at in ends) + mark for at, mark in enumerate(body))
            certain = offering(given, what, spelling, all_explicit)
            raise choice_if_read(explicit, offering(given, what, spelling, explicit), certain)


def _right_by_itself(tokens: Sequence[Token], at: int, merged: Token, given: str) -> bool:
    """True where signs or brackets set the pair apart in a compound that is neutral with both symbols only."""
    first, last = at, at + 1
    while first > 0 and tokens[first - 1].kind in {"symbol", "number"}:
        first -= 1
    while last + 1 < len(tokens) and tokens[last + 1].kind in {"symbol", "number"}:
        last += 1
    if first == 0 and last == len(tokens) - 1:
        return False
    typed = Reader(list(tokens[first : last + 1]), given).read()
    other = Reader([*tokens[first:at], merged, *tokens[at + 2 : last + 1]], given).read()
    return compound(typed) and not compound(other, known=True)


def _right_as_typed(typed: Amounts, other: Amounts) -> bool:
    """True for ``LiSCN``, whose other spelling LiScN asks for rare states, and for ``VOSO4``, for osmium is rare."""
    return (balanced(typed) and not compound(other)) or (
        len(typed) > 2 and "Os" in other and "Os" not in typed and compound(typed)
    )


def reject_point(body: str, tokens: Sequence[Token], amounts: Amounts, given: str) -> None:
    """Refuse ``CuSO4.5H2O``: its point may be decimal or stand between two compounds.

    Only where an anion comes before a less electronegative element can there be two compounds, or where an element of
    a solvate comes again (``LiBH4.2NH3``), so that a formula in canonical order is never refused. Where compounds in
    brackets all have their share behind them, ``(SnO)99.50(SnCl2)0.50``, each point is decimal.
    """
    if "." in body and _all_shares(tokens):
        return
    symbols = [token.text for token in tokens if token.kind == "symbol"]
    before = doubts = 0
    for at, token in enumerate(tokens):
        before += token.kind == "symbol"
        number = _POINTED.fullmatch(token.text) if token.kind == "number" else None
        if number is None or not 0 < at < len(tokens) - 1 or number.group(2)[0] == "0":
            continue
        turns = _turns(symbols, before)
        if not (turns or not set(symbols[:before]).isdisjoint(symbols[before:])):
            continue
        start, end = _component(tokens, token.start, len(body))
        left = body[start : token.start] + number.group(1)
        right = number.group(2) + body[token.start + len(token.text) : end]
        doubts += 1
        if doubts > MOST:
            return
        after = read_part(right) if turns or symbols[before] in _SOLVENTS else None
        if not after or not (turns or is_solvate(after)):
            continue
        ahead = read_part(left)
        if ahead and (is_solvate(after) or _two_compounds(ahead, after)):
            raise choice(
                given,
                f"the point at column {token.start + len(number.group(1)) + 1} may be decimal or join two compounds",
                f"{body[:start]}{left}·{right}{body[end:]}",
                rendered(amounts),
            )


def _all_shares(tokens: Sequence[Token]) -> bool:
    """True for brackets alone with a share behind each, all of them decimal numbers, or together 1 or 100."""
    depth, brackets, numbers = 0, 0, list[str]()
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.kind == "number" and brackets == len(numbers) + 1:
            numbers.append(token.text)
        elif depth == 0 and token.kind != "close":
            return False
        brackets += depth == 0 and token.kind == "close"
    if brackets < 2 or brackets != len(numbers):
        return False
    total = sum(map(Fraction, numbers))
    return all("." in number for number in numbers) or 99 < total < 101 or total == 1


def reject_middle_dot(body: str, tokens: Sequence[Token], amounts: Amounts, given: str) -> None:
    """Refuse ``LiAlCl2·5O``: its middle dot stands for a decimal point, for only then is the compound neutral."""
    neutral, doubts = "·" in body and compound(amounts, known=True), 0
    for at, token in enumerate(tokens):
        if token.text != "·" or not body[token.start - 1].isdigit() or not body[token.start + 1 :][:1].isdigit():
            continue
        spelling = f"{body[: token.start]}.{body[token.start + 1 :]}"
        lone = sum(piece.kind == "symbol" for piece in tokens[at:]) == 1
        if neutral and not lone:
            continue
        doubts += 1
        if worn_out(body, doubts):
            return
        decimal = rewritten(body, tokens, amounts, (at, token.start, token.start + 1), ".")
        if decimal and (lone or compound(decimal)):
            what = f"the middle dot at column {token.start + 1} may be a decimal point or join two compounds"
            certain = offering(given, what, rendered(decimal), rendered(amounts))
            raise choice_if_read(spelling, offering(given, what, spelling, rendered(amounts)), certain)


def _turns(symbols: Sequence[str], before: int) -> bool:
    """True where an anion among the first symbols comes before a less electronegative element among the others."""
    order, anions = _electronegativities()
    most = max([anions[symbol] for symbol in symbols[:before]], default=0.0)
    return before < len(symbols) and most > min([order[symbol] for symbol in symbols[before:]])


@lru_cache(maxsize=1)
def _electronegativities() -> tuple[dict[str, float], dict[str, float]]:
    """Electronegativity of every element, and the same with 0 for all that form no anions."""
    order = dict(zip(SYMBOLS, lookup("electronegativity").tolist(), strict=True))
    negative = zip(SYMBOLS, lookup("negative_state").tolist(), strict=True)
    return order, {symbol: order[symbol] if state < 0 else 0.0 for symbol, state in negative}


def _component(tokens: Sequence[Token], place: int, length: int) -> tuple[int, int]:
    start, end = 0, length
    for token in tokens:
        if token.kind == "separator" and token.start < place:
            start = token.start + 1
        elif token.kind == "separator" and token.start > place:
            end = token.start
            break
    return start, end


def _two_compounds(left: Amounts, right: Amounts) -> bool:
    return bool(left.keys() & right.keys()) or (compound(left) and compound(right))


def is_solvate(amounts: Amounts) -> bool:
    """True for any number of H2O, NH3, HCl, HF or SO2."""
    scale = min(amounts.values())
    return {symbol: amount / scale for symbol, amount in amounts.items()} in SOLVATES


def refused_in_capitals(text: str, tokens: Sequence[Token]) -> bool:
    """True for a formula that `reject_capitals` refuses."""
    try:
        reject_capitals(text, tokens, text)
    except FormulaError:
        return True
    return False
