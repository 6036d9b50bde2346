"""What a fitted predictor says of rows of its design: regressor, difficulty, and what oneself measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ...datasets.chemistry.flag_rules import no_vacancies
from ...datasets.chemistry.possible import Bounds, bounds
from ...features.fractions import Fractions
from ..design.known import among, nearer
from ..domain import SAME
from ..temperature import DECADES_PER_EV, ROOM, SCATTER_EV
from .crossfit import NEAR

if TYPE_CHECKING:
    from ...datasets.properties import Property
    from ..blend import BlendedRegressor
    from ..design.layout import Layout
    from ..difficulty import Difficulty
    from ..domain import Domain
    from ..residuals import ResidualProcess

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

CONTRADICTS = 3.0  # difficulties off a glass that others measured, from which a result is as unsure as it is far off
ELSEWHERE = 0.5  # 1000 K / T: what was measured farther away, 50 K near room temperature, says little here

_NONE = np.empty(0)
NOTHING = [_NONE, _NONE, _NONE, np.empty(0, "U7"), np.empty(0, np.intp), np.empty(0, bool), _NONE]
"""What is said of no composition, in the order of `prediction.ROWS`."""


class Fitted(Protocol):
    """The parts of a fitted predictor that answer."""

    regressor_: BlendedRegressor
    difficulty_: Difficulty
    domain_: Domain
    residuals_: ResidualProcess
    known_measured_: Matrix

    @property
    def quantity(self) -> Property:
        """What is predicted."""

    def _layout(self) -> Layout:
        """Where the columns of its design matrix stand."""

    def _glass(self, X: Matrix) -> Matrix:
        """The columns in which its domain is measured."""


class Base(NamedTuple):
    """What is said of n rows without any own result, each of shape (n,)."""

    mean: Vector
    """Target."""
    difficulty: Vector
    """Expected size of its error."""
    unit: Vector
    """The same at 25 C: what own results add at one temperature they add at all, so that no conductivity falls."""
    distance: Vector
    """To the nearest composition of the fit."""
    nearest: Rows
    """Its row."""


def base(predictor: Fitted, X: Matrix, points: Matrix) -> Base:
    """What a fitted predictor says of rows of its design matrix, (n, p), at points of its domain, (n, d), by itself.

    What others measured of a composition is in all of this: the regressor has learnt it, and knows that it has.
    """
    answer = predictor.regressor_.answer(X)
    distance, nearest = predictor.domain_.nearest(points)

    def expected(rows: Matrix) -> Vector:
        clues = np.column_stack([rows[:, predictor._layout().local], distance, answer.clues])
        return predictor.difficulty_.predict(clues)

    difficulty, room = expected(X), predictor._layout().at_room(X)
    return Base(answer.mean, difficulty, difficulty if room is X else expected(room), distance, nearest)


def answered(predictor: Fitted, X: Matrix) -> list[npt.NDArray[Any]]:
    """Arrays of shape (n,) in the order of `prediction.ROWS`; no row depends on the others."""
    points = predictor.domain_.projected(predictor._glass(X))
    mean, hard, unit, distance, nearest = base(predictor, X, points)
    posterior, moved = predictor.residuals_.posterior(points), np.square(leverage(predictor, X, unit))
    ratio = (posterior.variance + moved) / (predictor.residuals_.law.prior + moved)
    first = len(predictor.domain_.points_)
    distance, nearest = nearer(points, distance, nearest, predictor.residuals_.points, first)
    target, difficulty = mean + posterior.mean * unit, hard * np.sqrt(ratio * posterior.wider)
    return [target, difficulty, distance, predictor.domain_.verdict(distance), nearest, X[:, -1] >= NEAR, ratio]


def bounds_of(predictor: Fitted, fractions: Fractions, X: Matrix) -> Bounds:
    """What the property cannot be of each row of a design matrix; no bound on what one measured oneself."""
    layout = predictor._layout()
    stop = layout.glass.stop
    inverse, molten = (X[:, stop], X[:, stop + 2] > 0) if layout.n_conditions else (None, None)
    found, own = bounds(predictor.quantity, fractions.matrix, inverse, molten), predictor.residuals_.points
    if not len(own) or not len(X):
        return found
    return found.lifted(among(predictor.domain_.projected(predictor._glass(X)), own))


def beyond(predictor: Fitted, fractions: Fractions, X: Matrix, distance: Vector, nearest: Rows) -> Mask:
    """Salts without vacancies that nobody measured near the temperature asked for, shape (n,): their kin conduct.

    Papers publish what conducts; held out, such salts are told 1.5 decades too high on average, and up to 7.
    """
    found = np.zeros(len(X), dtype=bool)
    if predictor.quantity.name != "conductivity":
        return found
    rows = np.flatnonzero(no_vacancies(fractions))
    at = predictor._layout().glass.stop
    apart = np.abs(predictor.known_measured_[nearest[rows], 1] - X[rows, at])
    found[rows] = (distance[rows] >= SAME) | (apart > ELSEWHERE)
    return found


def leverage(predictor: Fitted, X: Matrix, unit: Vector) -> Vector:
    """By how much activation energies that scatter move each row from 25 C, in units of its difficulty there, (n,).

    What is measured at one temperature is known less well at another.
    """
    layout = predictor._layout()
    if not layout.n_conditions:
        return np.zeros(len(X))
    return np.asarray(SCATTER_EV * DECADES_PER_EV * (X[:, layout.glass.stop] - ROOM) / unit)


def of_a_glass(predictor: Fitted, X: Matrix) -> npt.NDArray[np.bool_]:
    """Whether each row is no crystal and no melt, shape (n,)."""
    layout = predictor._layout()
    if not layout.n_conditions:
        return np.ones(len(X), dtype=bool)
    crystallinity, molten = X[:, layout.glass.stop + 1], X[:, layout.glass.stop + 2]
    return np.asarray((crystallinity < 1.0) & (molten == 0.0))


def contradiction(predictor: Fitted, by_itself: Base, missed: Vector) -> Vector:
    """Variance of results that contradict what others measured of the very glass, in units of the difficulty, (n,).

    A laboratory's results lie decades off what a regressor expects of a composition that nobody measured; of one that
    somebody did, a value is sooner wrong. It is believed the less the farther off it is.

    Parameters
    ----------
    predictor
        A fitted predictor.
    by_itself
        What it says of the n results without them.
    missed
        Measured less expected, in units of the difficulty, shape (n,).
    """
    known = (by_itself.distance < SAME) & (by_itself.nearest < len(predictor.known_measured_))
    if predictor._layout().n_conditions:
        known[known] = predictor.known_measured_[by_itself.nearest[known], 2] < 1.0
    return np.where(known & (np.abs(missed) > CONTRADICTS), np.square(missed), 0.0)
