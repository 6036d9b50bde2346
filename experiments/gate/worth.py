"""Whether a version is worth keeping in use at all, beside no other: better than one number for all, with a width."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .decision import Check


def baseline(mine: pd.DataFrame, unit: str) -> Check:
    """Whether the held-out predictions err less than the mean and the median of the other folds do."""
    if mine.empty:
        return Check("baseline", False, "none of its held-out predictions is of a measurement that the data hold")
    miss = float(mine["miss"].mean())
    told = {how: _of_one_number(mine, how) for how in ("mean", "median")}
    name = min(told, key=lambda how: told[how])
    said = f"mean error {miss:.3g} {unit}, that of the {name} of the other folds {told[name]:.3g}"
    passed = miss < told[name]
    return Check("baseline", passed, said if passed else f"it predicts no better than one number for all: {said}")


def has_width(mine: pd.DataFrame) -> Check:
    """Whether every interval has a width, and some an end."""
    wide = (mine["upper"] - mine["lower"]).to_numpy(dtype=float)
    none = int((~(wide > 0)).sum())
    if none:
        return Check("width", False, f"{none:,} of {len(mine):,} intervals have no width, so that they say nothing")
    if not np.isfinite(wide).any():
        return Check("width", False, "every interval is infinite: errors of too few papers are held out")
    return Check("width", True, f"median width {float(np.median(wide)):.3g}")


def _of_one_number(mine: pd.DataFrame, how: str) -> float:
    """Mean absolute error of predicting each fold by the mean or the median of the others."""
    missed = pd.Series(np.nan, index=mine.index)
    for _, part in mine.groupby("fold"):
        others = mine["value"].drop(part.index)
        missed[part.index] = (part["value"] - (others if len(others) else part["value"]).agg(how)).abs()
    return float(missed.mean())
