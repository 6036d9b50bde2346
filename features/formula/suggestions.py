"""Suggestions for a formula with its capitals wrong: ``LIALCL4`` -> ``LiAlCl4``, ``co`` -> ``Co`` or ``CO``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ..elements import INDEX
from ..ions.oxidation import compound

_RARE = frozenset(
    "Tc Pm Po At Rn Fr Ra Ac Th Pa Np Pu Am Cm Bk Cf Es Fm Md No Lr He Ne Ar Kr Xe".split()  # noqa: SIM905
)
_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?|.")
_MOST = 64


def segmentations(letters: str) -> Iterator[tuple[str, ...]]:
    """Every way to read a run of letters as element symbols whatever its capitals, two-letter symbols first."""
    pending: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    steps = 0
    while pending and steps < 4 * _MOST:
        steps += 1
        start, done = pending.pop()
        if start == len(letters):
            yield done
            continue
        for size in (1, 2):
            symbol = letters[start : start + size].capitalize()
            if len(symbol) == size and symbol in INDEX:
                pending.append((start + size, (*done, symbol)))


def suggestions(text: str, most: int = 2) -> tuple[str, ...]:
    """Up to `most` likely spellings of a text with the wrong capitals; neutral compounds and common elements first.

    Examples
    --------
    >>> suggestions("lialcl4")
    ('LiAlCl4',)
    >>> suggestions("co")
    ('Co', 'CO')
    """
    spellings: list[tuple[tuple[str, ...], ...]] = [()]
    for token in _TOKEN.findall(text):
        ways = list(islice(segmentations(token), 8)) if token.isalpha() else [(token,)]
        spellings = [(*done, way) for done in spellings for way in ways][:_MOST]
    ranked = sorted(spellings, key=lambda parts: _oddness([piece for part in parts for piece in part]))
    return tuple("".join("".join(part) for part in parts) for parts in ranked[:most])


def _oddness(pieces: list[str]) -> tuple[bool, int, int]:
    amounts: dict[str, float] = {}
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        if piece in INDEX:
            count = float(following) if following[:1].isdigit() else 1.0
            amounts[piece] = amounts.get(piece, 0.0) + count
    return not compound(amounts), sum(symbol in _RARE for symbol in amounts), len(pieces)
