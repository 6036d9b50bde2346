"""How one sample is weighed and made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .weighing import Leaving, Weighed


@dataclass(frozen=True)
class Other:
    """Another route to the same: its name, what is done in one line, how well it is known, and its cost in USD/kg."""

    name: str
    line: str
    practice: str
    usd_per_kg: float


@dataclass(frozen=True)
class Recipe:
    """How one sample is weighed and made.

    Parameters
    ----------
    sample, formula, mass_g
        Name of the sample, what is made, and how much of it, in g.
    moles_mmol, charge
        The same in mmol of the formula, and whether it is neutral, in words.
    route, line, practice, doi
        Name of the route, what is done in one line, how well it is known, and where it is published.
    weighed, leaving
        Precursors in the order in which they are added, and what leaves.
    loss_g, loss_percent
        Mass that leaves, in g and in % of what was weighed: the loss at which the synthesis is complete.
    temperature_C, atmosphere, vessel, vented
        Highest temperature, NaN where it depends; atmosphere; vessel and what it has to stand; whether it is open.
    steps, heat, gas, hazards, waste
        What is done in order; boiling points against the highest temperature; gas set free; hazards; waste.
    excess
        Precursors of which an excess may be weighed, since it leaves with the gas.
    cost_usd
        Of what is weighed, at the prices of the table or of the stock.
    deviation_at_percent
        By how much what stays, of the masses as rounded, differs from the formula at most, in at.%.
    others, notes
        Other routes, and what is to be known of this one.
    """

    sample: str
    formula: str
    mass_g: float
    moles_mmol: float
    charge: str
    route: str
    line: str
    practice: str
    doi: str
    weighed: tuple[Weighed, ...]
    leaving: tuple[Leaving, ...]
    loss_g: float
    loss_percent: float
    temperature_C: float
    atmosphere: str
    vessel: tuple[str, ...]
    vented: bool
    steps: tuple[str, ...]
    heat: tuple[str, ...]
    gas: tuple[str, ...]
    hazards: tuple[str, ...]
    waste: tuple[str, ...]
    excess: tuple[str, ...]
    cost_usd: float
    deviation_at_percent: float
    others: tuple[Other, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Recipe:
        """Return the recipe of its fields as JSON has them."""
        plain: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in fields.items()}
        plain["weighed"] = tuple(Weighed(**one) for one in fields["weighed"])
        plain["others"] = tuple(Other(**one) for one in fields["others"])
        plain["leaving"] = tuple(Leaving(**one) for one in fields["leaving"])
        plain["temperature_C"] = math.nan if fields["temperature_C"] is None else float(fields["temperature_C"])
        return cls(**plain)

    @property
    def weighed_g(self) -> float:
        """Mass of all that is weighed, in g."""
        return sum(line.mass_g for line in self.weighed)
