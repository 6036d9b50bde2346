"""What the page gets beside a ranking: the map, whom the goal excludes and why, and what is nearly the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...features import Fractions
from ..formatting.measured import counted_words
from .figures import of_ranking

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.task.goal import Goal

ALIKE = 0.01  # largest difference in the fraction of any element between near-duplicates, 1 at.%
REASONS = ("elements", "flags", "mobile ions", "charge", "verdict", "cost")  # for which a goal excludes, the first wins


def beside(table: pd.DataFrame, goal: Goal, temperature_C: float | None) -> dict[str, Any]:
    """The map and the counts of a ranking, with `exclusions` and `near_duplicates` of its rows.

    Parameters
    ----------
    table
        As `vitrion.rank` gives it.
    goal, temperature_C
        Of the ranking.
    """
    read, fractions = _compositions(table)
    return {
        "figure": of_ranking(table, goal, temperature_C),
        "known": counted_words(table, goal),
        "excluded": _spread(exclusions(table.iloc[read], fractions, goal), read, len(table), ""),
        "similar": near_duplicates(fractions, read, len(table)),
    }


def exclusions(table: pd.DataFrame, fractions: Fractions, goal: Goal) -> list[str]:
    """Why the goal excludes each candidate, one of `REASONS`; empty where it does not.

    Parameters
    ----------
    table, fractions
        Rows of a ranking and their compositions, n each.
    goal
        Of the ranking.
    """
    cost = table["cost_usd_per_kg"].to_numpy(dtype=float, na_value=np.nan)
    neutral = [value is not False for value in table["neutral"].tolist()]
    verdicts = table["verdict"].to_numpy(dtype=str)
    found = []
    for remarks, is_neutral in zip(goal.remarks(fractions, verdicts, cost), neutral, strict=True):
        reasons = {_reason(remark) for remark in remarks} | (set() if is_neutral else {"charge"})
        found.append(next((reason for reason in REASONS if reason in reasons), ""))
    return found


def _reason(remark: str) -> str:
    """Which of `REASONS` a remark of a goal is; empty for one that refuses nothing."""
    if remark.startswith("the goal asks for"):
        return "verdict"
    if remark.startswith("cost"):
        return "cost" if "above" in remark else ""
    if remark.startswith(("no mobile", "trace")):
        return "mobile ions"
    code = remark.rpartition(" ")[2]
    return "elements" if code[:1].isupper() else "flags"


def near_duplicates(fractions: Fractions, rows: npt.NDArray[np.intp], count: int) -> list[int]:
    """For each row of a ranking the first row that differs from it by less than `ALIKE` in every element; maybe itself.

    Parameters
    ----------
    fractions, rows
        Compositions that could be read, and their places in the ranking, m each.
    count
        Rows of the ranking.
    """
    from scipy.spatial import KDTree

    first = np.arange(count)
    used = fractions.matrix[:, fractions.matrix.any(axis=0)]
    if len(used) < 2:
        return [int(place) for place in first]
    tree, free = KDTree(used), np.ones(len(used), dtype=bool)
    for place in range(len(used)):
        if free[place]:
            near = np.asarray(tree.query_ball_point(used[place], ALIKE * 0.999999, p=np.inf))
            near = near[free[near]]
            first[rows[near]], free[near] = rows[place], False
    return [int(place) for place in first]


def _compositions(table: pd.DataFrame) -> tuple[npt.NDArray[np.intp], Fractions]:
    """Places of the rows that could be read, and their compositions."""
    formulas = [None if error else formula for formula, error in zip(table["formula"], table["error"], strict=True)]
    fractions, rows, _ = Fractions.read(formulas)
    return np.asarray(rows), fractions


def _spread(values: list[str], rows: npt.NDArray[np.intp], count: int, empty: str) -> list[str]:
    """Values of some rows among all, `empty` elsewhere."""
    found = [empty] * count
    for row, value in zip(rows.tolist(), values, strict=True):
        found[row] = value
    return found
