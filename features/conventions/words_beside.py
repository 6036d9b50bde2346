"""Words beside the one formula of a text that cannot be read: ``sample 3: LiAlCl4``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from ..formula.grammar import read_part
from ..formula.notation import FormulaError
from ..readings.labels import BLANK, label_refusal
from ..readings.parser import readable

_WORDS = re.compile(r"[^\s:;,|_]+")
_NUMBER_APART = re.compile(r"(?<=[A-Za-z)\]])[\s:;,|_]+(?=\d+(?:[\s:;,|_]|$))")
_SAYS_MORE = re.compile(
    r"\b(?:dop|coat|substitut|mix)|(?<!/)\b(?:with|and|or|plus|minus|excess|in|of|on|per|by|[xyzn])\b|[%=+*·<>±@{}]"
    r"|\d\s*[:/]\s*\d|\d\.\d|(?:^|\s)-(?:\s|$)",
    re.IGNORECASE,
)
_DOPANT = re.compile(r"\s*[:/]\s*(?:[A-Z][a-z]?\b|\d)")
_NAMES = re.compile(r"[A-Za-zα-ω#]|^\(?\d+\)$")
_MOST_WORDS = 8


def of_label(stripped: str, text: str) -> FormulaError | None:
    """The error for words beside the one compound of a text that cannot be read: ``sample 3: LiAlCl4``.

    Nothing is advised where the words may say more of the composition than the compound does.
    """
    words = list(_WORDS.finditer(stripped))
    spans = [(first, last) for first in range(len(words)) for last in range(len(words) - 1, first - 1, -1)]
    for first, last in spans if 1 < len(words) <= _MOST_WORDS else ():
        name = stripped[words[first].start() : words[last].end()]
        if not BLANK.search(name) and readable(name, neutral=True):
            break
    else:
        return None
    before, behind = stripped[: words[first].start()], stripped[words[last].end() :]
    rest = f"{before} {behind}".strip()
    shown = re.sub(r"^[\s:;,_|]+|[\s:;,_|]+$", "", rest)
    if _SAYS_MORE.search(rest) or _DOPANT.match(behind) or not _NAMES.search(rest):
        return None
    if any(
        readable(re.sub(r"^[xyzn\d.]+|[^A-Za-z\d)\]]+$", "", word), neutral=True)
        for word in re.split(r"[\s:;,|_+·-]", rest)
    ):
        return None
    joined = re.sub(r"[\s:;,|_]", "", stripped)
    ways = f"{name} or {joined}" if readable(joined) and _sum(stripped) == read_part(joined) else name
    return FormulaError(label_refusal(text, f"{shown} beside a formula is no part of it", ways))


def _sum(text: str) -> Mapping[str, Fraction]:
    """Amounts of all words of a text, none where one is no formula; a number goes with the element before it."""
    total: dict[str, Fraction] = {}
    for word in _WORDS.findall(_NUMBER_APART.sub("", text)):
        amounts = read_part(word)
        if not amounts:
            return {}
        for symbol, amount in amounts.items():
            total[symbol] = total.get(symbol, Fraction(0)) + amount
    return total
