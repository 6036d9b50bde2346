"""Held-out predictions as a table, each row with its paper, laboratory and whatever else slices are cut by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...datasets import Dataset
from ...models.design.nearness import nearness
from ...models.fitting.crossfit import HeldOut
from ..task.goal import Goal
from ..task.judgement import Threshold
from .forecast import crossed_below

COLUMNS = (
    *("row", "truth", "mean", "lower", "upper", "difficulty", "distance", "verdict", "fold"),
    *("paper", "laboratory", "author", "year", "source", "curated", "near", "temperature_C"),
)


def held_frame(data: Dataset, held_out: HeldOut) -> pd.DataFrame:
    """One row a held-out measurement, m of them, with `COLUMNS`.

    ``row`` counts the rows of the data; ``truth, mean, lower, upper, difficulty`` are in the unit of the regressor (K,
    or log10 of S/cm); ``laboratory`` is that of the data (papers of one first author, and papers that share values);
    ``author`` is the first one, empty where the source names none; ``near`` tells whether Cl, Br and I are at least
    30 % of the anions, as in the candidates.

    Parameters
    ----------
    data
        The measurements that `row` of the predictions counts.
    held_out
        Held-out predictions.
    """
    rows, row = data.rows, held_out.row
    predicted = {name: getattr(held_out, name) for name in COLUMNS[:9]}
    near = nearness(data.fractions) >= 1.0
    measured = {
        "paper": data.groups[row].astype(str),
        "laboratory": data.laboratories[row].astype(str),
        "author": rows["author"].to_numpy(dtype=object)[row].astype(str),
        "year": rows["year"].astype(float).to_numpy()[row],
        "source": rows["source"].to_numpy(dtype=object)[row].astype(str),
        "curated": data.curated[row],
        "near": near[row],
        "temperature_C": rows["temperature_C"].astype(float).to_numpy()[row],
    }
    return pd.DataFrame(predicted | measured, columns=list(COLUMNS))


def with_chances(frame: pd.DataFrame, limit: Threshold, held_out: HeldOut) -> pd.DataFrame:
    """The table with ``chance``, the predicted chance to keep a limit, and ``kept``, whether the measurement does.

    The chance comes from the errors of the other folds; there is none where all rows are of one fold, and the table
    stays as it is.
    """
    if len(np.unique(frame["fold"])) < 2:
        return frame
    below = crossed_below(held_out, limit.target)
    chance = below if limit.sign < 0 else 1.0 - below
    kept = limit.sign * (frame["truth"].to_numpy() - limit.target) >= 0
    return frame.assign(chance=chance, kept=kept)


def default_limit(name: str) -> Threshold | None:
    """The limit that a goal has on a property if nothing else is asked; None where it has none.

    >>> default_limit("tg").below, default_limit("liquidus")
    (25.0, None)
    """
    return next((limit for limit in Goal().thresholds if limit.property == name), None)
