"""A Gaussian process for a few hundred rows of many small families, papers and doubtful values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.linalg.blas import strmm
from scipy.optimize import minimize
from sklearn.base import BaseEstimator
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from .numerics.cache import kept
from .numerics.covariance import PanelCovariance, distances, joined
from .numerics.fitted import Scale
from .numerics.panels import panels
from .numerics.threads import one_thread

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]

START = (0.40, 0.8, 0.25, 0.5, 0.20, 0.8, 0.06, 0.06)  # share, length, share, length, share, length, paper, noise
TUNING_ROWS = 400  # rows on which shares and lengths are chosen; the fit then takes all of them
HEAVY_TAIL = 3.0  # degrees of freedom of the t distribution that errors are taken from
FARTHEST = 4.0  # standard deviations beyond which a descriptor counts no further


class Views(NamedTuple):
    """The same n compositions seen three ways, each an array of shape (n, ...)."""

    ratios: Matrix
    """Plain ratios, such as O/M and mobile ions per M, and temperature or melting: what families share."""
    elements: Matrix
    """Square roots of the atomic fractions: which elements it is made of."""
    everything: Matrix
    """All descriptors."""

    def take(self, rows: npt.NDArray[np.intp]) -> Views:
        """Some of the rows."""
        return Views(*(view[rows] for view in self))


class FamilyProcess(BaseEstimator):
    """Gaussian process whose covariance is what ratios share, what an element family adds, and what all else adds.

    With Matern-3/2 correlations a over the ratios, b over the elements and c over all descriptors, the covariance of
    two rows is ``s1 a + s2 a b + s3 c``, and ``s4`` more when they are of one paper. Of a family never seen the first
    term speaks, so that element identity does not drown the ratios; one or two members measured bring in the second.
    Errors follow a t distribution (by reweighting), so that one wrong paper does not bend its neighbours. Shares and
    lengths maximise the predictive likelihood of rows left out with their paper, with their elements and one by one
    (in closed form: Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, section 5.4.2).

    Parameters
    ----------
    n_steps
        Steps of the search for shares and lengths.
    random_state
        Seed of the choice of rows for this search.
    """

    def __init__(self, n_steps: int = 150, random_state: int = 0) -> None:
        self.n_steps = n_steps
        self.random_state = random_state

    def fit(self, views: Views, y: Vector, papers: Labels, weight: Vector) -> FamilyProcess:
        """Choose shares and lengths, then learn from views (n, ...), targets, papers and weights, each (n,)."""
        self.scales_ = [Scale.of(StandardScaler().fit(view)) for view in (views.ratios, views.everything)]
        self.offset_ = float(np.median(y))
        self.scale_ = float(
            np.sqrt(np.square(np.clip(y - self.offset_, *np.quantile(y - self.offset_, (0.02, 0.98)))).mean()) or 1.0
        )
        order = np.random.default_rng(self.random_state).permutation(len(y))
        few = np.sort(order[np.argsort(-weight[order], kind="stable")][:TUNING_ROWS])
        self.theta_ = self._tune(views.take(few), y[few], papers[few], weight[few])
        self.points_, self.papers_ = self._scaled(views), np.asarray(papers)
        self.targets_, self.weights_ = np.asarray(y, dtype=float), np.asarray(weight, dtype=float)
        self.heaviest_ = float(weight.max())
        return self._solve()

    def _solve(self) -> FamilyProcess:
        covariance = self._covariance(self.points_, self.points_)
        covariance += np.exp(self.theta_[6]) * _same(self.papers_, self.papers_)
        target = (self.targets_ - self.offset_) / self.scale_
        base = np.exp(self.theta_[7]) / _shares(self.weights_, self.heaviest_)
        noise = base.copy()
        for _ in range(4):
            factor = cho_factor(covariance + np.diag(noise), lower=True)
            coefficients = cho_solve(factor, target)
            noise = base * (1.0 + np.square(noise * coefficients) / (HEAVY_TAIL * base))
        self.coefficients_ = coefficients
        self.whitener_ = solve_triangular(factor[0], np.eye(len(target)), lower=True).astype(np.float32)
        return self

    def predict(self, views: Views, idle: Labels | None = None) -> tuple[Vector, Vector]:
        """Expected targets, and how much is known from 0 (the prior) to 1 (everything), both of shape (m,).

        Parameters
        ----------
        views
            What to predict, m rows; no row depends on the others.
        idle
            Elements that are in none of the rows, as columns of `elements`, which are the first of `everything`.
        """
        mean, known = np.empty(len(views.ratios)), np.empty(len(views.ratios))
        prior = float(np.exp(self.theta_[[0, 2, 4]]).sum())
        absent = np.empty(0, dtype=np.intp) if idle is None else idle
        one = views.take(np.arange(1))
        covariance = kept(
            self,
            self.points_,
            lambda: PanelCovariance(self.points_, self.theta_, self._scaled(one), absent),
            absent.tobytes(),
        )
        asked = self._scaled(views, absent)
        whitener = kept(self, self.points_, lambda: np.ascontiguousarray(self.whitener_), b"whitener")
        with one_thread():
            for panel in panels(len(mean)):
                cross = covariance(asked, panel)
                mean[panel.rows] = (self.coefficients_ @ cross.astype(float))[panel.used]
                white = strmm(1.0, whitener.T, cross.T, side=1, overwrite_b=1)  # half the work of the whole matrix
                known[panel.rows] = np.square(white, out=white).T.sum(axis=0)[panel.used]
        return mean * self.scale_ + self.offset_, np.clip(known / prior, 0.0, 1.0)

    def _scaled(self, views: Views, absent: Labels | None = None) -> Views:
        """Views as they are compared, without the columns of absent elements."""
        scaled = []
        for scale, view, idle in zip(self.scales_, (views.ratios, views.everything), ((), absent), strict=True):
            busy = np.delete(np.arange(view.shape[1]), () if idle is None else idle)
            told = view if len(busy) == view.shape[1] else view[:, busy]
            scaled.append(compared(told, scale, busy, view.shape[1]))
        elements = views.elements if absent is None else np.delete(views.elements, absent, axis=1)
        return Views(scaled[0], np.asarray(elements, dtype=float), scaled[1])

    def _covariance(self, one: Views, other: Views) -> Matrix:
        return joined(distances(one, other), self.theta_)

    def _tune(self, views: Views, y: Vector, papers: Labels, weight: Vector) -> Vector:
        points = self._scaled(views)
        apart, paper = distances(points, points), _same(papers, papers)
        families = np.unique(views.elements > 0, axis=0, return_inverse=True)[1].ravel()
        members = np.unique(views.elements.round(6), axis=0, return_inverse=True)[1].ravel()
        groupings = [[np.flatnonzero(labels == k) for k in np.unique(labels)] for labels in (papers, families, members)]
        target = np.clip((y - self.offset_) / self.scale_, -3.0, 3.0)
        share = _shares(weight, float(weight.max()))
        start = np.log(START)

        def surprise(theta: Vector) -> float:
            """Mean negative log likelihood of rows left out with their group, and a pull towards the start."""
            matrix = joined(apart, theta) + np.exp(theta[6]) * paper + np.diag(np.exp(theta[7]) / share)
            total = 4.0 / len(y) * float(np.square(theta - start).sum())
            for error, variance in _left_out(matrix, target, groupings):
                tail = 0.5 * (HEAVY_TAIL + 1.0) * np.log1p(np.square(error) / (HEAVY_TAIL * variance))
                total += float(np.average(0.5 * np.log(variance) + tail, weights=share)) / len(groupings)
            return total

        simplex = np.vstack([start, start + 0.5 * np.eye(len(start))])
        with threadpool_limits(1):
            found = minimize(
                surprise, start, method="Nelder-Mead", options={"maxfev": self.n_steps, "initial_simplex": simplex}
            )
        return np.asarray(found.x, dtype=float)


def compared(told: Matrix, scale: Scale, columns: Labels, width: int) -> Matrix:
    """Some columns of a view of a width as they are compared, shape (n, k)."""
    part = (told - scale.mean[columns]) / scale.spread[columns]
    return np.asarray(np.clip(part, -FARTHEST, FARTHEST, out=part) / np.sqrt(width))


def _shares(weight: Vector, heaviest: float) -> Vector:
    return np.asarray(np.clip(weight / heaviest, 0.2, 1.0))


def _left_out(matrix: Matrix, y: Vector, groupings: Sequence[Sequence[Labels]]) -> list[tuple[Vector, Vector]]:
    """Error and variance of every row predicted without its group, for each grouping."""
    precision = np.linalg.inv(matrix)
    weighted = precision @ y
    results = []
    for groups in groupings:
        error, variance = np.empty(len(y)), np.empty(len(y))
        for rows in groups:
            block = np.linalg.inv(precision[np.ix_(rows, rows)])
            error[rows], variance[rows] = block @ weighted[rows], np.diag(block)
        results.append((error, np.maximum(variance, 1e-9)))
    return results


def _same(one: Labels, other: Labels) -> Matrix:
    return np.asarray(np.asarray(one)[:, None] == np.asarray(other)[None, :], dtype=float)
