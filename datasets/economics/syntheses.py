"""Routes to a composition as a chemist would take them: what brings the oxygen, what leaves, and under what conditions.

The chemistry stands in `data/routes.toml`. A source is a precursor together with what leaves of it, such as Sb2O3 less
two SbCl3: what it gives is the difference, so that every route balances by construction.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...features.elements import INDEX, SYMBOLS
from ..cards import DATA
from ..chemistry.volatility import halides
from .prices import atoms_of

Floats = npt.NDArray[np.float64]
Grades = npt.NDArray[np.uint8]
HALOGENS = tuple(INDEX[symbol] for symbol in ("F", "Cl", "Br", "I"))
OXYGEN, CARBON, HYDROGEN, SULFUR = (INDEX[symbol] for symbol in ("O", "C", "H", "S"))
ASKED = "asked"
PUBLISHED = "published"
DECIDING = {"S": {"S", "Se"}, "N": {"N"}, "Cl": {"Cl", "Br", "I"}, "F": {"F"}}
GRADES = ("", "alike", "possible")
_NEARLY = 1e-9


class Source(NamedTuple):
    """A precursor and what leaves of it."""

    precursor: str
    leaves: tuple[tuple[str, float], ...] = ()
    """By-products and their moles for a mole of the precursor."""

    @classmethod
    @lru_cache(maxsize=1024)
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
        return _gives(self)


@lru_cache(maxsize=1024)
def _gives(source: Source) -> Floats:
    atoms = np.asarray(atoms_of(source.precursor) - sum(amount * atoms_of(name) for name, amount in source.leaves))
    atoms.flags.writeable = False
    return atoms


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
        How well it is known for compositions like those that were made, or for all if `made_with` is empty.
    made_with, alike
        Elements with which it was made, and those for which it is taken over from their neighbours; see `grades`.
    most_oxygen
        Most oxygen for an atom of `made_with` with which it was made.
    fired
        Whether it is a melt or firing of oxides near 1000 degC.
    whole
        Whether it is for compositions whose oxygen stays in its precursor, as in hydroxides.
    oxygen
        Whether it is one for compositions with oxygen.
    anion
        The anion that it is for, by `deciding_anion`; empty for what holds none of these.
    papers
        DOI of a paper that made compositions of some elements so, by their places.
    temperature_C, vessel, vented
        Highest temperature as a rule, vessel, and whether it is open to what leaves.
    needs, doi
        What to know of it, and where it is published.
    atmosphere, steps
        Of all that is done, and what is done in order, with the places of `line` and ``{temperature}``.
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
    most_oxygen: float = np.inf
    fired: bool = False
    whole: bool = False
    oxygen: bool = True
    anion: str = ""
    needs: str = ""
    doi: str = ""
    atmosphere: str = ""
    steps: tuple[str, ...] = ()
    papers: Mapping[frozenset[int], str] = field(default_factory=dict)

    def grades(self, matrix: Floats) -> Grades:
        """Return how well the route is known for compositions, shape (n,), by the rule of `data/routes.toml`.

        0 for those like the ones made so, 1 for those to which it is taken over (none without `alike`), 2 for others.

        Parameters
        ----------
        matrix
            Atomic fractions, shape (n, 103).
        """
        rule = chemistry()["made"]
        network = matrix[:, _places("network")].sum(axis=1)
        made = matrix[:, sorted(self.made_with)].sum(axis=1)
        near = made + matrix[:, sorted(self.alike)].sum(axis=1)
        halide, alkali = matrix[:, HALOGENS].sum(axis=1), matrix[:, _places("alkali")].sum(axis=1)
        bare = ~(matrix[:, _places("strange")] > 0).any(axis=1)
        well = (made > rule["majority"] * network) & (alkali > 0)
        well &= matrix[:, [INDEX[symbol] for symbol in rule["alkali"]]].sum(axis=1) >= alkali * (1 - _NEARLY)
        well &= matrix[:, INDEX["Cl"]] >= rule["chloride"] * halide * (1 - _NEARLY)
        well &= matrix[:, OXYGEN] / np.maximum(made, _NEARLY) <= self.most_oxygen * (1 + _NEARLY)
        taken_over = bool(self.alike) & (near > 0) & (near >= rule["alike"] * network * (1 - _NEARLY))
        found: Grades = np.where(bare & well, 0, np.where(bare & taken_over, 1, 2)).astype(np.uint8)
        return found

    def graded(self, grade: int) -> Synthesis:
        """Return the route as it counts for compositions of a grade; where it is published belongs to grade 0 alone."""
        return replace(self, practice=GRADES[grade] or self.practice, doi="" if grade else self.doi)

    def published(self, own: Iterable[int]) -> Synthesis:
        """Return the route as it counts for compositions of some elements: published where a paper made such so."""
        doi = self.papers.get(frozenset(own))
        return self if doi is None else replace(self, practice=PUBLISHED, doi=doi)


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
    places = {"made_with": fields.pop("with", ()), "alike": fields.get("alike", ())}
    fields |= {name: frozenset(INDEX[symbol] for symbol in symbols) for name, symbols in places.items()}
    papers = {frozenset(INDEX[one] for one in names.split()): doi for names, doi in fields.get("papers", {}).items()}
    return Synthesis(**fields | {"papers": papers})


@lru_cache(maxsize=1)
def involatile() -> Floats:
    """Return the charge of cations whose chlorides do not boil, shape (103,), 0 for all others."""
    charges = np.zeros(len(SYMBOLS))
    for symbol, charge in chemistry()["involatile"].items():
        charges[INDEX[symbol]] = charge
    charges.flags.writeable = False
    return charges


@lru_cache(maxsize=1)
def boiling() -> dict[str, float]:
    """Return where halides boil or sublime, in degC, by `data/volatile.csv` and, beside it, `data/routes.toml`."""
    further: dict[str, float] = chemistry()["volatile"]["further"]
    return further | {one.formula: one.temperature_C for one in halides()}


@lru_cache(maxsize=1)
def volatile() -> dict[str, float]:
    """Return the halides that ask for a sealed ampoule, and where they boil, in degC."""
    limit = chemistry()["volatile"]["boils_below_C"]
    return {formula: celsius for formula, celsius in boiling().items() if celsius < limit}


def hottest(synthesis: Synthesis, leaving: Iterable[str]) -> float:
    """Return the temperature of a route, in degC: that of its kind, or what distils a by-product off."""
    rule = chemistry()["volatile"]
    least = [boiling()[name] + rule["distils_K_above"] for name in leaving if name in boiling()]
    above = [math.ceil(one / rule["step_K"]) * rule["step_K"] for one in least if one > synthesis.temperature_C]
    return float(max([synthesis.temperature_C, *above]))


def fired(matrix: Floats) -> npt.NDArray[np.bool_]:
    """Whether a composition may be fired from oxides, shape (n,): its involatile cations can hold all of its halide.

    None with hydrogen, which would leave as water.
    """
    halide = matrix[:, HALOGENS].sum(axis=1)
    held: npt.NDArray[np.bool_] = (
        (matrix[:, OXYGEN] > 0)
        & (matrix[:, HYDROGEN] <= 0)
        & ((halide == 0) | (halide < (matrix * involatile()).sum(axis=1) * (1 - 1e-9)))
    )
    return held


@lru_cache(maxsize=1)
def conditional() -> tuple[Synthesis, ...]:
    """Return the routes that are not equally well known for all compositions."""
    return tuple(one for one in all_syntheses() if one.made_with)


def grades(matrix: Floats) -> Grades:
    """Return how well each of the `conditional` routes is known, shape (n, c), each as `Synthesis.grades` says."""
    return np.column_stack([one.grades(matrix) for one in conditional()])


@lru_cache(maxsize=8)
def _places(kind: str) -> list[int]:
    """Return places of the alkali metals, of the cations of the network, or of anions beside oxygen and halogen."""
    alkali = [INDEX[symbol] for symbol in ("Li", "Na", "K", "Rb", "Cs")]
    strange = [INDEX[symbol] for symbol in ("H", "C", "N", "S", "Se")]
    others = {OXYGEN, *HALOGENS, *alkali, *strange}
    return {"alkali": alkali, "strange": strange}.get(kind, [at for at in range(len(SYMBOLS)) if at not in others])


def deciding_anion(own: Iterable[int]) -> str:
    """Return the anion that decides how a batch of some elements is fired: S (or Se), N, Cl (or Br, I), F, or none.

    >>> deciding_anion([INDEX[symbol] for symbol in ("Li", "P", "O", "F", "Br")])
    'Cl'
    """
    held = {SYMBOLS[element] for element in own}
    return next((kind for kind, symbols in DECIDING.items() if held & symbols), "")


@lru_cache(maxsize=4096)
def applicable(own: tuple[int, ...], is_fired: bool, graded: tuple[int, ...]) -> tuple[tuple[Synthesis, ...], ...]:
    """Return the routes to some compositions in tiers of the same practice, the best known first.

    Parameters
    ----------
    own, is_fired
        Places of their elements, and whether oxides may be `fired`.
    graded
        Their `grades`.
    """
    tiers: dict[str, list[Synthesis]] = {practice: [] for practice in chemistry()["practices"]}
    with_oxygen, anion = OXYGEN in own, deciding_anion(own)
    dry = anion if anion == "S" else ""
    known = {one.name: one.graded(grade) for one, grade in zip(conditional(), graded, strict=True)}
    for one in all_syntheses():
        asks = (one.fired, one.anion)
        suits = asks == ((is_fired, anion if is_fired else "") if with_oxygen else (False, dry))
        if suits and one.oxygen == with_oxygen and (not one.whole or HYDROGEN in own):
            mine = known.get(one.name, one).published(own)
            tiers[mine.practice].append(mine)
    return tuple(tuple(tier) for tier in tiers.values() if tier)
