"""What is said of a route: its line, and what is missing where there is none."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from ...features import charge
from ...features.composition import Composition
from ...features.elements import SYMBOLS, states
from ...features.fractions import Fractions
from .prices import PriceTable
from .syntheses import CARBON, HALOGENS, HYDROGEN, OXYGEN, SULFUR, Source, Synthesis, chemistry, involatile, volatile

Floats = npt.NDArray[np.float64]
MOST_CHARGE = 7
NO_ROUTE, GIVE = "no route: ", "give one (columns formula and usd_per_kg)"
ANIONS = (*HALOGENS, SULFUR, OXYGEN)


def line(synthesis: Synthesis, used: list[Source], leaving: list[str]) -> str:
    """Return what is done, in one line.

    Parameters
    ----------
    synthesis
        The kind of route.
    used
        What is weighed in, the sources of oxygen first.
    leaving
        The by-products.
    """
    parts = _parts(used, leaving)
    if len(used) == 1 and not leaving:
        return f"{parts['all']} as bought"
    words = synthesis.line.format(**parts)
    if not (parts["source"] and parts["plain"]):
        words = words.replace(f"{parts['source']} with {parts['plain']}", parts["all"])
    boiling = [f"{name} (boils at {volatile()[name]:g} °C)" for name in _names(used) if name in volatile()]
    return f"{words}; {listed(boiling)} in a sealed ampoule" if boiling else words


def filled(texts: Iterable[str], used: list[Source], leaving: list[str], celsius: float) -> tuple[str, ...]:
    """Return steps of a route with their precursors, by-products and highest temperature, in degC."""
    parts = _parts(used, leaving) | {"temperature": "the temperature that they need"}
    if math.isfinite(celsius):
        parts["temperature"] = f"{celsius:g} °C"
    parts |= {"source": parts["source"] or parts["all"], "plain": parts["plain"] or parts["all"]}
    parts["leaves"] = parts["leaves"] or "nothing"
    return tuple(text.format(**parts) for text in texts)


def _parts(used: list[Source], leaving: list[str]) -> dict[str, str]:
    """Return the words for the places of a line: the sources of oxygen, the others, all, and what leaves."""
    oxygen = [source for source in used if source.leaves or "O" in Composition.parse(source.precursor).elements]
    plain = sorted((source for source in used if source not in oxygen), key=_salts_first)
    return {
        "source": listed(_names(oxygen)),
        "plain": listed(_names(plain)),
        "all": listed(_names([*oxygen, *plain])),
        "leaves": listed(leaving),
        "leaving": f", {listed(leaving)} leave{'s' if len(leaving) == 1 else ''}" if leaving else "",
    }


def listed(names: list[str]) -> str:
    """Return names in a row.

    >>> listed(["LiCl", "AlCl3", "ZrCl4"])
    'LiCl, AlCl3 and ZrCl4'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _names(used: list[Source]) -> list[str]:
    return list(dict.fromkeys(source.precursor for source in used))


def _salts_first(source: Source) -> tuple[bool, str]:
    elements = Composition.parse(source.precursor).elements
    held = [SYMBOLS.index(symbol) for symbol in elements]
    return not any(involatile()[element] == 1 for element in held), source.precursor


def missing(row: Floats, own: tuple[int, ...], table: PriceTable, neutral: bool | None = None) -> str:
    """Return why there is no route to a composition, and the precursor whose price would help.

    Parameters
    ----------
    row
        Atomic fractions, shape (103,).
    own
        Places of its elements.
    table
        Precursors with a price.
    neutral
        Whether its charges balance, where that is known already.
    """
    cations = [element for element in own if element not in (*ANIONS, HYDROGEN, CARBON)]
    held = np.asarray((table.atoms > 0).any(axis=0))
    if unknown := [element for element in cations if not held[element]]:
        names = listed([SYMBOLS[element] for element in unknown])
        found = [_compound(element, own, _charge(element, row, own)) for element in unknown]
        wanted = listed([formula for formula in found if formula in _sold()])
        return f"{NO_ROUTE}{names} has no precursor with a price{f', such as {wanted}' if wanted else ''}; {GIVE}"
    if not (charge.neutral(Fractions(row[None]))[0] if neutral is None else neutral):
        return f"{NO_ROUTE}the composition is not neutral, as all precursors are; mend the formula"
    found = [
        _compound(element, own, number) for element in cations for number in _charges_that_balance(element, row, own)
    ]
    if lacking := [formula for formula in found if formula in _sold() and formula not in table.places]:
        return f"{NO_ROUTE}{lacking[0]} has no price; {GIVE}"
    return f"{NO_ROUTE}no set of precursors with a price balances it, and it has none itself; {GIVE}"


def _sold() -> frozenset[str]:
    """Return compounds that a note may name: sold, whether or not they have a price here."""
    return frozenset(chemistry()["sold"]["compounds"])


def _charges_that_balance(element: int, row: Floats, own: tuple[int, ...]) -> list[int]:
    """Return whole charges of one cation that balance the others at their only usual ones."""
    anions = float(row[list(HALOGENS)].sum() + 2 * row[[SULFUR, OXYGEN]].sum())
    others = 0.0
    for other in own:
        if other == element or other in ANIONS:
            continue
        others += float(row[other]) * (involatile()[other] or _usual(other))
    number = (anions - others) / float(row[element])
    return [round(number)] if 0 < round(number) <= MOST_CHARGE and abs(number - round(number)) < 0.02 else []


def _charge(element: int, row: Floats, own: tuple[int, ...]) -> int:
    return next(iter(_charges_that_balance(element, row, own)), round(_usual(element)) or 1)


def _usual(element: int) -> float:
    """Return the usual charge of a cation."""
    return float(max(states("common_states")[element], default=0))


def _compound(element: int, own: tuple[int, ...], number: int) -> str:
    """Return the formula of a compound of a cation with an anion of the composition, a halide if it has one."""
    anion = next((one for one in ANIONS if one in own), OXYGEN)
    symbol, valence = SYMBOLS[anion], 1 if anion in HALOGENS else 2
    if valence == 1:
        return f"{SYMBOLS[element]}{symbol}{number if number > 1 else ''}"
    metal, other = (1, number // 2) if number % 2 == 0 else (2, number)
    return f"{SYMBOLS[element]}{metal if metal > 1 else ''}{symbol}{other if other > 1 else ''}"
