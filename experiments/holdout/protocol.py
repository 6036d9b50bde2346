"""What is held out from what: the folds that every model of a comparison is judged by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets import Dataset
from ...datasets.splits import LABELS, folds
from ...models.fitting.crossfit import Design, HeldOut, Progress
from ...models.predictor import Predictor
from ..recipes.rows import TrainingRows

KNOWN = "known"  # papers held out whole, but a composition that other papers measured too stays in training
DEALT = "paper-dealt"  # folds of papers, dealt to be of equal size: those of the first round, for comparison
SPLITS = (*LABELS, "random", KNOWN, DEALT)


def labels(data: Dataset, split: str) -> npt.NDArray[Any]:
    """Group of each row of the data, shape (n,): what a fold of that split takes whole; papers go by laboratory."""
    if split not in SPLITS:
        raise ValueError(f"{split!r} is not a way to split; use one of {', '.join(SPLITS)}")
    if split == "random":
        return np.arange(len(data)).astype(str).astype(object)
    if split in ("paper", KNOWN):
        return data.laboratories
    return LABELS["paper" if split == DEALT else split](data)


def design(predictor: Predictor, rows: TrainingRows, split: str = "paper") -> Design:
    """Rows as the regressor of a predictor sees them, with the folds, papers and compositions of a split.

    Whatever the folds are of, no paper of the test rows is learnt from, unless the split is ``random``; and no
    composition of theirs, unless it is `KNOWN`.
    """
    told = rows.keywords()
    made = predictor._design(told.pop("compositions"), told.pop("values"), **told)
    if split not in ("paper", KNOWN):
        fold = made.fold.copy()
        fold[fold >= 0] = folds(labels(rows.data, split), predictor.n_folds, predictor.random_state)
        made = replace(made, fold=fold)
    if split == "random":  # without estimates: a rule that learnt from a test row would teach it
        made = measured(replace(made, papers=np.arange(len(made.y))), made.X[made.fold >= 0])
    return replace(made, keys=np.arange(len(made.y)), close=made.close[:0]) if split == KNOWN else made


def cross_validate(predictor: Predictor, rows: TrainingRows, split: str, progress: Progress) -> HeldOut:
    """Held-out predictions of the measured rows by a predictor, calibrated as in `Predictor.cross_validate`."""
    made = design(predictor, rows, split)
    return predictor._cross_fit(made, predictor._domain(made), progress).held_out


def measured(made: Design, X: npt.NDArray[np.float64]) -> Design:
    """Return the measured rows of a design with other descriptors, shape (n, p), one row a measurement."""
    rows = np.flatnonzero(made.fold >= 0)
    if len(rows) != len(X):
        raise ValueError(f"descriptors of {len(X)} rows for {len(rows)} measurements; give one row each")
    energies = None if made.energies is None else made.energies[rows]
    columns = {name: getattr(made, name)[rows] for name in ("y", "fold", "keys", "weight", "papers", "laboratories")}
    return Design(X, energies=energies, close=made.close, **columns)
