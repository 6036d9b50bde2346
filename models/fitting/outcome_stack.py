"""Extremely randomised trees with two views of a mixture, and how probable an outcome is by both."""

from __future__ import annotations

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
Forests = tuple[ExtraTreesRegressor, ExtraTreesRegressor] | tuple[Forest, Forest]

SURE = 0.01  # probability nearer to 0 or 1 than which no forest is believed
PULL = 1.0  # towards equal halves of both forests, in rows
MAX_FEATURES = 0.3  # part of the columns that each split draws


class OutcomeStack(BaseEstimator):
    """Probability that an outcome happens, from two forests and a logistic stack of what they say.

    One forest sees all descriptors, the other all but the atomic fractions, so that it cannot learn an element by heart
    (boosted trees do, and are worse on elements together that they did not see). Both regress the indicator of the
    outcome on the squared error: what they predict is a probability, scored by Brier. The stack is fitted on rows whose
    fold neither has seen, and so calibrates them for systems unlike those that they learnt (Platt, in: Advances in
    Large Margin Classifiers, 1999; Wolpert, Neural Networks 5, 241, 1992, 10.1016/S0893-6080(05)80023-1).

    Parameters
    ----------
    n_trees, min_samples_leaf
        Of each forest.
    random_state
        Seed of everything drawn by chance.
    """

    def __init__(self, n_trees: int = 60, min_samples_leaf: int = 3, random_state: int = 0) -> None:
        self.n_trees = n_trees
        self.min_samples_leaf = min_samples_leaf
        self.random_state = random_state

    def fit(
        self, X: Matrix, happened: Vector, weight: Vector, fold: Folds, judged: Mask, n_jobs: int = 1
    ) -> OutcomeStack:
        """Learn from n rows: descriptors (n, p), outcome 0 or 1, weight and fold of each, all (n,).

        Parameters
        ----------
        X, happened, weight, fold
            The rows, atomic fractions first; a fold is unseen as a whole when its rows are predicted.
        judged
            Rows on which the stack is fitted, shape (n,); the others are learnt from alone.
        n_jobs
            Folds fitted side by side; the result is the same whatever the number.
        """
        single: Singles = np.ascontiguousarray(X, dtype=np.float32)
        numbers = np.unique(fold[judged]).tolist()
        told = Parallel(n_jobs=n_jobs)(
            delayed(self._unseen)(single, happened, weight, fold == number, judged) for number in numbers
        )
        self.held_out_ = np.full((len(single), 2), np.nan)
        for number, part in zip(numbers, told, strict=True):
            self.held_out_[(fold == number) & judged] = part
        self.coefficients_ = stacked(self.held_out_[judged], happened[judged], weight[judged])
        self.forests_ = [Forest.of(forest) for forest in self._trees(single, happened, weight)]
        return self

    def predict(self, X: Matrix) -> Vector:
        """Probability of the outcome, shape (n,), of descriptors (n, p)."""
        full, kin = self.forests_
        return combined(_said((full, kin), np.ascontiguousarray(X, dtype=np.float32)), self.coefficients_)

    def unseen(self) -> Vector:
        """Probability of each row of the last `fit` by forests that did not see its fold, shape (n,); else NaN.

        The stack, three numbers, has seen them all.
        """
        return combined(self.held_out_, self.coefficients_)

    def _unseen(self, X: Singles, happened: Vector, weight: Vector, out: Mask, judged: Mask) -> Matrix:
        learnt = ~out & (weight > 0)
        return _said(self._trees(X[learnt], happened[learnt], weight[learnt]), X[out & judged])

    def _trees(self, X: Singles, happened: Vector, weight: Vector) -> tuple[ExtraTreesRegressor, ExtraTreesRegressor]:
        full, kin = (
            ExtraTreesRegressor(
                self.n_trees,
                min_samples_leaf=self.min_samples_leaf,
                max_features=MAX_FEATURES,
                random_state=self.random_state + view,
            )
            for view in (0, 1)
        )
        with one_thread():
            return full.fit(X, happened, weight), kin.fit(X[:, len(SYMBOLS) :], happened, weight)


def stacked(said: Matrix, happened: Vector, weight: Vector) -> Vector:
    """Offset and two slopes, shape (3,), of the logits of what both forests say, shape (n, 2).

    They maximise the likelihood of n outcomes, pulled to 0 and two halves by `PULL`.
    """
    logits, start = _logits(said), np.array([0.0, 0.5, 0.5])

    def loss(told: Vector) -> tuple[float, Vector]:
        score = told[0] + logits @ told[1:]
        miss = weight * (_expit(score) - happened)
        gradient = np.concatenate([[miss.sum()], logits.T @ miss]) + PULL * (told - start)
        value = (weight * (np.logaddexp(0.0, score) - happened * score)).sum() + PULL / 2 * ((told - start) ** 2).sum()
        return float(value), gradient

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def combined(said: Matrix, coefficients: Vector) -> Vector:
    """Probability, shape (n,), from what both say, shape (n, 2), by the coefficients of `stacked`."""
    return _expit(coefficients[0] + _logits(said) @ coefficients[1:])


def _said(forests: Forests, X: Singles) -> Matrix:
    """What both forests say of n rows, shape (n, 2)."""
    (full, kin), singles = forests, X.astype(np.float32)
    return np.column_stack([full.predict(singles), kin.predict(singles[:, len(SYMBOLS) :])])


def _logits(said: Matrix) -> Matrix:
    held = np.clip(said, SURE, 1 - SURE)
    return np.asarray(np.log(held / (1 - held)))


def _expit(score: Vector) -> Vector:
    return np.asarray(1 / (1 + np.exp(-score)))
