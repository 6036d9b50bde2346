"""How well a replay went: regret in the truth, melts until it is small, and both against chance and in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...models.explanation import slope
from ..task.acquisition import front
from .pools import ReplayPool
from .truth import Trial

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

MELTS = (8, 20, 40)  # measurements, starts included, after which the regret is told
STARTS = 4  # measured by chance before any strategy chooses, the same for all strategies
ENOUGH = 0.3  # decades from the best of the truth that count as found
ENOUGH_OF_VOLUME = 0.05  # of the hypervolume that may be lacking
ORDERS = 100  # drawn by chance for each seed


class Score(NamedTuple):
    """What became of one replay."""

    regret: Vector
    """After each number of `MELTS`, shape (3,)."""
    melts: float
    """Until the regret was small enough; infinity where it never was."""


def regrets(trial: Trial, order: Sequence[int] | Rows) -> Vector:
    """Simple regret after each measurement, shape (m,): what the best of those measured lacks of the best of all.

    In decades of the truth; of two targets, the share of the hypervolume of the truth that is lacking.
    """
    rows = np.asarray(order, dtype=np.intp)
    if trial.truth.shape[1] > 1:
        return 1.0 - volumes(trial.truth, rows)
    truth = trial.truth[:, 0]
    return np.asarray(truth.max() - np.maximum.accumulate(truth[rows]))


def score(trial: Trial, order: Sequence[int] | Rows, batch: int = 1) -> Score:
    """Regrets after `MELTS`, and measurements until it is at most `ENOUGH`, of which a batch counts whole.

    All of a batch is measured before anybody knows what it holds. An order that ends early keeps its last regret.
    """
    regret = regrets(trial, order)
    at = np.minimum(np.array(MELTS), len(regret)) - 1
    enough = ENOUGH_OF_VOLUME if trial.truth.shape[1] > 1 else ENOUGH
    return Score(regret[at], whole(first(regret <= enough + 1e-9), batch))


def by_chance(trial: Trial, begun: Sequence[int], seed: int) -> list[Score]:
    """Scores of `ORDERS` orders drawn by chance that begin with the same measurements."""
    random, n = np.random.default_rng(seed), len(trial.truth)
    rest = np.setdiff1d(np.arange(n), begun)
    length = max(MELTS) - len(begun)
    return [score(trial, [*begun, *random.permutation(rest)[:length]]) for _ in range(ORDERS)]


def paired(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """Mean difference of two scores over common seeds, the first less the second, and its standard error."""
    apart = np.subtract(one, other)
    error = float(apart.std(ddof=1) / np.sqrt(len(apart))) if len(apart) > 1 else float("nan")
    return float(apart.mean()), error


def waiting(trial: Trial, order: Sequence[int]) -> float:
    """Share (k - 1) / (n - 1) of a series measured before the k-th is within `ENOUGH` decades of its best."""
    return (first(regrets(trial, order) <= ENOUGH + 1e-9) - 1) / (len(trial.truth) - 1)


def waiting_by_chance(trial: Trial) -> float:
    """What `waiting` is on average in an order drawn by chance, exactly."""
    n, truth = len(trial.truth), trial.truth[:, 0]
    good = int((truth >= truth.max() - ENOUGH - 1e-9).sum())
    return ((n + 1) / (good + 1) - 1) / (n - 1)


def beforehand(pool: ReplayPool) -> str:
    """A sentence on what the predictor that had not seen a pool knew of it: its error, and its slope."""
    told, everything = [], np.zeros(len(pool))
    for place, name in enumerate(("conductivity", "Tg")[: pool.values.shape[1]]):
        truth, mean = pool.values[:, place], pool.priors[:, place]
        error = f"{np.abs(truth - mean).mean():.2g} {'K' if name == 'Tg' else 'decades'}"
        found, expected = slope.within(truth, mean, everything), float(pool.slopes[place])
        told.append(f"the {name} by {error}, with a slope of {found:.2f} where the search expects {expected:.2f}")
    return f"The predictor that had not seen it errs in {' and in '.join(told)}."


def volumes(values: Matrix, order: Sequence[int] | Rows) -> Vector:
    """Share of the hypervolume of n compositions (n, 2) found after each measurement, beyond their worst values."""
    low, unit = values.min(axis=0), np.ptp(values, axis=0)
    scaled = (values - low) / unit
    whole_area, found = area(scaled), np.empty((0, 2))
    shares = []
    for row in order:
        found = front(np.vstack([found, scaled[[row]]]))
        shares.append(area(found) / whole_area)
    return np.array(shares)


def area(points: Matrix) -> float:
    """Area between two targets to be large and the origin, that at least one of the points (k, 2) covers."""
    best = front(points)[::-1]  # the first column rises, the second falls
    return float((np.diff(np.concatenate([[0.0], best[:, 0]])) * best[:, 1]).sum())


def first(hit: npt.NDArray[np.bool_]) -> float:
    """Number, from 1, of the first hit; infinity where there is none."""
    return float(np.argmax(hit)) + 1 if hit.any() else float("inf")


def whole(count: float, batch: int) -> float:
    """Measurements after the starts in whole batches."""
    return count if count <= STARTS else STARTS + batch * float(np.ceil((count - STARTS) / batch))
