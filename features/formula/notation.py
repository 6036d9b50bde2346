"""What researchers type, brought to one plain notation: subscripts, dashes, middle dots, charges."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..ions.oxidation import usual

LONGEST = 256
Reads = Callable[[str], Mapping[str, Fraction] | None]  # amounts of a text that reads as one formula, else None
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_SUPERSCRIPTS = {"⁰": "0", "¹": "1", "²": "2", "³": "3", **{chr(0x2070 + n): str(n) for n in range(4, 10)}}
_SUPERSCRIPTS |= {"⁺": "+", "⁻": "-"}
_PLAIN = (
    {mark: str(digit) for digit, mark in enumerate(_SUBSCRIPTS)}
    | dict.fromkeys("‐‑‒–—−﹣－", "-")
    | dict.fromkeys("·⋅•∙‧・●･⸱ꞏ᛫", "·")
    | dict.fromkeys("\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " ")
    | dict.fromkeys("\u202f\u205f\u3000", " ")
    | {"＋": "+", "×": "·"}
)
_LOOKS_LIKE = dict(
    zip(
        "АВЕКМНОРСТУХІЅЈаеорсухіѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧονιａ０",
        "ABEKMHOPCTYXISJaeopcyxisABEZHIKMNOPTYXovia0",
        strict=True,
    )
)
_CHARGE = re.compile(r"(?:\^\{?(?:\d*[+-]+|[+-]\d*)\}?|\(\d*[+-]\)|[+-]{1,4})$")
_LONE = re.compile(r"(?:[A-Z][a-z]?|\([^()]*\)|\[[^\[\]]*\])\d*$")
_BROKEN_NUMBER = re.compile(f"[{_SUBSCRIPTS}][0-9]|[0-9][{_SUBSCRIPTS}]")
_SHOWN = 60


@dataclass(frozen=True)
class Refusal:
    """Why a formula cannot be read; as text the sentence ``"formula": what; mend``.

    Parameters
    ----------
    text
        The formula as it was given.
    what
        What is wrong with it, and where.
    mend
        How to write it instead.
    ways
        The spellings that `mend` offers, where it offers nothing else: "write A or B".
    label
        Whether it is about a label or a word beside the formula.
    """

    text: str
    what: str
    mend: str
    ways: tuple[str, ...] = ()
    label: bool = False

    def __str__(self) -> str:
        """Return the sentence, a long formula cut short."""
        shown = self.text if len(self.text) <= _SHOWN else self.text[: _SHOWN - 3] + "..."
        shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown)
        return f'"{shown}": {self.what}; {self.mend}'


class FormulaError(ValueError):
    """A formula that cannot be read in exactly one way; the message says what, where, and how to mend it.

    Parameters
    ----------
    why
        The sentence, or the parts of it where it is on one formula; ``refusal`` holds these, else None.
    offer
        The refusal to give instead, from what other spellings read as, or None where none of them reads. What raises
        an error cannot read a whole formula; `settled` asks for the offer above all that reads.
    """

    def __init__(self, why: Refusal | str, offer: Callable[[Reads], Refusal | None] | None = None) -> None:
        super().__init__(why)
        self.refusal = why if isinstance(why, Refusal) else None
        self._offer = offer

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave the offer behind, which asks what reads where it was made: another process is sent what is settled."""
        return type(self), self.args, {name: value for name, value in vars(self).items() if name != "_offer"}

    def settled(self, reads: Reads) -> FormulaError:
        """The error with the spellings that it can offer, or as it is."""
        why = self.refusal
        if why is None or self._offer is None:
            return self
        return FormulaError(self._offer(reads) or why)


def refusal(text: str, what: str, mend: str) -> FormulaError:
    """The error for one formula: ``"formula": what; mend``."""
    return FormulaError(Refusal(text, what, mend))


def choice(text: str, what: str, *ways: str) -> FormulaError:
    """The error for one formula that offers other spellings of it: ``"formula": what; write A or B``."""
    return FormulaError(offering(text, what, *ways))


def offering(text: str, what: str, *ways: str) -> Refusal:
    """The refusal of one formula that offers other spellings of it."""
    return Refusal(text, what, f"write {' or '.join(ways)}", ways)


def choice_if_read(doubtful: str, better: Refusal, certain: Refusal) -> FormulaError:
    """The error that offers the better spellings where the doubtful one of them can be read, else the certain ones."""
    return FormulaError(certain, lambda reads: better if reads(doubtful) else None)


