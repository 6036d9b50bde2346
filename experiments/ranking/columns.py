"""The columns of a ranking: their order, and how a column of all candidates comes from those that could be read."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .measured import MEASURED

COLUMNS = (
    "rank",
    "formula",
    "p_goal",
    "conductivity_S_cm",
    "conductivity_low_S_cm",
    "conductivity_high_S_cm",
    "tg_C",
    "tg_low_C",
    "tg_high_C",
    "verdict",
    "tg_verdict",
    "conductivity_verdict",
    "p_glass",
    "glass_verdict",
    "nearest",
    "nearest_distance",
    "nearest_doi",
    *MEASURED,
    "o_to_cl",
    "cost_usd_per_kg",
    "cost_route",
    "neutral",
    "pareto",
    "flags",
    "note",
    "error",
    "input",
)
TEXTS = (
    *("formula", "verdict", "tg_verdict", "conductivity_verdict", "nearest", "nearest_doi"),
    *("measured_phase", "measured_doi", "cost_route", "flags", "note", "error", "input", "glass_verdict"),
)
TRUTHS = ("neutral", "pareto")
COUNTS = ("n_measured",)
HIDDEN = ("margin", "allowed", "key")
Rows = npt.NDArray[np.intp]


def objects(texts: list[str]) -> npt.NDArray[np.object_]:
    """A column of texts."""
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    return column


def whole(name: str, values: Any, rows: Rows, n: int) -> Any:
    """A column of n rows from the values of those that could be read; the others hold what stands for nothing."""
    known = values is not None
    if name in TRUTHS or name in COUNTS:
        told, missing = np.zeros(n, dtype=bool if name in TRUTHS else np.int64), np.ones(n, dtype=bool)
        if known:
            told[rows], missing[rows] = values, False
        return (pd.arrays.BooleanArray if name in TRUTHS else pd.arrays.IntegerArray)(told, missing)
    column: npt.NDArray[Any] = (
        np.full(n, "", dtype=object)
        if name in TEXTS
        else np.zeros(n, dtype=np.uint64 if name == "key" else bool)
        if name in HIDDEN[1:]
        else np.full(n, np.nan)
    )
    if known:
        column[rows] = values
    return column
