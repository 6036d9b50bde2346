"""The properties that Vitrion knows: names, units, plausible ranges and the target that a regressor sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

ZERO_CELSIUS_K = 273.15

Scale = Literal["celsius", "log10", "linear"]


@dataclass(frozen=True)
class Property:
    """A measurable property with its lab unit and its target unit.

    Parameters
    ----------
    name
        Key in `PROPERTIES`.
    label
        Name for people.
    unit
        Lab unit: what a user reads and writes.
    target_unit
        Unit of what a regressor sees.
    scale
        How a value becomes a target: ``celsius`` adds 273.15, ``log10`` takes the logarithm, ``linear`` does nothing.
    plausible
        Lowest and highest value, in lab units, that is taken for a measurement.
    better
        1 where those who search for an electrolyte look for high values, -1 where for low ones.

    Examples
    --------
    >>> TG.to_target(np.array([-16.8]))
    array([256.35])
    >>> CONDUCTIVITY.from_target(np.array([-3.0]))
    array([0.001])
    """

    name: str
    label: str
    unit: str
    target_unit: str
    scale: Scale
    plausible: tuple[float, float]
    better: float = 1.0

    def to_target(self, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return targets of the shape of `values`, which are in lab units; NaN stays NaN."""
        array = np.asarray(values, dtype=float)
        if self.scale == "celsius":
            return array + ZERO_CELSIUS_K
        if self.scale == "log10":
            if (array <= 0).any():
                worst = float(np.nanmin(array))
                msg = f"{self.label}: {worst:g} {self.unit} has no logarithm; give values above zero"
                raise ValueError(msg)
            return np.asarray(np.log10(array))
        return array.copy()

    def from_target(self, targets: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return values in lab units, of the shape of `targets`."""
        array = np.asarray(targets, dtype=float)
        if self.scale == "celsius":
            return array - ZERO_CELSIUS_K
        if self.scale == "log10":
            return np.asarray(10.0**array)
        return array.copy()

    def is_plausible(self, values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Return, of the shape of `values`, whether each lies in the plausible range; NaN does not."""
        array = np.asarray(values, dtype=float)
        low, high = self.plausible
        return np.asarray((array >= low) & (array <= high))


# No Tg of the tables lies below -60 degC; 130 K is below the lowest of any inorganic glass, water's 136 K
# (10.1038/330552a0), to which those of aqueous salts tend (10.1063/1.1673099). Predictions keep to it too.
TG = Property("tg", "glass transition temperature", "degC", "K", "celsius", (-143.15, 1300.0), -1.0)
LIQUIDUS = Property("liquidus", "liquidus temperature", "degC", "K", "celsius", (-130.0, 3300.0), -1.0)
MELTING = Property("melting", "melting temperature", "degC", "K", "celsius", (-130.0, 3300.0), -1.0)
CONDUCTIVITY = Property("conductivity", "ionic conductivity", "S/cm", "log10(S/cm)", "log10", (1e-36, 5.0))
ACTIVATION_ENERGY = Property(
    "activation_energy", "activation energy of conduction", "eV", "eV", "linear", (0.03, 2.5), -1.0
)
DENSITY = Property("density", "density", "g/cm3", "g/cm3", "linear", (1.0, 12.0), -1.0)
YOUNGS_MODULUS = Property("youngs_modulus", "Young's modulus", "GPa", "GPa", "linear", (1.0, 300.0), -1.0)

PROPERTIES: Mapping[str, Property] = MappingProxyType(
    {p.name: p for p in (TG, CONDUCTIVITY, LIQUIDUS, MELTING, ACTIVATION_ENERGY, DENSITY, YOUNGS_MODULUS)}
)


def find(name: str) -> Property:
    """Return the property of that name.

    >>> find("tg").target_unit
    'K'
    """
    try:
        return PROPERTIES[name]
    except KeyError:
        msg = f"{name!r} is not a property that Vitrion knows; use one of {', '.join(PROPERTIES)}"
        raise ValueError(msg) from None
