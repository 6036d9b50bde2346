"""The measurements that a predictor has learnt of the very composition of a candidate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...datasets.measurement import composition_keys
from ...features.fractions import Fractions
from ..numerics.cache import kept
from ..prediction import Prediction
from ..predictor import Predictor

Rows = npt.NDArray[np.intp]
Keys = npt.NDArray[np.uint64]
Vector = npt.NDArray[np.float64]

ROUNDED = 0.05  # distance that 0.01 at.% comes to: 99.8 % of the known compositions, so rounded, stay nearer than this
NAMELESS = 0  # number of no composition


def same(predictor: Predictor, prediction: Prediction, keys: Keys) -> dict[int, Rows]:
    """Rows of `Predictor.known_formulas_` that are measurements of a candidate, by its place; rising, none left empty.

    Compositions are the same that agree to 0.01 at.% (`composition_keys`). Only the formulas of what lies near a
    candidate are read, each once as long as the predictor knows the same: no data set is loaded.

    Parameters
    ----------
    predictor
        A fitted predictor.
    prediction
        What it says of the n candidates.
    keys
        Numbers of their compositions, shape (n,).
    """
    points = predictor.known_points
    order, first = kept(predictor, predictor.known_formulas_, lambda: _along(points), b"first axis")
    found = {}
    for row in np.flatnonzero(prediction.distance <= 2 * ROUNDED).tolist():  # the nearest told may be twice as far
        centre, reach = points[prediction.nearest[row]], ROUNDED + prediction.distance[row]
        low, high = np.searchsorted(first, [centre[0] - reach, centre[0] + reach])
        near = order[low:high]
        near = near[np.square(points[near] - centre).sum(axis=1) <= reach**2]
        near = np.sort(near[_keys(predictor, near) == keys[row]])
        if near.size:
            found[row] = near
    return found


def _along(points: npt.NDArray[np.float64]) -> tuple[Rows, Vector]:
    """Rows in the order of their first coordinate, and these coordinates."""
    order = np.argsort(points[:, 0], kind="stable")
    return order, points[order, 0]


def _keys(predictor: Predictor, rows: Rows) -> Keys:
    """Numbers of the compositions of known rows, shape (m,); each formula is read once."""
    names = predictor.known_formulas_[rows].tolist()
    read = kept(predictor, predictor.known_formulas_, dict[str, int])
    if new := sorted({name for name in names if name not in read}):
        fractions, places, _ = Fractions.read(new)  # what was given another name than its formula is nobody's
        numbers = dict(zip(places.tolist(), composition_keys(fractions.matrix).tolist(), strict=True))
        read.update((name, numbers.get(place, NAMELESS)) for place, name in enumerate(new))
    return np.array([read[name] for name in names], dtype=np.uint64)
