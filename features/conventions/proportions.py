"""Shares and ratios written beside compounds, and the mixture that they mean: ``LiCl-AlCl3 (1:1)``."""

from __future__ import annotations

import re

from ..formula.notation import FormulaError, refusal
from ..readings.parser import readable

_COUNT = r"\d+(?:\.\d+)?"
_SHARE = re.compile(
    rf"((?:[A-Z][a-z]?[\d.]*|\([A-Z][A-Za-z\d.]*\)[\d.]*)+)\(({_COUNT})\)(?:\s*[-+·]\s*(?=[A-Z(])|(?=[A-Z(]|$))"
)
_NAME = r"[A-Z(\[][A-Za-z\d.()\[\]]*"
_NAMES = rf"{_NAME}(?:\s*[-:/+·]\s*{_NAME})+"
_RATIO = rf"{_COUNT}(?:\s*[:/]\s*{_COUNT})+"
_BEHIND = re.compile(rf"({_NAMES})(?:\s*=\s*|\s*,\s*|\s+)\(?({_RATIO})\)?")
_AHEAD = re.compile(rf"\(?({_RATIO})\)?\s+({_NAMES})")


def of_shares(stripped: str, text: str) -> FormulaError | None:
    """The error for shares in brackets behind neutral compounds: ``LiCl(59)-KCl(41)``."""
    pieces, end = list[str](), 0
    while found := _SHARE.match(stripped, end):
        if not readable(found.group(1), neutral=True):
            return None
        pieces.append(found.group(2) + found.group(1))
        end = found.end()
    if len(pieces) < 2 or end < len(stripped) or not readable("-".join(pieces)):
        return None
    return refusal(text, "shares in brackets behind their compounds", f"write {'-'.join(pieces)}")


def of_ratio(stripped: str, text: str) -> FormulaError | None:
    """The error for a ratio beside neutral compounds: ``LiCl:AlCl3 = 60:40``, ``1:1 LiCl/AlCl3``."""
    behind, ahead = _BEHIND.fullmatch(stripped), _AHEAD.fullmatch(stripped)
    if behind:
        names, ratio = behind.groups()
    elif ahead:
        ratio, names = ahead.groups()
    else:
        return None
    compounds = [name.strip() for name in re.split("[-:/+·]", names)]
    numbers = [number.strip() for number in re.split("[:/]", ratio)]
    if len(compounds) != len(numbers) or not all(readable(name, neutral=True) for name in compounds):
        return None
    mixture = "-".join(
        ("" if number == "1" else number) + name for number, name in zip(numbers, compounds, strict=True)
    )
    return refusal(text, f"the ratio {ratio} beside its compounds", f"write {mixture}") if readable(mixture) else None
