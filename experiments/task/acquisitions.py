"""The acquisitions: what makes a melt worth its while, one entry each; all doors offer them from here.

An acquisition is added by a function and its entry in `ACQUISITIONS`. ``vitrion propose --acquisition``, the service, a
goal (and so a campaign), the page and ``vitrion backtest --acquisition`` have it then. This module is light, since the
command line reads it: what needs NumPy is a method of `acquisition.Beliefs`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .acquisition import Beliefs, Vector

SHORT = 1e3  # what a step short of a limit costs a draw, in units of the first target: more than any draw can gain
USUAL = "improvement"


@dataclass(frozen=True)
class Acquisition:
    """What a melt of each candidate is worth, called with what is believed of them.

    Parameters
    ----------
    words
        What it asks for, for people.
    values
        From `Beliefs` about n candidates what each is worth, shape (n,); the highest is melted next.
    unit
        Of the values: ``"logarithm"`` (of a chance or of an expected gain), or ``"target"``, the unit of the first
        target (decades for a conductivity, K for a Tg). Logarithms of the chance that a melt can be made, and of what
        the predictors hope for, are added to either as they stand: they weigh the less against K.
    targets
        How many limits a goal has to have for it; 0 for any number.
    """

    words: str
    values: Callable[[Beliefs], Vector]
    unit: Literal["logarithm", "target"] = "logarithm"
    targets: int = 0

    def __call__(self, beliefs: Beliefs) -> Vector:
        """What a melt of each candidate is worth, shape (n,), in the unit of `unit`."""
        return self.values(beliefs)


def improvement(beliefs: Beliefs) -> Vector:
    """Logarithm of the expected improvement of the first target times the chance that all others are good enough."""
    return beliefs.improvement() + beliefs.enough()


def probability(beliefs: Beliefs) -> Vector:
    """Logarithm of the chance that all targets are good enough."""
    return beliefs.all_enough()


def hypervolume(beliefs: Beliefs) -> Vector:
    """Logarithm of the expected gain in the hypervolume of two targets beyond the limits."""
    return beliefs.hypervolume()


def thompson(beliefs: Beliefs) -> Vector:
    """The first target in one joint draw, in its unit (decades, K), less `SHORT` for each usual step below a limit."""
    first, *others = beliefs.drawn()
    rest = zip(others, beliefs.limits[1:], beliefs.scales[1:], strict=True)
    short = [(value - limit).clip(max=0.0) / scale for value, limit, scale in rest]
    return first + SHORT * sum(short[1:], short[0]) if short else first


ACQUISITIONS: Mapping[str, Acquisition] = MappingProxyType(
    {
        "improvement": Acquisition("expected improvement of the first limit, the others kept", improvement),
        "probability": Acquisition("chance to meet the whole goal", probability),
        "hypervolume": Acquisition("gain on two limits together", hypervolume, targets=2),
        "thompson": Acquisition("best of one draw from what is believed", thompson, unit="target"),
    }
)


class AcquisitionName(StrEnum):
    """An acquisition, as the command line and the service take it; its members are those of `ACQUISITIONS`."""

    _ignore_ = "name_"
    for name_ in ACQUISITIONS:
        vars()[name_] = name_


def fault(name: object, limits: int) -> str:
    """What is wrong with an acquisition for so many limits, in words with the mend; empty if nothing is.

    >>> fault("thompson", 1)
    ''
    >>> fault("hypervolume", 1)
    "acquisition='hypervolume' weighs two limits, the goal has 1; use another"
    """
    if not isinstance(name, str) or name not in ACQUISITIONS:
        text = repr(name) if isinstance(name, str) else type(name).__name__
        return f"acquisition = {text[:60]}; use one of {', '.join(ACQUISITIONS)}"
    asked = ACQUISITIONS[name].targets
    if asked in (0, limits):
        return ""
    words = {1: "one limit", 2: "two limits"}.get(asked, f"{asked} limits")
    return f"acquisition={name!r} weighs {words}, the goal has {limits}; use another"
