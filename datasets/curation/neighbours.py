"""Papers whose values are far from what other authors found on nearly the same compositions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features.elements import INDEX
from ..measurement import Measurements
from ..properties import ZERO_CELSIUS_K, Property
from .conduction import NOT_OXIDE as ANIONS

FAR = "its paper is far from all near compositions of other authors"
KELVIN_ADDED = "its paper is 273 K above near compositions of other authors: kelvin given as degC"
KELVIN_TAKEN = "its paper is 273 K below near compositions of other authors: 273 taken from degC"
LEFT_OUT, DOUBTED = "left out", "doubted"
ABOUT_K = 20.0  # how near to 273.15 K a shift counts as that of kelvin
MAD_TO_SIGMA = 1.4826  # of a normal distribution


def neighbourhoods(measured: Measurements, prop: Property, rule: Mapping[str, Any]) -> pd.DataFrame:
    """Return what other authors found around each measurement, in target units.

    Neighbours are the ``rule["nearest"]`` rows of the same temperature and anions nearest in composition, at most
    ``rule["within"]`` away (Euclidean distance of atomic fractions), but for those of the same first author.

    Returns
    -------
    DataFrame
        Shape (n, 6): ``count`` of neighbours, of ``authors``, and the median, spread (MAD times 1.4826), lowest and
        highest of the authors' medians as ``expected, spread, lowest, highest``; NaN where there are none.
    """
    rows = measured.rows
    author = pd.factorize(rows["author"])[0]
    target = prop.to_target(rows["value"].to_numpy())
    near = _pairs(measured, rule)
    near = near[author[near["row"]] != author[near["other"]]]
    told = pd.DataFrame({"row": near["row"], "author": author[near["other"]], "target": target[near["other"]]})
    by_author = told.groupby(["row", "author"])["target"].agg(["median", "size"]).reset_index()
    of_row = by_author.groupby("row")
    found = of_row.agg(
        count=("size", "sum"),
        authors=("size", "size"),
        expected=("median", "median"),
        lowest=("median", "min"),
        highest=("median", "max"),
    )
    by_author["off"] = (by_author["median"] - of_row["median"].transform("median")).abs()
    found["spread"] = MAD_TO_SIGMA * by_author.groupby("row")["off"].median()
    return found.reindex(range(len(rows))).fillna({"count": 0, "authors": 0})


def _pairs(measured: Measurements, rule: Mapping[str, Any]) -> pd.DataFrame:
    """Return pairs of row numbers, ``row`` and ``other``, that are near, hold the same anions and are as warm."""
    from scipy.spatial import cKDTree

    points = measured.matrix[:, measured.matrix.any(axis=0)]
    temperature = measured.rows["temperature_C"].fillna(-ZERO_CELSIUS_K).to_numpy()
    rows: list[npt.NDArray[np.intp]] = []
    others: list[npt.NDArray[np.intp]] = []
    least = np.where(np.array(ANIONS) == "N", 0.0, rule["least_anion"])
    anions = measured.matrix[:, [INDEX[symbol] for symbol in ANIONS]] > least
    kind = pd.DataFrame(anions).assign(temperature=temperature)
    number = kind.groupby(list(kind.columns), sort=False).ngroup().to_numpy()
    for level in range(number.max(initial=-1) + 1):
        at = np.flatnonzero(number == level)
        distance, where = cKDTree(points[at]).query(points[at], k=rule["nearest"], distance_upper_bound=rule["within"])
        first, second = np.nonzero(np.isfinite(np.asarray(distance)))
        rows.append(at[first])
        others.append(at[np.asarray(where)[first, second]])
    return pd.DataFrame({"row": np.concatenate(rows), "other": np.concatenate(others)})


def astray(measured: Measurements, prop: Property, rule: Mapping[str, Any]) -> pd.DataFrame:
    """Return the papers that are far from all other authors wherever they can be compared.

    A row can be compared that has ``least_rows`` neighbours of ``least_authors`` authors. It is astray if it lies
    farther than ``limits`` and than ``times_spread`` spreads from what is expected, and `clear` of the range of all
    authors. A paper is astray if ``share_astray`` of its comparable rows are, all to one side, and enough of its rows
    can be compared; a single one needs ``authors_of_one``. It is left out if it is off by 273 K, which explains
    itself, or beyond doubt: far from ``sure_authors``, by ``sure_off`` and ``sure_clear`` in the median. Else it is
    doubted, since it may hold true values of unusual glasses.

    Returns
    -------
    DataFrame
        ``paper, author, year, rows, compared, authors, deviation, reason, verdict``, in the order of the papers'
        keys; the deviation is the median, in target units.
    """
    limit = rule["limits"][prop.name]
    around = neighbourhoods(measured, prop, rule)
    target = prop.to_target(measured.rows["value"].to_numpy())
    off = target - around["expected"].to_numpy()
    spread = np.maximum(around["spread"].to_numpy(), limit["least_spread"])
    beyond = np.maximum(around["lowest"].to_numpy() - target, target - around["highest"].to_numpy())
    wrong = (np.abs(off) > np.maximum(limit["off"], rule["times_spread"] * spread)) & (beyond > limit["clear"])
    rows = measured.rows[["paper", "author", "year"]].assign(
        off=off,
        beyond=beyond,
        authors=around["authors"].astype(int),
        above=wrong & (off > 0),
        below=wrong & (off < 0),
    )
    size = rows.groupby("paper").size()
    enough = (around["count"] >= rule["least_rows"]) & (around["authors"] >= rule["least_authors"])
    of_paper = rows[enough.to_numpy()].groupby("paper")
    found = of_paper.agg(author=("author", "first"), year=("year", "first"))
    found["rows"], found["compared"] = size[found.index], of_paper.size()
    found["authors"], found["deviation"] = of_paper["authors"].max(), of_paper["off"].median()
    found["clear"] = of_paper["beyond"].median()
    one_side = np.maximum(of_paper["above"].mean(), of_paper["below"].mean())
    many = (found["compared"] > 1) | (found["authors"] >= rule["authors_of_one"])
    share = found["compared"] / found["rows"]
    found = found[(one_side >= rule["share_astray"]) & (share >= rule["share_compared"]) & many].copy()
    found["reason"] = [_reason(deviation, prop) for deviation in found["deviation"]]
    found["verdict"] = np.where(_sure(found, limit, rule["sure_authors"]), LEFT_OUT, DOUBTED)
    ordered: pd.DataFrame = found.drop(columns="clear").reset_index().sort_values("paper", ignore_index=True)
    return ordered


def _sure(found: pd.DataFrame, limit: Mapping[str, float], authors: int) -> pd.Series[bool]:
    """Return which papers are wrong beyond doubt."""
    many = found["authors"] >= authors
    explained = (found["reason"] != FAR) & (many | (found["compared"] > 1))
    beyond = (found["deviation"].abs() >= limit["sure_off"]) & (found["clear"] >= limit["sure_clear"])
    return explained | (many & beyond)


def _reason(deviation: float, prop: Property) -> str:
    if prop.scale == "celsius" and abs(abs(deviation) - ZERO_CELSIUS_K) < ABOUT_K:
        return KELVIN_ADDED if deviation > 0 else KELVIN_TAKEN
    return FAR
