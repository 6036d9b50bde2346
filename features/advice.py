"""Advice that was read back before it is given: habits of writing, each with what it is and the formula it means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from .elements import INDEX
from .names import meant
from .notation import FormulaError, refusal
from .oxidation import balanced

_LONGEST = 80
_MASS = re.compile(r"(?:\bwt|wt[.\s]*%|\bmass|weight|w/w|m[.\s-]*%|\bvol|v/v)", re.IGNORECASE)
_COUNT = r"\d+(?:\.\d+)?"
_SITE = re.compile(r"\(([A-Z][a-z]?(?:\s*,\s*[A-Z][a-z]?)+)\)")
_FROM_TO = re.compile(rf"\(?({_COUNT})\s*(?:[-–—~]|to)\s*({_COUNT})\)?(?=$|[A-Z(\[])")
_TERM = r"(?:[\d.]*(?:/\d+)?\*?[xyznδ](?:/\d+)?|[\d.]+(?:/\d+)?)"
_SINGLE, _SUM = re.compile(_TERM), re.compile(rf"{_TERM}(?:\s*[-+]\s*{_TERM})*")
_MIXTURE = re.compile(r"^[\d.]*[xyz](?=[A-Z(])|^\d|(?:^|[-+·])\s*\([^()A-Z]*[xyz][^()A-Z]*\)(?=\s*[A-Z(\[])")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₋₊ₓ−–‑—", "0123456789-+x----")
_MOST = 20  # the highest end of a range of amounts
_SPELLED = re.compile(r"(?=.*\{)(?:[A-Z][a-z]?|\{[^{}]*\}|[\d.()\[\]+· -])+")
_WRAPPED = re.compile(r"_?[({]([-+*/\d.xyznδ ]*[xyznδ][-+*/\d.xyznδ ]*)[)}]")


class Habit(NamedTuple):
    """A way of writing: its pattern, what stands for it in a formula, and what it is called."""

    pattern: re.Pattern[str]
    instead: str | Callable[[re.Match[str]], str]
    what: str


def _numeral(found: re.Match[str]) -> str:
    return f"{unicodedata.numeric(found.group()):.4g}"


def _quotient(found: re.Match[str]) -> str:
    return f"{int(found.group(1)) / int(found.group(2)):.4g}" if int(found.group(2)) else found.group()


def _difference(found: re.Match[str]) -> str:
    return f"{float(found.group(1)) - float(found.group(2)):.4g}"


_HABITS = tuple(
    Habit(re.compile(pattern), instead, what)
    for pattern, instead, what in (
        (r"^[\"'“‘`]+|[\"'”’`]+$", "", "quotation marks"),
        (r"^[=•]\s*|^[-+*]\s*(?=[A-Z(\[])", "", "a mark before the formula"),
        (r"^\$?\\(?:mathrm|rm|ce|text)\{(.*)\}\$?$", r"\1", "markup"),
        (r"</?su[bp]>|(?<=[A-Za-z)\]])\$?_(?=[\d{])|\$", "", "markup"),
        (r"\{(\d[\d.]*)\}", r"\1", "markup"),
        (r"\s*\((?:s|l|g|aq|cr|am|c|gl|sol|liq|vit)\)", "", "a state of matter, no part of a composition"),
        (r"^(?:[a-z]{1,5}|[α-ω])['′]?[-–‐]\s*(?=[A-Z\d(\[])", "", "a phase named before the formula"),
        (r"[\s,]*\(?\s*(?:in\s+)?mol(?:e|ar)?[.\s-]*%\s*\)?$", "", "amounts in mol%, which need no unit"),
        (r"^([A-Z][A-Za-z\d.]*)[\s,]*\(?\s*at[.\s-]*%\s*\)?$", r"\1", "amounts in at%, which need no unit"),
        (r"[\s,;]+\(?[a-z]{2}[a-z -]*\)?$|\([a-z]{3,}\)$|^[a-z]{3,}\s+(?=[A-Z\d])", "", "words beside the formula"),
        (r"(?:^|(?<=[(\[]))(?:\^\{?\d+\}?|[⁰¹²³⁴-⁹]+)(?=[A-Z])", "", "the mark of an isotope"),
        (r"\s*±\s*[\d.]+|(?<=\d)\(\d{1,2}\)(?=[A-Z(\[])", "", "the uncertainty of an amount"),
        (r"(?<=\d),(?=\d)", ".", "a decimal comma"),
        (rf"(?<=[A-Za-z])\(({_COUNT})\)", r"\1", "an amount in brackets"),
        (r"\s+[Nn]o\.?\s*\d+$", "", "a label after the formula"),
        (r"(?<![\d.])\.(?=\d)", "0.", "a point that is not between two digits"),
        (rf"({_COUNT})-(0\.\d+)$", _difference, "a difference at the end"),
        (r"^([A-Z][A-Za-z\d.]*)\s*[*×]\s*(\d+)$", r"(\1)\2", "a number that multiplies"),
        (r"\s*(?:\[\d{1,3}\]|\(\d{1,2}\)|[†‡§*,;:!]+|#\d*|[-_]\d{1,2})$", "", "a label after the formula"),
        (rf"(^|[-+·]\s*)({_COUNT})\s*[*·⋅×x]\s*(?=[A-Z(\[])", r"\1\2", "a sign between a number and its compound"),
        (r"\*", "·", "an asterisk between compounds"),
        (r"(?<![\d.])[¼-¾⅐-⅞](?!\d)", _numeral, "a fraction, where a decimal number is read"),
        (r"(\d+)/(\d+)", _quotient, "a fraction, where a decimal number is read"),
        (rf"(?<=[A-Za-z\d)\]])\s+(?={_COUNT}\s*[A-Z(\[])", "+", "a blank before the number of a second compound"),
        (r"A[1I](?![a-z])", "Al", "a mark that looks like the l of Al"),
        (r"L1(?![a-z])", "Li", "a digit that looks like the i of Li"),
    )
)


def readable(text: str, neutral: bool = False) -> bool:
    """True for a text that reads as one formula, or as one that can be neutral."""
    from .parser import read

    try:
        amounts, _ = read(text)
    except FormulaError:
        return False
    return not neutral or balanced(amounts, known=True)


def better(text: str, error: FormulaError) -> FormulaError:
    """The error with the advice that fits a known habit, else as it is."""
    if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST:
        return error
    stripped = text.strip()
    stripped = stripped.translate(_LOWERED)
    for advice in (meant, _mass, _range, _point, _habit, _variable):
        found = advice(stripped, text)
        if found:
            return found
    return error


def _mass(stripped: str, text: str) -> FormulaError | None:
    found = _MASS.search(stripped)
    if found is None or not re.search(r"\d", stripped):
        return None
    mend = "divide each by its molar mass and write moles, such as 40Li2O-60B2O3"
    return refusal(text, "amounts by mass or volume, where moles are read", mend)


def _habit(stripped: str, text: str) -> FormulaError | None:
    shares = stripped.count("%")
    if shares > 1 and shares == len(re.findall(rf"{_COUNT}\s*(?:mol[.\s]*)?%\s*[A-Z(\[]", stripped)):
        plain = re.sub(r"\s*(?:mol[.\s]*)?%\s*", "", stripped)
        if readable(plain):
            return refusal(text, "percent signs", f"write {plain} when the amounts are in mol%")
    current, called = stripped, list[str]()
    for pattern, instead, what in _HABITS:
        changed = pattern.sub(instead, current)
        if changed == current or not changed:
            continue
        current, called = changed, [*called, what]
        if readable(current):
            closed = re.sub(r"\s+", "", current)
            written = closed if readable(closed) else current
            return refusal(text, " and ".join(dict.fromkeys(called)), f"write {written}")
    shared = _SITE.search(stripped)
    if shared:
        symbols = [symbol.strip() for symbol in shared.group(1).split(",")]
        spelling = stripped.replace(shared.group(), "(" + "".join(f"{s}{1 / len(symbols):.3g}" for s in symbols) + ")")
        if readable(spelling):
            return refusal(text, "elements that share a site", f"give each its amount, such as {spelling}")
    return None


def _point(stripped: str, text: str) -> FormulaError | None:
    """The error for a point after a letter or a bracket: between two compounds, or before the decimals of a number."""
    joined = re.sub(r"(?<=[A-Za-z)\]])\.(?=(?:\d+(?:\.\d+)?)?[A-Z(\[])", "·", stripped)
    if joined == stripped or not readable(joined, neutral=True):
        return None
    decimal = re.sub(r"(?<![\d.])\.(?=\d)", "0.", stripped)
    ways = [way for way in (joined, decimal) if readable(way)]
    return refusal(text, "a point that is not between two digits", f"write {' or '.join(ways)}")


def _range(stripped: str, text: str) -> FormulaError | None:
    found = _FROM_TO.search(stripped)
    if found is None or stripped[0].isdigit() or not float(found.group(1)) < float(found.group(2)) < _MOST:
        return None
    spelling = stripped[: found.start()] + "{x}" + stripped[found.end() :]
    return _family(spelling, f"a range of amounts, {found.group(1)} to {found.group(2)}", text)


def _variable(stripped: str, text: str) -> FormulaError | None:
    if not re.search("[xyznδ]", stripped):
        return None
    spelling, name = braced(stripped)
    return _family(spelling, f"the variable {name} at column {stripped.find(name) + 1}", text)


def _family(spelling: str, what: str, text: str) -> FormulaError | None:
    """The error for a formula with variables or a range, when its template can be read."""
    from .template import Template

    if not _SPELLED.fullmatch(spelling):
        return None
    try:
        if not Template.parse(spelling).variables:
            return None
    except FormulaError:
        return None
    return refusal(text, what, f"write one number there, or for a family the template {spelling}")


def braced(text: str) -> tuple[str, str]:
    """A formula with the expressions in its variables in braces, and the first variable.

    Examples
    --------
    >>> braced("LiAlCl(4-2x)Ox")
    ('LiAlCl{4-2x}O{x}', 'x')
    >>> braced("(1-x)Li2S-xP2S5")
    ('{1-x}Li2S-{x}P2S5', 'x')
    """
    mixture = bool(_MIXTURE.search(text))
    pattern = _SINGLE if mixture else _SUM
    out, at, free = "", 0, True
    while at < len(text):
        wrapped, found = _WRAPPED.match(text, at), pattern.match(text, at + (text[at] == "_")) if free else None
        if wrapped and free:
            out, at, free = f"{out}{{{wrapped.group(1)}}}", wrapped.end(), False
        elif found and re.search("[xyznδ]", found.group()):
            out, at, free = f"{out}{{{found.group()}}}", found.end(), False
        elif found and found.group():
            out, at, free = out + found.group(), found.end(), False
        elif text[at].isupper():
            size = 2 if text[at : at + 2] in INDEX else 1
            out, at, free = out + text[at : at + size], at + size, True
        else:
            free = text[at] in ")]([-+· "
            out, at = out + text[at], at + 1
    name = next((c for c in re.findall(r"\{[^{}]*\}", out) for c in c if c in "xyznδ"), "x")
    return out.replace("δ", "d"), name
