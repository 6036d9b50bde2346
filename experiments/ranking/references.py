"""Which candidates are measured already, and which of these may serve a batch as its reference sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets.measurement import composition_keys
from ...models.prediction import Prediction
from ...models.predictor import Predictor
from ..task.goal import Goal
from .measured import SHOWN_AS, measured
from .scoring import verdicts

Mask = npt.NDArray[np.bool_]
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    """What is known of n candidates from measurements of others, or of the laboratory's own store.

    Parameters
    ----------
    measured
        Whether anything was measured of the very composition, shape (n,).
    decided
        Whether the first property of the goal is among it, shape (n,): little is left to learn.
    sample
        Whether that was measured of a glass or of what may be one, shape (n,): a sample to compare with.
    """

    measured: Mask
    decided: Mask
    sample: Mask

    @classmethod
    def of(
        cls,
        matrix: Matrix,
        goal: Goal,
        temperature_C: float,
        told: Mapping[str, Prediction],
        predictors: Mapping[str, Predictor],
    ) -> Known:
        """Look up n compositions, atomic fractions of shape (n, 103), in what the predictors have learnt."""
        columns: Mapping[str, Any] = measured(composition_keys(matrix), temperature_C, told, predictors)
        first = goal.properties[0]
        if first not in SHOWN_AS:
            here = told[first].distance == 0.0
            return cls(here | (columns["n_measured"] > 0), here, here)
        glass = verdicts(columns, told)[f"{first}_verdict"] == "measured"
        return cls(columns["n_measured"] > 0, ~np.isnan(columns[SHOWN_AS[first]]), np.asarray(glass, dtype=bool))

    def barred(self, free: Mask, batch: int, wanted: Mask) -> Mask:
        """Candidates that must not be picked since they are measured, shape (n,); the reference samples are not.

        What is measured in part, such as a glass whose Tg alone is known, comes after what is new: it is barred as long
        as there is enough of that.

        Parameters
        ----------
        free
            Candidates that nothing else bars, shape (n,).
        batch
            How many are asked for.
        wanted
            Which of them may serve as the reference sample, shape (n,).
        """
        new = int((free & ~self.measured).sum())
        gone = self.measured if new >= batch else self.decided
        return np.asarray(gone & ~wanted, dtype=bool)
