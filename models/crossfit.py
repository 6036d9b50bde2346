"""Held-out predictions: every row predicted by a regressor that saw neither its group nor its composition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.base import clone

from .blend import BlendedRegressor
from .conformal import Calibration
from .difficulty import Difficulty
from .domain import Domain, foreign_distance
from .layout import Layout

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Progress = Callable[[str], None]

EVERYTHING = -1  # in place of a fold: learn from all rows, hold out none


@dataclass(frozen=True)
class Design:
    """What a regressor learns from: n rows as arrays.

    Parameters
    ----------
    X
        Descriptors and conditions, shape (n, p).
    y
        Targets, shape (n,).
    fold
        Fold in which the row is held out, shape (n,); -1 for an estimate, which is always learnt and never tested.
    keys
        Composition of each row as a number, shape (n,): equal compositions, equal keys.
    weight
        Weight of the row in training, shape (n,).
    papers
        Paper of each row as a number, shape (n,): one of the test rows is kept out of training, whatever folds are of.
    """

    X: Matrix
    y: Vector
    fold: Rows
    keys: npt.NDArray[Any]
    weight: Vector
    papers: Rows

    def fit(self, regressor: BlendedRegressor, rows: Rows) -> BlendedRegressor:
        """Return a clone of the regressor fitted on the given rows."""
        fresh: BlendedRegressor = clone(regressor)
        return fresh.fit(self.X[rows], self.y[rows], sample_weight=self.weight[rows], papers=self.papers[rows])

    def sides(self, number: int) -> tuple[Rows, Rows]:
        """Rows to train on and to test on; a composition of the test rows is kept out of training, whoever made it."""
        test = self.fold == number
        train = ~test & ~np.isin(self.keys, self.keys[test]) & ~np.isin(self.papers, self.papers[test])
        return np.flatnonzero(train), np.flatnonzero(test)


@dataclass(frozen=True)
class HeldOut:
    """Held-out predictions of the measured rows, all arrays of shape (m,), in the unit of the regressor.

    `row` tells where each stands in the design; `lower` and `upper` come from the errors of
    the other folds (cross-conformal: their regressors did see rows of this one).
    """

    row: Rows
    fold: Rows
    truth: Vector
    mean: Vector
    lower: Vector
    upper: Vector
    difficulty: Vector
    distance: Vector
    verdict: npt.NDArray[np.str_]

    @property
    def residual(self) -> Vector:
        """Measured minus predicted."""
        return self.truth - self.mean


def cross_fit(
    design: Design,
    regressor: BlendedRegressor,
    domain: Domain,
    coverage: float,
    n_jobs: int = 1,
    progress: Progress = lambda text: None,
) -> CrossFit:
    """Predict every measured row from the other folds; fit the regressor on all rows on the way.

    Parameters
    ----------
    design
        Rows with their folds.
    regressor, domain
        Regressor to clone for every fold; domain fitted on the measured rows, in the order of the design.
    coverage
        Probability that an interval holds the truth.
    n_jobs
        Folds fitted side by side, each in a process of its own where that is more than one.
    progress
        Called with one line of text a fold.
    """
    row = np.flatnonzero(design.fold >= 0)
    folds = np.unique(design.fold[row])
    fold, truth = design.fold[row], design.y[row]
    mean, signs = np.empty(len(row)), np.empty((len(row), 3))
    work = Parallel(n_jobs=n_jobs, return_as="generator")
    *parts, everything = [delayed(_fit_fold)(design, regressor, int(k)) for k in (*folds, EVERYTHING)]
    for number, part in enumerate(work([everything, *parts])):
        if number == 0:
            fitted = part.regressor
            progress(f"all {len(design.y):,} rows learnt; now each fold from the others")
            continue
        here = np.searchsorted(row, part.test)
        mean[here], signs[here] = part.mean, part.clues
        progress(f"fold {number} of {len(folds)}: {len(here):,} measurements predicted from the other folds")
    distance = foreign_distance(domain.points_, fold, design.keys[row])
    local = Layout(design.X.shape[1], regressor.n_conditions).local
    clues = np.column_stack([design.X[row, local], distance, signs])
    difficulty, learnt = Difficulty.cross_fit(clues, np.abs(truth - mean), fold, n_jobs)
    verdict = domain.verdict(distance)
    lower, upper = np.empty(len(row)), np.empty(len(row))
    for number in folds:
        here, others = fold == number, fold != number
        scale = Calibration.of((truth - mean)[others], difficulty[others], verdict[others])
        lower[here], upper[here] = scale.interval(mean[here], difficulty[here], verdict[here], coverage)
    held_out = HeldOut(row, fold, truth, mean, lower, upper, difficulty, distance, verdict)
    return CrossFit(held_out, learnt, fitted)


class CrossFit(NamedTuple):
    """What `cross_fit` makes: held-out predictions, the difficulty learnt from them, and the regressor of all rows."""

    held_out: HeldOut
    difficulty: Difficulty
    regressor: BlendedRegressor


class _Part(NamedTuple):
    regressor: BlendedRegressor | None
    test: Rows
    mean: Vector
    clues: Matrix


def _fit_fold(design: Design, regressor: BlendedRegressor, number: int) -> _Part:
    if number == EVERYTHING:
        fitted = design.fit(regressor, np.arange(len(design.y)))
        return _Part(fitted, np.empty(0, dtype=np.intp), np.empty(0), np.empty((0, 3)))
    train, test = design.sides(number)
    answer = design.fit(regressor, train).answer(design.X[test])
    return _Part(None, test, answer.mean, answer.clues)
