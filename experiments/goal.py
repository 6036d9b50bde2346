"""What a good electrolyte is: the limits that a ranking asks about."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..features.elements import SYMBOLS
from ..features.fractions import Fractions
from ..models.domain import VERDICTS
from .judgement import GoalError, Threshold

__all__ = ["Goal", "GoalError", "Threshold"]


@dataclass(frozen=True)
class Goal:
    """Limits that a candidate has to meet; the default is what the first VIGLAS glasses reach.

    Parameters
    ----------
    conductivity_S_cm
        Least ionic conductivity, in S/cm.
    tg_C
        Highest glass transition temperature, in degC: below it the glass bends.
    forbidden
        Symbols of elements that no candidate may hold.
    minimum_verdict
        ``inside`` or ``edge`` refuses candidates further from what was measured; ``outside`` refuses none.
    max_cost_usd_per_kg
        Highest cost of raw materials, in USD/kg.
    required
        Symbols of elements that every candidate has to hold.
    explore
        Pressure to explore when the next candidates are chosen, 0 or more: 0 takes the best expected.

    Examples
    --------
    >>> Goal(forbidden=("Ta",)).refused(Fractions.of(["LiAlCl4", "LiTaCl6"])).tolist()
    [False, True]
    """

    conductivity_S_cm: float = 1e-3
    tg_C: float = 25.0
    forbidden: tuple[str, ...] = ()
    minimum_verdict: str = "outside"
    max_cost_usd_per_kg: float = float("inf")
    required: tuple[str, ...] = ()
    explore: float = 1.0

    def __new__(cls, *told: Any, **named: Any) -> Goal:
        """Refuse fields that a goal does not have, in the words that a goal file gets."""
        _check_names(named, "the goal")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for name, low, high, unit in (
            ("conductivity_S_cm", 0.0, 100.0, "S/cm"),
            ("tg_C", -273.15, 3000.0, "degC"),
            ("max_cost_usd_per_kg", 0.0, float("inf"), "USD/kg"),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not low < value <= high:
                raise GoalError(f"goal {name} = {value!r}; give a number of {unit} above {low:g} and up to {high:g}")
        for name in ("forbidden", "required"):
            symbols = getattr(self, name)
            if not isinstance(symbols, tuple | list) or any(symbol not in SYMBOLS for symbol in symbols):
                raise GoalError(f'goal {name} = {symbols!r}; give symbols of elements, such as ["Ta", "Hf"]')
        if both := sorted(set(self.forbidden) & set(self.required)):
            raise GoalError(f"goal required = {self.required!r} holds {', '.join(both)}, forbidden too; keep it in one")
        if (
            isinstance(self.explore, bool)
            or not isinstance(self.explore, int | float)
            or not 0 <= self.explore < np.inf
        ):
            raise GoalError(f"goal explore = {self.explore!r}; give a number, 0 or more")
        if self.minimum_verdict not in VERDICTS:
            raise GoalError(f"goal minimum_verdict = {self.minimum_verdict!r}; use one of {', '.join(VERDICTS)}")

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """The limits on predicted properties."""
        return (Threshold("conductivity", above=self.conductivity_S_cm), Threshold("tg", below=self.tg_C))

    @property
    def properties(self) -> tuple[str, ...]:
        """Names of the properties that have a limit."""
        return tuple(limit.property for limit in self.thresholds)

    @classmethod
    def of(cls, goal: Goal | Mapping[str, Any] | Path | str | None) -> Goal:
        """A goal from a goal, its fields by name, the path of a TOML file, or nothing (the default)."""
        if goal is None or isinstance(goal, Goal):
            return goal or cls()
        if isinstance(goal, str | Path):
            return cls.load(Path(goal))
        if not isinstance(goal, Mapping):
            raise GoalError(f"goal = {goal!r}; give a vitrion.Goal, a dict of its fields or the path of a TOML file")
        return cls._of_fields(goal, "the goal")

    @classmethod
    def load(cls, path: Path) -> Goal:
        """Read a goal from a TOML file whose keys are the parameters above."""
        try:
            told = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise GoalError(f"goal file {Path(path).name} cannot be read: {error}") from None
        return cls._of_fields(told, f"goal file {Path(path).name}")

    @classmethod
    def _of_fields(cls, told: Mapping[str, Any], where: str) -> Goal:
        _check_names(told, where)
        limits: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in told.items()
        }
        return cls(**limits)

    def refused(self, fractions: Fractions) -> npt.NDArray[np.bool_]:
        """Whether each composition holds a forbidden element or lacks a required one, shape (n,)."""
        wrong = [fractions.column(symbol) > 0 for symbol in self.forbidden]
        wrong += [fractions.column(symbol) <= 0 for symbol in self.required]
        return np.any(wrong, axis=0) if wrong else np.zeros(len(fractions), dtype=bool)

    def too_far(self, verdict: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
        """Whether each verdict is beyond the minimum, shape (n,)."""
        return ~np.isin(verdict, VERDICTS[: VERDICTS.index(self.minimum_verdict) + 1])

    def remarks(
        self, fractions: Fractions, verdict: npt.NDArray[np.str_], cost: npt.NDArray[np.float64]
    ) -> list[list[str]]:
        """Reasons for which the goal refuses each composition, n lists; a cost that nobody knows is told, not refused.

        Parameters
        ----------
        fractions, verdict
            The n candidates, and the verdict on each.
        cost
            Cost of their raw materials in USD/kg, shape (n,), NaN where it is not known.
        """
        told: list[list[str]] = [[] for _ in range(len(fractions))]
        limited = np.isfinite(self.max_cost_usd_per_kg)
        cases = [(fractions.column(symbol) > 0, f"the goal forbids {symbol}") for symbol in self.forbidden]
        cases += [(fractions.column(symbol) <= 0, f"the goal requires {symbol}") for symbol in self.required]
        cases += [
            (self.too_far(verdict), f"the goal asks for {self.minimum_verdict} at least"),
            (cost > self.max_cost_usd_per_kg, f"cost above {self.max_cost_usd_per_kg:g} USD/kg"),
            (np.isnan(cost) & limited, "cost not known"),
        ]
        for mask, reason in cases:
            for row in np.flatnonzero(mask):
                told[row].append(reason)
        return told


def _check_names(told: Mapping[str, Any], where: str) -> None:
    names = [entry.name for entry in fields(Goal)]
    if unknown := sorted(set(told) - set(names)):
        raise GoalError(f"{where} has {', '.join(unknown)}; a goal has {', '.join(names)}")
