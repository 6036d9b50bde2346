"""How large an error to expect, learnt from held-out errors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from .counted_trees import CountedTrees
from .kept import kept

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]


class Difficulty(RegressorMixin, BaseEstimator):
    """Expected size of an error, as the exponential of a boosted fit to the logarithm of held-out errors.

    Parameters
    ----------
    random_state
        Seed of everything drawn by chance.
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, X: Matrix, y: Vector) -> Difficulty:
        """Learn from clues of shape (n, p) and absolute errors (n,), in the unit of the target."""
        self.floor_ = max(float(np.quantile(y, 0.2)), 1e-9)
        model = HistGradientBoostingRegressor(
            max_iter=80,
            max_leaf_nodes=15,
            min_samples_leaf=40,
            learning_rate=0.08,
            early_stopping=False,  # it would validate on rows of papers that it learns from
            random_state=self.random_state,
        )
        with threadpool_limits(1):
            self.model_ = model.fit(X, np.log(y + self.floor_))
        return self

    def predict(self, X: Matrix) -> Vector:
        """Expected size of the error in the unit of the target, positive, shape (n,)."""
        trees = kept(self, self.model_, lambda: CountedTrees(self.model_))
        return np.asarray(np.exp(trees.predict(X)))

    @classmethod
    def cross_fit(cls, X: Matrix, y: Vector, fold: npt.NDArray[np.intp], n_jobs: int = 1) -> tuple[Vector, Difficulty]:
        """Difficulties of all rows, each learnt from the other folds, and one learnt from all of them."""
        tests = [fold == number for number in np.unique(fold)] + [np.zeros(len(y), bool)]
        learnt = Parallel(n_jobs=n_jobs)(delayed(cls().fit)(X[~test], y[~test]) for test in tests)
        held_out = np.empty(len(y))
        for test, model in zip(tests[:-1], learnt, strict=False):
            held_out[test] = model.predict(X[test])
        return held_out, learnt[-1]
