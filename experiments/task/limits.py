"""The numbers that a goal names as its own fields, each in its range and unit, and the flags that it forbids."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from ...datasets.chemistry.flags import USUALLY_FORBIDDEN, checked
from ...datasets.properties import PROPERTIES, RANKED
from ...datasets.readings import limit
from ...features.scalars import number, plain
from .judgement import GoalError, bounded

FIELDS: Mapping[str, tuple[float, float, str, bool]] = {  # above, up to, unit, whether there may be none
    "conductivity_S_cm": (0.0, 100.0, "S/cm", True),
    "tg_C": (-273.15, 3000.0, "degC", True),
    "max_cost_usd_per_kg": (0.0, inf, "USD/kg", False),
}
OF = {PROPERTIES[name].column: name for name in RANKED}  # what these limit


def limit_of(name: str, value: Any) -> float | None:
    """The limit in a field of a goal as a number, None for no limit; refused where it is none, or in another unit.

    Parameters
    ----------
    name
        One of `FIELDS`.
    value
        As it was given.

    Examples
    --------
    >>> limit_of("tg_C", 25)
    25.0
    """
    low, high, unit, optional = FIELDS[name]
    if (value is None and optional) or (high == inf and value == inf):
        return None if value is None else inf
    none = ", or None (in a file false) for no limit" if optional else ""
    right = f"a number of {unit} above {low:g} and up to {high:g}{none}{_logarithm(name, value)}"
    found = number(value, f"goal {name}", right, GoalError)
    if name in OF:
        limit(found, PROPERTIES[OF[name]], f"goal {name}", GoalError, least=name == "conductivity_S_cm")
    return bounded(value, f"goal {name}", right, low, high)


def chance_of(told: Any) -> float | None:
    """The chance of a glass that a goal asks for, None for none; refused where it is no number from 0 to 1.

    Examples
    --------
    >>> chance_of(0.5), chance_of(None)
    (0.5, None)
    """
    if told is None:
        return None
    right = "a chance from 0 to 1, such as 0.5, or None (in a file false) for none"
    chance = number(told, "goal min_p_glass", right, GoalError)
    if not 0 <= chance <= 1:
        raise GoalError(f"goal min_p_glass = {chance:g}; give {right}")
    return chance


def forbidden_flags(told: Any) -> tuple[str, ...]:
    """Codes of the flags that a goal forbids, from a list or from a table ``{"forbid": [...]}``.

    Examples
    --------
    >>> forbidden_flags({"forbid": ["toxic"]})
    ('toxic',)
    """
    if isinstance(told, Mapping):
        if unknown := sorted(set(told) - {"forbid"}, key=str):
            raise GoalError(f"goal flags has {', '.join(map(str, unknown))}; give forbid and a list of codes")
        told = told.get("forbid", USUALLY_FORBIDDEN)
    return checked(told, "goal flags forbid", GoalError)


def _logarithm(name: str, value: Any) -> str:
    """What to give for a conductivity that is told as its logarithm; empty for all else."""
    told = plain(value)
    if OF.get(name) != "conductivity" or isinstance(told, bool) or not isinstance(told, int | float) or not told < 0:
        return ""
    return f"; {told:g} as log10 of S/cm is {10.0**told:.3g}"
