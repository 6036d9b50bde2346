"""Shares behind their compounds: ``LiCl33-AlCl367`` for 33LiCl-67AlCl3, ``LiF50(Na2O)50``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ..formula.grammar import Token, read_part
from ..formula.notation import choice
from ..formula.render import rendered
from ..ions.oxidation import compound
from .run_search import cuts

_MOST_PARTS = 6
_BRACKET = re.compile(r"((?:\([^()]*\)|\[[^\[\]]*\])[\d.]*)")
_SHARED = re.compile(r"([A-Z](?:[^()\[\]]*[A-Za-z])?)(\d[\d.]*)")
_BEFORE = re.compile(r"\d+(?:\.\d+)?(?=[A-Z(\[])")
_BEHIND = re.compile(r"(?<=[)\]])\d+(?:\.\d+)?$")

Amounts = Mapping[str, Fraction]


class _Way(NamedTuple):
    """One way to read a component: how to write it, its share, and whether that share was cut off its end."""

    text: str
    share: Fraction
    cut: bool


def reject_shares(body: str, tokens: Sequence[Token], amounts: Amounts, given: str) -> None:
    """Refuse a mixture that is not neutral as it stands, but only with its last digits as shares."""
    parts = _components(body, tokens)
    if not 1 < len(parts) <= _MOST_PARTS or compound(amounts, known=True):
        return
    choices: list[list[_Way]] = []
    for part in parts:
        ways = _ways(part)
        if not ways:
            return
        choices.append(ways)
    if not any(way.cut for ways in choices for way in ways):
        return
    whole = [mix for mix in product(*choices) if sum(way.share for way in mix) in (1, 100)]
    chosen = whole[0] if whole else tuple(ways[0] for ways in choices)
    if any(way.cut for way in chosen):
        mixture = "-".join(way.text for way in chosen)
        what = "the last digits of a compound may be amounts, or its share of the mixture"
        raise choice(given, what, mixture, rendered(amounts))


def _components(body: str, tokens: Sequence[Token]) -> list[str]:
    """Components as text; a neutral compound in brackets stands for itself."""
    pieces, start, depth = list[str](), 0, 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "separator" and depth == 0:
            pieces.append(body[start : token.start].strip())
            start = token.start + 1
    pieces.append(body[start:].strip())
    if len(pieces) > _MOST_PARTS:
        return pieces
    return [part for piece in pieces for part in _around_brackets(piece)]


def _around_brackets(piece: str) -> list[str]:
    parts = [part for part in map(str.strip, _BRACKET.split(piece)) if part]
    if len(parts) < 2 or len(parts) > _MOST_PARTS or piece[0].isdigit():
        return [piece]
    alone = all(compound(read_part(part) or {}) for part in parts if part[0] in "([")
    return parts if alone else [piece]


def _peroxide(amounts: Amounts) -> bool:
    """True for Li2O2 and BaO2."""
    return "O" in amounts and compound({**amounts, "O": amounts["O"] / 2})


def _ways(part: str) -> list[_Way]:
    """Ways to read a component as a neutral compound, the one that leaves its digits alone first."""
    found = list[_Way]()
    amounts = read_part(part)
    if amounts and (compound(amounts, known=True) or _peroxide(amounts)):
        share = _BEFORE.match(part) or _BEHIND.search(part)
        found.append(_Way(part, Fraction(share.group()) if share else Fraction(1), cut=False))
    shared = _SHARED.fullmatch(part)
    for amount, number in cuts(shared.group(2)) if shared else ():
        name = part[: shared.end(1)] + amount if shared else ""
        inner = read_part(name)
        if inner and len(inner) > 1 and compound(inner):
            found.append(_Way(number + name, Fraction(number), cut=True))
    return found
