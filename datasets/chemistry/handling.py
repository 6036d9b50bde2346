"""How precursors and what leaves are handled: hazards, drying, vessels that they attack, hydrates."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...features.composition import Composition
from ..cards import DATA

MELTS_C = 200.0  # a flux that is colder attacks no glass
ANION = ("O", "S", "F", "Cl", "Br", "I", "N", "C", "H")


@dataclass(frozen=True)
class Handling:
    """How one compound is handled.

    Parameters
    ----------
    formula
        The compound.
    hazards
        Statements of hazard, each with its words, such as ``H314 burns skin and eyes``.
    index
        Entry of Annex VI of Regulation (EC) No 1272/2008 with which they agree; empty where they are a supplier's.
    dry
        How it is dried, or what of its water matters; empty where nothing is known.
    what
        What it is apt to do beside; empty where nothing is known.
    """

    formula: str
    hazards: tuple[str, ...] = ()
    index: str = ""
    dry: str = ""
    what: str = ""

    @property
    def line(self) -> str:
        """Hazards and what else is known, in one line; empty where nothing is."""
        words = "; ".join(filter(None, [", ".join(self.hazards), self.what]))
        return f"{self.formula}: {words}" if words else ""


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Any]:
    """Return what `data/handling.toml` says."""
    with (DATA / "handling.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1024)
def handling(formula: str) -> Handling:
    """Return how a compound is handled, by its own row or by the first family it fits.

    Examples
    --------
    >>> handling("AlCl3").hazards, handling("AlCl3").index
    (('H314 burns skin and eyes',), '013-003-00-7')
    >>> handling("InCl3").line
    'InCl3: H314 burns skin and eyes; fumes in moist air: the acid of its halide'
    """
    table = rules()
    row = table["compounds"].get(formula)
    if row is None:
        row = next((family for family in table["family"] if _fits(formula, family)), {})
    hazards = tuple(f"{code} {table['statements'][code]}" for code in row.get("statements", ()))
    return Handling(formula, hazards, row.get("index", ""), row.get("dry", ""), row.get("what", ""))


def _fits(formula: str, family: Mapping[str, Any]) -> bool:
    """Whether a compound belongs to a family."""
    amounts = Composition.parse(formula).amounts
    if "element" in family:
        return family["element"] in amounts
    halogen = sum(float(amounts.get(one, 0)) for one in family["halogens"])
    metals = [symbol for symbol in amounts if symbol not in ANION]
    atoms = sum(float(amounts[symbol]) for symbol in metals)
    barred = set(metals) & set(family.get("not_metals", ()))
    return bool(metals) and not barred and halogen >= family["least"] * atoms


def vessel_warnings(formulas: Iterable[str], temperature_C: float) -> tuple[str, ...]:
    """Return what the vessel has to stand: compounds that attack quartz, and crucibles that go into the melt.

    Parameters
    ----------
    formulas
        What is weighed in.
    temperature_C
        The highest temperature, in degC.

    Examples
    --------
    >>> vessel_warnings(["LiOH", "AlCl3"], 250)
    ('LiOH attacks quartz and glass when hot',)
    """
    vessel, names = rules()["vessel"], list(formulas)
    if not temperature_C >= MELTS_C:
        return ()
    bases = [name for name in names if name in vessel["quartz"]]
    told = [f"{name} {vessel['quartz_words']}" for name in bases]
    if any("F" in Composition.parse(name).amounts for name in names):
        told.append(vessel["fluoride_words"])
    if temperature_C >= 600:
        told.append(vessel["alumina_words"])
    return tuple(told)


def hydrate_of(weighed: str, anhydrous: str) -> float:
    """Return moles of water for a mole of an anhydrous compound in one as weighed; 0 where that is no hydrate of it.

    Examples
    --------
    >>> hydrate_of("LiOH·H2O", "LiOH"), hydrate_of("YCl3·6H2O", "YCl3"), hydrate_of("LiCl", "NaCl")
    (1.0, 6.0, 0.0)
    """
    whole, bare = dict(Composition.parse(weighed).amounts), Composition.parse(anhydrous).amounts
    rest = {symbol: whole.get(symbol, 0) - bare.get(symbol, 0) for symbol in {*whole, *bare}}
    water = float(rest.get("O", 0))
    others = any(amount for symbol, amount in rest.items() if symbol not in ("H", "O"))
    return water if water > 0 and not others and float(rest.get("H", 0)) == 2 * water else 0.0


def drying_rule(anhydrous: str) -> str:
    """Return whether a hydrate can stand for an anhydrous compound: ``yes``, ``care`` or ``never``.

    Halides of highly charged metals lose HCl in place of water and turn into oxide.

    Examples
    --------
    >>> [drying_rule(name) for name in ("LiOH", "YCl3", "AlCl3", "ZrOCl2")]
    ['yes', 'care', 'never', 'never']
    """
    amounts = Composition.parse(anhydrous).amounts
    if not {"F", "Cl", "Br", "I"} & set(amounts):
        return "yes"
    hydrate = rules()["hydrate"]
    for word, key in (("never", "never"), ("care", "with_care")):
        if set(amounts) & set(hydrate[key]):
            return word
    return "yes"
