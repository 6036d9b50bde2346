"""What a good electrolyte is: the limits that a ranking asks about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets.chemistry.flags import USUALLY_FORBIDDEN, flagged
from ...datasets.chemistry.possible import mobile, trace_percent, traces
from ...datasets.exchange.structured import of_toml
from ...datasets.readings import trusting
from ...features.descriptors.ionic_sums import MOBILE
from ...features.elements import SYMBOLS
from ...features.fractions import Fractions
from ...features.scalars import number, shown
from ...models.domain import VERDICTS
from . import acquisitions
from .judgement import GoalError, Threshold, limits_of, sides, weights_of
from .limits import FIELDS, OF, chance_of, forbidden_flags, limit_of

__all__ = ["Goal", "GoalError", "Threshold"]


@dataclass(frozen=True)
class Goal:
    """Limits that a candidate has to meet; the default is what the first VIGLAS glasses reach.

    Parameters
    ----------
    conductivity_S_cm
        Least ionic conductivity, in S/cm; None (in a file ``false``) for no limit.
    tg_C
        Highest glass transition temperature, in degC: below it the glass bends; None (``false``) for no limit.
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
    weights
        Exponents above 0 on the probability of keeping the limit on a property, by its name; 1 where nothing is told.
        With others the product of the chances ranks, and is no longer the probability itself.
    limits
        Limits on further properties, one each: ``(Threshold("liquidus", below=160.0),)`` or
        ``{"liquidus": {"below": 160.0}}``.
    flags
        Codes of flags (`datasets.flags`) that no candidate may have, as ``{"forbid": ["toxic", "volatile"]}`` or as a
        list; by default those that are radioactive, and those that need a gas or a liquid.
    acquisition
        What makes a melt worth its while when the next candidates are chosen: a key of `acquisitions.ACQUISITIONS`.
    min_p_glass
        Least chance that a melt comes out as a glass, from 0 to 1; None (``false``) asks for none. Where its predictor
        is inside or at the edge of the known, a goal that asks for one has the chance as a factor of `p_goal`; what it
        says outside is shown, and neither refuses nor counts. With 0 nothing is refused, and proposals look for the
        border of glass formation too.

    Examples
    --------
    >>> Goal(forbidden=("Ta",)).refused(Fractions.of(["LiAlCl4", "LiTaCl6"])).tolist()
    [False, True]
    >>> Goal(tg_C=None, limits={"liquidus": {"below": 160}}).properties
    ('conductivity', 'liquidus')
    """

    conductivity_S_cm: float | None = 1e-3
    tg_C: float | None = 25.0
    forbidden: tuple[str, ...] = ()
    minimum_verdict: str = "outside"
    max_cost_usd_per_kg: float = float("inf")
    required: tuple[str, ...] = ()
    explore: float = 1.0
    weights: Mapping[str, float] = field(default_factory=dict, hash=False)
    limits: tuple[Threshold, ...] = ()
    flags: tuple[str, ...] = USUALLY_FORBIDDEN
    acquisition: str = acquisitions.USUAL
    min_p_glass: float | None = None

    def __new__(cls, *told: Any, **named: Any) -> Goal:
        """Refuse fields that a goal does not have, in the words that a goal file gets."""
        _check_names(named, "the goal")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for name in FIELDS:
            self._put(name, limit_of(name, getattr(self, name)))
        for name in ("forbidden", "required"):
            symbols = getattr(self, name)
            if not isinstance(symbols, tuple | list):
                raise GoalError(f'goal {name} = {shown(symbols)}; give a list of symbols, such as ["Ta", "Hf"]')
            if strange := [shown(one).strip("'") for one in symbols if one not in SYMBOLS]:
                are = "is no symbol of an element" if len(strange) == 1 else "are no symbols of elements"
                raise GoalError(f"goal {name}: {', '.join(strange)} {are}; give symbols from H to Lr, such as Ta or Hf")
            self._put(name, tuple(symbols))
        if both := sorted(set(self.forbidden) & set(self.required)):
            it = "it" if len(both) == 1 else "each"
            raise GoalError(f"goal required: {', '.join(both)} cannot be forbidden too; keep {it} in one of the two")
        self._put("explore", number(self.explore, "goal explore", "a number, 0 or more", GoalError))
        if self.explore < 0:
            raise GoalError(f"goal explore = {self.explore:g}; give a number, 0 or more")
        self._put("min_p_glass", chance_of(self.min_p_glass))
        if self.minimum_verdict not in VERDICTS:
            raise GoalError(f"goal minimum_verdict = {shown(self.minimum_verdict)}; use one of {', '.join(VERDICTS)}")
        self._put("flags", forbidden_flags(self.flags))
        self._put("limits", limits_of(self.limits, {prop: name for name, prop in OF.items()}))
        if not self._unweighted():
            raise GoalError("the goal has no limit; give conductivity_S_cm, tg_C or one in limits")
        self._put("weights", weights_of(self.weights, self._unweighted()))
        if wrong := acquisitions.fault(self.acquisition, len(self._unweighted())):
            raise GoalError(f"goal {wrong}")

    def _put(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @cached_property
    def thresholds(self) -> tuple[Threshold, ...]:
        """The limits on predicted properties, with their weights; one at least."""
        with trusting():
            return tuple(
                replace(limit, weight=self.weights.get(limit.property, limit.weight)) for limit in self._unweighted()
            )

    def _unweighted(self) -> tuple[Threshold, ...]:
        with trusting():  # both were judged as fields of the goal
            sigma = () if self.conductivity_S_cm is None else (Threshold("conductivity", above=self.conductivity_S_cm),)
            tg = () if self.tg_C is None else (Threshold("tg", below=self.tg_C),)
        return (*sigma, *tg, *self.limits)

    @cached_property
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
            raise GoalError(
                f"goal = {shown(goal)}; give a vitrion.Goal, a dict of its fields or the path of a TOML file"
            )
        return cls._of_fields(goal, "the goal")

    @classmethod
    def kept(cls, fields: Mapping[str, Any] | None) -> Goal:
        """A goal by the fields that were kept of it, if any: it was judged when it came in, and is not judged again."""
        with trusting():
            return cls.of(None if fields is None else dict(fields))

    @classmethod
    def load(cls, path: Path) -> Goal:
        """Read a goal from a TOML file whose keys are the parameters above."""
        try:
            told = of_toml(Path(path).read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise GoalError(f"goal file {Path(path).name} cannot be read: {error}") from None
        return cls._of_fields(told, f"goal file {Path(path).name}")

    @classmethod
    def _of_fields(cls, told: Mapping[str, Any], where: str) -> Goal:
        _check_names(told, where)
        none = {"conductivity_S_cm": None, "tg_C": None, "max_cost_usd_per_kg": float("inf"), "min_p_glass": None}
        named: dict[str, Any] = dict(told)
        for name, value in none.items():
            if name in named and (named[name] is None or named[name] is False):
                named[name] = value
        return cls(**named)

    def to_dict(self) -> dict[str, Any]:
        """Fields of the goal by name, as JSON has them; `of` makes the same goal of it.

        The usual acquisition, and a chance of a glass that nobody asks for, are left out: goals that were kept before
        there was a choice have none.

        Examples
        --------
        >>> Goal(limits=(Threshold("liquidus", below=160),)).to_dict()["limits"]
        {'liquidus': {'below': 160.0}}
        """
        told: dict[str, Any] = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        if self.acquisition == acquisitions.USUAL:
            del told["acquisition"]
        if self.min_p_glass is None:
            del told["min_p_glass"]
        lists = {"forbidden": list(self.forbidden), "required": list(self.required), "weights": dict(self.weights)}
        ceiling = self.max_cost_usd_per_kg if np.isfinite(self.max_cost_usd_per_kg) else None
        further = {limit.property: sides(limit) for limit in self.limits}
        return told | lists | {"max_cost_usd_per_kg": ceiling, "limits": further, "flags": {"forbid": list(self.flags)}}

    def to_toml(self) -> str:
        """Text of a goal file; `load` makes the same goal of it."""
        told = self.to_dict()
        tables = {"weights": told.pop("weights"), "flags": told.pop("flags")}
        tables |= {f"limits.{name}": limit for name, limit in told.pop("limits").items()}
        lines = [f"{name} = {'false' if value is None else json.dumps(value)}" for name, value in told.items()]
        for name, table in tables.items():
            if table:
                lines += ["", f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
        return "\n".join(lines) + "\n"

    def refused(self, fractions: Fractions) -> npt.NDArray[np.bool_]:
        """Whether each holds what is forbidden, lacks a required element, or cannot conduct, shape (n,)."""
        wrong = [fractions.column(symbol) > 0 for symbol in self.forbidden]
        wrong += [fractions.column(symbol) <= 0 for symbol in self.required]
        flags = flagged(fractions, self.flags).any(axis=1)
        return np.asarray(np.any([*wrong, flags, self._still(fractions)], axis=0))

    def _still(self, fractions: Fractions) -> npt.NDArray[np.bool_]:
        """Whether each holds a trace of mobile ions at most, where a conductivity is asked for: the data know no more.

        The limit is that of the training rows, `possible.traces`.
        """
        if "conductivity" not in self.properties:
            return np.zeros(len(fractions), dtype=bool)
        return traces(fractions.matrix)

    def too_far(self, verdict: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
        """Whether each verdict is beyond the minimum, shape (n,)."""
        return ~np.isin(verdict, VERDICTS[: VERDICTS.index(self.minimum_verdict) + 1])

    def remarks(
        self, fractions: Fractions, verdict: npt.NDArray[np.str_], cost: npt.NDArray[np.float64]
    ) -> list[list[str]]:
        """Reasons for which the goal refuses each composition, n lists; a cost that is not known refuses none.

        Parameters
        ----------
        fractions, verdict
            The n candidates, and the verdict on each.
        cost
            Cost of their raw materials in USD/kg, shape (n,), NaN where it is not known.
        """
        told: list[list[str]] = [[] for _ in range(len(fractions))]
        still, ions = self._still(fractions), ", ".join(MOBILE)
        none, trace = still & (mobile(fractions.matrix) <= 0), f"trace: less than {trace_percent():g} at.% of {ions}"
        cases = [(fractions.column(symbol) > 0, f"the goal forbids {symbol}") for symbol in self.forbidden]
        cases += [(fractions.column(symbol) <= 0, f"the goal requires {symbol}") for symbol in self.required]
        cases += [(flagged(fractions, [code])[:, 0], f"the goal forbids {code}") for code in self.flags]
        cases += [
            (none, f"no mobile ion ({ions}): nothing that conducts"),
            (still & ~none, f"{trace}, too few to conduct"),
            (self.too_far(verdict), f"the goal asks for {self.minimum_verdict} at least"),
            (cost > self.max_cost_usd_per_kg, f"cost above {self.max_cost_usd_per_kg:g} USD/kg"),
        ]
        for mask, reason in cases:
            for row in np.flatnonzero(mask):
                told[row].append(reason)
        return told


def _check_names(told: Mapping[str, Any], where: str) -> None:
    names = [entry.name for entry in fields(Goal)]
    if unknown := sorted(set(told) - set(names), key=str):
        raise GoalError(f"{where} has {', '.join(map(str, unknown))}; a goal has {', '.join(names)}")
