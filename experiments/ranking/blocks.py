"""A long list ranked block by block: what is said of each block is kept, and the whole is put in order at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...datasets.properties import find
from ..task.goal import Goal
from ..task.judgement import pareto
from .rank import arranged


def united(blocks: Iterable[pd.DataFrame], goal: Goal | Mapping[str, Any] | Path | str | None = None) -> pd.DataFrame:
    """Rank all rows of blocks that were judged apart, as `rank` does with one list.

    Parameters
    ----------
    blocks
        Tables as `ranking.judged` gives them, in the order of the list, for the same goal, temperature and predictors.
    goal
        What they were judged against.

    Returns
    -------
    DataFrame
        As `rank` gives it; the index tells the place of each row in the whole list.
    """
    table = pd.concat(list(blocks), ignore_index=True)
    return arranged(table.assign(pareto=_front(table, Goal.of(goal))))


def _front(table: pd.DataFrame, goal: Goal) -> pd.arrays.BooleanArray:
    """Whether each row is on the front of all; missing for rows that could not be read."""
    allowed = table["allowed"].to_numpy(dtype=bool)
    losses = [-limit.sign * table[find(limit.property).column].to_numpy(float) for limit in goal.thresholds]
    if np.isfinite(goal.max_cost_usd_per_kg):
        losses.append(np.nan_to_num(table["cost_usd_per_kg"].to_numpy(float), nan=np.inf))
    front = pareto(np.column_stack(losses), allowed)
    return pd.arrays.BooleanArray(front, (table["error"] != "").to_numpy(dtype=bool))
