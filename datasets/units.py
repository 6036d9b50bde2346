"""Units at the door: what a value was written in, and how it becomes the lab unit of its property."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from .cards import DATA
from .properties import CONDUCTIVITY, TG, Property  # noqa: F401 - the examples use them

Form = Literal["linear", "reciprocal", "log10", "log10 reciprocal"]
_SAME = str.maketrans(
    {
        "µ": "u",
        "μ": "u",
        "Ω": "ohm",
        "\N{OHM SIGN}": "ohm",
        "°": "deg",
        "\N{DEGREE CELSIUS}": "degC",
        "\N{KELVIN SIGN}": "K",
        "−": "-",
        "–": "-",
        "⁻": "-",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "¹": "1",
        "³": "3",
    }
)
_NOISE = re.compile(r"[\s_.^()\[\]*·×⋅]")


class UnitError(ValueError):
    """A unit that the property does not come in."""


@dataclass(frozen=True)
class Unit:
    """A way to write values of a property.

    Parameters
    ----------
    name
        How the unit is shown.
    lab
        The lab unit that values become.
    spellings
        Other ways to write the unit, without blanks and the like.
    form, factor, offset
        How values x become lab values; see the head of `data/units.toml`.
    """

    name: str
    lab: str
    spellings: tuple[str, ...] = ()
    form: Form = "linear"
    factor: float = 1.0
    offset: float = 0.0

    def to_lab(self, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return values in the lab unit, of the same shape; NaN stays NaN and what has no result becomes NaN.

        >>> find("ohm cm", CONDUCTIVITY).to_lab([1000.0, 0.0])
        array([0.001,   nan])
        """
        x = np.asarray(values, dtype=float)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            if self.form == "linear":
                lab = np.asarray(self.factor * x + self.offset)
                return np.round(lab, 9) if self.offset else lab
            lab = self.factor * {"reciprocal": 1 / x, "log10": 10.0**x, "log10 reciprocal": 10.0**-x}[self.form]
        return np.where(np.isfinite(lab), lab, np.nan)


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, Unit]]:
    """Return all units by lab unit and name."""
    with (DATA / "units.toml").open("rb") as file:
        content = tomllib.load(file)
    return {
        lab: {name: Unit(name, lab, **{**row, "spellings": tuple(row["spellings"])}) for name, row in units.items()}
        for lab, units in content.items()
    }


def known(prop: Property) -> dict[str, Unit]:
    """Return the units that values of the property may come in, by name."""
    return table()[prop.unit]


def find(text: str, prop: Property) -> Unit:
    """Return the unit that a text names.

    >>> [find(text, CONDUCTIVITY).name for text in ("S cm-1", "mS·cm^-1", "Ω cm", "log10(S/cm)")]
    ['S/cm', 'mS/cm', 'ohm cm', 'log10(S/cm)']
    """
    bare = _NOISE.sub("", text.translate(_SAME))
    units = known(prop)
    for unit in units.values():
        if bare in unit.spellings:
            return unit
    loose = [u for u in units.values() if any(_same_but_for_case(bare, spelling) for spelling in u.spellings)]
    if len(loose) == 1:
        return loose[0]
    msg = f"{text!r} is not a unit of {prop.label}; write one of {', '.join(units)}"
    raise UnitError(msg)


def _same_but_for_case(text: str, spelling: str) -> bool:
    """Return whether two spellings differ in case alone, and not between milli and mega."""
    return text.casefold() == spelling.casefold() and not (text[:1] == "M" and spelling[:1] == "m")


def convert(values: npt.ArrayLike, unit: str, prop: Property) -> npt.NDArray[np.float64]:
    """Return values in the lab unit of the property, of the same shape, from values in a named unit.

    >>> convert([256.35], "K", TG), convert([-2.82], "log10(S/cm)", CONDUCTIVITY).round(5)
    (array([-16.8]), array([0.00151]))
    """
    return find(unit, prop).to_lab(values)
