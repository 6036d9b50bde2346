"""Campaigns played on held-out papers: some results revealed, the others predicted from them; what errors remain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial.distance import cdist

from ..localised import Scores
from ..numerics.threads import one_thread
from ..residuals import FARTHEST, Law, covariance, reweighted, surprise

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

REVEALED = (0, 1, 2, 3, 4, 6, 8)  # results of a paper that are known when its others are predicted
NEXT = 3  # errors kept of an episode whose results were chosen as a campaign would: the next best ones
LARGEST = 60  # rows of a paper that play
PAPERS = 3000  # that play at the most
SAME_TEMPERATURE_K = 5.0
CHANCE, GREEDY = "chance", "greedy"


@dataclass(frozen=True)
class Errors:
    """Held-out predictions as episodes are played on them, m rows, each array of shape (m, ...).

    Parameters
    ----------
    truth, mean, difficulty
        Measured and predicted target, and the expected size of the error.
    points
        Compositions in the space of a `Domain`, shape (m, d).
    keys
        Number of each composition.
    papers, laboratories
        Number of the paper and of the laboratory of each row.
    near
        Whether it is like the candidates.
    temperature_C
        Temperature of the measurement; 0 where it plays no part.
    better
        1 where a campaign looks for high values, -1 for low ones.
    """

    truth: Vector
    mean: Vector
    difficulty: Vector
    points: Matrix
    keys: npt.NDArray[np.generic]
    papers: Rows
    laboratories: Rows
    near: npt.NDArray[np.bool_]
    temperature_C: Vector
    better: float = 1.0

    @cached_property
    def scores(self) -> Vector:
        """Errors in units of their difficulty, shape (m,)."""
        return (self.truth - self.mean) / self.difficulty

    def of_papers(self) -> list[Rows]:
        """Rows of each paper: distinct compositions at the temperature at which it measured most of them."""
        about = np.rint(self.temperature_C / SAME_TEMPERATURE_K).astype(np.int64)
        table = pd.DataFrame({"paper": self.papers, "about": about, "key": self.keys, "row": np.arange(len(about))})
        size = table.groupby(["paper", "about"])["row"].transform("size")
        table = table.assign(size=size).sort_values(
            ["paper", "size", "about", "row"], ascending=[True, False, True, True]
        )
        kept = table[table["about"] == table.groupby("paper")["about"].transform("first")]
        kept = kept.drop_duplicates(["paper", "key"])
        return [np.sort(part.to_numpy()) for _, part in kept.groupby("paper")["row"]]


class Episodes(NamedTuple):
    """Errors that remained in all episodes, n of them, each of shape (n,)."""

    scores: Scores
    """As a `LocalCalibration` takes them."""
    row: Rows
    """Row of the held-out predictions."""
    revealed: Rows
    """Results that were known."""
    kind: npt.NDArray[np.str_]
    """`CHANCE` or `GREEDY`."""
    correction: Vector
    """What the results added to the prediction, in the unit of the target."""
    wider: Vector
    """Factor on the variance for results that surprise."""


def play(errors: Errors, law: Law, seed: int = 0) -> Episodes:
    """Play every paper with two compositions or more: half of the episodes by chance, half as a campaign chooses.

    In each kind of episode and at each number of results a paper weighs as much as another.
    """
    draw, papers = np.random.default_rng(seed), errors.of_papers()
    chosen = draw.permutation(len(papers))[:PAPERS]
    parts = []
    with one_thread():
        for number in np.sort(chosen).tolist():
            played = _of_paper(errors, law, papers[number], draw)
            parts += [one._replace(weight=np.full(len(one.row), 1.0 / len(one.row))) for one in played]
    table = Left(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    scores = Scores(
        score=table.score,
        mean=errors.mean[table.row] + table.correction,
        near=errors.near[table.row],
        ratio=table.ratio,
        weight=table.weight,
        laboratory=errors.laboratories[table.row],
    )
    return Episodes(scores, table.row, table.revealed, table.kind, table.correction, table.wider)


class Left(NamedTuple):
    """Errors that remained in one episode or more, n of them, each of shape (n,); fields as of `Episodes`, `Scores`."""

    row: Rows
    revealed: Rows
    kind: npt.NDArray[np.str_]
    score: Vector
    ratio: Vector
    wider: Vector
    correction: Vector
    weight: Vector


def _of_paper(errors: Errors, law: Law, rows: Rows, draw: np.random.Generator) -> Sequence[Left]:
    """The episodes of one paper."""
    if len(rows) > LARGEST:
        rows = np.sort(draw.choice(rows, LARGEST, replace=False))
    paper = _Paper.of(errors, law, rows)
    revealed = [number for number in REVEALED if number < max(len(rows), 1)]
    played, chosen = [], dict(paper.chosen(revealed[-1]))
    for number in revealed:
        order = draw.permutation(len(rows))
        played.append(paper.remaining(order[:number], order[number:], CHANCE))
        if number:
            played.append(paper.remaining(*chosen[number], GREEDY))
    return played


class _Paper(NamedTuple):
    """One paper of n rows, and what its results tell of each other: `ResidualProcess` of few rows, without ceremony."""

    law: Law
    rows: Rows
    matrix: Matrix
    """Covariance of the errors, shape (n, n), without the scatter of single results."""
    scores: Vector
    mean: Vector
    difficulty: Vector
    better: float

    @classmethod
    def of(cls, errors: Errors, law: Law, rows: Rows) -> _Paper:
        points = errors.points[rows]
        matrix = covariance(cdist(points, points), law)
        parts = errors.scores[rows], errors.mean[rows], errors.difficulty[rows]
        return cls(law, rows, matrix, *parts, errors.better)

    def posterior(self, known: Rows, left: Rows) -> tuple[Vector, Vector, float]:
        """Mean and variance of the errors of the rows left, in units of their difficulty, and how much wider it is."""
        prior = np.full(len(left), self.law.prior)
        if not len(known):
            return np.zeros(len(left)), prior, 1.0
        seen = np.clip(self.scores[known], -FARTHEST, FARTHEST)
        among, across = self.matrix[np.ix_(known, known)], self.matrix[np.ix_(known, left)]
        base = np.full(len(known), self.law.row)
        noise = reweighted(among, seen, base)
        wider = surprise(among, seen, base, noise, len(known))
        among = among + np.diag(noise)
        told = np.linalg.solve(among, np.column_stack([seen, across]))
        return across.T @ told[:, 0], prior - (across * told[:, 1:]).sum(axis=0), wider

    def chosen(self, most: int) -> Iterator[tuple[int, tuple[Rows, Rows]]]:
        """Rows that a campaign would measure first, each the best predicted after those before; and the next best."""
        known, left = np.empty(0, dtype=np.intp), np.arange(len(self.rows))
        for number in range(most + 1):
            expected = self.better * (self.mean[left] + self.posterior(known, left)[0] * self.difficulty[left])
            best = np.argsort(-expected, kind="stable")
            yield number, (known, left[best[:NEXT]])
            known, left = np.append(known, left[best[0]]), np.delete(left, best[0])

    def remaining(self, known: Rows, left: Rows, kind: str) -> Left:
        """Errors on the rows left, in units of what was expected of them."""
        mean, variance, wider = self.posterior(known, left)
        ratio, n = variance / self.law.prior, len(left)
        score = (np.clip(self.scores[left], -10 * FARTHEST, 10 * FARTHEST) - mean) / np.sqrt(ratio * wider)
        correction = mean * self.difficulty[left]
        return Left(
            *(self.rows[left], np.full(n, len(known)), np.full(n, kind), score, ratio, np.full(n, wider)),
            *(correction, np.empty(n)),
        )
