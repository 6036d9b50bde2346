"""How large an error to expect, learnt from held-out errors."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from threadpoolctl import threadpool_limits

from .numerics.cache import kept
from .numerics.fitted import Network
from .numerics.panels import panels
from .numerics.threads import one_thread

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

FLOORS = (0.1, 0.0, 1.0, 1.0)  # added before the logarithm: of a distance as it is, of the others in median errors
CLUES = len(FLOORS)  # that follow the descriptors
LOGARITHMS = (-4, -2, -1)  # clues of which the logarithm counts: distance, spread and gap
FAR = 1e3  # distance beyond which nothing is farther
FARTHEST = 4.0  # standard deviations beyond which a clue counts no further
SMALLEST = 0.2  # quantile of the errors that is added to each before its logarithm is learnt


class Difficulty(RegressorMixin, BaseEstimator):
    """Expected size of an error, as the exponential of small networks fitted to the logarithm of held-out errors.

    The last four clues are the distance from what was measured, how much is known, the spread of the networks
    that vote and the gap between them and the process; all of them smooth, for what trees say has steps. Networks of
    one layer, averaged, are smooth too: along a family the size has no steps.

    Parameters
    ----------
    n_networks
        How many are averaged.
    n_hidden
        Units of each.
    random_state
        Random seed.
    """

    def __init__(self, n_networks: int = 3, n_hidden: int = 16, random_state: int = 0) -> None:
        self.n_networks = n_networks
        self.n_hidden = n_hidden
        self.random_state = random_state

    def fit(self, X: Matrix, y: Vector, sample_weight: Vector | None = None) -> Difficulty:
        """Learn from clues of shape (n, p), absolute errors (n,), in the unit of the target, and weights (n,)."""
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        self.floors_ = np.array(FLOORS) * np.array([1.0, *[max(float(np.median(y)), 1e-9)] * 3])
        shown = self._shown(X)
        self.centre_, spread = shown.mean(axis=0), shown.std(axis=0)
        self.spread_ = np.where(spread > 1e-9, spread, 1.0)
        told = np.log(y + max(float(np.quantile(y, SMALLEST)), 1e-9))
        self.level_, self.scale_ = float(told.mean()), float(told.std() or 1.0)
        inputs, targets = self._scaled(X), (told - self.level_) / self.scale_
        with threadpool_limits(1):
            self.networks_ = [
                self._network(inputs, targets, weight / weight.mean(), number) for number in range(self.n_networks)
            ]
        return self

    def predict(self, X: Matrix) -> Vector:
        """Expected size of the error in the unit of the target, positive, shape (n,); no row depends on the others."""
        first, start, second, end = kept(self, self.networks_, self._joined)
        scaled, told = self._scaled(X), np.empty(len(X))
        with one_thread():
            for panel in panels(len(X)):
                hidden = np.tanh(first @ panel.of(scaled, float) + start)
                told[panel.rows] = (second @ hidden)[panel.used] + end
        return np.asarray(np.exp(told * self.scale_ + self.level_))

    @classmethod
    def cross_fit(
        cls, X: Matrix, y: Vector, fold: npt.NDArray[np.intp], papers: npt.NDArray[np.intp], n_jobs: int = 1
    ) -> tuple[Vector, Difficulty]:
        """Difficulties of all rows, each learnt from the other folds, and one learnt from all of them.

        A row of a paper of n rows weighs n ** -1/2: rows of one paper err together.
        """
        weight = np.bincount(papers)[papers] ** -0.5
        tests = [fold == number for number in np.unique(fold)] + [np.zeros(len(y), bool)]
        learnt = Parallel(n_jobs=n_jobs)(delayed(cls().fit)(X[~test], y[~test], weight[~test]) for test in tests)
        held_out = np.empty(len(y))
        for test, model in zip(tests[:-1], learnt, strict=False):
            held_out[test] = model.predict(X[test])
        return held_out, learnt[-1]

    def _network(self, X: Matrix, y: Vector, weight: Vector, number: int) -> Network:
        network = MLPRegressor(
            hidden_layer_sizes=(self.n_hidden,),
            activation="tanh",
            alpha=1.0,
            batch_size=min(256, max(16, len(y) // 50), len(y)),
            learning_rate_init=2e-3,
            max_iter=20,
            tol=0.0,
            n_iter_no_change=10**6,  # a fixed number of passes is meant
            random_state=self.random_state + number,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(X, y, sample_weight=weight)
        return Network.of(network)

    def _joined(self) -> tuple[Matrix, Matrix, Vector, float]:
        """All networks as one: weights of the layer and its offsets, then weights and offset of the output."""
        first = np.vstack([network.weights[0].T for network in self.networks_])
        start = np.concatenate([network.offsets[0] for network in self.networks_])[:, None]
        second = np.concatenate([network.weights[1][:, 0] for network in self.networks_]) / len(self.networks_)
        return first, start, second, float(np.mean([network.offsets[1][0] for network in self.networks_]))

    def _shown(self, X: Matrix) -> Matrix:
        """Clues with logarithms in place of what grows without end, shape (n, p)."""
        shown = np.array(X, dtype=float)
        shown[:, -4] = np.minimum(shown[:, -4], FAR)
        for column in LOGARITHMS:
            shown[:, column] = np.log(shown[:, column] + self.floors_[column])
        return shown

    def _scaled(self, X: Matrix) -> Matrix:
        return np.asarray(np.clip((self._shown(X) - self.centre_) / self.spread_, -FARTHEST, FARTHEST))
