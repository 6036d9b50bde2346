"""What can be weighed in on a route: the precursors with a price that are of use for some elements."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ...features.composition import Composition
from ...features.elements import SYMBOLS
from ..chemistry.volatility import halides
from .prices import PriceTable
from .syntheses import (
    ASKED,
    CARBON,
    HALOGENS,
    HYDROGEN,
    OXYGEN,
    Source,
    Synthesis,
    all_syntheses,
    boiling,
    chemistry,
    hottest,
    involatile,
    volatile,
)


def sources(synthesis: Synthesis, own: tuple[int, ...], table: PriceTable) -> list[Source]:
    """Return what can be weighed in on a route to compositions of some elements, with a price, each of use for them."""
    barred = lost(synthesis, own) if synthesis.vented else ()
    keeps = synthesis.whole or synthesis.fired
    strange = np.ones(len(SYMBOLS), dtype=bool)
    strange[list(own)] = False
    plain = [Source(name) for name in plain_precursors(table, keeps, strange) if name not in barred]
    acid = any(not involatile()[e] and e not in (*HALOGENS, OXYGEN, CARBON, HYDROGEN) for e in own)
    given = [*synthesis.sources, *(synthesis.acid_sources if acid else ())]
    found = [*plain, *(source for text in given for source in _expand(text, table))]
    if HYDROGEN in own and keeps:
        found += [Source(name) for name in hydroxides(table)]
    useful = [source for source in found if source.precursor in table.places and not source.gives[strange].any()]
    return list(dict.fromkeys(useful))


def lost(synthesis: Synthesis, own: tuple[int, ...]) -> frozenset[str]:
    """Return the halides that leave a vented vessel: those for an ampoule, those that boil unbound, and by-products."""
    anions = frozenset(SYMBOLS[element] for element in own if element in HALOGENS)
    alkali = any(involatile()[element] == 1 for element in own)
    leaving = frozenset(name for text in synthesis.sources for name in _leaving(text, anions))
    return frozenset({*volatile(), *leaving, *_boiling_below(hottest(synthesis, leaving), alkali)})


@lru_cache(maxsize=1024)
def _leaving(text: str, anions: frozenset[str]) -> frozenset[str]:
    """Return the by-products of a source, or of a group of them, that hold one of some halogens."""
    if text == "every":
        return frozenset(name for one in _known() for part in one.sources for name in _leaving(part, anions))
    return frozenset(name for name, _ in Source.parse(text).leaves if anions & set(Composition.parse(name).elements))


@lru_cache(maxsize=64)
def _boiling_below(celsius: float, alkali: bool) -> frozenset[str]:
    """Return the halides that boil below a temperature in degC, less those that alkali binds where it is there."""
    bound = {one.formula for one in halides() if math.isfinite(one.bound_by)} if alkali else set()
    return frozenset({name for name, boils in boiling().items() if boils < celsius} - bound)


def _known() -> list[Synthesis]:
    """Return the routes from which a mixed one takes its sources."""
    return [one for one in all_syntheses() if not one.fired and one.practice not in ("mixed", "doubtful")]


def _expand(text: str, table: PriceTable) -> list[Source]:
    if text == "oxides":
        return [Source(name) for name in oxides(table)]
    if text == "inert":
        return [Source(name) for name in chemistry()["inert"]["oxides"]]
    if text == "every":
        return [source for one in _known() for part in one.sources for source in _expand(part, table)]
    return [Source.parse(text)]


def asked(precursors: tuple[str, ...]) -> Synthesis:
    """Return the route whose oxygen comes from these precursors, and what is known to leave of them."""
    every = [text for one in all_syntheses() for text in (*one.sources, *one.acid_sources)]
    texts = tuple(text for text in every if text.partition(" > ")[0] in precursors)
    line, vessel = "{all} as asked for{leaving}", "as the precursors need it"
    return Synthesis(ASKED, line, ASKED, float("nan"), vessel, bool(texts), (*precursors, *texts))


def whole(practice: str) -> Synthesis:
    """Return the route whose oxygen stays in the precursor that brings it, as one of a practice."""
    return replace(next(one for one in all_syntheses() if one.whole), practice=practice)


def plain_precursors(table: PriceTable, own: bool, strange: npt.NDArray[np.bool_]) -> list[str]:
    """Return the precursors without oxygen or carbon; with `own` also all that only the user's own table has.

    None with an element that is `strange`, shape (103,).
    """
    bare = (table.atoms[:, [OXYGEN, CARBON]] == 0).all(axis=1)
    held = [table.formulas[place] for place in np.flatnonzero((table.atoms[:, strange] == 0).all(axis=1) & bare)]
    return [*held, *(name for name in table.formulas if name in table.own and name not in held)] if own else held


def oxides(table: PriceTable) -> list[str]:
    """Return the oxides of one element that react below 500 degC, other than those of lithium and sodium."""
    binary = (table.atoms > 0).sum(axis=1) == 2
    held = binary & (table.atoms[:, OXYGEN] > 0) & (table.atoms[:, [CARBON, HYDROGEN]] == 0).all(axis=1)
    barred = {*chemistry()["inert"]["oxides"], "Li2O", "Na2O", "Li2O2", "Na2O2"}
    return [table.formulas[place] for place in np.flatnonzero(held) if table.formulas[place] not in barred]


def hydroxides(table: PriceTable) -> list[str]:
    """Return the hydroxides, which stay whole where hydrogen belongs to the composition."""
    return [name for name in ("LiOH", "NaOH", "KOH") if name in table.formulas]
