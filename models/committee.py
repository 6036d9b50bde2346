"""The regressor of everything: neural networks and extremely randomised trees that vote."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

from .flat_forest import FEW, FlatForest

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

STAGES = ((2e-3, 0.5), (4e-4, 0.3), (5e-5, 0.2))  # rates of learning, and the share of the epochs at each
BLOCK = 2048  # rows that a network sees at a time: they stay in the cache
FARTHEST = 6.0  # standard deviations beyond which a column counts no further for a network


class Committee(RegressorMixin, BaseEstimator):
    """Mean of extremely randomised trees, which have one vote together, and of neural networks, which have one each.

    Literature tables hold wrong rows. Boosted trees that minimise the absolute error are fitted first; a row that they
    miss by more than the median error weighs less for all others, in proportion (least absolute deviations by
    reweighting). They have no vote: they would double the time of a prediction and not better it. Networks see the
    columns standardised, and the roots of the first ones besides; their rate of learning falls in stages.

    Parameters
    ----------
    n_iterations
        Rounds of boosting that look for doubtful rows.
    n_trees
        Extremely randomised trees.
    n_networks
        Networks of three hidden layers.
    n_epochs
        Passes over the rows in training a network.
    alpha
        Penalty on the squared weights of a network.
    batch_size
        Most rows of a step in training a network; of few rows a fiftieth.
    roots
        Number of columns, counted from the first, that are shares, of which a network sees the square root too.
    random_state
        Seed of everything drawn by chance.
    """

    def __init__(
        self,
        n_iterations: int = 100,
        n_trees: int = 25,
        n_networks: int = 3,
        n_epochs: int = 20,
        alpha: float = 0.03,
        batch_size: int = 512,
        roots: int = 0,
        random_state: int = 0,
    ) -> None:
        self.n_iterations = n_iterations
        self.n_trees = n_trees
        self.n_networks = n_networks
        self.n_epochs = n_epochs
        self.alpha = alpha
        self.batch_size = batch_size
        self.roots = roots
        self.random_state = random_state

    def fit(self, X: Matrix, y: Vector, sample_weight: Vector | None = None) -> Committee:
        """Learn from descriptors (n, p), targets (n,) and weights (n,)."""
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        self.offset_, self.scale_ = float(np.mean(y)), float(np.std(y) or 1.0)
        singles = X.astype(np.float32)
        trusted = weight * self._plausible(singles, y)
        self.trees_ = ExtraTreesRegressor(
            self.n_trees, max_features=0.4, min_samples_leaf=5, random_state=self.random_state
        ).fit(singles, y, sample_weight=trusted)
        self.scaler_ = StandardScaler().fit(self._widened(singles))
        inputs, targets = self._scaled(singles), ((y - self.offset_) / self.scale_).astype(np.float32)
        share = (trusted / trusted.mean()).astype(np.float32)
        self.networks_ = [self._network(inputs, targets, share, number) for number in range(self.n_networks)]
        self.n_features_in_ = X.shape[1]
        return self

    def predict(self, X: Matrix) -> Vector:
        """Expected targets, shape (n,)."""
        return np.asarray(self.votes(X).mean(axis=0))

    def votes(self, X: Matrix) -> Matrix:
        """What each member expects, shape (members, n); the trees come first."""
        singles = X.astype(np.float32)
        votes = [self._of_trees(singles)]
        inputs = self._scaled(singles)
        varies = np.ptp(inputs, axis=0) > 0
        some, rest = np.ascontiguousarray(inputs[:, varies]), inputs[:1, ~varies]
        for network in self.networks_:
            first = network.coefs_[0]
            told = _forward(network, some, first[varies], rest @ first[~varies])
            votes.append(told.astype(float) * self.scale_ + self.offset_)
        return np.asarray(votes)

    def _of_trees(self, X: Singles) -> Vector:
        """What the trees expect, shape (n,)."""
        if len(X) > FEW:
            return np.asarray(self.trees_.predict(X))
        if getattr(self, "_flat", (None,))[0] is not self.trees_:
            self._flat = self.trees_, FlatForest(self.trees_)
        return self._flat[1].predict(X)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_flat"}

    def _plausible(self, X: Singles, y: Vector) -> Vector:
        """Weight of each row: 1 where boosting misses it by up to the median error, then falling as its share."""
        boosting = HistGradientBoostingRegressor(
            loss="absolute_error",
            max_iter=self.n_iterations,
            max_leaf_nodes=63,
            learning_rate=0.2,
            max_features=0.3,
            max_bins=127,
            l2_regularization=1.0,
            early_stopping=False,  # it would validate on rows of papers that it learns from
            random_state=self.random_state,
        )
        error = np.abs(y - boosting.fit(X, y).predict(X))
        median = max(float(np.median(error)), 1e-12)
        return np.asarray(median / np.maximum(error, median))

    def _network(self, X: Singles, y: Singles, weight: Singles, number: int) -> MLPRegressor:
        network = MLPRegressor(
            hidden_layer_sizes=(256, 128, 64),
            alpha=self.alpha,
            batch_size=min(self.batch_size, max(16, len(y) // 50)),
            random_state=self.random_state + number,
            warm_start=True,
            tol=0.0,
            n_iter_no_change=10**6,  # a fixed number of epochs is meant
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            for rate, share in STAGES:
                epochs = max(1, round(share * self.n_epochs))
                network.set_params(learning_rate_init=rate, max_iter=epochs).fit(X, y, sample_weight=weight)
        network._optimizer = None  # the momenta of training: nothing that a prediction needs
        return network

    def _widened(self, X: Singles) -> Singles:
        return np.column_stack([np.sqrt(np.maximum(X[:, : self.roots], 0.0)), X])

    def _scaled(self, X: Singles) -> Singles:
        return np.asarray(np.clip(self.scaler_.transform(self._widened(X)), -FARTHEST, FARTHEST), dtype=np.float32)


def _forward(network: MLPRegressor, X: Singles, first: Singles, rest: Singles) -> Singles:
    """What a network of rectified units makes of its inputs, shape (n,).

    Columns that do not vary over the rows, those of elements that no candidate holds, are one more intercept.

    Parameters
    ----------
    network
        Fitted.
    X, first
        Columns that vary, shape (n, p), and their coefficients in the first layer, shape (p, hidden).
    rest
        What all other columns give together, shape (1, hidden).
    """
    start, *ends = network.intercepts_
    told = np.empty(len(X), dtype=np.float32)
    for place in range(0, len(X), BLOCK):
        values = X[place : place + BLOCK] @ first
        values += rest + start
        for coefficients, intercepts in zip(network.coefs_[1:], ends, strict=True):
            values = np.maximum(values, 0, out=values) @ coefficients
            values += intercepts
        told[place : place + BLOCK] = values[:, 0]
    return told


def votes(regressor: Any, X: Matrix) -> Matrix:
    """What each member of a committee expects, shape (members, n); any other regressor is one member."""
    told = regressor.votes(X) if hasattr(regressor, "votes") else regressor.predict(X)
    return np.atleast_2d(told)
