"""The covariance of a `FamilyProcess`: how alike compositions are, seen three ways, in full and in panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .panels import Panel

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Columns = npt.NDArray[np.intp]


def joined(distances: tuple[Matrix, Matrix, Matrix], theta: Vector) -> Matrix:
    """Covariance at three distances, ``s1 a + s2 a b + s3 c`` as ``a (s1 + s2 b) + s3 c``; theta are logarithms."""
    s1, l1, s2, l2, s3, l3 = np.exp(theta[:6])
    covariance: Matrix = _matern(distances[1] / l2)
    covariance *= s2
    covariance += s1
    covariance *= _matern(distances[0] / l1)
    rest = _matern(distances[2] / l3)
    rest *= s3
    covariance += rest
    return covariance


def distances(one: Sequence[Matrix], other: Sequence[Matrix]) -> tuple[Matrix, Matrix, Matrix]:
    """Distances of rows in each of three views, each of shape (n, m)."""
    first, second, third = (_distance(a, b) for a, b in zip(one, other, strict=True))
    return first, second, third


class PanelCovariance:
    """Covariance of some points with what is asked, panel by panel.

    In single precision: half the time, and 1e-6 of the scale is nothing beside the noise.

    Parameters
    ----------
    views
        The n points in three views.
    theta
        Logarithms of shares and lengths, as in `joined`.
    one
        One row of what is asked, in three views.
    idle
        Columns of the second and the third view in which all rows that are asked equal that one; what is asked comes
        without them.
    """

    def __init__(self, views: Sequence[Matrix], theta: Vector, one: Sequence[Matrix], idle: Columns) -> None:
        self._shares = np.exp(theta[[0, 2, 4]]).astype(np.float32)
        self._lengths = (np.sqrt(3.0) / np.exp(theta[[1, 3, 5]])).astype(np.float32)
        self._points = [
            _beside(view.astype(np.float32) * length, row.astype(np.float32) * length, columns)
            for view, row, length, columns in zip(views, one, self._lengths, (idle[:0], idle, idle), strict=True)
        ]

    def __call__(self, views: Sequence[Matrix], panel: Panel) -> Any:
        """Covariance of the n points with the rows of a panel, shape (n, width)."""
        shared, covariance, rest = (
            _reached(points, panel.of(view), length)
            for points, view, length in zip(self._points, views, self._lengths, strict=True)
        )
        s1, s2, s3 = self._shares
        covariance *= s2
        covariance += s1
        covariance *= shared
        rest *= s3
        covariance += rest
        return covariance


def _beside(view: Singles, row: Singles, idle: Columns) -> Singles:
    """Points so that a product with `_reached`'s columns gives squared distances, shape (n, k + 2)."""
    busy = np.delete(view, idle, axis=1)
    squares = np.square(busy).sum(axis=1, keepdims=True)
    squares += np.square(view[:, idle] - row[:, idle]).sum(axis=1, keepdims=True)
    return np.concatenate([-2 * busy, squares, np.ones_like(squares)], axis=1)


def _reached(points: Singles, asked: Singles, length: np.float32) -> Any:
    """Matern-3/2 correlation of points with the columns of a panel, shape (n, width)."""
    asked *= length
    squares = np.square(asked).sum(axis=0, keepdims=True)
    distance: Any = points @ np.concatenate([asked, np.ones_like(squares), squares])
    return _faded(np.sqrt(np.maximum(distance, 0, out=distance), out=distance))


def _distance(one: Matrix, other: Matrix) -> Matrix:
    distance: Matrix = one @ other.T
    distance *= -2
    distance += np.square(one).sum(axis=1)[:, None]
    distance += np.square(other).sum(axis=1)
    return np.sqrt(np.maximum(distance, 0, out=distance), out=distance)


def _matern(distance: Matrix) -> Any:
    """Matern-3/2 correlation, written over a distance in units of its length that nobody needs again."""
    distance *= np.sqrt(3.0)
    return _faded(distance)


def _faded(distance: Any) -> Any:
    """``(1 + d) exp(-d)``, written over d."""
    decay = np.negative(distance)
    np.exp(decay, out=decay)
    distance += 1
    distance *= decay
    return distance
