"""One route to one composition: what is weighed in, what leaves, what it costs, and how it is done."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ...features.composition import Composition
from .cheapest import Programme
from .prices import PriceTable, atoms_of, masses
from .syntheses import Source, Synthesis, hottest
from .words import filled, line

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Route:
    """A way to make a composition, with its raw materials.

    Parameters
    ----------
    usd_per_kg
        Raw materials of a kilogram of the composition; NaN where there is no way.
    precursors
        Kilograms of each, as weighed (a hydrate with its water), for a kilogram of the composition.
    by_products
        Kilograms of each that leave.
    estimated
        Precursors in use whose price was added up from their own raw materials.
    note
        Why there is no cost, or what of it is an estimate; empty if neither.
    name, line
        The kind of route, and what is done in one line.
    practice
        How well it is known: ``glass`` (an amorphous electrolyte was made so), ``published``, ``alike`` (of a
        neighbour), ``possible``, ``mixed`` or ``doubtful``; ``asked`` if it was asked for.
    moles, leaves
        Moles of each precursor, and of each by-product, for a mole of the formula as it was given (of atoms, for
        `Fractions`). They balance the formula to 1e-9.
    temperature_C, vessel, vented
        Highest temperature as a rule, NaN where it depends; the vessel; whether it is open to what leaves.
    needs, doi
        What to know of the route, and where it is published.
    atmosphere, steps
        Of all that is done, and what is done in order once everything is dried and weighed.
    """

    usd_per_kg: float
    precursors: Mapping[str, float] = field(default_factory=dict)
    by_products: Mapping[str, float] = field(default_factory=dict)
    estimated: tuple[str, ...] = ()
    note: str = ""
    name: str = ""
    line: str = ""
    practice: str = ""
    moles: Mapping[str, float] = field(default_factory=dict)
    leaves: Mapping[str, float] = field(default_factory=dict)
    temperature_C: float = math.nan
    vessel: str = ""
    vented: bool = False
    needs: str = ""
    doi: str = ""
    atmosphere: str = ""
    steps: tuple[str, ...] = ()


def route_of(synthesis: Synthesis, own: Programme, row: Floats, size: float, table: PriceTable) -> Route | None:
    """Return a route of one kind, or None where it does not lead to the composition.

    Parameters
    ----------
    synthesis, own
        The kind of route, and its programme.
    row
        Atomic fractions of the composition, shape (103,).
    size
        Atoms in a formula unit, for which moles are given.
    table
        Precursors with their prices.
    """
    moles = own.moles(row[own.setting.allowed])
    if moles is None:
        return None
    used = [(source, float(amount)) for source, amount in zip(own.setting.usable, moles, strict=True) if amount > 0]
    used.sort(key=lambda part: not part[0].leaves and _bare(part[0].precursor))
    kilogram = float(masses(row[None])[0])
    bought, gone = _sums(used)
    at = {name: table.formulas.index(name) for name in bought}
    weighed = {name: amount * _mass(name) / kilogram for name, amount in bought.items()}
    sources, celsius = [source for source, _ in used], hottest(synthesis, gone)
    guessed = tuple(name for name in bought if table.estimated[at[name]])
    return Route(
        usd_per_kg=float(sum(share * table.usd_per_kg[at[name]] for name, share in weighed.items())),
        precursors=weighed,
        by_products={name: amount * _mass(name) / kilogram for name, amount in gone.items()},
        estimated=guessed,
        note=f"price of {', '.join(guessed)} is that of its raw materials" if guessed else "",
        name=synthesis.name,
        line=line(synthesis, sources, list(gone)),
        practice=synthesis.practice,
        moles={name: amount * size for name, amount in bought.items()},
        leaves={name: amount * size for name, amount in gone.items()},
        temperature_C=celsius,
        vessel=synthesis.vessel,
        vented=synthesis.vented,
        needs=synthesis.needs,
        doi=synthesis.doi,
        atmosphere=filled([synthesis.atmosphere], sources, list(gone), celsius)[0],
        steps=filled(synthesis.steps, sources, list(gone), celsius),
    )


def _sums(used: list[tuple[Source, float]]) -> tuple[dict[str, float], dict[str, float]]:
    """Return moles of each precursor, and of each by-product."""
    bought: dict[str, float] = {}
    gone: dict[str, float] = {}
    for source, amount in used:
        bought[source.precursor] = bought.get(source.precursor, 0.0) + amount
        for name, share in source.leaves:
            gone[name] = gone.get(name, 0.0) + amount * share
    return bought, gone


def _bare(precursor: str) -> bool:
    return "O" not in Composition.parse(precursor).elements


def _mass(formula: str) -> float:
    return float(masses(atoms_of(formula)[None])[0])
