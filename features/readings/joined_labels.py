"""Labels joined to a formula by a sign or a bracket: ``S-LiAlCl4``, ``LiAlCl4·II``, ``LiAlCl4(B)``.

One element beside a compound is a part of the mixture only where no label is written so: with a decimal coefficient,
with shares that sum to 1 or 100, with a coefficient before every part (``1LiAlCl4+1S``), as a molecule of a halogen, or
as sulfur, selenium or phosphorus beside the binary compounds of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..formula.grammar import Token, read_part
from ..formula.notation import FormulaError
from .labels import Amounts, formula, neutral, two_ways

_LABEL = re.compile(r"\A(\d+(?:\.\d+)?)? *[(\[]?([A-Z][a-z]?\d{0,4}|[A-Z]{2,3}\d{0,4})[)\]]?\Z")
_COUNTED = re.compile(r"\A\d+(?:\.\d+)? *[A-Z(\[].*\Z")
_IN_BRACKETS = re.compile(r"(?:[(\[]([A-Z][a-z]?\d{0,4}|[A-Z]{2,3}\d{0,4})[)\]](?![\d.]))+")
_ELEMENTS = re.compile(r"(?:[(\[][A-Z][a-z]?[\d.]*[)\]][\d.]*)+")  # (H)2(O)
_GROUPS = frozenset(["OH", "CN", "CO", "NO", "NH", "SCN", "NCS", "OCN"])
_SHARE = re.compile(r"\A(?:(\d+(?:\.\d+)?)[A-Z(\[].*|.*[)\]](\d+(?:\.\d+)?))\Z")
_MOLECULES = frozenset(["Cl2", "Br2"])  # no series of samples is numbered so
_ELEMENTAL = {name: ["S", "Se", "P"] for name in ("S", "Se", "P", "S8", "P4")} | {"I2": ["S", "Se", "P", "I"]}


def reject_joined(body: str, tokens: Sequence[Token], amounts: Amounts, given: str, hyphens: bool = False) -> None:
    """Refuse ``LiAlCl4-S1``, ``S-LiAlCl4`` and ``LiAlCl4(S1)``: what stands beside a compound may be a label.

    Only what a hyphen joins where `hyphens`: a number beside another sign may be an amount, which has words of its own.
    """
    signs = _signs(tokens)
    spans = list(_between(signs, len(body)))
    parts = [body[start:end].strip() for start, end in spans]
    first, last = 0, len(parts)
    while last - first > 1 and _labelled(parts[first:last], 0, signs[first].text, hyphens):
        first += 1
    while last - first > 1 and _labelled(parts[first:last], last - first - 1, signs[last - 2].text, hyphens):
        last -= 1
    if last - first < len(parts):
        rest = body[spans[first][0] : spans[last - 1][1]].strip()
        shown = " and ".join([*parts[:first], *parts[last:]])
        raise _beside(given, shown, rest, amounts)
    for found in _IN_BRACKETS.finditer(body) if not _ELEMENTS.fullmatch(body) else ():
        rest, label = body[: found.start()] + body[found.end() :], found.group(1)
        outside = found.start() == 0 or found.end() == len(body)
        held = read_part(rest) or {}
        whole = neutral(held) or (formula(held) and not neutral(amounts))
        if outside and whole and label not in _GROUPS:
            raise _beside(given, found.group(), rest, amounts)


def _beside(given: str, shown: str, rest: str, amounts: Amounts) -> FormulaError:
    what = f"{shown} beside a compound may be a label or {'elements' if ' and ' in shown else 'an element'}"
    return two_ways(given, what, (rest, ""), amounts)


def _labelled(parts: Sequence[str], at: int, sign: str, hyphens: bool) -> bool:
    """True where the first or last component may be a label of the others."""
    found = _LABEL.fullmatch(parts[at])
    others = [part for place, part in enumerate(parts) if place != at]
    if found is None or not _names(found) or (hyphens and (sign != "-" or found.group(1))):
        return False
    compounds = [held for part in others if formula(held := read_part(part) or {})]
    if not any(neutral(held) or sign != "+" or len(held) > 2 for held in compounds):
        return False
    summed = at == 0 and sign == "-" and re.match(r"\d+\.\d", others[0])  # Li3-0.5Y0.5Zr0.5Cl6
    elements = [part for part in parts if len(read_part(part) or {}) == 1]  # Li2O-Al20-Cu80
    if summed or _shares(parts) or (len(elements) > 1 and _shares(elements)):
        return False
    if len(others) > 1 and _shares(others):
        return True
    if (sign == "+" or len(others) == 1) and all(map(_COUNTED.fullmatch, parts)):
        return False
    return not (_elemental(found, others) and (at or not found.group(1)))


def _names(found: re.Match[str]) -> bool:
    """True for one element, and for capitals that are no compound: ``S``, ``2B``, ``II``, ``KP1``."""
    number, name = found.groups()
    held = read_part(name)
    if not held or name in _MOLECULES or "." in (number or ""):
        return False
    return len(held) == 1 or not neutral(held) or bool(re.search("[A-Z]1$", name))


def _elemental(found: re.Match[str], others: Sequence[str]) -> bool:
    """True for an element that is mixed with its binary compounds or their like: ``Li2S-S``, ``Li2S-P2S5-I2``."""
    beside = [read_part(part) or {} for part in others]
    near = _ELEMENTAL.get(found.group(2), [])
    return all(len(held) <= 2 for held in beside) and any(symbol in held for held in beside for symbol in near)


def _signs(tokens: Sequence[Token]) -> list[Token]:
    """Signs between components that stand in no bracket."""
    signs, depth = list[Token](), 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "separator" and depth == 0:
            signs.append(token)
    return signs


def _between(signs: Sequence[Token], length: int) -> Iterator[tuple[int, int]]:
    start = 0
    for sign in signs:
        yield start, sign.start
        start = sign.start + 1
    yield start, length


def _shares(parts: Sequence[str]) -> bool:
    """True for components whose numbers, of a lone element that behind it, sum to 1 or 100."""
    found = [_SHARE.fullmatch(part) or re.fullmatch(r"()[A-Z][a-z]?(\d+)", part) for part in parts]
    return all(found) and sum(Fraction(share.group(1) or share.group(2)) for share in found if share) in (1, 100)
