"""What is left uncertain of all candidates together after results: draws, what they share, and what one more tells."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular

from ..numerics.threads import one_thread
from . import random_features
from .surrogate import OFFSET, SLOPE, Rows, Surrogate, distance

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

EXACT = 2000  # candidates up to which a joint draw knows the whole covariance
JITTERS = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)  # of the largest variance, so that equal candidates can be drawn
LEAST = 1e-6  # variance of a candidate, in units of the scale, below which nothing is left uncertain


class Joint:
    """The process of a `Surrogate` after results, as it stands since these were told.

    Parameters
    ----------
    surrogate
        Of n candidates; its lengths stay as they are.
    rows, noise
        Candidates measured and the standard errors told of them, both of shape (m,), as in `Surrogate.tell`.
    """

    def __init__(self, surrogate: Surrogate, rows: Rows, noise: Vector) -> None:
        self.process, self.rows = surrogate, np.asarray(rows, dtype=np.intp)
        told = np.square(np.asarray(noise, dtype=float) / surrogate.scale)
        self.usual = float(np.exp(2 * surrogate.theta[-1] + surrogate.theta[6]))  # variance of one more result
        apart = surrogate.distances(self.rows)
        with one_thread():
            across = surrogate.kernel(apart) + surrogate.linear(self.rows, slice(None))
            among = across[:, self.rows] + np.diag(self.usual + told)
            self.factor = np.linalg.cholesky(among)
            self.white = self._whitened(across)
        self.noise = np.sqrt(self.usual + told)
        self.left = np.maximum(surrogate.variance() - np.square(self.white).sum(axis=0), LEAST)

    def deviations(self, random: np.random.Generator) -> Vector:
        """How far each candidate lies from its mean in one joint draw, in standard deviations of its own, shape (n,).

        Candidates that are alike deviate alike: of a hundred thousand drawn one by one, the highest is but the most
        uncertain. Up to `EXACT` candidates the draw is that of their whole covariance; of more, one of random features
        bent to the results (Wilson et al., arXiv:2002.09309).
        """
        n = len(self.left)
        with one_thread():
            if n <= EXACT:
                drawn = random.standard_normal(n) @ root(self._covariance(np.arange(n)))
            else:
                drawn = self._prior(random)
                missed = drawn[self.rows] + self.noise * random.standard_normal(len(self.rows))
                drawn -= self.white.T @ self._whitened(missed)
        return np.asarray(drawn / np.sqrt(self.left))

    def correlation(self, asked: Rows) -> Matrix:
        """Correlation of what is left uncertain of k candidates, shape (k, k)."""
        joint = self._covariance(np.asarray(asked, dtype=np.intp))
        spread = np.sqrt(np.diag(joint))
        return np.asarray(np.clip(joint / np.outer(spread, spread), -1.0, 1.0))

    def narrowed(self, row: int) -> Vector:
        """What part of each candidate's standard deviation is left once one of them is measured, shape (n,)."""
        apart = self.process.distances(np.array([row]))
        shared = self.process.kernel(apart)[0] + self.process.linear(np.array([row]), slice(None))[0]
        shared = shared - self.white[:, row] @ self.white
        part = np.square(shared) / (self.left * (self.left[row] + self.usual))
        return np.asarray(np.sqrt(1.0 - np.minimum(part, 1.0)))

    def _covariance(self, asked: Rows) -> Matrix:
        """Covariance of what is left uncertain of k candidates, shape (k, k)."""
        process, white = self.process, self.white[:, asked]
        apart = np.array([distance(view[asked], view[asked]) for view in process.views], dtype=float)
        joint = process.kernel(apart) + process.linear(asked, asked) - white.T @ white
        joint[np.diag_indices_from(joint)] = self.left[asked]
        return np.asarray(joint)

    def _whitened(self, columns: Matrix) -> Matrix:
        """Columns of shape (m, ...) in units in which results are independent."""
        return np.asarray(solve_triangular(self.factor, columns, lower=True)) if len(self.rows) else columns

    def _prior(self, random: np.random.Generator) -> Vector:
        """A draw before any result, its process by random features, shape (n,)."""
        offset, slope = random.standard_normal(2) * (OFFSET, SLOPE)
        theta = self.process.theta
        drawn = random_features.drawn(self.process.views, theta[:6], random) * np.exp(theta[-1])
        return np.asarray(offset + slope * self.process.trend + drawn)


def root(covariance: Matrix) -> Matrix:
    """Matrix that turns rows of independent normal numbers into rows of the given covariance, shape (k, k).

    Of candidates that nearly equal each other rounding may leave a matrix that is no covariance; as little as mends it
    is added to its diagonal.
    """
    largest, square = float(np.diag(covariance).max()), np.eye(len(covariance))
    for part in JITTERS[:-1]:
        try:
            return np.asarray(np.linalg.cholesky(covariance + part * largest * square).T)
        except np.linalg.LinAlgError:  # by rounding it is none yet; a larger part follows, and the last one raises
            continue
    return np.asarray(np.linalg.cholesky(covariance + JITTERS[-1] * largest * square).T)
