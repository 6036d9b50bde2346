"""How predictions of laboratories never seen narrow with some of their results: campaigns played on held-out papers."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...models.fitting.episodes import Episodes, Errors, play
from ...models.fitting.learnt_errors import learnt
from ...models.localised import LocalCalibration

Vector = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

COVERAGE = 0.9
FEWEST_PAPERS = 10  # of a line of the table


def episode_scores(told: Errors, width: float, ages: Vector, seed: int = 0) -> pd.DataFrame:
    """Scores after k results, those of one half of the laboratories by what the other half teaches.

    Parameters
    ----------
    told
        Held-out predictions, m rows.
    width
        Standard deviation of the kernel over the predicted mean; see `LocalCalibration.of`.
    ages
        Factor on the weight of each error, shape (m,).
    seed
        Of the halves and of the episodes.

    Returns
    -------
    DataFrame
        A row for each kind of episode (``chance``, ``greedy``), number ``revealed`` and ``rows``, all or
        near the candidates: ``papers``, ``error`` before and after and their ``ratio``, ``coverage`` of the 90 %
        intervals with its standard error, ``width`` and its ratio ``narrowed`` to that without results. All are means
        over papers; the standard error is over laboratories.
    """
    names = np.unique(told.laboratories)
    first = np.isin(told.laboratories, np.random.default_rng(seed).permutation(names)[: len(names) // 2])
    parts = []
    for here in (first, ~first):
        law, calibration, _ = learnt(taken(told, ~here), width, ages[~here], seed)
        parts.append(_judged(taken(told, here), play(taken(told, here), law, seed), calibration))
    table = pd.concat(parts, ignore_index=True)
    near = table[table["near"]]
    lines = [
        _line(part) | {"kind": kind, "revealed": revealed, "rows": rows}
        for rows, some in (("all", table), ("near", near))
        for (kind, revealed), part in some.groupby(["kind", "revealed"])
        if part["paper"].nunique() >= FEWEST_PAPERS
    ]
    first_columns = ["rows", "kind", "revealed"]
    found = pd.DataFrame(lines)
    return found[[*first_columns, *(name for name in found.columns if name not in first_columns)]]


def taken(told: Errors, rows: npt.NDArray[np.bool_]) -> Errors:
    """Some of the held-out predictions."""
    arrays = {field.name: getattr(told, field.name)[rows] for field in fields(told) if field.name != "better"}
    return replace(told, **arrays)


def _judged(told: Errors, episodes: Episodes, calibration: LocalCalibration) -> pd.DataFrame:
    """What every row of every episode came to."""
    row, scores = episodes.row, episodes.scores
    hard, truth, near = told.difficulty[row], told.truth[row], scores.near
    low, high = calibration.interval(
        scores.mean, hard * np.sqrt(scores.ratio * episodes.wider), near, scores.ratio, COVERAGE
    )
    before = calibration.interval(told.mean[row], hard, near, np.ones(len(row)), COVERAGE)
    return pd.DataFrame(
        {
            "kind": episodes.kind,
            "revealed": episodes.revealed,
            "paper": told.papers[row],
            "laboratory": told.laboratories[row],
            "near": near,
            "before": np.abs(truth - told.mean[row]),
            "after": np.abs(truth - scores.mean),
            "held": ((low <= truth) & (truth <= high)).astype(float),
            "width": high - low,
            "width_before": before[1] - before[0],
        }
    )


def _line(part: pd.DataFrame) -> dict[str, float]:
    values = ["before", "after", "held", "width", "width_before"]
    by_paper = part.groupby(["laboratory", "paper"])[values].mean()
    mean = by_paper.mean()
    by_laboratory = (by_paper["held"] - mean["held"]).groupby("laboratory").sum()
    error = float(np.sqrt(np.square(by_laboratory).sum()) / len(by_paper))
    return {
        "papers": len(by_paper),
        "error_before": float(mean["before"]),
        "error": float(mean["after"]),
        "ratio": float(mean["after"] / mean["before"]),
        "coverage": float(mean["held"]),
        "coverage_se": error,
        "width": float(mean["width"]),
        "narrowed": float(mean["width"] / mean["width_before"]),
    }
