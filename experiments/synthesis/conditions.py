"""What a route asks of temperature, vessel, gas and hands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ...datasets.chemistry.flags import explained
from ...datasets.chemistry.handling import handling, vessel_warnings
from ...datasets.chemistry.volatility import halides
from ...datasets.economics.route import Route
from ...datasets.economics.syntheses import boiling
from ...features.composition import Composition
from .weighing import BY_PRODUCT, WATER, Leaving, Weighed

GAS_J_MOL_K, ROOM_K, ATMOSPHERE_PA, ZERO_C_K = 8.314462618, 298.15, 101325.0, 273.15
GASES = ("CO2", "O2", "HCl", "HBr", "H2O")
DANGERS = ("toxic", "radioactive", "controlled", "oxidiser_and_fuel")
VESSEL_ML = 100.0


def heat(route: Route, weighed: Sequence[Weighed], leaving: Sequence[Leaving]) -> tuple[str, ...]:
    """Return where what is in the vessel boils or sublimes, against the highest temperature, one sentence each."""
    gone = {one.formula for one in leaving if one.why != WATER}
    names = dict.fromkeys([*(line.stands_for or line.formula for line in weighed), *gone])
    return tuple(_against(name, route, name in gone) for name in names if name in boiling())


def _against(name: str, route: Route, leaves: bool) -> str:
    """What happens to a halide at the highest temperature of a route."""
    known = next((one for one in halides() if one.formula == name), None)
    change, celsius = known.change if known else "boils", boiling()[name]
    words = f"{name} {change} at {celsius:g} °C"
    if not route.temperature_C >= celsius:
        margin = celsius - route.temperature_C
        return f"{words}, {margin:g} K above the highest temperature" if math.isfinite(margin) else words
    if leaves:
        return f"{words}: it leaves"
    held = "it is bound as a complex anion once the salt is molten" if known and math.isfinite(known.bound_by) else ""
    how = "sealed" if not route.vented else "closed until it has reacted"
    return f"{words}, below the highest temperature: {', '.join(filter(None, [how, held]))}"


def gas(route: Route, weighed: Sequence[Weighed], leaving: Sequence[Leaving]) -> tuple[str, ...]:
    """Return how much gas is set free, and the pressure of what is sealed, one sentence each.

    Volumes are those of ideal gases at 25 degC and 1 atm; a pressure is that of all of a halide as gas, which is the
    most that it can be.
    """
    told = []
    for one in leaving:
        if one.formula in GASES and one.why != WATER:
            litres = one.moles_mmol / 1000 * GAS_J_MOL_K * ROOM_K / ATMOSPHERE_PA * 1000
            told.append(f"{one.formula}: {litres:.2g} L of gas (25 °C, 1 atm), never in a sealed vessel")
    if not route.vented and math.isfinite(route.temperature_C):
        hot = [line for line in weighed if boiling().get(line.formula, math.inf) <= route.temperature_C]
        moles = sum(line.moles_mmol for line in hot) / 1000
        if hot:
            pascal = moles * GAS_J_MOL_K * (route.temperature_C + ZERO_C_K) / (VESSEL_ML * 1e-6)
            names = ", ".join(line.formula for line in hot)
            told.append(f"sealed: at most {pascal / 1e5:.2g} bar in {VESSEL_ML:g} mL if all {names} were gas")
    return tuple(told)


def vessel(route: Route, weighed: Sequence[Weighed]) -> tuple[str, ...]:
    """Return the vessel of a route, and what it has to stand."""
    warnings = vessel_warnings([line.stands_for or line.formula for line in weighed], route.temperature_C)
    return (route.vessel, *warnings)


def hazards(target: Composition, weighed: Sequence[Weighed], leaving: Sequence[Leaving]) -> tuple[str, ...]:
    """Return the hazards of what is weighed and of what leaves, a line each, and the flags of the target."""
    names = dict.fromkeys([*(line.formula for line in weighed), *(one.formula for one in leaving)])
    lines = [handling(name).line for name in names]
    flags = [flag for flag in explained([target])[0] if flag.code in DANGERS]
    return tuple(filter(None, [*lines, *(f"{target.formula}: {flag.reason}" for flag in flags)]))


def waste(leaving: Iterable[Leaving]) -> tuple[str, ...]:
    """Return what becomes of what leaves, one sentence each."""
    told = []
    for one in leaving:
        if one.formula in ("HCl", "HBr"):
            told.append(f"{one.formula}: into a scrubber with NaOH, neutralised")
        elif one.formula in boiling() and one.why == BY_PRODUCT:
            told.append(f"{one.formula} from the cold trap: hydrolysed in small portions, as waste of heavy metals")
    return tuple(dict.fromkeys(told))
