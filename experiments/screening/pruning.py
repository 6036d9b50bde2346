"""What a screening must know of all candidates, and no more: rows that cannot be among the best are left early."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets.economics.routes import raw_material_cost
from ...datasets.readings import trusting
from ...features import charge
from ...features.fractions import Fractions
from ...models.domain import VERDICTS
from ...models.fitting.glass_former import GlassFormer
from ...models.prediction import Prediction
from ..ranking.glass_formation import GlassChance
from ..ranking.ready import Informed
from ..ranking.scoring import Predictors, predicted, severities
from ..task.goal import Goal
from ..task.judgement import margin, probability

CHUNK = 4096  # rows at a time: they stay in the cache, and one thread works on them
SURE = 1.0 - 1e-9  # what a product of chances may be above the product in another order

Vector = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Aim:
    """What is screened for.

    Parameters
    ----------
    goal
        What a good candidate is.
    temperature_C
        Where the conductivity counts, in degC.
    top
        How many of the best are kept.
    everything
        Whether all is to be known of every row.
    """

    goal: Goal
    temperature_C: float
    top: int
    everything: bool = False


@dataclass(frozen=True)
class Sieved:
    """What is left of n candidates: their rows, chances and margins, and, where all is asked, columns of a table."""

    rows: Rows
    chance: Vector
    margin: Vector
    columns: Mapping[str, npt.NDArray[Any]]


def sieve(fractions: Fractions, aim: Aim, predictors: Predictors, floor: float = 0.0) -> Sieved:
    """Judge candidates chunk by chunk; keep those that may be among the best, all of them where everything is asked.

    Parameters
    ----------
    fractions
        The n candidates; their order changes nothing but the order of what comes back.
    aim
        What is screened for.
    predictors
        Of Tg, conductivity and the properties of the goal.
    floor
        Chance that as many rows as are kept reach already elsewhere.

    Returns
    -------
    Sieved
        Every row whose chance is among the `top` best of these is there, those of equal chance too. A row is left out
        once the chances of some of its limits alone make a product below `floor`, or below what `top` others reached.
    """
    order = _alike(fractions)
    former = predictors.former if isinstance(predictors, Informed) else None
    parts = []
    best = np.empty(0)
    for start in range(0, max(len(order), 1), CHUNK):  # of none too: what comes back has its columns
        rows = order[start : start + CHUNK]
        found = _judged(fractions.take(rows), aim, predictors, 0.0 if aim.everything else floor, former)
        parts.append(Sieved(rows[found.rows], found.chance, found.margin, found.columns))
        best = np.sort(np.concatenate([best, found.chance]))[-aim.top :] if aim.top else best
        if aim.top and len(best) == aim.top:
            floor = max(floor, float(best[0]))
    rows, chance, edge = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "chance", "margin")
    )
    names = parts[0].columns if parts else {}
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in names}
    if aim.everything:
        back = np.argsort(rows)
        return Sieved(rows[back], chance[back], edge[back], {name: column[back] for name, column in columns.items()})
    kept = chance >= floor
    return Sieved(rows[kept], chance[kept], edge[kept], {})


def among_best(chance: Vector, margin: Vector, top: int) -> Rows:
    """Rows that may be among the `top` best by chance, then by margin: those equal to the last of them too."""
    if len(chance) <= top:
        return np.arange(len(chance))
    order = np.lexsort((-margin, -chance))
    last = order[top - 1]
    better = (chance > chance[last]) | ((chance == chance[last]) & (margin >= margin[last]))
    return np.flatnonzero(better)


def _alike(fractions: Fractions) -> Rows:
    """Order in which rows of the same elements stand together, those of like shares beside each other.

    Rows that are alike take the same branches of trees, which are in the cache by then.
    """
    held = fractions.matrix > 0
    kinds = held @ np.random.default_rng(0).random(held.shape[1])
    return np.lexsort((fractions.column("O"), kinds))


def _judged(fractions: Fractions, aim: Aim, predictors: Predictors, floor: float, former: GlassFormer | None) -> Sieved:
    goal, n = aim.goal, len(fractions)
    neutral, cost = charge.neutral(fractions), np.full(n, np.nan)
    hopeless = ~neutral | goal.refused(fractions)
    if np.isfinite(goal.max_cost_usd_per_kg):
        some = np.flatnonzero(~hopeless) if floor > 0 else np.arange(n)
        cost[some] = raw_material_cost(fractions.take(some))
        hopeless |= cost > goal.max_cost_usd_per_kg
    rows = np.flatnonzero(~hopeless) if floor > 0 else np.arange(n)
    limits = {limit.property: limit for limit in goal.thresholds}
    asked = dict.fromkeys((*limits, "conductivity", "tg"))
    batch, predictions, bound = fractions.take(rows), dict[str, Prediction](), np.ones(len(rows))
    for name in asked:
        with trusting():  # in whatever thread or process: the temperature was judged where the screening began
            predictions[name] = predicted(name, predictors[name], batch, aim.temperature_C)
        if name in limits and floor > 0:
            bound = bound * probability([limits[name]], predictions)
            stay = np.flatnonzero(bound >= floor * SURE)
            if len(stay) < len(rows):
                rows, bound, batch = rows[stay], bound[stay], batch.take(stay)
                predictions = {other: prediction.take(stay) for other, prediction in predictions.items()}
    in_order = {name: predictions[name] for name in dict.fromkeys(("conductivity", "tg", *limits))}
    verdict = np.array(VERDICTS)[severities(in_order).max(axis=0, initial=0)]
    lost = hopeless[rows] | goal.too_far(verdict)
    chance = np.where(lost, 0.0, probability(goal.thresholds, predictions))
    if goal.min_p_glass is not None:
        glass = GlassChance.of(batch, former)
        chance = np.where(glass.refused(goal), 0.0, chance * glass.factor(goal))
    edge = margin(goal.thresholds, predictions)
    columns: dict[str, npt.NDArray[Any]] = {}
    if aim.everything:
        columns = {"p_goal": chance}
        for prediction in in_order.values():
            ends = (prediction.mean, prediction.lower, prediction.upper)
            columns |= dict(zip(prediction.quantity.columns, ends, strict=True))
        columns |= {"verdict": verdict, "neutral": neutral}
    return Sieved(rows, chance, edge, columns)
