"""Advice that was read back before it is given: habits of writing, each with what it is and the formula it means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from ..formula.grammar import read_part
from ..formula.names import meant
from ..formula.notation import LONGEST, FormulaError, refusal
from ..readings.ambiguities import is_solvate
from ..readings.parser import amounts_of, readable
from .ion_lists import of_ions
from .proportions import of_ratio, of_shares
from .variables import of_range, of_variable, spelled
from .words_beside import of_label

_LONGEST = 64  # characters of a text that is read again in other ways
_MASS = re.compile(r"(?:\bwt|wt[.\s]*%|\bmass|weight|w/w|m[.\s-]*%|\bvol|v/v)", re.IGNORECASE)
_COUNT = r"\d+(?:\.\d+)?"
_WORDS = (
    r"(?![a-z -]*\b(?:dop|coat|substitut|mix|with\b|and\b|or\b|plus\b|minus\b))"  # that say no more of what is in it
)
_SITE = re.compile(r"\(([A-Z][a-z]?(?:\s*,\s*[A-Z][a-z]?)+)\)")
_SPELLING = re.compile(r"[\d(\[]*[A-Z]\S*")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₋₊ₓ−–‑—", "0123456789-+x----")


class Habit(NamedTuple):
    """A way of writing: its pattern, what stands for it in a formula, and what it is called."""

    pattern: re.Pattern[str]
    instead: str | Callable[[re.Match[str]], str]
    what: str


def _numeral(found: re.Match[str]) -> str:
    return f"{unicodedata.numeric(found.group()):.4g}"


def _quotient(found: re.Match[str]) -> str:
    """The number that a fraction is; what stands between two compounds is no fraction and stays."""
    if readable(found.string[: found.end(1)], neutral=True) and readable(found.string[found.start(2) :], neutral=True):
        return found.group()
    return f"{int(found.group(1)) / int(found.group(2)):.4g}" if int(found.group(2)) else found.group()


def _difference(found: re.Match[str]) -> str:
    return f"{float(Fraction(found.group(1)) - Fraction(found.group(2))):.12g}"


def _subscript(found: re.Match[str]) -> str:
    """Nothing for the mark of a subscript; between a label and a coefficient, ``K_2LiCl-AlCl3``, it stays."""
    behind = readable(found.string[found.end() :], neutral=True)
    first = re.split("[-+·]", found.string.replace("_", ""))[0]
    return found.group() if behind and not readable(first, neutral=True) else ""


def _unbracketed(found: re.Match[str]) -> str:
    """The amount of an element; what follows a whole compound is its share of a mixture and stays."""
    compound = readable(found.string[: found.start()], neutral=True)
    return found.group() if compound else found.group(1)


_TIMES = "a sign between a number and its compound"
# What is left must be a neutral compound: elsewhere the mark may stand for an amount that would be lost.
_WHOLE = frozenset(
    (
        "a quotation mark",
        "an uncertainty without its amount",
        "a label after the formula",
        "a point that is not between two digits",
        "a difference at the end",
        "a number that multiplies",
        "an asterisk between compounds",
        "a blank before the number of a second compound",
        "marks that look like the l of Al and of Cl",
        "a mark that looks like the l of Al",
    )
)
_HABITS = tuple(
    Habit(re.compile(pattern), instead, what)
    for pattern, instead, what in (
        (r"^[\"'“‘`]+(.*?)[\"'”’`]+$", r"\1", "quotation marks"),
        (r"^[\"'“‘`]+|[\"'”’`]+$", "", "a quotation mark"),
        (r"^[=•]\s*|^[-+*]\s*(?=[A-Z(\[])", "", "a mark before the formula"),
        (r"^\$?\\(?:mathrm|rm|ce|text)\{(.*)\}\$?$", r"\1", "markup"),
        (r"\$([^$]*)\$", r"\1", "markup"),
        (r"</?su[bp]>", "", "markup"),
        (r"(?<=[A-Za-z)\]])_(?=[\d{])", _subscript, "markup"),
        (r"\{(\d[\d.]*)\}", r"\1", "markup"),
        (r"\s*\((?:s|l|g|aq|cr|am|c|gl|sol|liq|vit)\)", "", "a state of matter, no part of a composition"),
        (r"^(?:(?![xyz]-)[a-z]{1,5}|[α-ω]|[HLR]?T)['′]?[-–‐]\s*(?=[A-Z\d(\[])", "", "a phase named before the formula"),
        (r"[\s,]*\(?\s*(?:in\s+)?mol(?:e|ar)?[.\s-]*%\s*\)?$", "", "amounts in mol%, which need no unit"),
        (r"^([A-Z][A-Za-z\d.]*)[\s,]*\(?\s*at[.\s-]*%\s*\)?$", r"\1", "amounts in at%, which need no unit"),
        (
            rf"[\s,;]+\(?{_WORDS}[a-z]{{2}}[a-z -]*\)?$|\({_WORDS}[a-z]{{3,}}\)$|^{_WORDS}[a-z]{{3,}}\s+(?=[A-Z\d])",
            "",
            "words beside the formula",
        ),
        (r"(?:^|(?<=[(\[]))(?:\^\{?\d+\}?|[⁰¹²³⁴-⁹]+)(?=[A-Z])", "", "the mark of an isotope"),
        (r"(?<=\d)\s*±\s*[\d.]+|(\.\d+)\(\d{1,2}\)(?=[A-Z(\[])", r"\1", "the uncertainty of an amount"),
        (r"\s*±\s*[\d.]+", "", "an uncertainty without its amount"),
        (r"(?<=\d),(?=\d)", ".", "a decimal comma"),
        (rf"(?<=[A-Za-z])\(({_COUNT})\)", _unbracketed, "an amount in brackets"),
        (r"\s+[Nn]o\.?\s*\d+$", "", "a label after the formula"),
        (r"(?:[□◻☐▢]|\[\s*\]|V(?:a|ac)(?![a-z])|\(vac\))[\d.]*", "", "a vacancy, which is no atom"),
        (r"(?<![\d.])\.(?=\d)", "0.", "a point that is not between two digits"),
        (rf"({_COUNT})-(0\.\d+)$", _difference, "a difference at the end"),
        (r"^([A-Z][A-Za-z\d.]*)\s*[*×]\s*(\d+)$", r"(\1)\2", "a number that multiplies"),
        (r"\s*(?:\[\d{1,3}\]|(?<=\s)\(\d{1,2}\)|[†‡§*,;:!]+|#\d*|[-_]\d{1,2})$", "", "a label after the formula"),
        (rf"(^|[-+·]\s*)({_COUNT})\s*[*·⋅×x]\s*(?=[A-Z(\[])", r"\1\2", _TIMES),
        (r"\*", "·", "an asterisk between compounds"),
        (r"(?<![\d.])[¼-¾⅐-⅞](?!\d)", _numeral, "a fraction, where a decimal number is read"),
        (r"(\d+)/(\d+)", _quotient, "a fraction, where a decimal number is read"),
        (rf"(?<=[A-Za-z\d)\]])\s+(?={_COUNT}\s*[A-Z(\[])", "+", "a blank before the number of a second compound"),
        (r"A[1I]C[1I](?=[\d.]*(?:$|[A-Z()\[\]+·-]))", "AlCl", "marks that look like the l of Al and of Cl"),
        (r"A[1I](?![a-z])", "Al", "a mark that looks like the l of Al"),
        (r"L1(?![a-z])", "Li", "a digit that looks like the i of Li"),
    )
)


def better(text: str, error: FormulaError) -> FormulaError:
    """The error with the advice that fits a known habit, else as it is."""
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST or _is_of_label(error):
        return error.settled(amounts_of)
    stripped = text.strip()
    stripped = stripped.translate(_LOWERED)
    ways: tuple[Callable[[str, str], FormulaError | None], ...] = (meant, _mass)
    for advice in (
        (*ways, of_ions, of_range, _point, of_shares, of_ratio, _habit, of_label, of_variable)
        if len(text) <= _LONGEST
        else ways
    ):
        found = advice(stripped, text)
        if found:
            return found
    return _read_back(error.settled(amounts_of))


def _read_back(error: FormulaError) -> FormulaError:
    """The error without the spellings that cannot be read themselves."""
    why = error.refusal
    if why is None or not all(map(_SPELLING.fullmatch, why.ways)):
        return error
    read = [way for way in why.ways if readable(way)]
    if len(read) == len(why.ways):
        return error
    mend = f"write {read[0]}" if read else "write an amount after each symbol, and + between compounds"
    return refusal(why.text, why.what, mend)


def _is_of_label(error: FormulaError) -> bool:
    """Whether an error is on a label beside a formula already."""
    return error.refusal is not None and error.refusal.label


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
        if readable(current, neutral=not _WHOLE.isdisjoint(called)):
            closed = re.sub(r"\s+", "", current)
            written = closed if amounts_of(closed) == amounts_of(current) else current
            family = spelled(stripped) if _TIMES in called and "x" in stripped else ""
            mend = f"write {written}" + (f", or for a family the template {family}" if family else "")
            return refusal(text, " and ".join(dict.fromkeys(called)), mend)
    shared = _SITE.search(stripped)
    if shared:
        symbols = [symbol.strip() for symbol in shared.group(1).split(",")]
        spelling = stripped.replace(shared.group(), "(" + "".join(f"{s}{1 / len(symbols):.3g}" for s in symbols) + ")")
        if readable(spelling):
            return refusal(text, "elements that share a site", f"give each its amount, such as {spelling}")
    return None


def _point(stripped: str, text: str) -> FormulaError | None:
    """The error for a point that is not between two digits: between compounds, or before the decimals of a number."""
    if not re.search(r"(?<!\d)\.|\.(?!\d)", stripped):
        return None
    begins = r"(?=(?:\d+(?:\.\d+)?)?[A-Z(\[])"
    apart = re.sub(r"(?<=[A-Za-z\d)\]])\s+\.(?=\d)", "+.", stripped)
    decimal = re.sub(r"(?<![\d.])\.(?=\d)", "0.", apart)
    ways = [decimal] if decimal != stripped and readable(decimal) else []
    for before in (r"(?<=[A-Za-z)\]])", r"(?<=[A-Za-z\d)\]])"):
        joined = re.sub(rf"{before}\s*\.\s*{begins}", "·", stripped)
        if (
            joined != stripped
            and readable(joined)
            and (_compounds(joined) or (ways and not readable(decimal, neutral=True)))
        ):
            ways = [joined, *ways]
            break
    else:
        return None
    return refusal(text, "a point that is not between two digits", f"write {' or '.join(ways)}")


def _compounds(joined: str) -> bool:
    """True for a neutral mixture, and for a compound with a solvate."""
    last = read_part(joined.rpartition("·")[2])
    return readable(joined, neutral=True) or bool(last and is_solvate(last))
