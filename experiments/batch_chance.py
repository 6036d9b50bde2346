"""The chance that one of a batch meets the goal, when its members share what is off about the laboratory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

NODES = 31  # of the Gauss-Hermite sum over each shared shift
CERTAIN = 1e-9


def chance_of_any(probabilities: Sequence[Vector], shares: Sequence[float]) -> float:
    r"""Probability that at least one of n candidates meets all limits.

    Each limit is met with its own calibrated probability; what is off about the laboratory moves all candidates
    together: a part of each error, its `share`, is one shift that they have in common (a Gaussian copula of one
    factor), over which the sum goes. Independent chances would tell too high a chance.

    Parameters
    ----------
    probabilities
        Of each limit, that each candidate meets it, shape (n,).
    shares
        Of each limit, the correlation of the errors of two candidates, from 0 to 1.

    Examples
    --------
    >>> half = np.full(2, 0.5)
    >>> round(chance_of_any([half], [0.0]), 2), round(chance_of_any([half], [0.9]), 2)
    (0.75, 0.57)
    """
    if not len(probabilities) or not len(probabilities[0]):
        return 0.0
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    met = np.ones((*[NODES] * len(probabilities), len(probabilities[0])))
    for place, (given, share) in enumerate(zip(probabilities, shares, strict=True)):
        common = float(np.clip(share, 0.0, 0.999))
        level = ndtri(np.clip(given, CERTAIN, 1.0 - CERTAIN))
        shifted = ndtr((level + np.sqrt(common) * nodes[:, None]) / np.sqrt(1.0 - common))
        met = met * shifted.reshape([NODES if axis == place else 1 for axis in range(len(probabilities))] + [-1])
    none = np.prod(1.0 - met, axis=-1)
    for _ in probabilities:
        none = np.tensordot(weights, none, axes=(0, 0))
    return float(1.0 - none)


def shared_part(covariance: Matrix) -> float:
    """Mean correlation of two different candidates, from the covariance of their errors, shape (n, n); 0 of one."""
    if len(covariance) < 2:
        return 0.0
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    return float((correlation.sum() - len(correlation)) / (len(correlation) * (len(correlation) - 1)))
