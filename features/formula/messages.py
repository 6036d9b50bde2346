"""The words for a mark or a symbol that no formula has: what it is, where, and how to mend it."""

from __future__ import annotations

import re
from functools import partial

from ..elements import ISOTOPES
from ..ions.oxidation import compound
from .notation import FormulaError, Reads, Refusal, offering, refusal
from .suggestions import suggestions

_HEAVY = frozenset("Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og".split())  # noqa: SIM905
_STAND_INS = frozenset("M X R A Z E G J L Q Ln Me Et Ph Va Vc Bu Ox En Py".split())  # noqa: SIM905
_WORD = 12  # letters of a text worth four looks
_SHORT = 3  # letters of a text whose other spellings may be no compounds
_REMEDIES = {
    ",": "write a decimal point, and + between compounds",
    "%": "write amounts in moles, such as 40Li2O-60B2O3",
    ":": "write amounts, such as 2Li2O-TaCl5",
    "/": "write + between compounds and amounts as decimals",
    "_": "write amounts plainly, such as Li2O",
    "$": "write amounts plainly, such as Li2O",
    "<": "write amounts plainly, such as Li2O",
    "\\": "write amounts plainly, such as Li2O",
    "^": "write amounts plainly, and a charge only at the end",
    "{": "braces belong to a template such as LiAlCl{4-2x}O{x}; use ( ) in a formula",
    "}": "braces belong to a template such as LiAlCl{4-2x}O{x}; use ( ) in a formula",
    "~": "write the amount that was weighed in",
    "?": "write the amount that was weighed in",
    "*": "write · or + between compounds",
    "=": "give one composition, not an equation",
    ">": "give one composition, not an equation",
    ";": "give one composition at a time",
    "\n": "give one composition at a time",
    "'": "leave the quotation marks out",
    '"': "leave the quotation marks out",
}


def bad_mark(given: str, body: str, at: int) -> FormulaError:
    """The error for a character that starts no token."""
    mark = body[at]
    where = f"at column {at + 1}"
    if mark == ".":
        return _point(given, body, at)
    if re.match(r"(?<=\d)[eE][-+]?\d", body[at:]) or re.search(r"\d[eE]$", body[: at + 1]):
        return refusal(given, f"an exponent {where}", "write the number out, such as 0.001")
    if mark.islower():
        return _lower_case(given, body, at)
    if mark == "," and re.search(r"\d,\d", body[max(at - 1, 0) : at + 2]):
        return refusal(given, f"a decimal comma {where}", "write a point, such as 2.5")
    shown = mark if mark.isprintable() else f"U+{ord(mark):04X}"
    return refusal(given, f"{shown} {where} has no meaning in a formula", _REMEDIES.get(mark, "leave it out"))


def _point(given: str, body: str, at: int) -> FormulaError:
    """The error for a point that is not between two digits, or is the second one of a number."""
    before = re.search(r"([A-Z][a-z]?)?([\d.]*)$", body[:at])
    owner, digits = (before.group(1) or "", before.group(2)) if before else ("", "")
    second = at + 1 if "." in digits else at + 2 if digits and body[at + 1 : at + 2] == "." else 0
    if second:
        after = re.match(r"[\d.]*", body[at:])
        pieces = [piece for piece in (digits + (after.group() if after else "")).split(".") if piece]
        number = ".".join(pieces[:2]) if len(pieces) > 1 else "2.5"
        where = f" after {owner}" if owner else ""
        return refusal(
            given, f"a second decimal point at column {second}", f"write one number{where}, such as {number}"
        )
    return refusal(
        given,
        f"a point at column {at + 1} that is not between two digits",
        "write 0.5 for a number, + between compounds",
    )


def _lower_case(given: str, body: str, at: int) -> FormulaError:
    """The error for a small letter that starts no token: a variable, or capitals gone wrong."""
    what = f"a small letter {body[at]} at column {at + 1} that starts no element"
    why = Refusal(given, what, "start every element with a capital letter")
    if body[at] in "xyzn" and re.search(r"[A-Z)\]][a-z]?[\d.+-]*[xyzn]", body):
        why = Refusal(given, f"the variable {body[at]} at column {at + 1}", "write its amount as a number")
    return FormulaError(why, partial(_recapitalised, given, body, what))


def unknown_symbol(given: str, body: str, symbol: str, at: int) -> FormulaError:
    """The error for a capital (and a small letter) that is no element from H to Lr."""
    where = f"{symbol} at column {at + 1}"
    if symbol in _HEAVY:
        return refusal(given, f"{where} lies beyond lawrencium", "elements from H to Lr are known here")
    if symbol == "E" and re.match(r"\dE[-+]?\d", body[max(at - 1, 0) :]):
        return refusal(given, f"an exponent at column {at + 1}", "write the number out, such as 0.001")
    what = f"{where} is no element"
    why = Refusal(given, what, "check its spelling")
    if symbol in ISOTOPES:
        isotope = f"{where} is {ISOTOPES[symbol]}, which has no properties of its own here"
        return FormulaError(offering(given, isotope, "H"), partial(_with_hydrogen, given, body, what, isotope))
    if symbol in _STAND_INS:
        why = Refusal(given, f"{where} stands for no one element", "name the element")
    return FormulaError(why, partial(_recapitalised, given, body, what))


def _with_hydrogen(given: str, body: str, what: str, isotope: str, reads: Reads) -> Refusal | None:
    """What to write for deuterium or tritium, unless other capitals make it a formula: the formula with H."""
    plain = re.sub("[DT](?![a-z])", "H", body)
    likely = _recapitalised(given, body, what, reads)
    return likely or (offering(given, isotope, plain) if reads(plain) else None)


def _recapitalised(given: str, body: str, what: str, reads: Reads) -> Refusal | None:
    """The refusal that offers spellings with other capitals that read; long ones only when they are neutral."""
    if not re.fullmatch(r"[A-Za-z0-9.()\[\]]{1,24}", body):
        return None
    likely = [
        spelling
        for spelling in suggestions(body, most=4 if len(body) <= _WORD else 2)
        if (amounts := reads(spelling)) and (len(body) <= _SHORT or compound(amounts, known=True))
    ][:2]
    return offering(given, what, *likely) if likely else None
