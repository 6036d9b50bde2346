"""Values that look as if they were written in another unit than they claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from .. import units
from ..properties import ZERO_CELSIUS_K, Property
from ..readings import is_marked
from ..tables.advice import LAB, Advice
from ..units import Unit
from . import conduction
from .curate import rules

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SOFT_ANIONS = ("Cl", "Br", "I")
ANIONS = (*SOFT_ANIONS, "F", "O", "S", "Se", "Te", "N")
ROOM_C = 25.0


def credible(
    lab: Floats, prop: Property, matrix: Floats, temperature_C: Floats, phase: Sequence[str]
) -> tuple[Mask, list[str]]:
    """Return whether each value, shape (n,), in lab units, can be one, and the limit that speaks against it.

    A conductivity is not below `least_S_cm` of the rules, and may reach the ceiling of its class of solid at its
    temperature, but for melts and hot samples of unknown phase; Tg of a glass whose anions are mostly Cl, Br and I may
    reach `soft_tg_C` of the rules.
    """
    low, high = prop.plausible
    fine = prop.is_plausible(lab)
    why = [f"{prop.label} lies between {low:g} and {high:g} {prop.unit}"] * len(lab)
    if prop.name == "conductivity":
        where = np.where(np.isnan(temperature_C), ROOM_C, temperature_C)
        glassy = np.array([p in ("glass", "amorphous") for p in phase], dtype=bool)
        top = conduction.ceiling(where, matrix, rules(), glassy) * rules()["suspicion"]["ceiling_times"]
        superionic = ~glassy & (conduction.share(matrix, ("Ag", "Cu")) > 0)
        top[superionic] = np.maximum(top[superionic], rules()["suspicion"]["superionic_S_cm"])
        judged = np.array([p != "molten" for p in phase], dtype=bool) & (where <= rules()["suspicion"]["judged_to_C"])
        _note(why, fine & judged & (lab > top), top, "no solid of its class conducts better than {:.2g} S/cm there")
        fine &= ~judged | (lab <= top)
        least = np.full(len(lab), rules()["suspicion"]["least_S_cm"])
        reads = rules()["extrapolated"]["below_S_cm"]
        _note(why, fine & (lab < least), least, f"no table holds less than {{:g}} S/cm, and no meter reads {reads:g}")
        fine &= lab >= least
    if prop.name == "tg":
        soft = conduction.share(matrix, SOFT_ANIONS) > 0.5 * conduction.share(matrix, ANIONS)
        top = np.full(len(lab), rules()["suspicion"]["soft_tg_C"])
        _note(why, fine & soft & (lab > top), top, "no known chloride-rich glass has a Tg above {:g} degC")
        fine &= ~soft | (lab <= top)
    return fine, why


def _note(why: list[str], where: Mask, limit: Floats, text: str) -> None:
    for i in np.flatnonzero(where).tolist():
        why[i] = text.format(limit[i])


def suspect(
    given: Floats,
    unit: Unit,
    prop: Property,
    matrix: Floats,
    *,
    temperature_C: Floats,
    phase: Sequence[str],
    mend: str = LAB.unit,
) -> list[str]:
    """Return for each value that its unit makes incredible a complaint, with the unit it looks like, else ``""``.

    Parameters
    ----------
    given
        Values as written, shape (n,), in `unit`.
    matrix, temperature_C, phase
        Atomic fractions of shape (n, 103), temperature and phase of each measurement.
    mend
        What helps where another unit is likely.
    """
    lab = unit.to_lab(given)
    fine, why = credible(lab, prop, matrix, temperature_C, phase)
    if prop.name == "tg" and unit.name == prop.unit:
        for at, said in warm_chlorides(lab, matrix):
            if fine[at] and is_marked(float(lab[at])):
                fine[at], why[at] = False, said.partition(";")[0]
    complaints, possible = [""] * len(given), prop.is_plausible(lab)
    others = {name: u.to_lab(given) for name, u in units.known(prop).items() if u != unit}
    judged = {name: credible(v, prop, matrix, temperature_C, phase)[0] for name, v in others.items()}
    for i in np.flatnonzero(~fine).tolist():
        names = sorted((name for name, ok in judged.items() if ok[i]), key=lambda name: _unlike(name, unit))
        likely = [f"{name} ({others[name][i]:.3g} {prop.unit})" for name in names]
        number = "check the number, or insist with --trust-units" if possible[i] else "check the number"
        how = f"it looks like {' or '.join(likely[:3])}: {mend}" if likely else number
        complaints[i] = f"{given[i]:g} {unit.name}: {why[i]}; {how}"
    return complaints


def _unlike(name: str, unit: Unit) -> bool:
    """Return whether one of two units is a logarithm and the other is not: the sign is the likelier slip."""
    return name.startswith("log10") != unit.name.startswith("log10")


def warm_chlorides(tg_C: Floats, matrix: Floats) -> Iterator[tuple[int, str]]:
    """Yield the places of Tg values that may be kelvin given as degC though they are possible, and why.

    They are those above `warm_tg_C` of the rules in glasses with Li, Na or K and more Cl, Br and I than other anions.

    >>> viglas = np.zeros((1, 103))
    >>> viglas[0, [2, 12, 16, 7]] = np.array([1, 1, 2.5, 0.75]) / 5.25
    >>> list(warm_chlorides(np.array([-16.8]), viglas)), len(list(warm_chlorides(np.array([256.0]), viglas)))
    ([], 1)
    """
    limit = rules()["suspicion"]["warm_tg_C"]
    alkali = conduction.share(matrix, ("Li", "Na", "K")) >= rules()["suspicion"]["warm_tg_least_alkali"]
    soft = conduction.share(matrix, SOFT_ANIONS) > 0.5 * conduction.share(matrix, ANIONS)
    for at in np.flatnonzero(alkali & soft & (tg_C > limit)).tolist():
        yield (
            at,
            f"a Tg of {tg_C[at]:g} degC is high for a chloride-rich glass with Li, Na or K, of which few reach "
            f"{limit:g} degC; taken for degC: if kelvin is meant, it is {tg_C[at] - ZERO_CELSIUS_K:.4g} degC",
        )


def odd_temperatures(
    temperature_C: Floats,
    unit: Unit,
    matrix: Floats,
    quantity: Sequence[str],
    phase: Sequence[str],
    advice: Advice = LAB,
) -> Iterator[tuple[int, str]]:
    """Yield the places of temperatures of measurement that look like the other of degC and K, and a complaint.

    Of degC, those at which no glass with more Cl, Br and I than other anions is known to have been measured; of K,
    those colder than any conductivity that is known.

    Parameters
    ----------
    temperature_C
        Temperatures in degC, shape (n,); NaN where there is none.
    unit
        In which they were written.
    matrix, quantity, phase
        Atomic fractions of shape (n, 103), property and phase of each measurement.
    advice
        What helps where they were given.
    """
    rule = rules()["suspicion"]
    if unit.name == "K":
        for at in np.flatnonzero(temperature_C < rule["cold_C"]).tolist():
            kelvin = temperature_C[at] + ZERO_CELSIUS_K
            mend = advice.rename("the column", "temperature_C")
            yield at, f"measured at {kelvin:g} K, which is {temperature_C[at]:g} degC: it looks like degC; {mend}"
        return
    glassy = np.array([p == "glass" for p in phase]) & np.array([q == "conductivity" for q in quantity])
    soft = conduction.share(matrix, SOFT_ANIONS) > 0.5 * conduction.share(matrix, ANIONS)
    for at in np.flatnonzero(glassy & soft & (temperature_C >= rule["soft_glass_to_C"])).tolist():
        celsius = temperature_C[at] - ZERO_CELSIUS_K
        yield (
            at,
            f"measured at {temperature_C[at]:g} degC, hotter than any chloride-rich glass that we know of: "
            f"it looks like kelvin ({celsius:g} degC); {advice.rename('the column', 'temperature_K')}",
        )


def looks_kelvin(given: Floats) -> bool:
    """Return whether values given in degC all look like whole or tenth degrees to which 273.15 was added.

    >>> looks_kelvin(np.array([256.35, 247.65])), looks_kelvin(np.array([25.0, 60.0]))
    (True, False)
    """
    known = given[np.isfinite(given)]
    if not len(known) or (known < 100).any():
        return False
    steps_per_K = 1 if len(known) == 1 else 10
    if (np.abs(np.mod(known + ZERO_CELSIUS_K, 1.0) - 0.5) > 0.5 - 1e-6).all():
        return False  # whole kelvin that became degC
    shifted = (known - ZERO_CELSIUS_K) * steps_per_K
    hundredths = known * 10 - np.round(known * 10)
    return bool((np.abs(hundredths) > 0.01).all() and (np.abs(shifted - np.round(shifted)) < 1e-6).all())
