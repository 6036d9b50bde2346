"""Extremely randomised trees with several views of a mixture, and how probable an outcome is by all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy.optimize import minimize
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesRegressor

from ...features.elements import SYMBOLS
from ..numerics.flat_forest import Forest
from ..numerics.threads import one_thread

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Folds = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.object_]
Forests = Sequence[ExtraTreesRegressor] | Sequence[Forest]

SURE = 0.01  # probability nearer to 0 or 1 than which no forest is believed
PULL = 1.0  # towards equal halves of both forests, in rows
MAX_FEATURES = 0.3  # part of the columns that each split draws


class OutcomeStack(BaseEstimator):
    """Probability that an outcome happens, from two or three forests and a logistic stack of what they say.

    One forest sees all descriptors, the other all but the atomic fractions, so that it cannot learn an element by heart
    (boosted trees do, and are worse on elements together that they did not see). Both regress the indicator of the
    outcome on the squared error: what they predict is a probability, scored by Brier. The stack is fitted on rows whose
    fold neither has seen, and so calibrates them for systems unlike those that they learnt (Platt, in: Advances in
    Large Margin Classifiers, 1999; Wolpert, Neural Networks 5, 241, 1992, 10.1016/S0893-6080(05)80023-1).

    Papers sample some systems all over and of others the glasses alone, so that much of what the forests learn is where
    authors looked. A third forest regresses how much more often a glass was reported than elsewhere in the same set of
    elements, on sets that hold both outcomes, without the atomic fractions: where the border runs, whoever drew it.

    Parameters
    ----------
    n_trees
        Of each forest.
    leaves
        Fewest rows in a leaf of the first, second and third forest.
    border
        Whether there is a third forest.
    random_state
        Random seed.
    """

    def __init__(
        self, n_trees: int = 60, leaves: tuple[int, int, int] = (5, 8, 10), border: bool = True, random_state: int = 0
    ) -> None:
        self.n_trees = n_trees
        self.leaves = leaves
        self.border = border
        self.random_state = random_state

    def fit(
        self,
        X: Matrix,
        happened: Vector,
        weight: Vector,
        fold: Folds,
        judged: Mask,
        groups: Labels,
        n_jobs: int = 1,
    ) -> OutcomeStack:
        """Learn from n rows: descriptors (n, p), outcome 0 or 1, weight and fold of each, all (n,).

        Parameters
        ----------
        X, happened, weight, fold
            The rows, atomic fractions first; a fold is unseen as a whole when its rows are predicted.
        judged
            Rows on which the stack is fitted, shape (n,); the others are learnt from alone.
        groups
            Set of elements of each row, shape (n,), inside which the third forest compares.
        n_jobs
            Folds fitted side by side; the result is the same whatever the number.
        """
        single: Singles = np.ascontiguousarray(X, dtype=np.float32)
        numbers = np.unique(fold[judged]).tolist()
        _, among = np.unique(groups.astype(str), return_inverse=True)
        told = Parallel(n_jobs=n_jobs)(
            delayed(self._unseen)(single, happened, among, weight, fold == number, judged) for number in numbers
        )
        self.held_out_ = np.full((len(single), 2 + self.border), np.nan)
        for number, part in zip(numbers, told, strict=True):
            self.held_out_[(fold == number) & judged] = part
        self.coefficients_ = stacked(self.held_out_[judged], happened[judged], weight[judged])
        self.forests_ = [Forest.of(forest, half=True) for forest in self._trees(single, happened, among, weight)]
        return self

    def predict(self, X: Matrix) -> Vector:
        """Probability of the outcome, shape (n,), of descriptors (n, p)."""
        return combined(_said(self.forests_, np.ascontiguousarray(X, dtype=np.float32)), self.coefficients_)

    def unseen(self) -> Vector:
        """Probability of each row of the last `fit` by forests that did not see its fold, shape (n,); else NaN.

        The stack, a number a forest and one more, has seen them all.
        """
        return combined(self.held_out_, self.coefficients_)

    def _unseen(self, X: Singles, happened: Vector, among: Folds, weight: Vector, out: Mask, judged: Mask) -> Matrix:
        learnt = ~out & (weight > 0)
        forests = self._trees(X[learnt], happened[learnt], among[learnt], weight[learnt])
        return _said(forests, X[out & judged])

    def _trees(self, X: Singles, happened: Vector, among: Folds, weight: Vector) -> list[ExtraTreesRegressor]:
        full, kin, border = (
            ExtraTreesRegressor(
                self.n_trees,
                min_samples_leaf=leaf,
                max_features=MAX_FEATURES,
                random_state=self.random_state + view,
            )
            for view, leaf in enumerate(self.leaves)
        )
        with one_thread():
            forests = [full.fit(X, happened, weight), kin.fit(X[:, len(SYMBOLS) :], happened, weight)]
            if self.border:
                excess = beyond_group(happened, weight, among)
                mixed = np.isfinite(excess)
                some = mixed if mixed.any() else np.ones_like(mixed)  # without a border anywhere it says 0
                forests.append(border.fit(X[some, len(SYMBOLS) :], np.nan_to_num(excess[some]), weight[some]))
        return forests


def beyond_group(happened: Vector, weight: Vector, among: Folds) -> Vector:
    """Each outcome less the weighted share of its group, a number, all of shape (n,); NaN beside no other outcome.

    >>> beyond_group(np.array([1.0, 0.0, 1.0]), np.ones(3), np.array([0, 0, 1])).tolist()
    [0.5, -0.5, nan]
    """
    total = np.bincount(among, weight)
    share = np.divide(np.bincount(among, weight * happened), total, out=np.zeros_like(total), where=total > 0)[among]
    return np.where((share > 0) & (share < 1), happened - share, np.nan)


def stacked(said: Matrix, happened: Vector, weight: Vector) -> Vector:
    """Offset and slopes, shape (3,) or (4,), of the logits of what two forests say, and of what a third says as it is.

    They maximise the likelihood of n outcomes, pulled to 0 and two halves by `PULL`; ``said`` has the shape (n, 2) or
    (n, 3).
    """
    logits = _scored(said)
    start = np.array([0.0, 0.5, 0.5, 0.0])[: 1 + logits.shape[1]]

    def loss(told: Vector) -> tuple[float, Vector]:
        score = told[0] + logits @ told[1:]
        miss = weight * (_expit(score) - happened)
        gradient = np.concatenate([[miss.sum()], logits.T @ miss]) + PULL * (told - start)
        value = (weight * (np.logaddexp(0.0, score) - happened * score)).sum() + PULL / 2 * ((told - start) ** 2).sum()
        return float(value), gradient

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def combined(said: Matrix, coefficients: Vector) -> Vector:
    """Probability, shape (n,), from what two or three say, shape (n, 2) or (n, 3), by coefficients of `stacked`."""
    return _expit(coefficients[0] + _scored(said) @ coefficients[1:])


def _said(forests: Forests, X: Singles) -> Matrix:
    """What two or three forests say of n rows, shape (n, 2) or (n, 3)."""
    (full, kin, *border), singles = forests, X.astype(np.float32)
    others = np.ascontiguousarray(singles[:, len(SYMBOLS) :])
    return np.column_stack([full.predict(singles), *(forest.predict(others) for forest in (kin, *border))])


def _scored(said: Matrix) -> Matrix:
    return np.hstack([_logits(said[:, :2]), said[:, 2:]])


def _logits(said: Matrix) -> Matrix:
    held = np.clip(said, SURE, 1 - SURE)
    return np.asarray(np.log(held / (1 - held)))


def _expit(score: Vector) -> Vector:
    return np.asarray(1 / (1 + np.exp(-score)))
