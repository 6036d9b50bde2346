"""Means over rows that err together, with standard errors by what they share."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Labels = npt.NDArray[Any]


class Estimate(NamedTuple):
    """A number, and its standard error; NaN where there is none."""

    value: float
    error: float = float("nan")


def mean(values: Vector, clusters: Labels, weights: Vector | None = None) -> Estimate:
    r"""Weighted mean, and its standard error when whole clusters are drawn anew.

    The mean is a ratio of sums over C clusters; linearised, with the correction for few of them (Cochran, Sampling
    Techniques, 3rd ed., Wiley 1977, section 6.3):

    .. math:: s^2 = \frac{C}{C - 1} \frac{\sum_c (\sum_{i \in c} w_i (x_i - \bar x))^2}{(\sum_i w_i)^2}

    Parameters
    ----------
    values, clusters, weights
        Of n rows, each of shape (n,): what is averaged, what the row shares with others, such as its laboratory, and
        how much it counts, by default 1.

    Examples
    --------
    >>> mean(np.array([1.0, 1.0, 2.0, 2.0]), np.array(["a", "a", "b", "b"]))
    Estimate(value=1.5, error=0.5)
    """
    weights = np.ones(len(values)) if weights is None else weights
    if not len(values):
        return Estimate(float("nan"))
    with np.errstate(invalid="ignore"):
        middle = float(weights @ values / weights.sum())
        return Estimate(middle, _spread(weights * (values - middle), clusters) / float(weights.sum()))


def ratio(above: Vector, below: Vector, clusters: Labels) -> Estimate:
    """Sum of the one over that of the other, each of shape (n,), and its standard error when clusters are drawn anew.

    NaN where the sum below is 0.

    >>> ratio(np.array([2.0, 4.0]), np.array([1.0, 2.0]), np.array(["a", "b"]))
    Estimate(value=2.0, error=0.0)
    """
    total = float(below.sum())
    if not total:
        return Estimate(float("nan"))
    value = float(above.sum()) / total
    return Estimate(value, _spread(above - value * below, clusters) / total)


def difference(above: Vector, below: Vector, clusters: Labels) -> Estimate:
    """Sum of the one less that of the other, each of shape (n,), and its standard error when clusters are drawn anew.

    >>> difference(np.array([2.0, 4.0]), np.array([1.0, 1.0]), np.array(["a", "b"]))
    Estimate(value=4.0, error=2.0)
    """
    apart = above - below
    sums = _sums(apart, clusters)
    error = float(np.sqrt(len(sums) * sums.var(ddof=1))) if len(sums) > 1 else float("nan")
    return Estimate(float(apart.sum()), error)


def of_equal_weight(groups: Labels) -> Vector:
    """Weights of rows, shape (n,), under which each group counts as much as another: one over its number of rows."""
    _, where, size = np.unique(groups, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / size[where])


def _spread(deviations: Vector, clusters: Labels) -> float:
    """Standard deviation of a sum of deviations, which add up to 0, when clusters are drawn anew."""
    sums = _sums(deviations, clusters)
    n = len(sums)
    return float(np.sqrt(n / (n - 1) * np.square(sums).sum())) if n > 1 else float("nan")


def _sums(values: Vector, clusters: Labels) -> Vector:
    """Sum of each cluster, shape (clusters,)."""
    return np.asarray(np.bincount(np.unique(clusters, return_inverse=True)[1], values), dtype=float)