def plain(text: str) -> str:
    """The same formula in ASCII and middle dots, column for column, without outer blanks.

    Examples
    --------
    >>> plain(" LiAlCl₂.₅O₀.₇₅ ")
    'LiAlCl2.5O0.75'
    """
    if not isinstance(text, str):
        raise FormulaError(f"{text!r} is not a formula; give text such as LiAlCl2.5O0.75")
    if len(text) > LONGEST:
        raise refusal(text, f"{len(text)} characters long", f"write at most {LONGEST}")
    stripped = text.strip().strip("\ufeff").strip()
    if not stripped:
        raise FormulaError("an empty formula; write one, such as LiAlCl2.5O0.75")
    return stripped if stripped.isascii() and "\t" not in stripped else _translated(stripped)


def _translated(text: str) -> str:
    out = []
    for column, mark in enumerate(text, start=1):
        following = text[column] if column < len(text) else ""
        if _BROKEN_NUMBER.fullmatch(mark + following):
            raise refusal(text, f"a subscript meets a full-size digit at column {column}", "write one number there")
        if mark in _PLAIN:
            out.append(_PLAIN[mark])
        elif mark in _SUPERSCRIPTS:
            out.append(_superscript(text, column, mark))
        elif mark.isascii():
            out.append(mark)
        else:
            raise _foreign(text, column, mark)
    return "".join(out)


def _superscript(text: str, column: int, mark: str) -> str:
    tail = text[column - 1 :]
    first = column == 1 or text[column - 2] not in _SUPERSCRIPTS
    if first and (any(c not in _SUPERSCRIPTS for c in tail) or _SUPERSCRIPTS[tail[-1]] not in "+-"):
        raise refusal(
            text, f"a superscript at column {column} that is not a charge at the end", "write amounts as 2 or ₂"
        )
    return ("^" if first else "") + _SUPERSCRIPTS[mark]


def _foreign(text: str, column: int, mark: str) -> FormulaError:
    name = unicodedata.name(mark, f"U+{ord(mark):04X}")
    latin = _LOOKS_LIKE.get(mark) or unicodedata.normalize("NFKC", mark)
    if latin.isascii() and latin.isalnum() and len(latin) == 1:
        return refusal(text, f"{name} at column {column} only looks like {latin}", f"type a plain {latin} there")
    if unicodedata.normalize("NFKC", mark) == "." or mark in "٫，‚":
        return refusal(text, f"{name} at column {column} only looks like a decimal point", "type a plain point there")
    if len(latin) == 1 and latin.isascii() and latin.isprintable():  # brackets and signs of full width
        return refusal(text, f"{name} at column {column} only looks like {latin}", f"type a plain {latin} there")
    if unicodedata.category(mark).startswith("N"):
        return refusal(text, f"{name} at column {column}", "write the amount as a decimal number, such as 0.5")
    return refusal(text, f"{name} at column {column} has no meaning in a formula", "leave it out")


def without_charge(text: str, given: str) -> tuple[str, str]:
    """The plain formula without a charge at its end, and the charge (empty when there is none).

    Examples
    --------
    >>> without_charge("AlCl4-", "AlCl4-")
    ('AlCl4', '-')
    """
    match = _CHARGE.search(text)
    if match is None:
        return text, ""
    body, charge = text[: match.start()], match.group()
    if not body or body[-1] in "+-· ":
        raise refusal(given, f"a sign without a formula before it at column {len(body) + 1}", "leave the sign out")
    sign = set(charge) & {"+", "-"}
    if len(sign) != 1:
        raise refusal(given, f"a charge of both signs, {charge}", "write one sign, or leave it out")
    digits = re.search(r"\d+$", body)
    lone = _LONE.fullmatch(body)
    if charge[0] not in "^(" and digits and (_ion(body, charge) if lone else _unclear(body, digits)):
        raise _two_readings(given, body, digits.group(), charge)
    return body, charge


def _ion(body: str, charge: str) -> bool:
    """True for one element whose amount is a charge that it commonly has: ``Al3+``, ``O2-``."""
    match = re.fullmatch(r"([A-Z][a-z]?)(\d+)", body)
    return bool(match and len(charge) == 1 and usual(match.group(1), Fraction(charge + match.group(2))))


def _unclear(body: str, digits: re.Match[str]) -> bool:
    before = body[: digits.start()]
    return not before.endswith(".") and (len(digits.group()) > 1 or before.endswith((")", "]")))


def _two_readings(given: str, body: str, digits: str, charge: str) -> FormulaError:
    stem, amount = body[: len(body) - 1], digits[:-1]
    shorter = f"{stem}^{digits[-1]}{charge}" if amount else f"{body[: -len(digits)]}^{digits}{charge}"
    what = f"the last digits before {charge} may be an amount or a charge"

    def offer(reads: Reads) -> Refusal | None:
        ways = [way for way in (shorter, body) if reads(way)]
        return offering(given, what, *ways) if ways else None

    return FormulaError(offering(given, what, "the charge as ^2- at the end"), offer)
