"""A regressor for uneven data: one ensemble over everything, one Gaussian process where the candidates lie."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from .difficulty import FEW

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FEWEST_ROWS = 20  # near rows below which there is no process
TUNING_ROWS = 400  # rows on which the length and noise of the process are chosen; the fit then takes all of them


class BlendedRegressor(RegressorMixin, BaseEstimator):
    """Gradient boosting over all rows, blended into a Gaussian process fitted on the rows near the candidates.

    SciGlass holds a hundred oxides for every chloride: an ensemble over everything learns oxides. The process sees only
    the near rows and says itself how much it knows: with k its prior variance, v its variance at a point and g the
    nearness of the point, the blend is ``w * process + (1 - w) * ensemble`` with ``w = g * (1 - v / k)``.

    Parameters
    ----------
    ensemble
        Regressor over all rows and columns; by default histogram gradient boosting.
    near_columns
        Number of columns, counted from the last, that the process sees. The very last is the nearness: 0 for a row
        that is nothing like the candidates, 1 for one that is.
    capacity
        Most rows that the process takes, those of the highest weight first.
    random_state
        Seed of everything drawn by chance.
    """

    def __init__(
        self, ensemble: Any = None, near_columns: int = 44, capacity: int = 1000, random_state: int = 0
    ) -> None:
        self.ensemble = ensemble
        self.near_columns = near_columns
        self.capacity = capacity
        self.random_state = random_state

    def fit(self, X: Matrix, y: Vector, sample_weight: Vector | None = None) -> BlendedRegressor:
        """Learn from descriptors (n, p), targets (n,) and weights (n,)."""
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        ensemble = self.ensemble or HistGradientBoostingRegressor(
            max_iter=300,
            max_leaf_nodes=63,
            learning_rate=0.1,
            max_features=0.3,
            max_bins=127,
            l2_regularization=1.0,
            early_stopping=False,  # it would validate on rows of papers that it learns from
        )
        ensemble = clone(ensemble).set_params(random_state=self.random_state)
        chosen = self._choose(X[:, -1] >= 1.0, weight)
        self.process_: Any = None
        with threadpool_limits(1):  # threads that wait for each other crawl on a shared machine; folds run side by side
            self.ensemble_ = ensemble.fit(X, y, sample_weight=weight)
            if len(chosen) >= FEWEST_ROWS:
                self._fit_process(X[chosen, -self.near_columns :], y[chosen], weight[chosen])
        self.n_features_in_ = X.shape[1]
        return self

    def predict(self, X: Matrix) -> Vector:
        """Expected targets, shape (n,)."""
        return self.predict_with_trust(X)[0]

    def predict_with_trust(self, X: Matrix) -> tuple[Vector, Vector]:
        """Expected targets, and the weight of the process in each from 0 (far from every near row) to 1, both (n,)."""
        with threadpool_limits(1 if len(X) < FEW else None):
            mean, trust = np.array(self.ensemble_.predict(X), dtype=float), np.zeros(len(X))
            near = np.flatnonzero(X[:, -1] > 0)
            if self.process_ is not None and len(near):
                local, known = self._ask_process(X[near, -self.near_columns :])
                trust[near] = known * X[near, -1]
                mean[near] += trust[near] * (local - mean[near])
        return mean, trust

    def _choose(self, near: Mask, weight: Vector) -> npt.NDArray[np.intp]:
        rows = np.flatnonzero(near)
        shuffled = np.random.default_rng(self.random_state).permutation(rows)
        return np.sort(shuffled[np.argsort(-weight[shuffled], kind="stable")][: self.capacity])

    def _fit_process(self, X: Matrix, y: Vector, weight: Vector) -> None:
        self.scaler_ = StandardScaler().fit(X)
        points, self.offset_, self.scale_ = self.scaler_.transform(X), float(y.mean()), float(y.std() or 1.0)
        targets = (y - self.offset_) / self.scale_
        kernel = ConstantKernel(1.0, (0.05, 20.0)) * Matern(5.0, (0.5, 50.0), nu=1.5) + WhiteKernel(0.2, (0.01, 1.0))
        few = np.random.default_rng(self.random_state).permutation(len(y))[:TUNING_ROWS]
        tuned = GaussianProcessRegressor(kernel, random_state=self.random_state).fit(points[few], targets[few]).kernel_
        noise = tuned.k2.noise_level / np.clip(weight / weight.max(), 0.05, None)
        self.process_ = GaussianProcessRegressor(tuned.k1, alpha=noise, optimizer=None).fit(points, targets)

    def _ask_process(self, X: Matrix) -> tuple[Vector, Vector]:
        points = self.scaler_.transform(X)
        mean, std = self.process_.predict(points, return_std=True)
        prior = self.process_.kernel_.k1.constant_value
        return mean * self.scale_ + self.offset_, np.clip(1.0 - np.square(std) / prior, 0.0, 1.0)
