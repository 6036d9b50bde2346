"""What a fitted predictor says of rows of its design: regressor, difficulty, and what oneself measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .crossfit import NEAR
from .known import nearer

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

    What others measured of a composition is in all of these: the regressor has learnt it, and knows that it has.

    Parameters
    ----------
    predictor
        Fitted.
    X, points
        Rows of its design matrix, shape (n, p), and of its domain, shape (n, d).
    """
    answer = predictor.regressor_.answer(X)
    distance, nearest = predictor.domain_.nearest(points)
    clues = np.column_stack([X[:, predictor._layout().local], distance, answer.clues])
    return answer.mean, predictor.difficulty_.predict(clues), distance, nearest


def answered(predictor: Predictor, X: Matrix) -> list[npt.NDArray[Any]]:
    """Arrays of shape (n,) in the order of `prediction.ROWS`; no row depends on the others."""
    points = predictor.domain_.projected(predictor._glass(X))
    mean, hard, distance, nearest = base(predictor, X, points)
    posterior = predictor.residuals_.posterior(points)
    ratio = posterior.ratio(predictor.residuals_.law)
    first = len(predictor.domain_.points_)
    distance, nearest = nearer(points, distance, nearest, predictor.residuals_.points, first)
    target, difficulty = mean + posterior.mean * hard, hard * np.sqrt(ratio)
    return [target, difficulty, distance, predictor.domain_.verdict(distance), nearest, X[:, -1] >= NEAR, ratio]
