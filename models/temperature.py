"""How a conductivity rises with temperature: an activation energy of each composition, and steps that never fall."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesRegressor
from threadpoolctl import threadpool_limits

from ..datasets.properties import ZERO_CELSIUS_K
from .numerics.flat_forest import Forest

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

ROOM = 1000.0 / 298.15  # 1000 K / T at 25 C
DECADES_PER_EV = 5.0402  # per 1000 K / T: 1 / (k ln 10)
USUAL_EV = 0.355  # the median of the activation energies of halides in the data
ARRHENIUS = USUAL_EV * DECADES_PER_EV  # decades per 1000 K / T
SCATTER_EV = 0.1  # by which activation energies of halides scatter
LEAST_EV, MOST_EV = 0.1, 1.2
FEWEST_ENERGIES = 20  # below which all compositions have the usual one
ANCHORS_C = (-200.0, -100.0, -50.0, 25.0, 100.0, 200.0, 300.0, 400.0, 600.0, 1000.0)


def usual_rise(at: Vector) -> Vector:
    """Decades above the conductivity at 25 C at the usual activation energy, of the shape of `at` (1000 K / T)."""
    return np.asarray(-ARRHENIUS * (at - ROOM))


class EnergyModel(BaseEstimator):
    """Activation energies of compositions near the candidates, from those that were measured.

    Parameters
    ----------
    random_state
        Random seed.
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, X: Matrix, energies: Vector, weight: Vector) -> EnergyModel:
        """Learn from descriptors (n, p), activation energies in eV (n,), NaN where unknown, and weights (n,)."""
        known = np.flatnonzero(np.isfinite(energies))
        self.trees_: Forest | None = None
        if len(known) >= FEWEST_ENERGIES:
            trees = ExtraTreesRegressor(60, max_features=0.4, min_samples_leaf=4, random_state=self.random_state)
            told = np.clip(energies[known], LEAST_EV, MOST_EV)
            with threadpool_limits(1):
                trees.fit(X[known].astype(np.float32), told, sample_weight=weight[known])
            self.trees_ = Forest.of(trees)
        self.n_features_in_ = X.shape[1]
        return self

    def predict(self, X: Matrix) -> Vector:
        """Activation energies in eV, from 0.1 to 1.2, shape (n,)."""
        if self.trees_ is None:
            return np.full(len(X), USUAL_EV)
        return np.clip(self.trees_.predict(X.astype(np.float32)), LEAST_EV, MOST_EV)


def climb(at: Vector, room: Vector, asked: Callable[[Rows, float], Vector]) -> Vector:
    """Rise above the value at 25 C in steps between anchors, each with an energy from 0.1 to 1.2 eV, shape (n,).

    Between two anchors it is a straight line over 1/T: a regressor that is fitted to scattered temperatures may fall
    somewhere, and what it says of the whole way counts.

    Parameters
    ----------
    at
        1000 K / T asked for, shape (n,).
    room
        What the regressor says at 25 C, shape (n,).
    asked
        Gives what the regressor says of some rows at another 1000 K / T.
    """
    anchors = 1000.0 / (np.array(ANCHORS_C) + ZERO_CELSIUS_K)
    rise = np.zeros(len(at))
    for way in (anchors[anchors > ROOM + 1e-9][::-1], anchors[anchors < ROOM - 1e-9]):
        start, before, sign = ROOM, room, 1.0 if len(way) and way[0] > ROOM else -1.0
        for place, end in enumerate(way):
            rows = np.flatnonzero(sign * (at - start) > 1e-12)
            if not len(rows):
                break
            told = before.copy()
            told[rows] = asked(rows, float(end))
            slope = (told - before)[rows] / (start - end)
            slope = np.clip(slope, LEAST_EV * DECADES_PER_EV, MOST_EV * DECADES_PER_EV)
            last = place == len(way) - 1
            reached = at[rows] if last else np.where(sign * (at[rows] - end) > 0, end, at[rows])
            rise[rows] += slope * (start - reached)
            start, before = float(end), told
    return rise
