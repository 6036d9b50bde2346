"""How far intervals and chances can be relied on, by row and by paper, over the slices in which they go wrong.

Pure functions of a table of held-out predictions as `held_frame` makes it: one row a measurement, with ``truth, mean,
lower, upper`` in the unit of the regressor, ``paper, laboratory, author, fold, year, near, curated, temperature_C``;
for chances also ``chance`` and ``kept``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...models.domain import VERDICTS
from ..holdout.headline import NEW, RECENT, SINCE
from . import standard_error
from .standard_error import Estimate

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

NARROW, WIDE = "narrowest tenth", "widest tenth"  # of all intervals
LIKE = "like the candidates"
PROMISING = "promising predictions"
LIMITS: Mapping[str, float] = MappingProxyType({"conductivity": -3.5, "tg": 350.0})
"""What makes a prediction promising: log10 of S/cm at 15-45 C at least, or K at most of what is like the candidates."""
EDGES = (0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0)  # of the predicted chances, in the table of reliability
MISS = 20.0  # times what an interval of 90 % misses by: 2 / (1 - 0.9), of the interval score
BY_PAPER = "_by_paper"


def slices(frame: pd.DataFrame, name: str) -> dict[str, Mask]:
    """Rows on which intervals and chances are judged, each a mask of shape (m,), of predictions of a property.

    Laboratories never seen, recent papers, the narrowest and the widest tenth of the intervals, what is like the
    candidates (of conductivities those of curated tables at 15-45 C), and the predictions that a search would choose,
    among which the errors on one side come to light (`LIMITS`).
    """
    room, near = frame["temperature_C"].between(15, 45).to_numpy(), frame["near"].to_numpy(dtype=bool)
    mean, width = frame["mean"].to_numpy(), (frame["upper"] - frame["lower"]).to_numpy()
    order = np.argsort(np.argsort(width, kind="stable"), kind="stable")
    tenth = len(frame) / 10
    cases = {
        NEW: new_laboratories(frame),
        RECENT: (frame["year"] >= SINCE).to_numpy(),
        NARROW: order < tenth,
        WIDE: order >= len(frame) - tenth,
    }
    if name == "conductivity":
        cases |= {LIKE: near & room & frame["curated"].to_numpy(dtype=bool)}
        cases |= {PROMISING: room & (mean > LIMITS[name])}
    if name == "tg":
        cases |= {LIKE: near, PROMISING: near & (mean < LIMITS[name])}
    return {title: mask for title, mask in cases.items() if mask.any()}


def masks(name: str, frame: pd.DataFrame, cases: Mapping[str, Mask]) -> dict[str, Mask]:
    """Rows of a table of held-out predictions of a property, by subset, slice and verdict, each a mask of shape (m,).

    Parameters
    ----------
    name, frame
        The property, and its predictions as `held_frame` makes them.
    cases
        Subsets of all rows of the data.
    """
    rows = frame["row"].to_numpy()
    chosen = {title: mask[rows] for title, mask in cases.items()} | slices(frame, name)
    return chosen | {f"verdict {one}": (frame["verdict"] == one).to_numpy() for one in VERDICTS}


def new_laboratories(frame: pd.DataFrame) -> Mask:
    """Whether the first author of each row is in no other fold, shape (m,): a laboratory of which nothing was learnt.

    False where no author is known, and where there is one fold alone, of which nothing can be said.
    """
    folds = frame.groupby("author")["fold"].transform("nunique")
    several = len(np.unique(frame["fold"])) > 1
    return np.asarray((folds == 1) & (frame["author"] != "") & several)


def _error(frame: pd.DataFrame) -> Vector:
    return (frame["truth"] - frame["mean"]).abs().to_numpy()


def _held(frame: pd.DataFrame) -> Vector:
    return np.asarray(frame["truth"].between(frame["lower"], frame["upper"]), dtype=float)


def _missed_low(frame: pd.DataFrame) -> Vector:
    return np.asarray(frame["truth"] < frame["lower"], dtype=float)


def _missed_high(frame: pd.DataFrame) -> Vector:
    return np.asarray(frame["truth"] > frame["upper"], dtype=float)


def interval_score(frame: pd.DataFrame) -> Vector:
    """Width of each 90 % interval plus 20 times what it misses by, shape (m,): the lower the better.

    Gneiting and Raftery, J. Am. Stat. Assoc. 102, 359-378 (2007), doi:10.1198/016214506000001437.
    """
    below, above = frame["lower"] - frame["truth"], frame["truth"] - frame["upper"]
    missed = np.maximum(np.maximum(below, above), 0.0)
    return (frame["upper"] - frame["lower"] + MISS * missed).to_numpy()


MEANS: Mapping[str, Callable[[pd.DataFrame], Vector]] = MappingProxyType(
    {
        "mae": _error,
        "coverage": _held,
        "interval_score": interval_score,
        "missed_low": _missed_low,
        "missed_high": _missed_high,
    }
)
"""Measures that are means over rows, or with ``_by_paper`` behind the name over papers."""
WITH_UNIT = ("mae", "interval_score", "width")
RATIO = "predicted_over_observed"
MEASURES = (*(name + end for name in MEANS for end in ("", BY_PAPER)), "width", RATIO)


def estimate(frame: pd.DataFrame, measure: str) -> Estimate:
    """One of `MEASURES` of the rows of a table, with its standard error by laboratory; NaN where there is none.

    ``mae``, ``coverage``, ``interval_score``, ``missed_low`` (the measurement lies below its interval) and
    ``missed_high`` are means over rows; with ``_by_paper`` each paper weighs alike. ``width`` is a median, without an
    error. ``predicted_over_observed`` is the sum of the chances over the number of rows that keep the limit.
    """
    laboratories = frame["laboratory"].to_numpy()
    if measure == "width":
        return Estimate(float((frame["upper"] - frame["lower"]).median()))
    if measure == RATIO:
        return standard_error.ratio(frame["chance"].to_numpy(), frame["kept"].to_numpy(dtype=float), laboratories)
    name = measure.removesuffix(BY_PAPER)
    if name not in MEANS:
        raise ValueError(f"{measure!r} is no measure; use one of {', '.join(MEASURES)}")
    weights = standard_error.of_equal_weight(frame["paper"].to_numpy()) if measure != name else None
    return standard_error.mean(MEANS[name](frame), laboratories, weights)


def reliability(frame: pd.DataFrame, edges: tuple[float, ...] = EDGES) -> pd.DataFrame:
    """Predicted chances against what was observed, one row a range of chances that holds a row; the last one all rows.

    ``low, high, rows, papers``; ``predicted``, the sum of the chances, and ``observed``, how many keep the limit;
    ``excess``, the former less the latter, with its standard error by paper, ``excess_error``; ``mean_chance``;
    ``share`` and ``share_by_paper`` of those that keep it.

    Parameters
    ----------
    frame
        Held-out predictions with ``chance`` and ``kept``.
    edges
        Rising from 0 to 1; a range holds its lower edge, and the last one its upper edge too.
    """
    place = np.clip(np.searchsorted(edges, frame["chance"], side="right") - 1, 0, len(edges) - 2)
    found = [_range(frame[place == k], *edges[k : k + 2]) for k in np.unique(place)]
    return pd.DataFrame([*found, _range(frame, edges[0], edges[-1])])


def _range(frame: pd.DataFrame, low: float, high: float) -> dict[str, float]:
    papers, chance, kept = frame["paper"].to_numpy(), frame["chance"].to_numpy(), frame["kept"].to_numpy(dtype=float)
    excess = standard_error.difference(chance, kept, papers)
    return {
        "low": low,
        "high": high,
        "rows": len(frame),
        "papers": len(np.unique(papers)),
        "predicted": float(chance.sum()),
        "observed": float(kept.sum()),
        "excess": excess.value,
        "excess_error": excess.error,
        "mean_chance": float(chance.mean()),
        "share": float(kept.mean()),
        "share_by_paper": standard_error.mean(kept, papers, standard_error.of_equal_weight(papers)).value,
    }
