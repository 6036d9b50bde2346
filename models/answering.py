"""What a fitted predictor says of rows of its design: regressor, difficulty, what others and what oneself measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .crossfit import NEAR
from .known import alike, nearer

if TYPE_CHECKING:
    from .predictor import Predictor

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_NONE = np.empty(0)
NOTHING = [_NONE, _NONE, _NONE, np.empty(0, "U7"), np.empty(0, np.intp), np.empty(0, bool), _NONE]
"""What is said of no composition, in the order of `prediction.ROWS`."""


def base(predictor: Predictor, X: Matrix, points: Matrix) -> tuple[Vector, Vector, Vector, Rows]:
    """Target and difficulty without any own result, and distance and row of the nearest of the fit; each (n,).

    The difficulty of a composition that others measured is that of one a little away: held-out errors, from which it is
    learnt, are of compositions that nobody else measured.

    Parameters
    ----------
    predictor
        Fitted.
    X, points
        Rows of its design matrix, shape (n, p), and of its domain, shape (n, d).
    """
    answer = predictor.regressor_.answer(X)
    distance, nearest = predictor.domain_.nearest(points)
    away = np.maximum(distance, predictor.domain_.usual_)
    clues = np.column_stack([X[:, predictor._layout().local], away, answer.clues])
    return answer.mean, predictor.difficulty_.predict(clues), distance, nearest


def answered(predictor: Predictor, X: Matrix) -> list[npt.NDArray[Any]]:
    """Arrays of shape (n,) in the order of `prediction.ROWS`; no row depends on the others."""
    points = predictor.domain_.projected(predictor._glass(X))
    mean, hard, distance, nearest = base(predictor, X, points)
    posterior = predictor.residuals_.posterior(points, predictor.known_papers_[nearest] * alike(distance))
    ratio = posterior.ratio(predictor.residuals_.law)
    first = len(predictor.domain_.points_)
    distance, nearest = nearer(points, distance, nearest, predictor.residuals_.points, first)
    target, difficulty = mean + posterior.mean * hard, hard * np.sqrt(ratio)
    return [target, difficulty, distance, predictor.domain_.verdict(distance), nearest, X[:, -1] >= NEAR, ratio]
