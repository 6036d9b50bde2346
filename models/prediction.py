"""What a predictor says of n compositions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..datasets.chemistry.possible import Bounds
from ..datasets.properties import Property
from .localised import LocalCalibration

Vector = npt.NDArray[np.float64]
ROWS = ("target", "difficulty", "distance", "verdict", "nearest", "near", "ratio")


@dataclass(frozen=True)
class Prediction:
    """Calibrated predictions of one property.

    Parameters
    ----------
    quantity
        What is predicted; `mean`, `lower` and `upper` are in its lab unit.
    target
        Expected value in the unit of the regressor (K, or log10 of S/cm), shape (n,).
    difficulty
        Expected size of the error in the same unit, shape (n,), after what the laboratory's own results say.
    distance
        Distance to the nearest measured composition in descriptor space, shape (n,).
    verdict
        ``inside``, ``edge`` or ``outside`` of what was measured, shape (n,).
    nearest
        Row of the nearest measured composition in `Predictor.known_formulas_` and `known_references_`, shape (n,).
    near
        Whether each is like the candidates, shape (n,).
    ratio
        Share of the variance of the error that results of one's own, or of others on the same composition, leave
        open, shape (n,); 1 where there are none.
    calibration
        Held-out errors that make the distributions.
    coverage
        Probability that `lower` to `upper` holds the truth.
    bounds
        What the truth cannot leave: values beyond it count as the bound. Of what there is not (a glass transition of a
        molecular liquid) mean, interval and deviation are NaN, and no limit is kept.
    """

    quantity: Property
    target: Vector
    difficulty: Vector
    distance: Vector
    verdict: npt.NDArray[np.str_]
    nearest: npt.NDArray[np.intp]
    near: npt.NDArray[np.bool_]
    ratio: Vector
    calibration: LocalCalibration
    coverage: float
    bounds: Bounds

    def __len__(self) -> int:
        return len(self.target)

    def take(self, rows: npt.NDArray[np.intp]) -> Prediction:
        """Predictions of some rows."""
        return replace(self, bounds=self.bounds.take(rows), **{name: getattr(self, name)[rows] for name in ROWS})

    @property
    def mean(self) -> Vector:
        """Expected values in lab units, shape (n,); for a conductivity the mean of its logarithm, turned back."""
        return self.quantity.from_target(np.where(self.bounds.void, np.nan, self.target))

    @property
    def lower(self) -> Vector:
        """Lower ends of the intervals in lab units, shape (n,)."""
        return self.quantity.from_target(self._interval[0])

    @property
    def upper(self) -> Vector:
        """Upper ends of the intervals in lab units, shape (n,)."""
        return self.quantity.from_target(self._interval[1])

    @property
    def std(self) -> Vector:
        """Standard deviations in the unit of the regressor (K, or decades), shape (n,).

        The half width of the central 68.3 % of the predictive distribution: heavy tails do not inflate it.
        """
        low, high = self._ends(0.6827)
        return (high - low) / 2

    @property
    def laboratories(self) -> Vector:
        """Effective number of laboratories whose errors make each distribution, shape (n,)."""
        return self.calibration.heard(self.target, self.near, self.ratio)

    def probability(self, below: float | None = None, above: float | None = None) -> Vector:
        """Probability that the truth lies below or above a limit in lab units, or between two; shape (n,)."""
        if below is None and above is None:
            raise ValueError("probability() has no limit; give below=, above= or both, in " + self.quantity.unit)
        if any(limit is not None and not np.isfinite(limit) for limit in (below, above)):
            raise ValueError(f"probability(below={below}, above={above}); give finite limits in {self.quantity.unit}")
        under = self._under(below) if below is not None else np.ones(len(self))
        between = np.clip(under - (self._under(above) if above is not None else 0.0), 0.0, 1.0)
        return np.where(self.bounds.void, 0.0, between)

    @cached_property
    def _interval(self) -> tuple[Vector, Vector]:
        return self._ends(self.coverage)

    def _ends(self, coverage: float) -> tuple[Vector, Vector]:
        low, high = self.calibration.interval(self.target, self.difficulty, self.near, self.ratio, coverage)
        low = np.maximum(low, 0.0) if self.quantity.scale == "celsius" else low  # none below 0 K
        return self.bounds.kept(low), self.bounds.kept(high)

    def _under(self, limit: float) -> Vector:
        target = float(self.quantity.to_target(np.array([limit]))[0])
        if self.quantity.scale == "celsius" and target <= 0.0:
            return np.zeros(len(self))
        under = self.calibration.below(self.target, self.difficulty, self.near, self.ratio, target)
        return np.where(target <= self.bounds.least, 0.0, np.where(target >= self.bounds.most, 1.0, under))
