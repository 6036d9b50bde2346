"""What a melt of each candidate is worth: pure functions of beliefs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import erfcx, log_ndtr, ndtr, ndtri

from ...models.surrogates.surrogate import Belief

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


NODES = 64  # of the integral over what the errors of a batch have in common
SAME_ERROR = 0.99  # common part of the variance from which on a batch stands or falls together
LEAST_EXPLORED = 0.05  # of a standard deviation that a probability needs, so that limits in K and decades compare


@dataclass(frozen=True)
class Results:
    """What was measured of one target: candidates, targets to be large and their standard errors, each (m,)."""

    rows: Rows
    targets: Vector
    noise: Vector

    @classmethod
    def none(cls) -> Results:
        """Nothing measured yet."""
        return cls(np.empty(0, dtype=np.intp), np.empty(0), np.empty(0))

    def and_one(self, row: int, target: float) -> Results:
        """With a made-up result more."""
        return Results(np.append(self.rows, row), np.append(self.targets, target), np.append(self.noise, 0.0))


@dataclass(frozen=True)
class Beliefs:
    """What is believed of n candidates and what was measured when one is chosen; all targets are to be large.

    Parameters
    ----------
    each
        Belief about each target; the first is the one that is improved on.
    results
        What was measured of each.
    limits
        Least value of each that is good enough; minus infinity for none.
    scales
        Usual step of each, in its unit.
    weights
        Exponent on the chance of each limit.
    explore
        Factor on the standard deviations.
    deviations
        Makes, for each target, one joint draw: how far each candidate lies from its mean, in standard deviations, (n,).
    """

    each: Sequence[Belief]
    results: Sequence[Results]
    limits: Sequence[float]
    scales: Sequence[float]
    weights: Sequence[float]
    explore: float
    deviations: Callable[[], Sequence[Vector]]

    def chances(self) -> Matrix:
        """Log probability that each target is good enough, shape (targets, n); 0 where there is no limit."""
        return np.array(
            [
                weight * log_probability(belief, limit, self.explore)
                if np.isfinite(limit)
                else np.zeros(len(belief.mean))
                for belief, limit, weight in zip(self.each, self.limits, self.weights, strict=True)
            ]
        )

    def enough(self) -> Vector:
        """Log probability that all targets but the first are good enough, shape (n,)."""
        return np.asarray(self.chances()[1:].sum(axis=0))

    def all_enough(self) -> Vector:
        """Log probability that all targets are good enough, shape (n,)."""
        return np.asarray(self.chances().sum(axis=0))

    def improvement(self) -> Vector:
        """Log of the expected improvement of the first target on the best known, shape (n,)."""
        return log_improvement(self.each[0], self.best(), self.explore)

    def hypervolume(self) -> Vector:
        """Log of the expected gain in hypervolume of the two targets, shape (n,).

        It lies beyond the limits, and beyond the worst measured where there is none. The front is that of what is
        believed of the candidates measured: noise is averaged out.
        """
        rows = np.unique(np.concatenate([one.rows for one in self.results]))
        points = front(np.column_stack([belief.mean[rows] for belief in self.each]))
        wide = [Belief(belief.mean, belief.std * self.explore) for belief in self.each]
        return log_hypervolume_improvement(wide, points, self._reference())

    def drawn(self) -> list[Vector]:
        """Each target in one joint draw from what is believed, in its unit, shape (n,)."""
        together = zip(self.each, self.deviations(), strict=True)
        return [belief.mean + self.explore * belief.std * deviation for belief, deviation in together]

    def best(self) -> float:
        """Best of the first target among the candidates measured that are likely good enough otherwise.

        By what is believed of them and not by what was read: the highest of several readings is too high by its noise.
        """
        first, belief, enough = self.results[0], self.each[0], self.enough()
        if not len(first.rows):
            return self.limits[0] if np.isfinite(self.limits[0]) else float(belief.mean.max())
        known = belief.mean[first.rows]
        likely = known[enough[first.rows] > np.log(0.5)]
        return float(likely.max() if len(likely) else known.min())

    def _reference(self) -> Vector:
        told = [
            limit if np.isfinite(limit) else float(belief.mean[one.rows].min(initial=np.inf))
            for limit, belief, one in zip(self.limits, self.each, self.results, strict=True)
        ]
        return np.array([value if np.isfinite(value) else -1e6 for value in told])


def front(points: Matrix) -> Matrix:
    """Points (k, 2) of which no other is better in both, the first column falling; larger is better."""
    order = np.lexsort((-points[:, 1], -points[:, 0]))
    best = np.maximum.accumulate(np.concatenate([[-np.inf], points[order, 1]]))[:-1]
    return np.asarray(points[order][points[order, 1] > best])


def log_improvement(belief: Belief, best: Vector | float, explore: float = 1.0) -> Vector:
    """Logarithm of the expected improvement on a best value, shape (n,); targets are to be large.

    ``log(s) + log(phi(u) + u Phi(u))`` with ``u = (m - best) / s``, in a form that does not underflow (Ament et al.,
    arXiv:2310.20708).

    Parameters
    ----------
    belief
        About n candidates.
    best
        What is to be improved on, a number or shape (n,).
    explore
        Factor on the standard deviations: 0 takes the means for the truth, 1 is the usual expected improvement. Below
        `LEAST_EXPLORED` all have one small deviation: the means decide, and what is added still counts.
    """
    least = LEAST_EXPLORED * float(np.median(belief.std)) if explore < LEAST_EXPLORED else 0.0
    std = np.maximum(belief.std * explore, max(least, 1e-9))
    u = (belief.mean - best) / std
    far = np.maximum(-u, 1.0)
    tail = -0.5 * far**2 - 0.5 * np.log(2 * np.pi) + np.log(_one_less_mills(far))
    near = np.maximum(u, -1.0)
    body = np.log(np.exp(-0.5 * near**2) / np.sqrt(2 * np.pi) + near * ndtr(near))
    return np.asarray(np.log(std) + np.where(u < -1.0, tail, body))


def _one_less_mills(far: Vector) -> Vector:
    """``1 - t R(t)`` with Mills' ratio R, from 1 on; beyond 1000 by its series."""
    exact = 1.0 - far * np.sqrt(np.pi / 2) * erfcx(far / np.sqrt(2.0))
    return np.where(far < 1000.0, np.maximum(exact, 1e-300), 1.0 / np.square(far))


