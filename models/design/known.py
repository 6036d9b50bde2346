"""The nearest known composition, one's own results among them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from ..domain import SAME

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


def among(points: Matrix, own: Matrix) -> Mask:
    """Whether each composition, (n, d), is one of one's own results, (k, d); shape (n,)."""
    return np.asarray(cdist(points, own).min(axis=1) < SAME)


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
