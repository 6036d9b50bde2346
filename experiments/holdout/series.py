"""Composition series of one paper, and what is predicted of them when they are held out whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin

from ...datasets import Dataset
from ...features.elements import SYMBOLS
from ...models.blend import BlendedRegressor
from ...models.committee import votes
from ...models.design.nearness import nearness
from ...models.fitting.crossfit import Design
from ...models.numerics import metrics
from ...models.residuals import START, Law, ResidualProcess

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

ROOM_C = (15.0, 45.0)
MEMBERS = (5, 9)
AL_SERIES, LACO = "10.1016/j.cclet.2025.111558", "LiAlCl2.5O0.75"  # the paper of the series, and one glass of VIGLAS
TIE = 0.1  # decades
USUAL_ERROR = 0.8  # decades, of a family never seen
GIVEN, PAIRS = 2, 6  # members given in few-shot learning, and how many draws of them


@dataclass(frozen=True)
class Series:
    """Measurements of one paper on compositions of one set of elements.

    Parameters
    ----------
    paper, system
        Key of the paper, and the elements, such as ``Al-Cl-Li-O``.
    rows
        Rows of the data, shape (n,).
    member
        Number of the composition of each row, shape (n,), counted from 0.
    """

    paper: str
    system: str
    rows: Rows
    member: Rows

    def __len__(self) -> int:
        return int(self.member.max()) + 1

    def per_member(self, values: Vector) -> Vector:
        """Mean over the repeats of each composition of values given a row, shape (members,)."""
        return np.asarray(np.bincount(self.member, values) / np.bincount(self.member))


def element_sets(data: Dataset) -> npt.NDArray[np.object_]:
    """Elements of each row in alphabetical order, however little there is of them, shape (n,)."""
    patterns, where = np.unique(np.packbits(data.measured.matrix > 0, axis=1), axis=0, return_inverse=True)
    bits = np.unpackbits(patterns, axis=1)[:, : len(SYMBOLS)]
    names = ["-".join(sorted(SYMBOLS[i] for i in np.flatnonzero(row))) for row in bits]
    return np.array(names, dtype=object)[where.ravel()]


def find(data: Dataset) -> list[Series]:
    """Every curated series of 5 to 9 distinct members like the candidates at 15 to 45 C, by paper and elements.

    Oxide and sulfide crystals, which the literature tables hold too, are no candidates (`nearness` below 1).
    """
    room = data.rows["temperature_C"].between(*ROOM_C).to_numpy()
    rows = np.flatnonzero(room & data.curated & (nearness(data.fractions) >= 1.0))
    table = pd.DataFrame({"paper": data.groups[rows], "system": element_sets(data)[rows], "row": rows})
    found = []
    for (paper, system), part in table.groupby(["paper", "system"]):
        here = part["row"].to_numpy()
        keys, member = np.unique(data.measured.keys[here], return_inverse=True)
        if MEMBERS[0] <= len(keys) <= MEMBERS[1]:
            found.append(Series(str(paper), str(system), here, member))
    return found


def hidden(data: Dataset, series: Sequence[Series]) -> Mask:
    """Rows that share the paper or the set of elements with any of the series, at any temperature, shape (n,)."""
    papers, systems = {one.paper for one in series}, {one.system for one in series}
    return np.isin(data.groups, list(papers)) | np.isin(element_sets(data), list(systems))


def aluminium(data: Dataset) -> tuple[Series, Mask]:
    """The Li-Al-O-Cl series with LACO, and the rows to hide for it: whatever holds Al, O and Cl, and their papers."""
    everywhere = np.prod([data.fractions.column(symbol) for symbol in ("Al", "O", "Cl")], axis=0) > 0
    told = (data.groups == AL_SERIES) | (data.rows["formula"] == LACO).to_numpy()
    rows = np.flatnonzero(told & everywhere & data.rows["temperature_C"].between(*ROOM_C).to_numpy())
    member = np.unique(data.measured.keys[rows], return_inverse=True)[1]
    return Series(AL_SERIES, "Al-Cl-Li-O", rows, member), everywhere | np.isin(data.groups, data.groups[rows])


class Given(RegressorMixin, BaseEstimator):
    """A fitted committee that further fits leave as it is: one for all series hidden from it."""

    def __init__(self, fitted: Any = None, random_state: int = 0) -> None:
        self.fitted = fitted
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Given:
        """Do nothing."""
        return self

    def votes(self, X: Any, idle: Any = None) -> Any:
        """What its members expect."""
        return votes(self.fitted, X, idle)

    def __sklearn_clone__(self) -> Given:
        return self

    def __deepcopy__(self, memory: object) -> Given:
        return self


@dataclass(frozen=True)
class Told:
    """What is predicted of a series never seen, by composition, in decades of S/cm.

    Parameters
    ----------
    series
        Which.
    truth, mean
        Measured and predicted log10 of the conductivity, means over repeats, shape (members,).
    first, after
        Mean absolute errors on the rest before and after `GIVEN` members were measured, shape (draws,).
    later
        Predicted log10 of the conductivity after the first draw, shape (members,).
    told
        Members given in the first draw.
    """

    series: Series
    truth: Vector
    mean: Vector
    first: Vector
    after: Vector
    later: Vector
    told: Rows

    @classmethod
    def bare(cls, series: Series, truth: Vector, mean: Vector) -> Told:
        """Without few-shot learning; truth and mean are given a row."""
        nothing, nobody = np.empty(0), np.empty(0, dtype=np.intp)
        return cls(series, series.per_member(truth), series.per_member(mean), nothing, nothing, nothing, nobody)

    @property
    def error(self) -> float:
        """Mean absolute error over the members."""
        return metrics.mae(self.truth, self.mean)

    @property
    def order(self) -> float:
        """Rank correlation over the members, those measured within `TIE` of each other counting as equal."""
        return metrics.spearman(self.truth, self.mean, TIE)


def learn_one(
    design: Design, regressor: BlendedRegressor, train: Mask, series: Series, points: Matrix, seed: int = 0
) -> Told:
    """Fit on the rows of a mask, predict a series hidden from it, and again after two members were measured.

    `points` are the rows of the design in the space of a `Domain`, shape (n, d). The results correct what they are
    like by the usual law of errors, each of the usual size.
    """
    fitted = design.fit(regressor, np.flatnonzero(train))
    X, y, here = design.X[series.rows], design.y[series.rows], points[series.rows]
    before = fitted.predict(X)
    truth, mean = series.per_member(y), series.per_member(before)
    example = np.unique(series.member, return_index=True)[1]  # a row of each member, to measure it in
    draw, draws, first, after, later = np.random.default_rng(seed), [], [], [], []
    for _ in range(PAIRS):
        chosen = np.sort(draw.choice(len(truth), GIVEN, replace=False))
        rest = np.setdiff1d(np.arange(len(truth)), chosen)
        rows = example[chosen]
        missed = (truth[chosen] - before[rows]) / USUAL_ERROR
        process = ResidualProcess(Law(*START)).extended(here[rows], missed, np.zeros(len(rows)))
        again = series.per_member(before + USUAL_ERROR * process.posterior(here).mean)
        first.append(metrics.mae(truth[rest], mean[rest]))
        after.append(metrics.mae(truth[rest], again[rest]))
        later.append(again)
        draws.append(chosen)
    return Told(series, truth, mean, np.array(first), np.array(after), later[0], draws[0])
