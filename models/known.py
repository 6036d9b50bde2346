"""What others measured of the composition that is asked for, and one's own results nearest to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial.distance import cdist

from .domain import SAME

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

SAME_GLASS = 0.3  # distance of the domain about which what others measured of a composition says less and less


def alike(distance: Vector) -> Vector:
    """How much a composition at each distance is one that others measured, from 0 to 1, shape (n,)."""
    return np.asarray(np.exp(-np.square(distance / SAME_GLASS)))


def papers_of(keys: npt.NDArray[Any], papers: Rows) -> Rows:
    """Number of papers that measured the composition of each row, shape (n,).

    >>> papers_of(np.array([7, 7, 7, 9]), np.array([0, 1, 1, 1])).tolist()
    [2, 2, 2, 1]
    """
    return np.asarray(pd.Series(papers).groupby(keys).transform("nunique"), dtype=np.intp)


def nearer(points: Matrix, distance: Vector, nearest: Rows, own: Matrix, first: int) -> tuple[Vector, Rows]:
    """Distance and row of the nearest known composition, one's own results among them; each of shape (n,).

    Parameters
    ----------
    points, distance, nearest
        Compositions asked for, shape (n, d), with the nearest one among those of the fit.
    own
        One's own results, shape (k, d), whose rows count from `first`.
    """
    if not len(own):
        return distance, nearest
    apart = cdist(points, own)
    place = apart.argmin(axis=1)
    near = apart[np.arange(len(place)), place]
    near = np.where(near < SAME, 0.0, near)
    closer = near < distance
    return np.where(closer, near, distance), np.where(closer, first + place, nearest).astype(np.intp)
