"""What is weighed in for a sample, what leaves of it, and whether the target is met."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...datasets.chemistry.atomic_weights import grams_per_mole
from ...datasets.chemistry.handling import drying_rule, handling, rules
from ...datasets.economics.prices import PriceTable, atoms_of
from ...datasets.economics.route import Route
from ...datasets.economics.syntheses import boiling, involatile
from ...features.composition import Composition
from ...features.elements import INDEX
from .choice import bottle_of
from .refusals import SheetError
from .stock import Bottle

Floats = npt.NDArray[np.float64]
CLOSE_AT_PERCENT = 0.2
DIGITS = (3, 4, 5)  # of grams: 1 mg, finer where a batch is so small that 1 mg would be seen
BY_PRODUCT, EXCESS, WATER = "by-product", "excess, lost with the gas", "water of the hydrate, before the synthesis"


@dataclass(frozen=True)
class Weighed:
    """One precursor as it is weighed.

    Parameters
    ----------
    formula, stands_for
        As weighed, a hydrate with its water; and what of it takes part, where that is another.
    purity
        Share of the mass that is the compound.
    molar_mass_g_mol, moles_mmol
        Of the compound as weighed; moles with the excess.
    excess
        Share beyond what the target needs, which leaves with the gas.
    mass_g
        To be weighed, with the impurity, in g.
    lot, dried
        As the stock says; empty where it does not.
    drying
        How it is dried.
    in_stock
        Whether it is, None where no stock was given.
    cost_usd
        Of what is weighed.
    """

    formula: str
    stands_for: str
    purity: float
    molar_mass_g_mol: float
    moles_mmol: float
    excess: float
    mass_g: float
    lot: str
    dried: str
    drying: str
    in_stock: bool | None
    cost_usd: float


@dataclass(frozen=True)
class Leaving:
    """What leaves of a batch: formula, moles in mmol, mass in g, and why."""

    formula: str
    moles_mmol: float
    mass_g: float
    why: str


@dataclass(frozen=True)
class Portions:
    """The amounts of a sample.

    Parameters
    ----------
    weighed
        Precursors in the order in which they are added.
    leaving
        What leaves.
    moles_mmol
        Of the target.
    deviation_at_percent
        By how much the composition that stays, of the masses as rounded, differs from the target: the largest over
        elements, in at.%.
    """

    weighed: tuple[Weighed, ...]
    leaving: tuple[Leaving, ...]
    moles_mmol: float
    deviation_at_percent: float


def portions(
    target: Composition,
    mass_g: float,
    route: Route,
    purity: Mapping[str, float],
    excess: Mapping[str, float],
    stock: Sequence[Bottle],
    table: PriceTable,
) -> Portions:
    """Return the amounts of a sample by a route.

    Parameters
    ----------
    target, mass_g
        What is made, and how much of it, in g.
    route
        With moles for a mole of the formula.
    purity, excess
        By precursor; those without are pure, or as the stock says, and weighed without excess.
    stock, table
        Bottles at hand, and prices.

    Raises
    ------
    SheetError
        Where so little cannot be weighed.
    """
    moles = mass_g / grams_per_mole(target.formula)
    atoms = moles * atoms_of(target.formula)
    leaving = [_gone(name, moles * share, BY_PRODUCT) for name, share in route.leaves.items()]
    exact: list[Weighed] = []
    for name in in_order(route):
        line, gone = _line(name, moles * route.moles[name], purity, excess.get(name, 0.0), stock, table)
        exact.append(line)
        leaving += gone
    for digits in DIGITS:
        weighed = tuple(_rounded(line, digits) for line in exact)
        deviation = _deviation(weighed, leaving, atoms)
        if deviation <= CLOSE_AT_PERCENT / 2:
            break
    if deviation > CLOSE_AT_PERCENT or not all(line.mass_g > 0 for line in weighed):
        least = mass_g * max(10.0 ** -DIGITS[-1] / min(_grams(line) for line in exact), deviation / CLOSE_AT_PERCENT)
        least = float(f"{10 * least:.0e}")
        what = (
            f"{mass_g:g} g of {target.formula} cannot be weighed to {CLOSE_AT_PERCENT} at.%; make {least:g} g or more"
        )
        raise SheetError("mass_g", what, [f"{least:g} or more"])
    return Portions(weighed, tuple(leaving), 1000 * moles, deviation)


def in_order(route: Route) -> list[str]:
    """Return the precursors in the order in which they are added: by the steps, then salts, volatile halides, oxygen.

    What is fused before the halides come in stands before these.
    """
    return sorted(route.moles, key=lambda name: (_step(name, route.steps), _place(name)))


def _step(name: str, steps: Sequence[str]) -> int:
    """Return the place of the first step that names a precursor; behind all where none does."""
    alone = re.compile(rf"(?<![\w·]){re.escape(name)}(?![\w·])")
    return next((place for place, step in enumerate(steps) if alone.search(step)), len(steps))


def _place(name: str) -> tuple[bool, bool]:
    held = Composition.parse(name).amounts
    return "O" in held, not any(involatile()[INDEX[symbol]] == 1 for symbol in held)


def _line(
    name: str,
    moles: float,
    purity: Mapping[str, float],
    excess: float,
    stock: Sequence[Bottle],
    table: PriceTable,
) -> tuple[Weighed, list[Leaving]]:
    """Return a precursor as weighed, of so many moles beside the excess, and what of it leaves."""
    bottle, water = bottle_of(name, stock)
    formula = bottle.formula if bottle is not None and water else name
    share = purity.get(formula, purity.get(name, bottle.purity if bottle else 1.0))
    total, molar = moles * (1 + excess), grams_per_mole(formula)
    grams = total * molar / share
    price = table.usd_per_kg[table.places[name]]
    line = Weighed(
        formula=formula,
        stands_for=name if water else "",
        purity=share,
        molar_mass_g_mol=molar,
        moles_mmol=1000 * total,
        excess=excess,
        mass_g=grams,
        lot=bottle.lot if bottle else "",
        dried=bottle.dried if bottle else "",
        drying=_drying(formula, name) if water else handling(name).dry,
        in_stock=bool(bottle) if stock else None,
        cost_usd=float(price) * grams / 1000,
    )
    gone = [_gone(name, moles * excess, EXCESS)] if excess else []
    return line, [*gone, _gone("H2O", total * water, WATER)] if water else gone


def _drying(hydrate: str, name: str) -> str:
    """How a hydrate is turned into what it stands for."""
    how = f" with {rules()['hydrate']['dried_with']}" if drying_rule(name) == "care" else " in vacuum"
    return f"dried to {name}{how} before anything is added; weigh it again"


def _gone(name: str, moles: float, why: str) -> Leaving:
    return Leaving(name, 1000 * moles, moles * grams_per_mole(name), why)


def _grams(line: Weighed) -> float:
    return line.moles_mmol / 1000 * line.molar_mass_g_mol / line.purity


def _rounded(line: Weighed, digits: int) -> Weighed:
    return replace(line, mass_g=round(line.mass_g, digits))


def _deviation(weighed: Sequence[Weighed], leaving: Sequence[Leaving], atoms: Floats) -> float:
    """Return the largest difference of what stays from a target, in at.%."""
    stays = stays_of(weighed, leaving)
    whole = float(stays.sum())
    if not whole > 0:
        return math.inf
    return float(100 * np.abs(stays / whole - atoms / atoms.sum()).max())


def stays_of(weighed: Sequence[Weighed], leaving: Sequence[Leaving]) -> Floats:
    """Return moles of each element that stay of what was weighed, shape (103,), less what leaves."""
    moles = [(line.formula, line.mass_g * line.purity / line.molar_mass_g_mol) for line in weighed]
    moles += [(gone.formula, -gone.moles_mmol / 1000) for gone in leaving]
    return np.asarray(sum(amount * atoms_of(name) for name, amount in moles))


def may_exceed(route: Route) -> list[str]:
    """Return the precursors of a route of which an excess leaves with the gas: its halides that boil or sublime."""
    return [name for name in route.moles if name in boiling()]
