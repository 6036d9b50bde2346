"""Amounts of a formula that was read, with a piece of it written in another way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from .grammar import Token, read_part

MOST = 8  # places of a formula that are doubted one by one where each doubt costs a reading of all of it

Amounts = Mapping[str, Fraction]


def worn_out(body: str, doubts: int) -> bool:
    """Whether a formula with brackets was doubted often enough: what follows is taken as it is written."""
    return doubts > MOST and ("(" in body or "[" in body)


def rewritten(
    body: str, tokens: Sequence[Token], amounts: Amounts, piece: tuple[int, int, int], new: str
) -> Amounts | None:
    """Amounts of the formula with `new` for one piece of it, None when it is none.

    Only the components beside the piece are read again, so that many pieces of a long mixture cost no more than one
    reading of it; with brackets all of it is.

    Parameters
    ----------
    amounts
        Those of the formula as it stands.
    piece
        Position of a token in the piece, and the columns where the piece starts and ends.
    """
    at, start, end = piece
    if "(" in body or "[" in body:
        return read_part(body[:start] + new + body[end:])
    left, right = _stretch(tokens, at, len(body))
    other = read_part(body[left:start] + new + body[end:right])
    if other is None:
        return None
    total = dict(amounts)
    for symbol, amount in (read_part(body[left:right]) or {}).items():
        total[symbol] -= amount
    for symbol, amount in other.items():
        total[symbol] = total.get(symbol, Fraction(0)) + amount
    return {symbol: amount for symbol, amount in total.items() if amount}


def _stretch(tokens: Sequence[Token], at: int, length: int) -> tuple[int, int]:
    """Columns of the components on both sides of a token."""
    first, last = at - 1, at + 1
    while first >= 0 and tokens[first].kind != "separator":
        first -= 1
    while last < len(tokens) and tokens[last].kind != "separator":
        last += 1
    return (
        tokens[first].start + 1 if first >= 0 else 0,
        tokens[last].start if last < len(tokens) else length,
    )
