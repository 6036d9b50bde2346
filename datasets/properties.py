"""The properties that Vitrion knows, one row each; command line, service, page and columns of tables read them here.

A property is added by a row of `PROPERTIES`. If it is to be predicted, say so in the row and write its recipe
``experiments/recipes/data/NAME.toml``; ``vitrion train -p``, ``rank --also``, the service and its page offer it then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

ZERO_CELSIUS_K = 273.15

Scale = Literal["celsius", "log10", "linear"]
Predicted = Literal["always", "on request", "where trained", "never"]


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
    words
        Shortest name for people, as on a button.
    column_unit
        The unit as columns of tables hold it, of letters, digits and underscores: ``tg_C``, ``density_g_cm3``.
    step
        Difference between two candidates that counts as usual, in the target unit.
    predicted
        ``"always"``: every ranking needs a model of it; ``"on request"``: a model is trained and shown when asked for;
        ``"where trained"``: shown in every ranking once a model is trained;
        ``"never"``: there are data, and no recipe.
    at_a_temperature
        Whether a value holds at the temperature of its measurement.

    Raises
    ------
    ValueError
        For a name or a unit of columns that no column can have.

    Examples
    --------
    >>> import numpy as np
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
    words: str = field(kw_only=True)
    column_unit: str = field(kw_only=True)
    step: float = field(kw_only=True)
    predicted: Predicted = field(kw_only=True, default="never")
    at_a_temperature: bool = field(kw_only=True, default=False)

    def __post_init__(self) -> None:
        for text in (self.name, self.column_unit):
            if not re.fullmatch("[a-zA-Z0-9_]+", text):
                msg = f"property {self.name!r}: {text!r} is no part of a column; use letters, digits, underscores"
                raise ValueError(msg)

    @property
    def column(self) -> str:
        """Column of its values in lab units.

        >>> CONDUCTIVITY.column
        'conductivity_S_cm'
        """
        return self.columns[0]

    @property
    def columns(self) -> tuple[str, str, str]:
        """Columns of a prediction: value, lower and upper end.

        >>> TG.columns
        ('tg_C', 'tg_low_C', 'tg_high_C')
        """
        low, high = (f"{self.name}_{end}_{self.column_unit}" for end in ("low", "high"))
        return f"{self.name}_{self.column_unit}", low, high

    @property
    def score_unit(self) -> str:
        """The target unit as the name of a metric may hold it.

        >>> CONDUCTIVITY.score_unit, TG.score_unit, DENSITY.score_unit
        ('decades', 'K', 'g_cm3')
        """
        return {"celsius": "K", "log10": "decades", "linear": self.column_unit}[self.scale]

    def to_target(self, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return targets of the shape of `values`, which are in lab units; NaN stays NaN."""
        import numpy as np

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
        import numpy as np

        array = np.asarray(targets, dtype=float)
        if self.scale == "celsius":
            return array - ZERO_CELSIUS_K
        if self.scale == "log10":
            return np.asarray(10.0**array)
        return array.copy()

    def is_plausible(self, values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Return, of the shape of `values`, whether each lies in the plausible range; NaN does not."""
        import numpy as np

        array = np.asarray(values, dtype=float)
        low, high = self.plausible
        return np.asarray((array >= low) & (array <= high))


# No Tg of the tables lies below -60 degC; 130 K is below the lowest of any inorganic glass, water's 136 K
# (10.1038/330552a0), to which those of aqueous salts tend (10.1063/1.1673099). Predictions keep to it too.
TG = Property(
    *("tg", "glass transition temperature", "degC", "K", "celsius", (-143.15, 1300.0), -1.0),
    words="Tg",
    column_unit="C",
    step=30.0,
    predicted="always",
)
LIQUIDUS = Property(
    *("liquidus", "liquidus temperature", "degC", "K", "celsius", (-130.0, 3300.0), -1.0),
    words="liquidus",
    column_unit="C",
    step=30.0,
    predicted="on request",
)
MELTING = Property(
    *("melting", "melting temperature", "degC", "K", "celsius", (-130.0, 3300.0), -1.0),
    words="melting point",
    column_unit="C",
    step=30.0,
)
CONDUCTIVITY = Property(
    *("conductivity", "ionic conductivity", "S/cm", "log10(S/cm)", "log10", (1e-36, 5.0)),
    words="conductivity",
    column_unit="S_cm",
    step=1.0,
    predicted="always",
    at_a_temperature=True,
)
ACTIVATION_ENERGY = Property(
    *("activation_energy", "activation energy of conduction", "eV", "eV", "linear", (0.03, 2.5), -1.0),
    words="activation energy",
    column_unit="eV",
    step=0.1,
    predicted="on request",
)
DENSITY = Property(
    *("density", "density", "g/cm3", "g/cm3", "linear", (1.0, 12.0), -1.0),
    words="density",
    column_unit="g_cm3",
    step=0.3,
    at_a_temperature=True,
)
YOUNGS_MODULUS = Property(
    *("youngs_modulus", "Young's modulus", "GPa", "GPa", "linear", (1.0, 300.0), -1.0),
    words="Young's modulus",
    column_unit="GPa",
    step=5.0,
    predicted="on request",
    at_a_temperature=True,
)

PROPERTIES: Mapping[str, Property] = MappingProxyType(
    {p.name: p for p in (TG, CONDUCTIVITY, LIQUIDUS, MELTING, ACTIVATION_ENERGY, DENSITY, YOUNGS_MODULUS)}
)
GLASS_FORMATION = Property(
    *("glass_formation", "glass formation", "class", "class", "linear", (0.0, 2.0)),
    words="glass formation",
    column_unit="class",
    step=1.0,
    predicted="where trained",
)
"""Whether a mixture comes out as a glass (2), partly crystalline (1) or crystalline (0)."""

OUTCOMES: Mapping[str, Property] = MappingProxyType({GLASS_FORMATION.name: GLASS_FORMATION})
"""What is no quantity: the outcome is one of a few, and a prediction the probability of each."""

RANKED = tuple(name for name, row in PROPERTIES.items() if row.predicted == "always")
FURTHER = tuple(name for name, row in PROPERTIES.items() if row.predicted == "on request")
BESIDE = tuple(name for name, row in OUTCOMES.items() if row.predicted == "where trained")
MODELLED = (*RANKED, *FURTHER, *BESIDE)


class Modelled(StrEnum):
    """A property that has a model, as the command line and the service take it; its members are `MODELLED`."""

    _ignore_ = "name_"
    for name_ in MODELLED:
        vars()[name_] = name_


class Further(StrEnum):
    """A property that a ranking shows when asked, as the command line and the service take it: those of `FURTHER`."""

    _ignore_ = "name_"
    for name_ in FURTHER:
        vars()[name_] = name_


def find(name: str) -> Property:
    """Return the property of that name.

    >>> find("tg").target_unit
    'K'
    """
    try:
        return OUTCOMES[name] if name in OUTCOMES else PROPERTIES[name]
    except KeyError:
        msg = f"{name!r} is not a property that Vitrion knows; use one of {', '.join(PROPERTIES)}"
        raise ValueError(msg) from None
