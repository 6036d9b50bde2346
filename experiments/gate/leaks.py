"""Signs that held-out predictions have seen what they predict: folds that part a paper, errors below the scatter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from .decision import Check

TOO_GOOD = 0.7  # of the champion's error, overall or in a family: less is not believed
BELOW_SCATTER = 0.8  # of what papers on one composition miss its mean by: less is not believed
FEWEST_REPEATS = 30


def grouped(mine: pd.DataFrame) -> Check:
    """Whether every paper was held out whole."""
    folds = mine.groupby("paper")["fold"]
    parted = int((folds.min() != folds.max()).sum())
    said = f"{parted:,} papers stand in several folds, so that their own rows predicted them" if parted else ""
    return Check("leak", parted == 0, said or "every paper was held out whole")


def too_good(both: pd.DataFrame, families: Iterator[tuple[str, pd.DataFrame]], unit: str) -> Iterator[Check]:
    """Whether the challenger is not better than can be beside the champion, overall and in each family of some size."""
    for name, part in [("all", both), *families]:
        old, new = float(part["champion_miss"].mean()), float(part["miss"].mean())
        said, believed = f"{name}: mean error {new:.3g} {unit} instead of {old:.3g}", new >= TOO_GOOD * old
        if name == "all" or not believed:
            yield Check("leak", believed, said if believed else f"too good to be true: {said}; look for a leak")


def below_scatter(mine: pd.DataFrame, unit: str) -> Iterator[Check]:
    """Whether the challenger does not err less than papers on one composition let a perfect predictor err."""
    floor, reached, n = scatter(mine)
    if n >= FEWEST_REPEATS:
        believed = reached >= BELOW_SCATTER * floor
        expected = f"{floor:.3g} is what these papers, as they differ, let one expect of a perfect predictor"
        said = f"on {n:,} values of compositions of several papers it errs by {reached:.3g} {unit}; {expected}"
        yield Check("leak", believed, said if believed else f"too good to be true: {said}; look for a leak")


def scatter(mine: pd.DataFrame) -> tuple[float, float, int]:
    """What a perfect predictor of a composition would miss papers by, what the challenger does, and how many rows.

    The mean of the n other papers misses a paper by √(1 + 1/n) times what the composition's true mean does. Only
    papers with one value of a composition count, since conductivities at several temperatures differ. A value that one
    paper retells from another counts as agreement: as long as the data hold such, the floor is too low.
    """
    each = mine.groupby(["composition", "paper"], as_index=False).agg(
        value=("value", "mean"), mean=("mean", "mean"), n=("value", "size")
    )
    each = each[each["n"] == 1]
    by_composition = each.groupby("composition")["value"]
    count, total = by_composition.transform("size"), by_composition.transform("sum")
    repeated, others = each[count > 1], count[count > 1] - 1
    if repeated.empty:
        return float("nan"), float("nan"), 0
    missed = (repeated["value"] - (total[count > 1] - repeated["value"]) / others).abs()
    floor = float((missed * np.sqrt(others / (others + 1))).mean())
    return floor, float((repeated["value"] - repeated["mean"]).abs().mean()), len(repeated)