def log_hypervolume_improvement(beliefs: Sequence[Belief], front: Matrix, reference: Vector) -> Vector:
    """Logarithm of the expected gain in hypervolume of two independent targets that are to be large, shape (n,).

    Exact: over each strip of the first target, between neighbouring points of the front, the gain is the expected
    length there times the expected height above the front (Yang et al., doi:10.1007/s10898-019-00798-7).

    Parameters
    ----------
    beliefs
        Two, about the same n candidates.
    front
        Points that are not dominated, shape (k, 2); k may be 0.
    reference
        What counts for nothing, shape (2,).
    """
    first, second = beliefs
    inside = front[(front > reference).all(axis=1)] if len(front) else np.empty((0, 2))
    inside = inside[np.argsort(inside[:, 0])]
    edges = np.concatenate([[reference[0]], inside[:, 0]])
    heights = np.concatenate([inside[:, 1], [reference[1]]])
    strips = []
    for number, (edge, height) in enumerate(zip(edges, heights, strict=True)):
        length = log_improvement(first, edge)
        if number + 1 < len(edges):
            beyond = log_improvement(first, edges[number + 1])
            length = length + np.log1p(-np.minimum(np.exp(beyond - length), 1.0 - 1e-12))
        strips.append(length + log_improvement(second, height))
    return np.asarray(np.logaddexp.reduce(strips, axis=0))


def log_probability(belief: Belief, limit: float, explore: float = 1.0) -> Vector:
    """Logarithm of the probability that a target to be large lies above a limit, shape (n,)."""
    std = np.maximum(belief.std, 1e-9) * max(explore, LEAST_EXPLORED)
    return np.asarray(log_ndtr((belief.mean - limit) / std))


def at_least_one(chances: Vector, shared: float) -> float:
    r"""Chance that at least one of k candidates succeeds, whose errors have a part in common.

    With a chance p each and the part r of the variance in common, ``1 - E[prod (1 - Phi((t + sqrt(r) u) / sqrt(1 -
    r)))]`` over a standard normal u, with ``t = Phi^-1(p)``, by Gauss-Hermite quadrature: with r = 0 the product that
    independent errors give, with r = 1 the highest of the chances.

    Parameters
    ----------
    chances
        Of each, shape (k,).
    shared
        Part of the variance of their errors that is common to all, from 0 to 1.

    Examples
    --------
    >>> [round(at_least_one(np.array([0.4, 0.4, 0.4]), shared), 2) for shared in (0.0, 0.6, 1.0)]
    [0.78, 0.62, 0.4]
    """
    certain = np.asarray(chances, dtype=float)
    if not len(certain):
        return 0.0
    part = min(max(shared, 0.0), 1.0)
    if part > SAME_ERROR:
        return float(certain.max())
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    at = (ndtri(certain)[:, None] + np.sqrt(part) * nodes) / np.sqrt(1.0 - part)
    none = np.prod(ndtr(-at), axis=0) @ weights / weights.sum()
    return float(np.clip(1.0 - none, certain.max(), min(1.0, certain.sum())))
