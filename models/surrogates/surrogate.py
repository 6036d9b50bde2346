"""What a campaign believes of its candidates: a prior from the predictor, corrected by the campaign's own results."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from ..numerics import grove
from ..numerics.threads import one_thread
from ..process import Views

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Singles = npt.NDArray[np.float32]

START = np.log([0.3, 1.0, 0.3, 1.0, 0.3, 1.0, 0.1])  # share and length of each view, and noise, in units of the scale
PULL = 2.0  # inverse variance of the logarithms around START
USUAL_SCALE, SCALE_STRENGTH = 0.4, 3.0  # of a residual, in prior standard deviations of the pool; and how firmly
OFFSET, SLOPE = 2.0, 0.5  # standard deviations of the common offset, and of the factor that the prior's trend is off by
FEWEST_FOR_TUNING, FEWEST_FOR_TREES = 6, 8
REFRESH = 1.1  # growth of the results after which shares, lengths and scale are chosen anew
TREES = 100
TREE_SHARE = 0.5  # of the trees in the belief, the rest is the process's
REFERENCES = 100  # candidates that stand for all in `typical`


class Belief(NamedTuple):
    """Mean and standard deviation of the target of each candidate, both of shape (n,)."""

    mean: Vector
    std: Vector


class Surrogate:
    """A Gaussian process and a forest over the candidates of a campaign, around what the predictor expects.

    The predictor's mean counts as far as it can tell the candidates apart: its trend over them enters with the slope
    that measured values have on predicted ones (see `slope.expected`), and results correct that slope and a common
    offset (a linear mean whose coefficients have a normal prior: Rasmussen and Williams, Gaussian Processes for Machine
    Learning, 2006, section 2.7). What is left is a process with Matern-3/2 correlations over ratios, elements and all
    descriptors, in units of the spread of the candidates. From `FEWEST_FOR_TREES` results on, extremely randomised
    trees vote too: no process alone finds what only some element pairs share.

    Parameters
    ----------
    views
        The n candidates as a `FamilyProcess` sees them (see `Layout.views`).
    prior
        Expected targets, shape (n,).
    slope
        Expected slope of what is measured on what was expected.
    scale
        Target units of one usual step: 1 for decades, about 30 for K.
    seed
        Of the forest.
    """

    def __init__(self, views: Views, prior: Vector, slope: float, scale: float = 1.0, seed: int = 0) -> None:
        ratios, everything = (_standard(view) for view in (views.ratios, views.everything))
        self.views = tuple(_scaled(view) for view in (ratios, views.elements, everything))
        self._rows: dict[int, Singles] = {}
        self.scale, self.seed = scale, seed
        self.base = float(np.mean(prior)) / scale
        self.trend = np.asarray(prior, dtype=float) / scale - self.base
        self.slope = slope
        self.columns = everything[:, np.ptp(everything, axis=0) > 0].astype(np.float32)
        self.theta, self.size = np.append(START, np.log(USUAL_SCALE)), 0

    def __len__(self) -> int:
        return len(self.trend)

    def tell(self, rows: Rows, targets: Vector, noise: Vector | None = None, tune: bool = True) -> Belief:
        """Belief about all candidates after m results.

        Parameters
        ----------
        rows
            Candidates measured, shape (m,).
        targets
            What was measured, in the unit of the target, shape (m,).
        noise
            Standard error of each as told by who measured, in the same unit, shape (m,); on top of the usual scatter.
        tune
            Whether shares, lengths and scale may be chosen anew; a fantasy does not.
        """
        rows, given = np.asarray(rows, dtype=np.intp), np.asarray(targets, dtype=float) / self.scale
        told = np.zeros(len(rows)) if noise is None else np.square(np.asarray(noise, dtype=float) / self.scale)
        residual = given - self.base - self.slope * self.trend[rows]
        if len(rows) == 0:
            prior = self.base + self.slope * self.trend
            return Belief(prior * self.scale, np.sqrt(self.variance()) * self.scale)
        apart = self.distances(rows)
        among = apart[:, :, rows]
        with one_thread():
            if tune and len(rows) >= REFRESH * self.size:
                self.theta, self.size = self._tune(among, rows, residual, told), len(rows)
            factor = cho_factor(self._covariance(self.theta, among, rows, told), lower=True)
            across = self.kernel(apart) + self.linear(rows, slice(None))
            coefficients = cho_solve(factor, residual)
            mean = self.base + self.slope * self.trend + across.T @ coefficients
            variance = self.variance() - np.einsum("ij,ij->j", across, cho_solve(factor, across))
            std = np.sqrt(np.maximum(variance, 1e-6))
            if len(rows) >= FEWEST_FOR_TREES and self.columns.shape[1]:
                factor_of_trend = self.slope + SLOPE**2 * float(self.trend[rows] @ coefficients)
                usual = np.exp(2 * self.theta[-1] + self.theta[6])
                mean, std = self._join(mean, std, rows, given, factor_of_trend, usual / (usual + told))
        return Belief(mean * self.scale, std * self.scale)

    @property
    def share(self) -> float:
        """Part of the variance of the candidates that the predictor's trend tells, before any result, from 0 to 1."""
        known = float(np.var(self.slope * self.trend))
        left = float(np.mean(self.variance())) - OFFSET**2  # the offset is common to all
        return known / (known + left)

    def typical(self) -> Vector:
        """How much each candidate tells about all others: its mean correlation with them, shape (n,)."""
        draw = np.random.default_rng(self.seed)
        some = np.sort(draw.choice(len(self), min(len(self), REFERENCES), replace=False))
        kernel = self.kernel(self.distances(some))
        return np.asarray(kernel.mean(axis=0))

    def _join(
        self, mean: Vector, std: Vector, rows: Rows, given: Vector, slope: float, weight: Vector
    ) -> tuple[Vector, Vector]:
        """Process and trees as a mixture of two normal distributions, by its mean and standard deviation."""
        rest = given - slope * self.trend[rows]
        votes = grove.votes(self.columns[rows], rest, weight, self.columns, TREES, self.seed)
        wood, apart = votes.mean(axis=0) + slope * self.trend, votes.std(axis=0)
        w = TREE_SHARE
        variance = (1 - w) * std**2 + w * apart**2 + w * (1 - w) * np.square(mean - wood)
        return (1 - w) * mean + w * wood, np.sqrt(variance)

    def _tune(self, among: Matrix, rows: Rows, residual: Vector, told: Vector) -> Vector:
        """Most probable shares, lengths, noise and scale, given the results (of few, the scale alone)."""
        few = len(rows) < FEWEST_FOR_TUNING

        def surprise(theta: Vector) -> float:
            full = np.append(self.theta[:-1], theta) if few else theta
            try:
                factor = cho_factor(self._covariance(full, among, rows, told), lower=True)
            except (np.linalg.LinAlgError, ValueError):  # not positive, or not finite
                return 1e9
            fit = 0.5 * residual @ cho_solve(factor, residual) + np.log(np.diag(factor[0])).sum()
            level = full[-1] - np.log(USUAL_SCALE)
            prior = PULL * np.square(full[:-1] - START).sum() / 2 + SCALE_STRENGTH * (level + 0.5 * np.exp(-2 * level))
            return float(fit + prior)

        start = self.theta[-1:] if few else self.theta
        found = minimize(surprise, start, method="L-BFGS-B", options={"maxiter": 15})
        if not found.fun < 1e8:
            return self.theta
        return np.append(self.theta[:-1], found.x) if few else np.asarray(found.x)

    def _covariance(self, theta: Vector, among: Matrix, rows: Rows, told: Vector) -> Matrix:
        noise = np.exp(2 * theta[-1] + theta[6]) + told
        return self._kernel(theta, among) + self.linear(rows, rows) + np.diag(noise)

    def kernel(self, distances: Matrix) -> Matrix:
        """Covariance at distances in each view, shape (3, m, n), by the process alone, shape (m, n)."""
        return self._kernel(self.theta, distances)

    def _kernel(self, theta: Vector, distances: Matrix) -> Matrix:
        s1, l1, s2, l2, s3, l3 = np.exp(theta[:6])
        near, alike, rest = (_matern(d / length) for d, length in zip(distances, (l1, l2, l3), strict=True))
        return np.asarray(np.exp(2 * theta[-1]) * (near * (s1 + s2 * alike) + s3 * rest))

    def linear(self, one: Rows, other: Rows | slice) -> Matrix:
        """Covariance of some candidates with others by their common offset and the slope of the trend, (m, k)."""
        return OFFSET**2 + SLOPE**2 * np.outer(self.trend[one], self.trend[other])

    def variance(self) -> Vector:
        """Variance of each candidate before any result, in units of the scale, shape (n,)."""
        shares = float(np.exp(self.theta[[0, 2, 4]]).sum() * np.exp(2 * self.theta[-1]))
        return np.asarray(shares + OFFSET**2 + SLOPE**2 * np.square(self.trend))

    def distances(self, rows: Rows) -> Matrix:
        """Distances of some candidates to all in each view, shape (3, m, n); each row is computed once."""
        fresh = [int(row) for row in rows if int(row) not in self._rows]
        if fresh:
            found = np.array([distance(view[fresh], view) for view in self.views])
            self._rows |= {row: found[:, place] for place, row in enumerate(fresh)}
        if not len(rows):
            return np.empty((len(self.views), 0, len(self)))
        return np.stack([self._rows[int(row)] for row in rows], axis=1).astype(float)


