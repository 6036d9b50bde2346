"""Words that stand where a formula should: short names of materials (``LACO``, ``LiPON``) and cells without a value."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from typing import NamedTuple

from ..elements import DATA, INDEX
from .notation import FormulaError, refusal

_DOPED = re.compile(r"([A-Z][a-z]?)(?:[:\s-]|[- ](?:doped|substituted) )(\w{3,})|(\w{3,})[:\s-]([A-Z][a-z]?)")
_SYMBOL = re.compile("[A-Z][a-z]?")


class ShortName(NamedTuple):
    """What a word means, the formula to write for it, and whether it is a `cell`, or its composition varies."""

    what: str
    write: str
    varies: str


@lru_cache(maxsize=1)
def short_names() -> dict[str, ShortName]:
    """The words of `data/short_names.csv`, each exactly as it is spelled there."""
    with (DATA / "short_names.csv").open(encoding="utf-8", newline="") as file:
        return {line["name"]: ShortName(line["what"], line["write"], line["varies"]) for line in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _whatever_capitals() -> dict[str, ShortName]:
    return {name.casefold(): entry for name, entry in short_names().items()}


def reject_name(body: str, given: str) -> None:
    """Refuse a text that is a short name to the letter: ``LiPON`` is no Li P O N in equal amounts."""
    entry = short_names().get(body)
    if entry is not None:
        raise _named(body, given, entry)


def meant(body: str, given: str) -> FormulaError | None:
    """The error for a short name in whatever capitals, for a text that cannot be read anyway."""
    entry = _whatever_capitals().get(body.casefold())
    if entry:
        return _named(body, given, entry)
    match = _DOPED.fullmatch(body)
    host = short_names().get((match.group(2) or match.group(3)) if match else "")
    if match is None or host is None or host.varies == "cell":
        return None
    dopant = match.group(1) or match.group(4)
    what = f"{dopant} beside the short name of {host.what}"
    return refusal(given, what, f"write the composition with its {dopant}, such as {host.write} has it without")


def _named(body: str, given: str, entry: ShortName) -> FormulaError:
    if body == "NaN":
        return refusal(given, "a missing value, or sodium and nitrogen", "write the formula, or Na1N for the elements")
    if entry.varies == "cell":
        return refusal(given, f"{entry.what}, not a formula", "write the formula, such as LiAlCl2.5O0.75")
    if entry.varies:
        what = f"the name of {entry.what}, whose composition varies"
        return refusal(given, what, f"write the composition, such as {entry.write}{_one_each(body)}")
    return refusal(given, f"a short name of {entry.what}", f"write {entry.write}{_one_each(body)}")


def _one_each(body: str) -> str:
    """The way to write the atoms that the letters of a name spell."""
    symbols = _SYMBOL.findall(body)
    if "".join(symbols) != body or any(symbol not in INDEX for symbol in symbols):
        return ""
    return f", or {symbols[0]}1{''.join(symbols[1:])} for these atoms"
