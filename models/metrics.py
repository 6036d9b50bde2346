"""Scores of predictions against measurements: pure functions of arrays of shape (n,)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]


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
