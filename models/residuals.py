"""A Gaussian process over what a regressor misses: a laboratory's first results correct its next ones at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.spatial.distance import cdist

from .numerics.panels import panels
from .numerics.threads import one_thread

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

START = (1.0, 0.7, 1.5, 0.06)  # laboratory, field, length, row
PULL = 0.002  # towards START, of the squared logarithms
LEAST_ROWS, MOST_ROWS = 3, 40  # of a paper from which the law is learnt
PAPERS, STEPS = 500, 160  # papers drawn to learn from, and steps of the search
HEAVY_TAIL = 3.0  # degrees of freedom of the t distribution that errors are taken from
SURPRISE = 30.0  # degrees of freedom of the process: how soon surprising results widen what they leave open
SILENT = 1e12  # variance of a result that says nothing
FARTHEST = 8.0  # difficulties beyond which an error counts no further
REWEIGHTINGS, UNTIL_SETTLED = 4, 30  # steps from all results counting, and from those that stand out set aside
SUSPICIOUS = 3.0  # misfit beyond half a unit a result, from which wrong values are looked for
LIKELIER = (
    6.0  # by how much a reading with wrong values has to fit better than a shift: laboratories do shift by decades
)


class Law(NamedTuple):
    """How held-out errors, in units of their difficulty, vary together: variances, and a length in domain units."""

    laboratory: float
    """Of what all results of one paper or one campaign share."""
    field: float
    """Of what compositions share that are alike."""
    length: float
    """Distance of the `Domain` at which they are alike no more (Matern-3/2)."""
    row: float
    """Of one result alone."""

    @property
    def prior(self) -> float:
        """Variance of an error where nothing was measured."""
        return self.laboratory + self.field + self.row


class Posterior(NamedTuple):
    """What the results say of n compositions, each of shape (n,), in units of the difficulty."""

    mean: Vector
    """Expected error of the regressor."""
    variance: Vector
    """Of the error that is left, the scatter of one result included, where results are as the law has it."""
    wider: Vector
    """Factor on the variance: above 1 where results are farther from what was expected, or from each other."""

    def ratio(self, law: Law) -> Vector:
        """Share of the prior variance that is left, shape (n,)."""
        return self.variance / law.prior


@dataclass(frozen=True)
class ResidualProcess:
    r"""Errors of one laboratory's results, in units of their difficulty.

    With z the errors divided by their difficulty, two results of one laboratory have the covariance
    :math:`s_a + s_u M(d / l)`, with M a Matern-3/2 correlation of their distance d in the space of a `Domain`, and one
    result the variance :math:`s_e` besides (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006,
    section 2.2). The :math:`s` and :math:`l` are the `Law`. Errors of single results follow a t distribution, by
    reweighting, so that one wrong value does not bend the others; and all that is left open is wider where the results
    are farther from what was expected, or from each other, than the law allows (`surprise`, as in a Student-t process:
    Shah, Wilson and Ghahramani, PMLR 33, 877-885, 2014).

    Parameters
    ----------
    law
        Variances and length, learnt on papers that the regressor had not seen.
    points
        Results of the laboratory in the space of the domain, shape (k, d).
    errors
        Measured minus predicted target of each, in units of its difficulty, shape (k,).
    noise
        Variance of each that the laboratory states, in the same units, shape (k,); on top of the law's.

    Examples
    --------
    >>> process = ResidualProcess(Law(1.0, 0.7, 1.5, 0.06))
    >>> process.posterior(np.zeros((1, 2))).variance.round(2).tolist()
    [1.76]
    >>> one = process.extended(np.zeros((1, 2)), np.array([1.0]), np.zeros(1)).posterior(np.zeros((1, 2)))
    >>> one.mean.round(2).tolist(), one.variance.round(2).tolist()
    ([0.97], [0.12])
    """

    law: Law
    points: Matrix = field(default_factory=lambda: np.empty((0, 0)))
    errors: Vector = field(default_factory=lambda: np.empty(0))
    noise: Vector = field(default_factory=lambda: np.empty(0))

    def __len__(self) -> int:
        return len(self.errors)

    def extended(self, points: Matrix, errors: Vector, noise: Vector) -> ResidualProcess:
        """The process with m further results: points (m, d), errors (m,) and stated variances (m,)."""
        before = self.points if len(self) else np.empty((0, points.shape[1]))
        return replace(
            self,
            points=np.vstack([before, points]),
            errors=np.concatenate([self.errors, np.clip(errors, -FARTHEST, FARTHEST)]),
            noise=np.concatenate([self.noise, noise]),
        )

    def kept(self, rows: npt.NDArray[np.bool_]) -> ResidualProcess:
        """The process with those of its results where the mask of shape (k,) is true."""
        return replace(self, points=self.points[rows], errors=self.errors[rows], noise=self.noise[rows])

    def posterior(self, points: Matrix) -> Posterior:
        """Expected error, and the variance that is left, of compositions in the space of the domain, shape (n, d).

        No row depends on the others.
        """
        law, n = self.law, len(points)
        found = Posterior(np.zeros(n), np.full(n, float(law.prior)), np.ones(n))
        if len(self):
            coefficients, whitener, wider = self._solved()
            with one_thread():
                for panel in panels(n):
                    across = covariance(cdist(self.points, np.ascontiguousarray(panel.of(points, float).T)), law)
                    found.mean[panel.rows] = (coefficients @ across)[panel.used]
                    found.variance[panel.rows] -= np.square(whitener @ across).sum(axis=0)[panel.used]
            found.wider[:] = wider
        return found

    def joint(self, points: Matrix) -> Matrix:
        """Covariance of the errors that are left of n compositions of the laboratory, shape (n, n).

        Results to come share a shift and are alike where the compositions are: the chance that one of several meets a
        goal is not that of independent errors.
        """
        left = covariance(cdist(points, points), self.law) + self.law.row * np.eye(len(points))
        if len(self):
            white = self._solved()[1] @ covariance(cdist(self.points, points), self.law)
            left = left - white.T @ white
        return np.asarray(left)

    def _solved(self) -> tuple[Vector, Matrix, float]:
        """Coefficients, shape (k,), and whitener, shape (k, k), of the results; and their surprise."""
        matrix, base = covariance(cdist(self.points, self.points), self.law), self.law.row + self.noise
        noise = reweighted(matrix, self.errors, base)
        wider = self._surprise(base, noise)
        matrix = matrix + np.diag(noise)
        whitener = np.linalg.inv(np.linalg.cholesky(matrix))
        return whitener.T @ (whitener @ self.errors), whitener, wider

    def _surprise(self, base: Vector, noise: Vector) -> float:
        """The surprise of the results, where those of one composition are one.

        That a laboratory measures a sample again and finds the same says nothing of other compositions; that it finds
        something else does, as errors of a t distribution do.
        """
        points, place = np.unique(self.points, axis=0, return_inverse=True)
        errors = np.bincount(place, self.errors / noise) / np.bincount(place, 1.0 / noise)
        heard = self.noise < SILENT
        number = len(np.unique(place[heard]))
        apart = _tail(self.errors - errors[place], base) - (int(heard.sum()) - number)
        among, base = covariance(cdist(points, points), self.law), 1.0 / np.bincount(place, 1.0 / base)
        return surprise(among, errors, base, reweighted(among, errors, base), number, max(apart, 0.0))


def matern(scaled: Matrix) -> Matrix:
    """Matern-3/2 correlation at distances in units of the length, of the shape of `scaled`."""
    root = np.sqrt(3.0) * scaled
    return np.asarray((1.0 + root) * np.exp(-root))


def covariance(distance: Matrix, law: Law) -> Matrix:
    """Covariance of results of one laboratory at the given distances, of the shape of `distance`."""
    return np.asarray(law.laboratory + law.field * matern(distance / law.length))


def surprise(matrix: Matrix, errors: Vector, base: Vector, noise: Vector, number: int, further: float = 0.0) -> float:
    """Factor on the variance that results leave, 1 where they are as far apart as the law has it, above where farther.

    Parameters
    ----------
    matrix
        Covariance of the results, without the scatter of each, shape (k, k).
    errors
        Of the results, shape (k,).
    base, noise
        Variance of each by the law, and after reweighting, shape (k,).
    number
        How many of them count.
    further
        Misfit of another kind, in the same units: that of repeats.
    """
    return (SURPRISE + 2.0 * _misfit(matrix, errors, base, noise) + further) / (SURPRISE + number)


def reweighted(matrix: Matrix, errors: Vector, base: Vector) -> Vector:
    """Variance of each single result, shape (k,), where errors beyond the usual count for less.

    What stands far apart may be a shift of the laboratory or a wrong value. Both are tried, and the likelier is kept:
    one result that is off by decades moves little else, and a second one that agrees with it makes it a shift.
    """
    noise = _settled(matrix, errors, base, base, REWEIGHTINGS)
    cost = _misfit(matrix, errors, base, noise)
    if cost > len(errors) / 2 + SUSPICIOUS:
        apart = _settled(matrix, errors, base, base + np.square(errors) / HEAVY_TAIL, UNTIL_SETTLED)
        if _misfit(matrix, errors, base, apart) + LIKELIER < cost:
            return apart
    return noise


def _settled(matrix: Matrix, errors: Vector, base: Vector, noise: Vector, steps: int) -> Vector:
    """Variances of a t distribution by reweighting, from a first guess; all of shape (k,)."""
    for _ in range(steps):
        coefficients = np.linalg.solve(matrix + np.diag(noise), errors)
        noise = base * (1.0 + np.square(noise * coefficients) / (HEAVY_TAIL * base))
    return noise


def _misfit(matrix: Matrix, errors: Vector, base: Vector, noise: Vector) -> float:
    """Negative log likelihood of the shift and the field, normal, and of the rest, of a t distribution."""
    coefficients = np.linalg.solve(matrix + np.diag(noise), errors)
    return 0.5 * (float(coefficients @ matrix @ coefficients) + _tail(noise * coefficients, base))


def _tail(rest: Vector, base: Vector) -> float:
    """Twice the negative log likelihood of errors of a t distribution of the variances `base`, less its constants."""
    return HEAVY_TAIL * float(np.log1p(np.square(rest) / (HEAVY_TAIL * base)).sum())


def learn(errors: Vector, points: Matrix, papers: Sequence[Rows], seed: int = 0) -> Law:
    """The law of held-out errors: the one that foretells best each result of a paper from its others.

    The search maximises the t likelihood of results left out one by one (in closed form: Rasmussen and Williams,
    section 5.4.2), each paper weighing alike.

    Parameters
    ----------
    errors
        Held-out errors in units of their difficulty, shape (n,).
    points
        Compositions in the space of a `Domain`, shape (n, d).
    papers
        Rows of each paper, of distinct compositions at one temperature.
    seed
        Of the choice of papers and rows.
    """
    draw = np.random.default_rng(seed)
    large = [rows for rows in papers if len(rows) >= LEAST_ROWS]
    if not large:
        return Law(*START)
    chosen = [large[i] for i in draw.permutation(len(large))[:PAPERS]]
    chosen = [rows if len(rows) <= MOST_ROWS else draw.choice(rows, MOST_ROWS, replace=False) for rows in chosen]
    apart = [cdist(points[rows], points[rows]) for rows in chosen]
    seen = [np.clip(errors[rows], -FARTHEST, FARTHEST) for rows in chosen]
    start = np.log(START)

    def surprise(theta: Vector) -> float:
        law = Law(*np.exp(np.clip(theta, start - 4.0, start + 4.0)).tolist())
        total = sum(_surprise(covariance(d, law), law.row, z) for d, z in zip(apart, seen, strict=True))
        return total / len(chosen) + PULL * float(np.square(theta - start).sum())

    simplex = np.vstack([start, start + 0.5 * np.eye(len(start))])
    found = minimize(surprise, start, method="Nelder-Mead", options={"maxfev": STEPS, "initial_simplex": simplex})
    return Law(*np.exp(np.clip(found.x, start - 4.0, start + 4.0)).tolist())


def _surprise(matrix: Matrix, row: float, errors: Vector) -> float:
    """Mean negative log likelihood of the results of one paper, each from its others."""
    precision = np.linalg.inv(matrix + row * np.eye(len(matrix)))
    variance = 1.0 / np.diag(precision)
    missed = variance * (precision @ errors)
    tail = 0.5 * (HEAVY_TAIL + 1.0) * np.log1p(np.square(missed) / (HEAVY_TAIL * variance))
    return float(np.mean(0.5 * np.log(variance) + tail))
