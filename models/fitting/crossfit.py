"""Held-out predictions: every row predicted by a regressor that saw neither its group nor its composition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.base import clone

from ..blend import BlendedRegressor
from ..design.layout import Layout
from ..difficulty import Difficulty
from ..domain import Domain, foreign_distance
from ..localised import LocalCalibration, Scores
from .progress import Step

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Progress = Callable[[str], None]

NEAR = 0.5  # nearness from which a row counts as like the candidates
KERNEL = 0.125  # width of the kernel of a calibration, in the span of the middle two thirds of the measured values
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
    laboratories
        Laboratory of each row as a number, shape (n,).
    energies
        Activation energy of each row in eV, shape (n,), NaN where none was measured; None for no energies at all.
    ages
        Factor on the weight of the error of each row by the age of its paper, shape (n,); None for 1.
    close
        Pairs of keys, shape (p, 2), each both ways: compositions so alike that both are kept out of training together.
    """

    X: Matrix
    y: Vector
    fold: Rows
    keys: npt.NDArray[Any]
    weight: Vector
    papers: Rows
    laboratories: Rows
    energies: Vector | None = None
    ages: Vector | None = None
    close: npt.NDArray[Any] = field(default_factory=lambda: np.empty((0, 2), dtype=np.uint64))

    def fit(self, regressor: BlendedRegressor, rows: Rows) -> BlendedRegressor:
        """Return a clone of the regressor fitted on the given rows."""
        fresh: BlendedRegressor = clone(regressor)
        energies = None if self.energies is None else self.energies[rows]
        return fresh.fit(
            self.X[rows], self.y[rows], sample_weight=self.weight[rows], papers=self.papers[rows], energies=energies
        )

    def sides(self, number: int) -> tuple[Rows, Rows]:
        """Rows to train on and to test on of a fold."""
        test = self.fold == number
        return np.flatnonzero(self.apart(test)), np.flatnonzero(test)

    def apart(self, hidden: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Rows that may be learnt while others are hidden, shape (n,): of other papers and other compositions."""
        keys = np.unique(self.keys[hidden])
        keys = np.concatenate([keys, self.close[np.isin(self.close[:, 0], keys), 1].astype(keys.dtype)])
        return ~hidden & ~np.isin(self.keys, keys) & ~np.isin(self.papers, self.papers[hidden])


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
    near: npt.NDArray[np.bool_]
    papers: Rows
    laboratories: Rows
    ages: Vector

    @property
    def residual(self) -> Vector:
        """Measured minus predicted."""
        return self.truth - self.mean

    @property
    def width(self) -> float:
        """Standard deviation of the kernel that localises a `LocalCalibration`, in the unit of the regressor."""
        low, high = np.quantile(self.truth, [0.16, 0.84])
        return max(KERNEL * float(high - low), 1e-9)

    def scale(self, number: int) -> LocalCalibration:
        """Distributions of the errors of all folds but one, whose intervals they make."""
        return LocalCalibration.of(self.scores(self.fold != number), self.width)

    def scores(self, rows: npt.NDArray[np.generic]) -> Scores:
        """Errors of some of the rows without any result of their laboratory, each paper weighing alike."""
        size = np.bincount(self.papers[rows])[self.papers[rows]]
        return Scores(
            score=self.residual[rows] / self.difficulty[rows],
            mean=self.mean[rows],
            near=self.near[rows],
            ratio=np.ones(len(self.mean[rows])),
            weight=self.ages[rows] / size,
            laboratory=self.laboratories[rows],
        )


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
        Called with one `Step` a fold, which is a line of text.
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
            progress(Step(f"all {len(design.y):,} rows learnt; now each fold from the others"))
            continue
        here = np.searchsorted(row, part.test)
        mean[here], signs[here] = part.mean, part.clues
        words = f"fold {number} of {len(folds)}: {len(here):,} measurements predicted from the other folds"
        progress(Step(words, number, len(folds)))
    distance = foreign_distance(domain.points_, fold, design.keys[row])
    local = Layout(design.X.shape[1], regressor.n_conditions, regressor.descriptors).local
    clues = np.column_stack([design.X[row, local], distance, signs])
    difficulty, learnt = Difficulty.cross_fit(clues, np.abs(truth - mean), fold, design.papers[row], n_jobs)
    verdict = domain.verdict(distance)
    lower, upper = np.empty(len(row)), np.empty(len(row))
    near = design.X[row, -1] >= NEAR
    papers, laboratories = design.papers[row], design.laboratories[row]
    ages = np.ones(len(row)) if design.ages is None else design.ages[row]
    held_out = HeldOut(
        row, fold, truth, mean, lower, upper, difficulty, distance, verdict, near, papers, laboratories, ages
    )
    for number in folds:
        here = fold == number
        nothing = np.ones(int(here.sum()))  # of one's own was measured
        told = mean[here], difficulty[here], near[here], nothing
        lower[here], upper[here] = held_out.scale(int(number)).interval(*told, coverage)
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
