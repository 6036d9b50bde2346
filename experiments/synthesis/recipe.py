"""The recipe of compositions: the batch sheet by which samples are weighed and made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ...datasets.chemistry.handling import rules
from ...datasets.economics.route import Route
from ...features import charge
from ...features.composition import Composition
from ...features.fractions import Fractions
from ...features.scalars import ScalarError, number
from ..task.candidates import given
from . import conditions
from .batch_sheet import BatchSheet
from .choice import Wishes, bottle_of, chosen, missing
from .refusals import SheetError
from .sample import Other, Recipe
from .stock import as_listed, bottles, checked_purity, prices
from .weighing import Portions, may_exceed, portions

MOST = 100  # samples of one sheet
MASS = "a mass in g above zero, such as 1"


def recipe(
    candidates: Any,
    mass_g: float = 1.0,
    *,
    purity: Mapping[str, Any] | None = None,
    stock: Any = None,
    without: Iterable[str] = (),
    using: Iterable[str] = (),
    route: str | None = None,
    excess: Mapping[str, float] | None = None,
    year: int | None = None,
    date: dt.date | None = None,
) -> BatchSheet:
    """Return the batch sheet of compositions: what is weighed, in which order, what leaves, and what to mind.

    Parameters
    ----------
    candidates, mass_g
        Up to 100 formulas or compositions, or a table of them such as a proposal; grams of each when it is done.
    purity
        By precursor, a share of the mass above 0 and at most 1, or "99 %"; the rest is taken for inert.
    stock
        Bottles at hand, a table or its file: ``formula``, and if known ``purity``, ``lot``, ``dried``, ``usd_per_kg``,
        ``mass_g``. Routes that need no other come first; a hydrate stands for what it dries to.
    without, using
        Precursors that shall not be used, and those that shall bring the oxygen, such as LiOH.
    route
        Name of the route, such as ``hydroxide``; by default the one that is known best.
    excess
        By precursor, a share beyond what is needed, such as 0.02: of a halide that boils or sublimes, and so leaves.
    year, date
        Of the prices, the newest if not given; and of the sheet, by which the samples are named, today if not given.

    Raises
    ------
    SheetError
        Where it cannot be made so; ``field`` names what of the request is wrong, ``right`` what would be right.

    Examples
    --------
    >>> sheet = recipe("LiAlCl2.5O0.75", 10)
    >>> sheet.to_frame()[["precursor", "mass_g"]].values.tolist()
    [['LiCl', 3.151], ['AlCl3', 9.91], ['Sb2O3', 5.417]]
    >>> laco = sheet[0]
    >>> laco.line, laco.temperature_C
    ('Sb2O3 into a melt of LiCl and AlCl3, SbCl3 distils off', 250.0)
    >>> [(one.formula, round(one.mass_g, 3)) for one in laco.leaving], round(laco.loss_percent, 1)
    ([('SbCl3', 8.477)], 45.9)
    """
    mass, targets, at_hand = _mass(mass_g), _targets(candidates), bottles(stock)
    today = date or dt.datetime.now(dt.UTC).date()
    wishes = Wishes.of(prices(at_hand, year), without, using, route, at_hand)
    ways = [chosen(target, wishes) for target in targets]
    shares = _purities(purity or {}, [way for way, _ in ways], wishes)
    more = _excesses(excess or {}, [way for way, _ in ways])
    found = []
    for place, (target, (way, others)) in enumerate(zip(targets, ways, strict=True), start=1):
        amounts = portions(target, mass, way, shares, more, at_hand, wishes.table)
        found.append(_recipe(f"{today:%y%m%d}-{place}", target, mass, way, amounts, others, wishes))
    return BatchSheet(_short_bottles(found, wishes), today.isoformat())


def _mass(value: Any) -> float:
    """Return the mass of a sample in g, or refuse it."""
    mass = _number(value, "mass_g", MASS)
    if not 0 < mass <= 1e6:
        raise SheetError("mass_g", f"mass_g is {mass:g}; give {MASS} and at most 1,000,000", [MASS])
    return mass


def _number(value: Any, field: str, right: str) -> float:
    """Return a finite number, or refuse it as a field of the request."""
    try:
        return number(value, field, right)
    except ScalarError as error:
        raise SheetError(field, str(error), [right]) from None


def _targets(candidates: Any) -> list[Composition]:
    """Return what is to be made; refused where one cannot be read, or there are none or too many."""
    listing = given(candidates)
    if not 0 < len(listing) <= MOST:
        what = f"{len(listing):,} compositions; give from 1 to {MOST} for one sheet"
        raise SheetError("candidates", what, [f"1 to {MOST} compositions"])
    unread = Fractions.read(listing.cells)[2]
    for place, reason in [*unread.items(), *listing.errors.items()]:
        raise SheetError("candidates", f"composition {place + 1}: {reason}" if len(listing) > 1 else reason)
    return [Composition.of(one) for one in listing.cells]


def _purities(told: Mapping[str, Any], routes: list[Route], wishes: Wishes) -> dict[str, float]:
    """Return purities by precursor as weighed."""
    weighed: dict[str, str] = {}
    for way in routes:
        for name in way.moles:
            bottle, _ = bottle_of(name, wishes.stock)
            weighed |= {name: name} | ({bottle.formula: bottle.formula} if bottle else {})
    whose = "a precursor of this route" if len(routes) == 1 else "a precursor of these routes"
    found = {}
    for text, share in told.items():
        name = as_listed(text, weighed, "purity", whose)
        found[name] = checked_purity(share, name, f"purity.{name}")
    return found


def _excesses(told: Mapping[str, float], routes: list[Route]) -> dict[str, float]:
    """Return excesses by precursor, each of what leaves with the gas."""
    known = list(dict.fromkeys(name for way in routes for name in way.moles))
    volatile = list(dict.fromkeys(name for way in routes for name in may_exceed(way)))
    most, found = float(rules()["excess"]["most"]), {}
    right = [f"0 to {most:g}, such as 0.02 for 2 %"]
    for text, value in told.items():
        name = as_listed(text, known, "excess", "a precursor of this route")
        field = f"excess.{name}"
        if name not in volatile:
            can = f"what may be given one: {', '.join(volatile)}" if volatile else "nothing of this route boils"
            raise SheetError(field, f"an excess of {name} would stay in the sample; {can}", volatile)
        share = _number(value, field, right[0])
        if not 0 <= share <= most:
            raise SheetError(field, f"an excess of {share:g} of {name}; give {right[0]}", right)
        found[name] = share
    return found


def _recipe(
    sample: str,
    target: Composition,
    mass: float,
    way: Route,
    amounts: Portions,
    others: tuple[Route, ...],
    wishes: Wishes,
) -> Recipe:
    """Return the recipe of amounts by a route."""
    weighed, leaving = amounts.weighed, amounts.leaving
    loss = sum(one.mass_g for one in leaving)
    lacking = missing(way, wishes.stock) if wishes.stock else []
    notes = [f"not in the stock: {', '.join(lacking)}"] if lacking else []
    return Recipe(
        sample=sample,
        formula=target.formula,
        mass_g=mass,
        moles_mmol=amounts.moles_mmol,
        charge=charge.balance(target).words,
        route=way.name,
        line=way.line,
        practice=way.practice,
        doi=way.doi,
        weighed=weighed,
        leaving=leaving,
        loss_g=loss,
        loss_percent=100 * loss / sum(line.mass_g for line in weighed),
        temperature_C=way.temperature_C,
        atmosphere=way.atmosphere,
        vessel=conditions.vessel(way, weighed),
        vented=way.vented,
        steps=way.steps,
        heat=conditions.heat(way, weighed, leaving),
        gas=conditions.gas(way, weighed, leaving),
        hazards=conditions.hazards(target, weighed, leaving),
        waste=conditions.waste(leaving),
        excess=tuple(may_exceed(way)),
        cost_usd=sum(line.cost_usd for line in weighed),
        deviation_at_percent=amounts.deviation_at_percent,
        others=tuple(Other(one.name, one.line, one.practice, one.usd_per_kg) for one in others),
        notes=tuple(filter(None, [*notes, way.needs.replace("degC", "°C")])),
    )


def _short_bottles(recipes: list[Recipe], wishes: Wishes) -> tuple[Recipe, ...]:
    """Return the recipes, the first with a note on each bottle that does not hold what all of them need."""
    needed: dict[str, float] = {}
    for one in recipes:
        for line in one.weighed:
            needed[line.formula] = needed.get(line.formula, 0.0) + line.mass_g
    short = [
        f"{one.formula}: {needed[one.formula]:.3f} g are needed, {one.mass_g:g} g are left"
        for one in wishes.stock
        if one.mass_g < needed.get(one.formula, 0.0)
    ]
    return (replace(recipes[0], notes=(*short, *recipes[0].notes)), *recipes[1:])
