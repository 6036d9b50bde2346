"""Held-out predictions with their whole distributions, whatever made them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...datasets import Dataset
from ...models.fitting import inputs
from ...models.fitting.crossfit import HeldOut
from ...models.localised import LocalCalibration
from ...models.prediction import Prediction

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

N_QUANTILES = 40  # even: each pair is one central interval


class Forecast(NamedTuple):
    """Predictions of m held-out rows, in the unit of the regressor."""

    held_out: HeldOut
    """Measured and predicted values, intervals and verdicts."""
    quantiles: Matrix
    """Of each predictive distribution, at the probabilities (k + 1/2) / K, shape (m, K)."""

    @classmethod
    def crossed(cls, held_out: HeldOut) -> Forecast:
        """Distributions of a cross-validation: each fold calibrated on the errors of the others."""
        quantiles = np.empty((len(held_out.row), N_QUANTILES))
        for here, scale in _calibrated(held_out):
            quantiles[here] = _quantiles(scale, *_asked(held_out, here))
        return cls(held_out, quantiles)

    @classmethod
    def of(cls, test: Dataset, prediction: Prediction) -> Forecast:
        """Distributions of a fitted predictor for rows that it never saw, `row` counting those of `test`."""
        scale, target = prediction.calibration, prediction.target
        told = target, prediction.difficulty, prediction.near, prediction.ratio
        least, most = prediction.bounds.least, prediction.bounds.most
        lower, upper = (np.clip(end, least, most) for end in scale.interval(*told, prediction.coverage))
        held_out = HeldOut(
            row=np.arange(len(test)),
            fold=np.zeros(len(test), dtype=np.intp),
            truth=prediction.quantity.to_target(test.values),
            mean=target,
            lower=lower,
            upper=upper,
            difficulty=prediction.difficulty,
            distance=prediction.distance,
            verdict=prediction.verdict,
            near=prediction.near,
            papers=inputs.codes(test.groups),
            laboratories=inputs.codes(test.laboratories),
            ages=np.ones(len(test)),
        )
        return cls(held_out, np.clip(_quantiles(scale, *told), least[:, None], most[:, None]))


def crossed_below(held_out: HeldOut, limit: float) -> Vector:
    """Chance that each measurement lies below a limit, in the unit of the regressor, shape (m,).

    Each fold is calibrated on the errors of the others, as in `Forecast.crossed`.
    """
    below = np.empty(len(held_out.row))
    for here, scale in _calibrated(held_out):
        below[here] = scale.below(*_asked(held_out, here), limit)
    return below


def _calibrated(held_out: HeldOut) -> Iterator[tuple[Mask, LocalCalibration]]:
    """Rows of each fold, a mask of shape (m,), and the errors of the others."""
    for number in np.unique(held_out.fold):
        yield held_out.fold == number, held_out.scale(int(number))


def _asked(held_out: HeldOut, here: Mask) -> tuple[Vector, Vector, Mask, Vector]:
    """What a calibration is asked with of some rows, of which one measured nothing oneself."""
    return held_out.mean[here], held_out.difficulty[here], held_out.near[here], np.ones(int(here.sum()))


def plain(row: Rows, fold: Rows, truth: Vector, mean: Vector, coverage: float) -> Forecast:
    """Held-out predictions of a bare regressor: split-conformal distributions of one shape for all rows.

    Parameters
    ----------
    row
        Where each stands in the data, shape (m,).
    fold
        Fold in which it was held out, shape (m,); its distribution comes from the errors of the others.
    truth, mean
        Measured and predicted target, shape (m,).
    coverage
        Probability that an interval holds the truth.
    """
    ends, quantiles = np.empty((len(row), 2)), np.empty((len(row), N_QUANTILES))
    for number in np.unique(fold):
        here, others = fold == number, fold != number
        ends[here], quantiles[here] = _around(mean[here], (truth - mean)[others], coverage)
    return _bare(row, fold, truth, mean, ends, quantiles)


def plain_ahead(errors: Vector, truth: Vector, mean: Vector, coverage: float) -> Forecast:
    """Predictions of new rows, shape (n,), by a bare regressor with held-out errors of shape (m,)."""
    row = np.arange(len(truth))
    return _bare(row, np.zeros_like(row), truth, mean, *_around(mean, errors, coverage))


def _around(mean: Vector, errors: Vector, coverage: float) -> tuple[Matrix, Matrix]:
    """Ends of the split-conformal intervals, shape (n, 2), and quantiles, shape (n, K)."""
    known = np.sort(errors)
    place = max(int(np.floor((len(known) + 1) * (1 - coverage) / 2 + 1e-9)), 1)  # of the lower end, counted from 1
    ends = known[[place - 1, -place]]
    probability = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES
    return mean[:, None] + ends, mean[:, None] + np.quantile(known, probability)


def _bare(row: Rows, fold: Rows, truth: Vector, mean: Vector, ends: Matrix, quantiles: Matrix) -> Forecast:
    even, inside, near = np.ones(len(row)), np.full(len(row), "inside"), np.zeros(len(row), dtype=bool)
    told = HeldOut(
        row, fold, truth, mean, ends[:, 0], ends[:, 1], even, np.zeros(len(row)), inside, near, row, row, even
    )
    return Forecast(told, quantiles)


def _quantiles(scale: LocalCalibration, mean: Vector, difficulty: Vector, near: Mask, ratio: Vector) -> Matrix:
    """Quantiles, shape (n, `N_QUANTILES`); where errors are too few for one, the next one further in."""
    found = np.empty((len(mean), N_QUANTILES))
    for k in range(N_QUANTILES // 2):
        central = 1.0 - (2 * k + 1) / N_QUANTILES
        found[:, k], found[:, -1 - k] = scale.interval(mean, difficulty, near, ratio, central)
    for k in range(N_QUANTILES // 2 - 1, 0, -1):
        for inner, outer in ((k, k - 1), (-1 - k, -k)):
            found[:, outer] = np.where(np.isfinite(found[:, outer]), found[:, outer], found[:, inner])
    return np.where(np.isfinite(found), found, mean[:, None])
