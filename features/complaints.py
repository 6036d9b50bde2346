"""The words for a mark or a symbol that no formula has: what it is, where, and how to mend it."""

from __future__ import annotations

import re

from .elements import INDEX
from .notation import FormulaError, refusal
from .spelling import suggestions

_HEAVY = frozenset(["Rf", "Db", "Sg", "Bh", "Hs", "Mt", "Ds", "Rg", "Cn", "Nh", "Fl", "Mc", "Lv", "Ts", "Og"])
_STAND_INS = frozenset(
    [
        "M",
        "X",
        "R",
        "A",
        "Z",
        "E",
        "G",
        "J",
        "L",
        "Q",
        "T",
        "D",
        "Ln",
        "Re",
        "Me",
        "Et",
        "Ph",
        "Va",
        "Vc",
        "Bu",
        "Pr",
        "Ox",
        "En",
        "Py",
    ]
) - frozenset(INDEX)
_TEMPLATE = re.compile(r"(\d*(?:[-+]?\d*[xyzn])(?:[-+]\d*)?)")
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
    before = re.search(r"([A-Z][a-z]?|[)\]])?(\d[\d.]*)$", body[:at])
    if before and ("." in before.group(2) or body[at + 1 : at + 2] == "."):
        second = at + 1 if "." in before.group(2) else at + 2
        owner = f" after {before.group(1)}" if before.group(1) else ""
        digits = (before.group(2) + body[at:]).replace(".", " ").split()
        number = ".".join(digits[:2]) if len(digits) > 1 and digits[1][:1].isdigit() else "2.5"
        number = re.match(r"[\d.]*", number).group() or "2.5"  # type: ignore[union-attr]
        return refusal(
            given, f"a second decimal point at column {second}", f"write one number{owner}, such as {number}"
        )
    return refusal(
        given,
        f"a point at column {at + 1} that is not between two digits",
        "write 0.5 for a number, · or + between compounds",
    )


def _lower_case(given: str, body: str, at: int) -> FormulaError:
    likely = suggestions(body) if re.fullmatch(r"[A-Za-z0-9.()\[\]]+", body) else ()
    if (body[at] in "xyzn" and not any(c in body for c in "abcdefghijklmopqrstuvw")) or (
        body[at] in "xyz" and not likely
    ):
        template = re.sub(r"(?<=[A-Za-z)])(\d*[-+]?\d*[xyzn](?:[-+]\d+)?)", r"{\1}", body)
        mend = (
            f"for a family write a template such as {template}" if "{" in template else "write its amount as a number"
        )
        return refusal(given, f"the variable {body[at]} at column {at + 1}", mend)
    mend = f"write {' or '.join(likely)}" if likely else "start every element with a capital letter"
    return refusal(given, f"a small letter {body[at]} at column {at + 1} that starts no element", mend)


def unknown_symbol(given: str, body: str, symbol: str, at: int) -> FormulaError:
    """The error for a capital (and a small letter) that is no element from H to Lr."""
    where = f"at column {at + 1}"
    if symbol in _HEAVY:
        return refusal(given, f"{symbol} {where} lies beyond lawrencium", "elements from H to Lr are known here")
    if re.match(r"\d[eE][-+]?\d", body[max(at - 1, 0) :]):
        return refusal(given, f"an exponent {where}", "write the number out, such as 0.001")
    if symbol == "D":
        return refusal(given, f"deuterium, D, {where}", "write H")
    likely = suggestions(body) if re.fullmatch(r"[A-Za-z0-9.()\[\]]+", body) else ()
    if likely:
        return refusal(given, f"{symbol} {where} is no element", f"write {' or '.join(likely)}")
    if symbol in _STAND_INS:
        return refusal(given, f"{symbol} {where} stands for no one element", "name the element")
    if symbol[0] in INDEX and len(symbol) == 2:
        return refusal(
            given,
            f"{symbol} {where} is no element",
            f"did a small {symbol[1]} follow {symbol[0]} by mistake? name the element",
        )
    return refusal(given, f"{symbol} {where} is no element", "check its spelling")
