"""Measurements that stand alone against what other papers found on the same composition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..measurement import CONFIDENCE_WEIGHT, Measurements
from ..properties import Property

ALONE = "far from the median of other papers on the same composition"
BY_PAPER = "its paper is far from other papers wherever they can be compared"


def deviations(measured: Measurements, prop: Property, least_papers: int) -> npt.NDArray[np.float64]:
    """Return how far each row is from the median of its composition and condition, shape (n,), in target units.

    NaN where fewer than `least_papers` papers measured the composition. Temperatures agree to 5 K.
    """
    rows = measured.rows
    about = (rows["temperature_C"].to_numpy() / 5).round()
    same = pd.DataFrame(
        {"key": measured.keys, "about": np.nan_to_num(about, nan=-1e6), "phase": rows["phase"].to_numpy()}
    )
    number = same.groupby(["key", "about", "phase"], sort=False).ngroup().to_numpy()
    target = prop.to_target(rows["value"].to_numpy())
    papers = pd.DataFrame({"number": number, "paper": rows["group"].to_numpy()}).drop_duplicates()["number"]
    enough = np.bincount(papers, minlength=number.max() + 1)[number] >= least_papers
    deviation = np.full(len(rows), np.nan)
    some = pd.Series(target[enough])
    deviation[enough] = some - some.groupby(number[enough]).transform("median")
    return deviation


def lower_weight(measured: Measurements, prop: Property, rule: Mapping[str, Any]) -> Measurements:
    """Return the measurements with those that stand alone marked as doubtful, of low confidence and weight.

    A row stands alone that is farther than ``rule["limits"]`` from the median of at least ``rule["least_papers"]``
    papers; a paper does if half of at least ``rule["least_compositions"]`` comparable rows are. Nothing is dropped:
    the majority can be wrong.
    """
    limit = rule["limits"].get(prop.name)
    if limit is None or not len(measured):
        return measured
    deviation = np.abs(deviations(measured, prop, rule["least_papers"]))
    alone = deviation > limit
    known = pd.Series(deviation).groupby(measured.rows["paper"].to_numpy())
    astray = known.median()[(known.count() >= rule["least_compositions"]) & (known.median() > limit)].index
    of_paper = measured.rows["paper"].isin(astray).to_numpy()
    rows = measured.rows.copy()
    clear = (rows["doubt"] == "").to_numpy()
    rows.loc[of_paper & clear, "doubt"] = BY_PAPER
    rows.loc[alone & clear, "doubt"] = ALONE
    rows.loc[alone | of_paper, "confidence"] = "low"
    rows.loc[alone | of_paper, "weight"] = CONFIDENCE_WEIGHT["low"]
    return Measurements(rows, measured.matrix)
