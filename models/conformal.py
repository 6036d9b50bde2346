"""Calibrated predictive distributions from errors on papers never seen (conformal prediction)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from .domain import VERDICTS

Vector = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Calibration:
    """Errors of held-out predictions: what an error at a new composition is drawn from.

    A conformal predictive system after Bostrom, Johansson and Vovk (PMLR 128, 24-38, 2020): the distribution at a point
    is its mean plus its difficulty times the held-out errors, each in units of its own difficulty, of rows with the
    same verdict.

    Parameters
    ----------
    residuals
        Measured minus predicted target of held-out rows, shape (m,).
    difficulty
        Expected size of the error of these rows, positive, shape (m,).
    verdict
        Verdict on each of these rows, shape (m,).
    """

    residuals: Vector
    difficulty: Vector
    verdict: Labels

    @classmethod
    def of(cls, residuals: Vector, difficulty: Vector, verdict: Labels, most: int = 4000) -> Calibration:
        """Keep at most so many rows of each verdict, evenly spaced over their sorted errors."""
        kept = []
        for name in np.unique(verdict):
            rows = np.flatnonzero(verdict == name)
            rows = rows[np.argsort(residuals[rows] / difficulty[rows], kind="stable")]
            kept.append(rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(int)])
        rows = np.concatenate(kept)
        return cls(residuals[rows], difficulty[rows], verdict[rows])

    def interval(self, mean: Vector, difficulty: Vector, verdict: Labels, coverage: float) -> tuple[Vector, Vector]:
        """Lower and upper ends, each of shape (n,), that hold the truth with the given probability."""
        if len(mean) == 0:
            return mean, mean
        ends = self._system.predict_int(mean, difficulty, self._binned(verdict), confidence=coverage)
        return ends[:, 0], ends[:, 1]

    def below(self, mean: Vector, difficulty: Vector, verdict: Labels, limit: float) -> Vector:
        """Probability that the truth lies below the limit, shape (n,)."""
        if len(mean) == 0:
            return mean
        limits = np.full(len(mean), float(limit))
        p = self._system.predict_p(mean, limits, difficulty, self._binned(verdict), smoothing=False)
        return np.asarray(p, dtype=float)

    @cached_property
    def _system(self) -> Any:
        from crepes import ConformalPredictiveSystem

        return ConformalPredictiveSystem().fit(self.residuals, self.difficulty, self.verdict, seed=0)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_system"}

    def _binned(self, verdict: Labels) -> Labels:
        """Verdicts with those never calibrated replaced by the next more careful one, else the most careful known."""
        known = [name for name in VERDICTS if (self.verdict == name).any()]
        binned = np.asarray(verdict, dtype=np.array(VERDICTS).dtype).copy()
        for place, name in enumerate(VERDICTS):
            if name not in known:
                binned[verdict == name] = next((other for other in VERDICTS[place:] if other in known), known[-1])
        return binned
