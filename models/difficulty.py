"""How large an error to expect, learnt from held-out errors."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from .counted_trees import CountedTrees
from .kept import kept

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

CLUES: Mapping[str, int] = MappingProxyType({"distance": 1, "known": -1, "spread": 1, "gap": 1})
"""The last clues, and whether an error grows (1) or shrinks (-1) with each."""


class Difficulty(RegressorMixin, BaseEstimator):
    """Expected size of an error, as the exponential of boosted fits to the logarithm of held-out errors.

    It grows with the distance from what was measured, with the spread of the votes and with the gap between the
    members, and falls with what is known: the last four clues, in the order of `CLUES`. Several fits on different
    columns are averaged, so that it has no large steps along a family.

    Parameters
    ----------
    n_fits
        How many are averaged.
    random_state
        Seed of everything drawn by chance.
    """

    def __init__(self, n_fits: int = 5, random_state: int = 0) -> None:
        self.n_fits = n_fits
        self.random_state = random_state

    def fit(self, X: Matrix, y: Vector, sample_weight: Vector | None = None) -> Difficulty:
        """Learn from clues of shape (n, p), absolute errors (n,), in the unit of the target, and weights (n,)."""
        floor = max(float(np.quantile(y, 0.2)), 1e-9)
        ways = np.zeros(X.shape[1], dtype=int)
        ways[-len(CLUES) :] = list(CLUES.values())
        model = HistGradientBoostingRegressor(
            max_iter=60,
            max_leaf_nodes=15,
            min_samples_leaf=40,
            learning_rate=0.08,
            max_features=0.5,
            monotonic_cst=ways,
            early_stopping=False,  # it would validate on rows of papers that it learns from
        )
        with threadpool_limits(1):
            self.models_ = [
                clone(model)
                .set_params(random_state=self.random_state + number)
                .fit(X, np.log(y + floor), sample_weight=sample_weight)
                for number in range(self.n_fits)
            ]
        return self

    def predict(self, X: Matrix) -> Vector:
        """Expected size of the error in the unit of the target, positive, shape (n,)."""
        fits = kept(self, self.models_, lambda: [CountedTrees(model) for model in self.models_])
        return np.asarray(np.exp(sum(trees.predict(X) for trees in fits) / len(fits)))

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
