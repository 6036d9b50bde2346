"""Labels beside a formula, which read as elements: ``LiAlCl4 S1`` holds no sulfur, ``Li3PS4-II`` no iodine.

A blank joins words into one composition only where nothing else can be meant: every word is one element with its amount
(``Li Al Cl4``), every word is a compound (``LiCl LiF``), or only all words together are one (``K2 SO4``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from ..elements import INDEX, lookup
from ..formula.grammar import Token, read_part
from ..formula.notation import FormulaError, Reads, Refusal
from ..formula.render import rendered
from ..ions.oxidation import balanced, compound

MEND = "and put a label in a column of its own"
_MARK = re.compile(r"[A-Z]{1,3}\d*|(?!(?:Cl|Br)$)[A-Z][a-z]\d*|[(\[][^()\[\]]*[)\]]")  # a label by its looks
_SHORT = re.compile(r"[A-Z]{1,3}\d*|[(\[][^()\[\]]*[)\]]")  # a compound that may be one
BLANK = re.compile(r"(?<=[A-Za-z\d)\]]) +(?=[A-Z(\[])")
_BELOW_ONE = re.compile(r"(?:[A-Z][a-z]?0\.\d+){1,2}")
_SERIES = re.compile(r"[A-Z]{1,3}\d*|[(\[][^()\[\]]*[)\]]|(?!(?:Cl|Br)\d*$)[A-Z][a-z]\d*")  # S1, PN, (II), Si
_ALKALI, _HALOGENS = frozenset(["Li", "Na", "K", "Rb", "Cs"]), frozenset(["F", "Cl", "Br", "I"])

Amounts = Mapping[str, Fraction]


class _Word(NamedTuple):
    """A stretch of a component between two blanks: where it starts and ends, its text and its amounts."""

    start: int
    end: int
    text: str
    amounts: Amounts

    @property
    def whole(self) -> bool:
        """True for a compound of two elements or more."""
        return len(self.amounts) > 1 and compound(self.amounts)


def reject_words(body: str, tokens: Sequence[Token], amounts: Amounts, given: str) -> None:
    """Refuse ``LiAlCl4 K1`` and ``S1 LiCl``: what stands beside a blank may be a label or elements."""
    for words in _spaced(body, tokens):
        sums = _sums(words)
        if _certain(words, sums):
            continue
        at, behind = _place(words, sums)
        label, start, end = (words[at:], words[at - 1].end, words[-1].end)
        if not behind:
            label, start, end = words[:at], words[0].start, words[at].start
        known = any(word.whole and not _SHORT.fullmatch(word.text) for word in label)
        whole = "" if known else BLANK.sub("", (body[:start] + body[end:]).strip())
        joined = BLANK.sub("", body)
        if known and behind and len(words) == 2 and _SHORT.fullmatch(words[0].text):  # CO2 LiAlCl4
            raise _compounds(given, body, words, amounts)
        if not behind:
            joined = f"{body[: words[at - 1].end]}+{body[words[at].start :]}"
        shown = body[label[0].start : label[-1].end]
        what = f"{shown} {'after' if behind else 'before'} a blank may be a label or {_element(label[0])}"
        raise two_ways(given, what, (whole, joined), amounts)


def _compounds(given: str, body: str, words: Sequence[_Word], amounts: Amounts) -> FormulaError:
    """The error for a compound in capitals, or the letters of a label, before another compound."""
    first, second = words
    what = f"{first.text} before a blank may be a label or a compound"
    return two_ways(given, what, (second.text, f"{first.text}+{second.text}"), amounts)


def _place(words: Sequence[_Word], sums: Sequence[Amounts]) -> tuple[int, bool]:
    """The word at which a formula ends or begins, and whether the label stands behind it."""
    heads = [at for at in range(1, len(words)) if neutral(sums[at - 1])]
    if heads:
        return heads[-1], True
    tails = [at for at in range(1, len(words)) if words[at].whole and not _SHORT.fullmatch(words[at].text)]
    if tails:
        return tails[0], False
    return (1, False) if len(words[0].amounts) == 1 < len(words[1].amounts) else (len(words) - 1, True)


def two_ways(given: str, what: str, ways: Sequence[str], amounts: Amounts) -> FormulaError:
    """The error for what may be a label, with the formula without it, and with it, where these are read."""
    alone, whole = ways

    def offer(reads: Reads) -> Refusal:
        spellings = [alone] if alone and reads(alone) else []
        spellings.append(whole if whole and reads(whole) == amounts else rendered(amounts))
        return label_refusal(given, what, " or ".join(spellings))

    return FormulaError(label_refusal(given, what, rendered(amounts)), offer)


def label_refusal(text: str, what: str, ways: str) -> Refusal:
    """The refusal of what is no part of a formula: to be parted from it."""
    return Refusal(text, what, f"write {ways}, {MEND}", label=True)


def _element(word: _Word) -> str:
    return "an element" if len(word.amounts) == 1 else "elements"


def neutral(amounts: Amounts) -> bool:
    """True for two elements or more that can be neutral in states on record."""
    return len(amounts) > 1 and compound(amounts, known=True)


def formula(amounts: Amounts) -> bool:
    """True for elements that form anions and others together, neutral or not: perchlorates, rounded amounts."""
    anions = [lookup("negative_state")[INDEX[symbol]] < 0 for symbol in amounts]
    return any(anions) and not all(anions)


def _certain(words: Sequence[_Word], sums: Sequence[Amounts]) -> bool:
    """True where the blanks between words can only join them."""
    heads = any(map(neutral, sums[:-1]))
    singles = all(len(word.amounts) == 1 for word in words)
    if (
        (singles and (not heads or compound(sums[-1], known=True)))
        or (len(words[0].amounts) > 1 and all(_BELOW_ONE.fullmatch(word.text) for word in words[1:]))
        or all(word.text[0] in "([" and len(word.amounts) > 1 for word in words)
        or all(word.whole and not _SHORT.fullmatch(word.text) for word in words)
        or all(
            word.whole and len(word.amounts) == 2 and (_salt(word) or not _SHORT.fullmatch(word.text)) for word in words
        )
        or _one_compound(words, sums)
    ):
        return True
    known = any(word.whole and not _SHORT.fullmatch(word.text) for word in words[1:])
    if heads or known or not compound(sums[-1]):
        return False
    if any(lookup("negative_state")[INDEX[symbol]] < 0 for symbol in words[0].amounts):
        return not any(_MARK.fullmatch(word.text) or formula(word.amounts) for word in words[1:])
    return True


def _salt(word: _Word) -> bool:
    """True for an alkali metal and a halogen, ``KF`` and ``KI``, which no label is."""
    return set(word.amounts) <= _ALKALI | _HALOGENS and bool(_ALKALI & set(word.amounts)) and neutral(word.amounts)


def _one_compound(words: Sequence[_Word], sums: Sequence[Amounts]) -> bool:
    """True where all words together are neutral, and none beside a complete compound has the looks of a label."""
    if not balanced(sums[-1]):
        return False
    for at in range(1, len(words)):
        behind = words[at:]
        joined = "".join(word.text for word in behind)
        second = len(behind) > 1 and not _SHORT.fullmatch(joined) and balanced(_sums(behind)[-1])  # Li2O Ta Cl5
        second = second and not any(re.search(r"[A-Z]1$", word.text) for word in behind)
        complete = len(sums[at - 1]) > 1 and balanced(sums[at - 1])
        marked = any(_SERIES.fullmatch(word.text) and (complete or word.text != "O") for word in behind)
        if marked and not second and (complete or formula(sums[at - 1])):  # LiTaCl4 O lacks its oxygen
            return False
        if words[at].whole and any(_SERIES.fullmatch(word.text) for word in words[:at]):
            return False
    return True


def _sums(words: Sequence[_Word]) -> list[Amounts]:
    """Amounts of the first word, of the first two, and so on."""
    sums: list[Amounts] = []
    total: dict[str, Fraction] = {}
    for word in words:
        total = dict(total)
        for symbol, amount in word.amounts.items():
            total[symbol] = total.get(symbol, Fraction(0)) + amount
        sums.append(total)
    return sums


def _spaced(body: str, tokens: Sequence[Token]) -> Iterator[list[_Word]]:
    """Words of each component with a blank between two of its units, of those within brackets too."""
    frames: list[tuple[list[tuple[int, int]], list[int]]] = [([], [])]
    for at, token in enumerate(tokens):
        words, begun = frames[-1]
        following = tokens[at + 1] if at + 1 < len(tokens) else Token("separator", "", len(body))
        end = token.start + len(token.text)
        if token.kind == "separator":
            continue
        if token.kind == "close":
            frames.pop()
            words, begun = frames[-1]
        elif not begun and not (token.kind == "number" and not words):
            begun.append(token.start)
        if token.kind == "open":
            frames.append(([], []))
            continue
        if begun and (following.kind in {"separator", "close"} or (following.start > end)):
            words.append((begun.pop(), end))
        if following.kind in {"separator", "close"}:
            if len(words) > 1:
                yield [_Word(*span, body[slice(*span)], read_part(body[slice(*span)]) or {}) for span in words]
            words.clear()
