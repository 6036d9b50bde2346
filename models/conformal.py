"""Calibrated predictive distributions from errors on papers never seen (conformal prediction)."""

from __future__ import annotations

from collections.abc import Iterator
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
        """Lower and upper ends, each of shape (n,), that hold the truth with the given probability.

        Where too few errors are held out for that coverage, the ends are infinite.
        """
        lower, upper = np.empty(len(mean)), np.empty(len(mean))
        for rows, scores in self._binned(verdict):
            count = len(scores) + 1
            first = int((1 - coverage) / 2 * count + 1e-9) - 1  # 0.1 / 2 * 20 is less than 1 in floating point
            last = len(scores) - 1 - first
            low = scores[first] if first >= 0 else -np.inf
            high = scores[last] if last < len(scores) else np.inf
            lower[rows], upper[rows] = mean[rows] + low * difficulty[rows], mean[rows] + high * difficulty[rows]
        return lower, upper

    def below(self, mean: Vector, difficulty: Vector, verdict: Labels, limit: float) -> Vector:
        """Probability that the truth lies below the limit, shape (n,)."""
        probability = np.empty(len(mean))
        for rows, scores in self._binned(verdict):
            smaller = np.searchsorted(scores, (limit - mean[rows]) / difficulty[rows], side="right")
            probability[rows] = (smaller + 0.5) / (len(scores) + 1)
        return probability

    @cached_property
    def _scores(self) -> dict[str, Vector]:
        """Sorted errors in units of their difficulty, by verdict."""
        scores = self.residuals / self.difficulty
        return {name: np.sort(scores[self.verdict == name]) for name in VERDICTS if (self.verdict == name).any()}

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_scores"}

    def _binned(self, verdict: Labels) -> Iterator[tuple[npt.NDArray[np.intp], Vector]]:
        """Rows of each verdict with its scores; a verdict never calibrated takes the next more careful one's."""
        for place, name in enumerate(VERDICTS):
            rows = np.flatnonzero(verdict == name)
            if len(rows):
                careful = next((other for other in VERDICTS[place:] if other in self._scores), None)
                yield rows, self._scores[careful or list(self._scores)[-1]]
