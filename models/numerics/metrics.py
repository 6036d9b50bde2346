"""Scores of predictions against measurements: pure functions of arrays of shape (n,)."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

NARROWEST = 1e-6  # kernel width in the unit of the target, where all quantiles are one


def mae(truth: Vector, mean: Vector) -> float:
    """Mean absolute error, in the unit of its arguments."""
    return float(np.abs(mean - truth).mean())


def rmse(truth: Vector, mean: Vector) -> float:
    """Root of the mean squared error, in the unit of its arguments."""
    return float(np.sqrt(np.square(mean - truth).mean()))


def r2(truth: Vector, mean: Vector) -> float:
    """Share of the variance explained, at most 1; NaN where all measurements are equal."""
    spread = float(np.square(truth - truth.mean()).sum())
    return 1.0 - float(np.square(mean - truth).sum()) / spread if spread > 0 else float("nan")


def coverage(truth: Vector, lower: Vector, upper: Vector) -> float:
    """Share of the measurements that lie within their intervals, from 0 to 1."""
    return float(((lower <= truth) & (truth <= upper)).mean())


def width(lower: Vector, upper: Vector) -> float:
    """Median width of the intervals, in the unit of its arguments."""
    return float(np.median(upper - lower))


def scores(truth: Vector, mean: Vector, lower: Vector, upper: Vector) -> dict[str, float]:
    """All of the above by name, and the number of rows.

    >>> y = np.array([1.0, 2.0, 3.0])
    >>> scores(y, y + 0.5, y - 1, y + 1)
    {'n': 3.0, 'mae': 0.5, 'rmse': 0.5, 'r2': 0.625, 'coverage': 1.0, 'width': 2.0}
    """
    return {
        "n": float(len(truth)),
        "mae": mae(truth, mean),
        "rmse": rmse(truth, mean),
        "r2": r2(truth, mean),
        "coverage": coverage(truth, lower, upper),
        "width": width(lower, upper),
    }


def crps(truth: Vector, quantiles: Matrix) -> Vector:
    """Continuous ranked probability score of each prediction, shape (n,), in the unit of its arguments; 0 is best.

    Twice the pinball loss, averaged over the quantiles: with one quantile, the median, it is the absolute error
    (Gneiting and Raftery, J. Am. Stat. Assoc. 102, 359-378, 2007).

    Parameters
    ----------
    truth
        Measured values, shape (n,).
    quantiles
        Quantiles of the predictive distributions at the probabilities (k + 1/2) / K, shape (n, K).

    Examples
    --------
    >>> crps(np.array([1.0]), np.array([[3.0]])).tolist(), crps(np.array([1.0]), np.array([[0.0, 2.0]])).tolist()
    ([2.0], [0.5])
    """
    probability = (np.arange(quantiles.shape[1]) + 0.5) / quantiles.shape[1]
    error = truth[:, None] - quantiles
    return np.asarray(2.0 * np.maximum(probability * error, (probability - 1.0) * error).mean(axis=1))


def log_likelihood(truth: Vector, quantiles: Matrix) -> Vector:
    """Natural logarithm of the predictive density at each measurement, shape (n,), per unit of its arguments.

    A conformal distribution has steps, not a density: it is smoothed by a kernel at every quantile, a t distribution of
    3 degrees of freedom as wide as Silverman's rule says (0.9 times the spread times K**-0.2; the spread is the smaller
    of the standard deviation and the interquartile range over 1.34). Its tails let no measurement be impossible.

    Parameters
    ----------
    truth, quantiles
        As in `crps`.
    """
    first, third = np.quantile(quantiles, (0.25, 0.75), axis=1)
    spread = np.minimum(quantiles.std(axis=1), (third - first) / 1.34)
    bandwidth = np.maximum(0.9 * spread * quantiles.shape[1] ** -0.2, NARROWEST)[:, None]
    square = np.square((truth[:, None] - quantiles) / bandwidth)
    density = (2.0 / (pi * sqrt(3.0)) / np.square(1.0 + square / 3.0) / bandwidth).mean(axis=1)
    return np.asarray(np.log(density))


def spearman(truth: Vector, mean: Vector, tie: float = 0.0) -> float:
    """Rank correlation, from -1 to 1; 0 where all predictions are equal, NaN where all measurements are.

    The rank of a measurement counts the others below it less those above it; one within `tie` is neither.

    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0]))
    0.5
    """
    from scipy.stats import rankdata

    apart = truth[:, None] - truth
    one = np.where(np.abs(apart) > tie, np.sign(apart), 0.0).sum(axis=1) / 2
    other = rankdata(mean) - (len(mean) + 1) / 2
    if not one.any():
        return float("nan")
    return float(one @ other / np.sqrt((one @ one) * (other @ other))) if other.any() else 0.0


def bootstrap(values: npt.ArrayLike, coverage: float = 0.9, n_draws: int = 10_000) -> tuple[float, float]:
    """Ends of the interval of the mean over `values` of shape (n,) when they are drawn anew, with replacement."""
    given = np.asarray(values, dtype=float)
    drawn = np.random.default_rng(0).integers(len(given), size=(n_draws, len(given)))
    low, high = np.quantile(given[drawn].mean(axis=1), ((1 - coverage) / 2, (1 + coverage) / 2))
    return float(low), float(high)
