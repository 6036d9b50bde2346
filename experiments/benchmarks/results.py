"""What a run of the benchmark found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ...models.predictor import Predictor
from ..holdout.series import Told
from ..scores.file import Key, Score


@dataclass
class Results:
    """What a run of the benchmark found; filled on the way.

    Parameters
    ----------
    scores
        Tables of `compare`, with the split.
    families
        Coverage of each family by property, papers never seen.
    series
        What each model tells of the series, Li-Al-O-Cl last.
    seconds
        Wall time of our fits for one training, by property.
    predictors
        Ours, fitted on earlier papers, by property: for the speed of prediction.
    memory
        Peak of all processes of a training together, at most, in GB.
    rows_per_second
        Predictions of both properties with interval, verdict and probability.
    drawings
        SVG text by name.
    quoted, reliability, data
        What the file of scores keeps of the run: our scores by key, predicted chances against what was observed, and
        what the data hold, the latter two by property.
    skipped, waiting
        What was not done, and why; and what is still to be done.
    """

    scores: list[pd.DataFrame] = field(default_factory=list)
    families: dict[str, pd.DataFrame] = field(default_factory=dict)
    series: dict[str, list[Told]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    predictors: dict[str, Predictor] = field(default_factory=dict)
    memory: float = float("nan")
    rows_per_second: float = float("nan")
    drawings: dict[str, str] = field(default_factory=dict)
    quoted: dict[Key, Score] = field(default_factory=dict)
    reliability: dict[str, dict[str, Any]] = field(default_factory=dict)
    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    @property
    def table(self) -> pd.DataFrame:
        """All scores as one table; without a row where no split was scored by rows."""
        if not self.scores:
            return pd.DataFrame(columns=["property", "split", "subset", "model"])
        return pd.concat(self.scores, ignore_index=True)