def distance(one: Singles, other: Singles) -> Singles:
    """Distances of rows, shape (n, m)."""
    squares = np.square(one).sum(axis=1)[:, None] + np.square(other).sum(axis=1) - 2.0 * (one @ other.T)
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)), dtype=np.float32)


def _matern(distance: Matrix) -> Matrix:
    """Matern-3/2 correlation at distances in units of its length."""
    far = np.sqrt(3.0) * distance
    return np.asarray((1.0 + far) * np.exp(-far))


def _standard(view: Matrix) -> Matrix:
    """Columns in standard deviations, up to four, shape (n, p); those that do not vary are zero."""
    centred = np.asarray(view, dtype=float) - view.mean(axis=0)
    spread = centred.std(axis=0)
    return np.asarray(np.clip(centred / np.where(spread > 1e-9, spread, np.inf), -4.0, 4.0))


def _scaled(view: Matrix) -> Singles:
    """Columns that vary, about their means, with a root mean square distance of 1 between rows, shape (n, p)."""
    spread = np.var(view, axis=0)
    kept = view[:, spread > 1e-12 * max(float(spread.max(initial=0.0)), 1e-12)]
    centred = kept - kept.mean(axis=0)
    return np.asarray(centred / np.sqrt(2.0 * max(float(spread.sum()), 1e-30)), dtype=np.float32)
