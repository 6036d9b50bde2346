"""How predictions are judged: limits on properties, the chance to meet all, by how much, and the Pareto front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets import readings
from ...datasets.properties import PROPERTIES, ZERO_CELSIUS_K, find
from ...features.scalars import number, shown
from ...models.prediction import Prediction

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
BEYOND = 20.0  # times the highest plausible value: a limit above it is in another unit


class GoalError(ValueError):
    """A goal that cannot be met or read."""


@dataclass(frozen=True)
class Threshold:
    """A limit on one property.

    Parameters
    ----------
    property
        A name in `datasets.PROPERTIES`.
    below, above
        The limit in the lab unit of the property; exactly one of them.
    weight
        Exponent on the probability of keeping the limit, above 0: with 2 it counts as if it stood there twice.

    Examples
    --------
    >>> limit = Threshold("tg", below=25.0)
    >>> limit.sign, limit.target
    (-1.0, 298.15)
    """

    property: str
    below: float | None = None
    above: float | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not isinstance(self.property, str) or self.property not in PROPERTIES:
            raise GoalError(f"limit on {shown(self.property)}; give one on {', '.join(PROPERTIES)}")
        told = [side for side in ("below", "above") if getattr(self, side) is not None]
        if len(told) != 1:
            wrong = "both below and above" if told else "neither below nor above"
            raise GoalError(f"limit on {self.property} has {wrong}; give one of the two")
        side, quantity = told[0], find(self.property)
        low = -ZERO_CELSIUS_K if quantity.scale == "celsius" else 0.0
        high, what = BEYOND * quantity.plausible[1], f"limit on {self.property}, {side}"
        right = f"a number of {quantity.unit} above {low:g} and up to {high:g}"
        given = getattr(self, side)
        readings.limit(number(given, what, right, GoalError), quantity, what, GoalError, least=side == "above")
        value = bounded(given, what, right, low, high)
        weight = bounded(self.weight, f"limit on {self.property}, weight", "a number above 0", 0.0)
        object.__setattr__(self, side, value)
        object.__setattr__(self, "weight", weight)

    @cached_property
    def sign(self) -> float:
        """What turns targets so that more is better: 1 above a limit, -1 below one."""
        return 1.0 if self.above is not None else -1.0

    @cached_property
    def target(self) -> float:
        """The limit in the unit of the target (K, log10 of S/cm, or as in the lab)."""
        limit = self.above if self.above is not None else self.below
        return float(find(self.property).to_target(np.array([limit], dtype=float))[0])


def bounded(value: object, what: str, right: str, above: float, up_to: float = np.inf) -> float:
    """The number that a scalar is, where it lies above a bound and not beyond another; else `GoalError`."""
    found = number(value, what, right, GoalError)
    if not above < found <= up_to:
        raise GoalError(f"{what} = {shown(value)}; give {right}")
    return found


def limits_of(told: Any, elsewhere: Mapping[str, str]) -> tuple[Threshold, ...]:
    """Limits of a goal in order of their properties, from limits or from a table ``{property: {below: value}}``.

    Parameters
    ----------
    told
        As it was given.
    elsewhere
        Fields of the goal that hold the limits of other properties, by the names of these.
    """
    if isinstance(told, Mapping):
        told = [_limit(name, table) for name, table in told.items()]
    if not isinstance(told, tuple | list) or any(not isinstance(limit, Threshold) for limit in told):
        raise GoalError(f'goal limits = {shown(told)}; give a table such as {{"liquidus": {{"below": 160}}}}')
    names = [limit.property for limit in told]
    for name in names:
        if name in elsewhere:
            raise GoalError(f"goal limits holds {name}; its limit is {elsewhere[name]}")
        if names.count(name) > 1:
            raise GoalError(f"goal limits holds {name} twice; give one limit for each property")
    return tuple(sorted(told, key=lambda limit: list(PROPERTIES).index(limit.property)))


def _limit(name: Any, table: Any) -> Threshold:
    if not isinstance(table, Mapping) or not set(table) <= {"below", "above", "weight"}:
        raise GoalError(f"goal limits.{name} = {shown(table)}; give below or above and a number, and weight at most")
    return Threshold(name, **table)


def sides(limit: Threshold) -> dict[str, float]:
    """A limit as `limits_of` takes it: its side, and its weight where that is not 1."""
    side = {"below": limit.below} if limit.above is None else {"above": limit.above}
    told = {name: value for name, value in side.items() if value is not None}
    return told if limit.weight == 1 else told | {"weight": limit.weight}


def weights_of(told: Any, limits: Sequence[Threshold]) -> dict[str, float]:
    """Weights of a goal by property, in order of its limits; refused where there is nothing to weigh."""
    if not isinstance(told, Mapping):
        raise GoalError(f'goal weights = {shown(told)}; give a table of numbers by property, such as {{"tg": 2}}')
    known = {limit.property: limit.weight for limit in limits}
    for name, weight in told.items():
        if name not in known:
            raise GoalError(f"goal weights has {name}, without a limit; weigh {' or '.join(known)}")
        bounded(weight, f"goal weights has {name}", "a number above 0", 0.0)
        if known[name] != 1:
            raise GoalError(f"goal weights has {name}, and so has its limit; give one of the two")
    return {name: float(told[name]) for name in known if name in told}


def probability(thresholds: Sequence[Threshold], predictions: Mapping[str, Prediction]) -> Vector:
    """Calibrated probability that all limits are kept: the product of ``p ** weight`` over them, shape (n,).

    Parameters
    ----------
    thresholds
        One at least; the properties count as independent.
    predictions
        Of n compositions, by property.
    """
    return np.asarray(np.prod([_chance(limit, predictions[limit.property]) for limit in thresholds], axis=0))


def margin(thresholds: Sequence[Threshold], predictions: Mapping[str, Prediction]) -> Vector:
    """Expected margin of the worst limit, shape (n,): positive where all are expected to be kept.

    The distance of the expected target from the limit, as a multiple of the expected size of the error. Weights do not
    enter.

    Parameters
    ----------
    thresholds, predictions
        As in `probability`.
    """
    return np.asarray(np.min([_margin(limit, predictions[limit.property]) for limit in thresholds], axis=0))


def losses(thresholds: Sequence[Threshold], predictions: Mapping[str, Prediction]) -> Matrix:
    """Expected targets turned so that less is better, shape (n, limits).

    Parameters
    ----------
    thresholds, predictions
        As in `probability`.
    """
    return np.column_stack([-limit.sign * predictions[limit.property].target for limit in thresholds])


def pareto(losses: Matrix, allowed: Mask) -> Mask:
    """Whether each candidate is on the Pareto front of those allowed, shape (n,): none is better without being worse.

    Parameters
    ----------
    losses
        What is to be small, shape (n, k), infinite where it is worst. Equal candidates are on the front together.
    allowed
        Candidates that count, shape (n,); no other is on the front.

    Examples
    --------
    >>> pareto(np.array([[1.0, 2.0], [2.0, 1.0], [2.0, 2.0], [0.0, 0.0]]), np.array([True, True, True, False])).tolist()
    [True, True, False, False]
    """
    import moocore

    front = allowed.copy()
    if allowed.any():  # by their ranks, since moocore 0.3.2 errs where losses are infinite
        ranks = [np.unique(column, return_inverse=True)[1] for column in losses[allowed].T]
        front[allowed] = moocore.is_nondominated(np.column_stack(ranks).astype(float), keep_weakly=True)
    return front


def _chance(limit: Threshold, prediction: Prediction) -> Vector:
    return np.asarray(prediction.probability(below=limit.below, above=limit.above) ** limit.weight)


def _margin(limit: Threshold, prediction: Prediction) -> Vector:
    return limit.sign * (prediction.target - limit.target) / prediction.difficulty
