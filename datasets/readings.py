"""What one number that a person gives may mean in another unit: refused where it must, noticed where it may.

The rule of every door. A number is *refused* where it bears the mark of another unit: 298.15 and 256.35 are kelvin, as
nobody aims at hundredths of a degree Celsius; 1 S/cm is more than any glass conducts, and 30 eV more than any ion
needs. It is *noticed* where both readings are possible: a conductivity that counts at 300 degC, or at 300 K. A
notice names both and how to mend it. No number is ever changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import numpy.typing as npt

from ..features.notices import notice
from ..features.scalars import number
from . import units
from .properties import ZERO_CELSIUS_K, Property

AIM_C = (-100.0, 500.0)  # where glass electrolytes are used or measured
KELVIN_FROM = 220.0  # from here on a temperature in degC may be one in kelvin: 220 K is -53 degC
COLDEST_C = -100.0  # what is colder is no reading of a temperature that anybody aims at
SOFT = {"tg": (220.0, 450.0), "liquidus": (350.0, 600.0), "melting": (350.0, 600.0)}  # limits that may be in kelvin
HOT_C, BEST_HOT_S_CM = 100.0, 3.0  # AgI conducts 1.3 S/cm at 150 degC and 2.6 at 550
BEST_S_CM, AMBITIOUS_S_CM = 0.6, 0.05  # RbCu4I2Cl3 has 0.44 at 25 degC; lithium and sodium glasses less
_BEYOND_GLASSES = ", more than any lithium or sodium glass is known to reach"
_trusted: ContextVar[bool] = ContextVar("vitrion_trusted", default=False)
_aimed: ContextVar[float] = ContextVar("vitrion_aim", default=25.0)


@contextmanager
def trusting() -> Iterator[None]:
    """Doubt nothing within this block: it was judged where it came in, or is kept from before."""
    token = _trusted.set(True)
    try:
        yield
    finally:
        _trusted.reset(token)


@contextmanager
def aiming(celsius: npt.ArrayLike) -> Iterator[None]:
    """Judge conductivities that are aimed at within this block at a temperature in degC, the warmest of several."""
    known = np.asarray(celsius, dtype=float)
    known = known[np.isfinite(known)]
    token = _aimed.set(float(known.max()) if known.size else 25.0)
    try:
        yield
    finally:
        _aimed.reset(token)


def is_marked(celsius: float) -> bool:
    """Return whether a number bears the mark of kelvin: whole or tenth degrees Celsius to which 273.15 was added.

    Whole kelvin that became degC, such as 299.85, do not.

    >>> [is_marked(x) for x in (298.15, 256.35, 300.0, 299.85, 25.05)]
    [True, True, False, False, False]
    """
    hundreds = celsius * 100
    if celsius < COLDEST_C + ZERO_CELSIUS_K or abs(hundreds - round(hundreds)) > 1e-6:
        return False
    return round(hundreds) % 10 == 5 and round(hundreds) % 100 != 85


def temperature(value: Any, what: str = "temperature_C", error: type[Exception] = ValueError) -> float:
    """Return the temperature in degC that a person means the conductivity to count at.

    Parameters
    ----------
    value
        Any scalar.
    what
        What it is called where it is given.
    error
        Kind of the error.

    Examples
    --------
    >>> temperature(298.15)
    Traceback (most recent call last):
        ...
    ValueError: temperature_C = 298.15 looks like kelvin (298.15 K is 25 degC); give 25, or 298 if degC is meant
    """
    low, high = AIM_C
    found = number(value, what, f"degC between {low:g} and {high:g}, such as 25", error)
    if not _trusted.get():
        _refuse_mark(found, what, error)
    if not low <= found <= high:
        kelvin = found - ZERO_CELSIUS_K
        also = f" ({found:g} K is {kelvin:g} degC)" if low <= kelvin <= high else ""
        raise error(f"{what} = {found:g}{also}; give degC between {low:g} and {high:g}, such as 25")
    if found >= KELVIN_FROM and not _trusted.get():
        _wonder(found, what)
    return found


def temperatures(
    celsius: npt.NDArray[np.float64], what: str = "temperature_C", error: type[Exception] = ValueError
) -> npt.NDArray[np.float64]:
    """Return temperatures of candidates in degC, of shape (n,), judged each; a notice names the first that may be K.

    Parameters
    ----------
    celsius
        One each; NaN where there is none.
    what, error
        As in `temperature`.
    """
    known = np.unique(celsius[np.isfinite(celsius)])
    for one in known[(known < KELVIN_FROM) | (known > AIM_C[1]) | [is_marked(one) for one in known.tolist()]].tolist():
        temperature(one, what, error)
    wonder(known, what)
    return celsius


def wonder(celsius: npt.NDArray[np.float64], what: str) -> None:
    """Notice the coldest temperature of many, in degC, that may be in kelvin."""
    warm = celsius[celsius >= KELVIN_FROM]
    if warm.size and not _trusted.get():
        _wonder(float(warm.min()), what)


def conditions(celsius: npt.NDArray[np.float64], error: type[Exception] = ValueError) -> None:
    """Judge the temperatures of predictions, in degC, of any shape: together, as those of a hot series may be right."""
    known = celsius[np.isfinite(celsius)]
    if _trusted.get() or not known.size:
        return
    if all(map(is_marked, known.ravel().tolist())):
        _refuse_mark(float(known.flat[0]), "temperature_C", error)
    elif (known >= KELVIN_FROM).all() and known.max() <= AIM_C[1]:
        _wonder(float(known.flat[0]), "temperature_C")


def limit(value: float, prop: Property, what: str, error: type[Exception] = ValueError, *, least: bool = True) -> None:
    """Judge a limit on a property, in its lab unit: refuse what is in another unit, notice what may be.

    Parameters
    ----------
    value
        The limit.
    prop
        On what.
    what
        What it is called where it is given, such as ``goal tg_C``.
    error
        Kind of the error.
    least
        Whether a good value lies above it: what lies below may be as large as it likes.

    Examples
    --------
    >>> from ..features.notices import collected
    >>> from .properties import CONDUCTIVITY
    >>> limit(5.0, CONDUCTIVITY, "least")
    Traceback (most recent call last):
        ...
    ValueError: least = 5 is more S/cm than any known solid conducts at 25 degC; 5 mS/cm is 0.005: give 0.005
    >>> with collected() as said, aiming(400.0):
    ...     limit(1.0, CONDUCTIVITY, "least")
    >>> said[0].partition(",")[0]
    'least = 1 is taken for S/cm at 400 degC'
    """
    if _trusted.get():
        return
    if prop.scale == "celsius":
        _refuse_mark(value, what, error)
        low, high = SOFT[prop.name]
        if low <= value <= high:
            _wonder(value, what)
    elif prop.name == "conductivity" and least:
        name, lab = next(((name, lab) for name, lab in _others(value, prop).items() if lab < AMBITIOUS_S_CM), ("", 0.0))
        _judge_conductivity(value, prop, what, error, (name, lab))
    elif prop.scale == "linear" and not prop.is_plausible(value):
        _refuse_unit(value, prop, what, error)


def _judge_conductivity(
    value: float, prop: Property, what: str, error: type[Exception], likely: tuple[str, float]
) -> None:
    """Refuse what no solid conducts where it counts, notice what few do; `likely`: another unit, the value in it."""
    (name, lab), at = likely, _aimed.get()
    hot = at >= HOT_C
    other = f"{value:g} {name} is {lab:g}"
    if value > (BEST_HOT_S_CM if hot else BEST_S_CM):
        at_most = f"is more {prop.unit} than any known solid conducts at {at:g} degC"
        mend = f"{other}: give {lab:g}" if name else "give such as 0.001"
        if not hot and value <= BEST_HOT_S_CM:
            mend += f", or up to {BEST_HOT_S_CM:g} where it counts at {HOT_C:g} degC or above: "
            mend += "give the fields of the goal with that temperature_C"
        raise error(f"{what} = {value:g} {at_most}; {mend}")
    if value >= AMBITIOUS_S_CM:
        few = _BEYOND_GLASSES if value <= BEST_S_CM else f" at {at:g} degC, where superionic crystals alone reach it"
        notice(f"{what} = {value:g} is taken for {prop.unit}{few}; if {name} is meant ({other}), give {lab:g}", 5)


def _others(value: float, prop: Property) -> dict[str, float]:
    """A value in the lab unit, if it is in one of the other linear units, by that; only what is plausible then."""
    others = {name: unit for name, unit in units.known(prop).items() if name != prop.unit and unit.form == "linear"}
    return {name: lab for name, unit in others.items() if prop.is_plausible(lab := float(unit.to_lab(value)))}


def _refuse_unit(value: float, prop: Property, what: str, error: type[Exception]) -> None:
    """Raise an error where a value that cannot be would be plausible in another unit."""
    if likely := _others(value, prop):
        readings = " or ".join(f"{value:g} {name} is {lab:.3g} {prop.unit}" for name, lab in likely.items())
        low, high = prop.plausible
        raise error(f"{what} = {value:g} is no {prop.label} in {prop.unit}; {readings}: give {low:g} to {high:g}")


def _refuse_mark(value: float, what: str, error: type[Exception]) -> None:
    """Raise an error where a temperature bears the mark of kelvin."""
    if is_marked(value):
        celsius = value - ZERO_CELSIUS_K
        said = f"{what} = {value:g} looks like kelvin ({value:g} K is {celsius:.6g} degC)"
        raise error(f"{said}; give {celsius:.6g}, or {value:.0f} if degC is meant")


def _wonder(value: float, what: str) -> None:
    """Notice a temperature that may be in either unit."""
    celsius = f"{value - ZERO_CELSIUS_K:.6g}"
    said = f"{what} = {value:g} is taken for degC"
    notice(f"{said}; if kelvin is meant ({value:g} K is {celsius} degC), give {celsius}", stacklevel=5)
