"""Routes to a composition as a chemist would take them: what brings the oxygen, what leaves, and under what conditions.

The chemistry stands in `data/routes.toml`. A source is a precursor together with what leaves of it, such as Sb2O3 less
two SbCl3: what it gives is the difference, so that every route balances by construction.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..features.elements import INDEX, SYMBOLS
from .price_table import PriceTable, atoms_of
from .sources import DATA

Floats = npt.NDArray[np.float64]
HALOGENS = tuple(INDEX[symbol] for symbol in ("F", "Cl", "Br", "I"))
OXYGEN, CARBON, HYDROGEN, SULFUR = (INDEX[symbol] for symbol in ("O", "C", "H", "S"))
ASKED = "asked"


class Source(NamedTuple):
    """A precursor and what leaves of it."""

    precursor: str
    leaves: tuple[tuple[str, float], ...] = ()
    """By-products and their moles for a mole of the precursor."""

    @classmethod
    def parse(cls, text: str) -> Source:
        """A source from ``PRECURSOR > n BY-PRODUCT + ...``.

        >>> Source.parse("Sb2O3 > 2 SbCl3")
        Source(precursor='Sb2O3', leaves=(('SbCl3', 2.0),))
        """
        precursor, _, leaving = text.partition(" > ")
        terms = [term.rpartition(" ") for term in filter(None, leaving.split(" + "))]
        return cls(precursor, tuple((name, float(amount or 1)) for amount, _, name in terms))

    @property
    def gives(self) -> Floats:
        """Atoms that stay, shape (103,), negative where a by-product takes them from the other precursors."""
        return np.asarray(atoms_of(self.precursor) - sum(amount * atoms_of(name) for name, amount in self.leaves))


@dataclass(frozen=True)
class Synthesis:
    """A kind of route.

    Parameters
    ----------
    name, line
        What it is called, and a sentence with places for its precursors.
    sources
        What brings the oxygen, or names of groups: ``oxides``, ``inert``, ``every``.
    acid_sources
        Further ones where a network former is there to drive CO2 out.
    practice
        How well it is known for compositions with one of the elements `made_with`, or for all if there are none.
    alike
        Elements for which the route is taken over from their neighbours.
    fired
        Whether it is a melt or firing of oxides near 1000 degC.
    whole
        Whether it is for compositions whose oxygen stays in its precursor, as in hydroxides.
    oxygen
        Whether it is one for compositions with oxygen.
    anion
        The anion that it is for, if for one alone.
    temperature_C, vessel, vented
        Highest temperature as a rule, vessel, and whether it is open to what leaves.
    needs, doi
        What to know of it, and where it is published.
    """

    name: str
    line: str
    practice: str
    temperature_C: float
    vessel: str
    vented: bool
    sources: tuple[str, ...] = ()
    acid_sources: tuple[str, ...] = ()
    made_with: frozenset[int] = frozenset()
    alike: frozenset[int] = frozenset()
    fired: bool = False
    whole: bool = False
    oxygen: bool = True
    anion: str = ""
    needs: str = ""
    doi: str = ""

    def practice_for(self, own: tuple[int, ...]) -> str:
        """Return how well the route is known for compositions of these elements."""
        if not self.made_with or self.made_with & set(own):
            return self.practice
        return "alike" if self.alike & set(own) else "possible"


@lru_cache(maxsize=1)
def chemistry() -> dict[str, Any]:
    """Return what `data/routes.toml` says."""
    with (DATA / "routes.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1)
def all_syntheses() -> tuple[Synthesis, ...]:
    """Return every kind of route, in the order of the file."""
    return tuple(_read(row) for row in chemistry()["route"])


def _read(row: Mapping[str, Any]) -> Synthesis:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    fields |= {"made_with": frozenset(INDEX[symbol] for symbol in fields.pop("with", ()))}
    return Synthesis(**fields | {"alike": frozenset(INDEX[symbol] for symbol in fields.get("alike", ()))})


@lru_cache(maxsize=1)
def involatile() -> Floats:
    """Return the charge of cations whose chlorides do not boil, shape (103,), 0 for all others."""
    charges = np.zeros(len(SYMBOLS))
    for symbol, charge in chemistry()["involatile"].items():
        charges[INDEX[symbol]] = charge
    charges.flags.writeable = False
    return charges


def fired(matrix: Floats) -> npt.NDArray[np.bool_]:
    """Whether a composition may be fired from oxides, shape (n,): its involatile cations can hold all of its halide."""
    halide = matrix[:, HALOGENS].sum(axis=1)
    held: npt.NDArray[np.bool_] = (matrix[:, OXYGEN] > 0) & (
        (halide == 0) | (halide < (matrix * involatile()).sum(axis=1) * (1 - 1e-9))
    )
    return held


@lru_cache(maxsize=4096)
def applicable(own: tuple[int, ...], is_fired: bool) -> tuple[tuple[Synthesis, ...], ...]:
    """Return the routes to compositions of these elements, in tiers of the same practice, the best known first."""
    tiers: dict[str, list[Synthesis]] = {practice: [] for practice in chemistry()["practices"]}
    with_oxygen, anion = OXYGEN in own, "S" if SULFUR in own else ""
    for one in all_syntheses():
        suits = one.oxygen == with_oxygen and (one.fired == is_fired if with_oxygen else one.anion == anion)
        if suits and (not one.whole or HYDROGEN in own):
            tiers[one.practice_for(own)].append(one)
    return tuple(tuple(tier) for tier in tiers.values() if tier)


def sources(synthesis: Synthesis, own: tuple[int, ...], table: PriceTable) -> list[Source]:
    """Return what can be weighed in on a route to compositions of some elements, with a price, each of use for them."""
    volatile = chemistry()["volatile"] if synthesis.vented else ()
    keeps = synthesis.whole or synthesis.fired
    plain = [Source(name) for name in plain_precursors(table, keeps) if name not in volatile]
    acid = any(not involatile()[e] and e not in (*HALOGENS, OXYGEN, CARBON, HYDROGEN) for e in own)
    given = [*synthesis.sources, *(synthesis.acid_sources if acid else ())]
    found = [*plain, *(source for text in given for source in _expand(text, table))]
    if HYDROGEN in own and keeps:
        found += [Source(name) for name in hydroxides(table)]
    priced, elements = set(table.formulas), np.zeros(len(SYMBOLS), dtype=bool)
    elements[list(own)] = True
    useful = [source for source in found if source.precursor in priced and not (source.gives != 0)[~elements].any()]
    return list(dict.fromkeys(useful))


def _expand(text: str, table: PriceTable) -> list[Source]:
    if text == "oxides":
        return [Source(name) for name in oxides(table)]
    if text == "inert":
        return [Source(name) for name in chemistry()["inert"]["oxides"]]
    if text == "every":
        known = [one for one in all_syntheses() if not one.fired and one.practice not in ("mixed", "doubtful")]
        return [source for one in known for part in one.sources for source in _expand(part, table)]
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


def plain_precursors(table: PriceTable, own: bool) -> list[str]:
    """Return the precursors without oxygen or carbon; with `own` also all that only the user's own table has."""
    bare = (table.atoms[:, [OXYGEN, CARBON]] == 0).all(axis=1)
    return [name for name, is_bare in zip(table.formulas, bare, strict=True) if is_bare or (own and name in table.own)]


def oxides(table: PriceTable) -> list[str]:
    """Return the oxides of one element that react below 500 degC, other than those of lithium and sodium."""
    binary = (table.atoms > 0).sum(axis=1) == 2
    held = binary & (table.atoms[:, OXYGEN] > 0) & (table.atoms[:, [CARBON, HYDROGEN]] == 0).all(axis=1)
    barred = {*chemistry()["inert"]["oxides"], "Li2O", "Na2O", "Li2O2", "Na2O2"}
    return [name for name, is_oxide in zip(table.formulas, held, strict=True) if is_oxide and name not in barred]


def hydroxides(table: PriceTable) -> list[str]:
    """Return the hydroxides, which stay whole where hydrogen belongs to the composition."""
    return [name for name in ("LiOH", "NaOH", "KOH") if name in table.formulas]
