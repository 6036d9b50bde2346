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

from .numerics.cache import kept
from .numerics.fitted import Network, Scale, flush
from .numerics.flat_forest import Forest
from .numerics.panels import panels
from .numerics.threads import one_thread

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Columns = npt.NDArray[np.intp]
Layers = list[tuple[Singles, Singles]]

STAGES = ((2e-3, 0.5), (4e-4, 0.3), (5e-5, 0.2))  # rates of learning, and the share of the epochs at each
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
        Random seed.
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
        trees = ExtraTreesRegressor(self.n_trees, max_features=0.4, min_samples_leaf=5, random_state=self.random_state)
        self.trees_ = Forest.of(trees.fit(singles, y, sample_weight=trusted))
        self.column_scale_ = Scale.of(StandardScaler().fit(self._widened(singles)))
        inputs, targets = self._scaled(singles), ((y - self.offset_) / self.scale_).astype(np.float32)
        share = (trusted / trusted.mean()).astype(np.float32)
        self.networks_ = [self._network(inputs, targets, share, number) for number in range(self.n_networks)]
        self.n_features_in_ = X.shape[1]
        return self

    def predict(self, X: Matrix) -> Vector:
        """Expected targets, shape (n,)."""
        return np.asarray(self.votes(X).mean(axis=0))

    def votes(self, X: Matrix, idle: Columns | None = None) -> Matrix:
        """What each member expects, shape (members, n); the trees come first.

        Parameters
        ----------
        X
            Descriptors of shape (n, p).
        idle
            Columns among the first `roots` that are zero in all rows: known beforehand, they cost nothing.
        """
        singles = X.astype(np.float32)
        told = np.empty((1 + len(self.networks_), len(X)))
        told[0] = self.trees_.predict(singles)
        busy = np.setdiff1d(np.arange(X.shape[1]), [] if idle is None else idle)
        n_roots = int(np.searchsorted(busy, self.roots))
        seen = np.concatenate([busy[:n_roots], busy + self.roots])
        mean, scale = (part.astype(np.float32) for part in self.column_scale_)
        networks = kept(self, self.networks_, lambda: self._networks_over(seen, mean, scale), seen.tobytes())
        singles = singles[:, busy]
        with one_thread():
            for panel in panels(len(X)):
                inputs = _widened(panel.of(singles), n_roots, mean[seen, None], scale[seen, None])
                for place, layers in enumerate(networks, 1):
                    told[place, panel.rows] = _forward(layers, inputs)[panel.used]
        told[1:] *= self.scale_
        told[1:] += self.offset_
        return told

    def _networks_over(self, seen: Columns, mean: Singles, scale: Singles) -> list[Layers]:
        """Layers of each network over the columns seen."""
        still = np.clip(-mean / scale, -FARTHEST, FARTHEST)  # what a network sees of a zero
        still[seen] = 0.0
        return [_layers(network, seen, still) for network in self.networks_]

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

    def _network(self, X: Singles, y: Singles, weight: Singles, number: int) -> Network:
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
                flush(network)
        return Network.of(network)

    def _widened(self, X: Singles) -> Singles:
        return np.column_stack([np.sqrt(np.maximum(X[:, : self.roots], 0.0)), X])

    def _scaled(self, X: Singles) -> Singles:
        return np.asarray(
            np.clip(self.column_scale_.transform(self._widened(X)), -FARTHEST, FARTHEST), dtype=np.float32
        )


def _layers(network: Network, seen: Columns, still: Singles) -> Layers:
    """Coefficients of shape (out, in) and intercepts of shape (out, 1); the first layer over the columns seen.

    What all other columns give, `still`, is one more intercept.
    """
    first, *others = network.weights
    start, *ends = network.offsets
    weights = [np.ascontiguousarray(part.T) for part in (first[seen], *others)]
    offsets = [(start + still @ first)[:, None], *(part[:, None] for part in ends)]
    return list(zip(weights, offsets, strict=True))


def _widened(panel: Singles, n_roots: int, mean: Singles, scale: Singles) -> Singles:
    """What a network sees of a panel of shape (columns, width); the numbers are those of `Committee._scaled`."""
    seen = np.concatenate([np.sqrt(np.maximum(panel[:n_roots], 0.0)), panel])
    seen -= mean
    seen /= scale
    return np.clip(seen, -FARTHEST, FARTHEST, out=seen)


def _forward(layers: Layers, values: Singles) -> Singles:
    """What a network of rectified units makes of a panel of inputs of shape (p, width), shape (width,)."""
    for weights, offsets in layers[:-1]:
        values = weights @ values
        values += offsets
        np.maximum(values, 0, out=values)
    weights, offsets = layers[-1]
    return np.asarray((weights @ values + offsets)[0])


def votes(regressor: Any, X: Matrix, idle: Columns | None = None) -> Matrix:
    """What each member of a committee expects, shape (members, n); any other regressor is one member."""
    told = regressor.votes(X, idle) if hasattr(regressor, "votes") else regressor.predict(X)
    return np.atleast_2d(told)
