"""Variables and ranges typed into a formula, ``LiAlCl4-2xOx``, and the template with braces that they mean."""

from __future__ import annotations

import re
from fractions import Fraction

from ..elements import INDEX
from ..formula.amounts import checked
from ..formula.notation import FormulaError, refusal
from ..ions.oxidation import compound
from ..readings.templates import read_template

_COUNT = r"\d+(?:\.\d+)?"
_FROM_TO = re.compile(rf"\(?({_COUNT})\s*(?:[-–—~]|to)\s*({_COUNT})\)?(?=$|[A-Z(\[])")
_MOST = 20  # the highest end of a range of amounts
_TERM = r"(?:[\d.]*(?:/\d+)?\*?[xyznδ](?:/\d+)?|[\d.]+(?:/\d+)?)"
_SINGLE, _SUM = re.compile(_TERM), re.compile(rf"{_TERM}(?:\s*[-+]\s*{_TERM})*")
_MIXTURE = re.compile(r"^[\d.]*[xyz](?=[A-Z(])|^\d|(?:^|[-+·])\s*\([^()A-Z]*[xyz][^()A-Z]*\)(?=\s*[A-Z(\[])")
_SPELLED = re.compile(r"(?=.*\{)(?:[A-Z][a-z]?|\{[^{}]*\}|[\d.()\[\]+· -])+")
_BEFORE_COMPOUND = re.compile(
    r"(?<=[A-Za-z\d)\]])(?:\s*[*.·⋅•]\s*|\s+(?=[xyzn]\s*(?:H2O|NH3|SO2|HCl|HF)\b))(?=[xyzn]\s*[A-Z(\[])"
)  # a sign or a blank before the variable amount of a second compound
_WRAPPED = re.compile(r"_?[({]([-+*/\d.xyznδ ]*[xyznδ][-+*/\d.xyznδ ]*)[)}]")


def of_range(stripped: str, text: str) -> FormulaError | None:
    """The error for a range of amounts, ``LiAlCl2.5O0.6-0.8``, with the template for all of them."""
    found = _FROM_TO.search(stripped)
    if found is None or stripped[0].isdigit() or not float(found.group(1)) < float(found.group(2)) < _MOST:
        return None
    template = _family(stripped[: found.start()] + "{x}" + stripped[found.end() :])
    what = f"a range of amounts, {found.group(1)} to {found.group(2)}"
    mend = f"write one number there, or for a family the template {template}"
    return refusal(text, what, mend) if template else None


def of_variable(stripped: str, text: str) -> FormulaError | None:
    """The error for a variable without braces, with the template; the one whose members are neutral where two fit."""
    template = spelled(stripped)
    if not template:
        return None
    name = braced(_BEFORE_COMPOUND.sub("·", stripped))[1]
    what = f"the variable {name} at column {stripped.find(name) + 1}"
    return refusal(text, what, f"write one number there, or for a family the template {template}")


def spelled(stripped: str) -> str:
    """The template that a formula with variables means, empty when there is none."""
    if not re.search("[xyznδ]", stripped):
        return ""
    stripped = _BEFORE_COMPOUND.sub("·", stripped)
    spelling, mixture = braced(stripped)[0], braced(stripped, mixture=True)[0]
    if mixture != spelling and _balanced_family(mixture) and not _balanced_family(spelling):
        spelling = mixture
    return _family(spelling)


def _balanced_family(spelling: str) -> bool:
    """True for a template whose member in the middle of 0 to 1 can be neutral."""
    if not _SPELLED.fullmatch(spelling):  # a formula without braces would ask for this advice again, and again
        return False
    try:
        amounts, variables = read_template(spelling) or ({}, ())
        member = {symbol: amount(dict.fromkeys(variables, Fraction(1, 2))) for symbol, amount in amounts.items()}
        return compound(checked({symbol: amount for symbol, amount in member.items() if amount}))
    except FormulaError:
        return False


def _family(spelling: str) -> str:
    """The spelling where it reads as a template with variables, else empty."""
    if not _SPELLED.fullmatch(spelling):
        return ""
    try:
        _, variables = read_template(spelling) or ({}, ())
    except FormulaError:
        return ""
    if not variables:
        return ""
    return re.sub(r"\} +(?=[A-Z(\[])", "}", spelling)


def braced(text: str, mixture: bool = False) -> tuple[str, str]:
    """A formula with the expressions in its variables in braces, and the first variable.

    In a mixture, which some signs give away, a sign stands between two compounds and never in an expression.

    Examples
    --------
    >>> braced("LiAlCl(4-2x)Ox")
    ('LiAlCl{4-2x}O{x}', 'x')
    >>> braced("(1-x)Li2S-xP2S5")
    ('{1-x}Li2S-{x}P2S5', 'x')
    """
    pattern = _SINGLE if mixture or _MIXTURE.search(text) else _SUM
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
