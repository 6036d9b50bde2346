"""Digits typed for letters: ``Al203`` for Al2O3, ``LiTaOC14`` for LiTaOCl4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from ..elements import INDEX, lookup
from ..formula.grammar import Token, read_part
from ..formula.notation import choice
from ..ions.oxidation import compound

_MOST = 8
_LONG = 100  # characters beyond which no digit is doubted

Amounts = Mapping[str, Fraction]


def doubtful_digits(body: str, tokens: Sequence[Token], amounts: Amounts) -> tuple[str, list[int]]:
    """The likely spelling of a formula that is neutral only with a letter for a digit, and the symbols before it.

    A zero may be an O in a compound without anion, be it one of a mixture; a 1 after C may be an l where the formula
    has no hydrogen. Amounts in brackets or with a decimal point of their own are left alone: ``(C)14`` is fourteen
    carbons.
    """
    changes = list(_changes(tokens, amounts)) if len(body) <= _LONG else []
    if not 0 < len(changes) <= _MOST or compound(amounts, known=True):
        return "", []
    singly = [[change] for change in changes] if len(changes) > 1 else []
    for chosen in (changes, *singly):
        spelling = body
        for _, column, letter in chosen:
            spelling = spelling[:column] + letter + spelling[column + 1 :]
        other = read_part(spelling)
        if other and compound(other):
            return spelling, [at for at, _, _ in chosen]
    return "", []


def _changes(tokens: Sequence[Token], amounts: Amounts) -> Iterator[tuple[int, int, str]]:
    """Place of the symbol, column of the digit, and the letter that it may stand for."""
    bare = _bare(tokens)
    for at, (token, number) in enumerate(pairwise(tokens)):
        if token.kind != "symbol" or number.kind != "number":
            continue
        if token.text == "C" and number.text[0] == "1" and "H" not in amounts:
            yield at, number.start, "l"
        elif bare[at] and number.text.count("0") == 1 and "." not in number.text:
            yield at, number.start + number.text.index("0"), "O"


def _bare(tokens: Sequence[Token]) -> list[bool]:
    """True for each token of a compound without anion; signs, and brackets around more than a symbol, end compounds."""
    anions = lookup("negative_state") < 0
    groups: list[list[Token]] = [[]]
    for at, token in enumerate(tokens):
        if token.kind == "separator" or (token.kind in {"open", "close"} and not _one_symbol(tokens, at)):
            groups.append([])
        groups[-1].append(token)
    bare: list[bool] = []
    for group in groups:
        free = not any(anions[INDEX[token.text]] for token in group if token.kind == "symbol")
        bare += [free] * len(group)
    return bare


def _one_symbol(tokens: Sequence[Token], at: int) -> bool:
    """True for either bracket of ``(C)``."""
    near = [
        token.kind for token in (tokens[at : at + 3] if tokens[at].kind == "open" else tokens[max(at - 2, 0) : at + 1])
    ]
    return near == ["open", "symbol", "close"]


def reject_digits(body: str, tokens: Sequence[Token], amounts: Amounts, given: str) -> None:
    """Refuse a formula that `doubtful_digits` spells better."""
    spelling, places = doubtful_digits(body, tokens, amounts)
    if spelling:
        what = "a digit that looks like a letter makes it a compound"
        raise choice(given, what, spelling, bracketed(body, tokens, places))


def bracketed(body: str, tokens: Sequence[Token], places: Sequence[int]) -> str:
    """The formula with brackets around some symbols, so that the numbers after them are amounts."""
    for at in reversed(places):
        token = tokens[at]
        body = f"{body[: token.start]}({token.text}){body[token.start + len(token.text) :]}"
    return body
