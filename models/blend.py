"""A regressor for uneven data: a committee over everything, a Gaussian process where the candidates lie."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin, clone
from threadpoolctl import threadpool_limits

from .committee import Committee, votes
from .layout import Layout
from .process import FamilyProcess
from .threads import one_thread

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]

ARRHENIUS = 1.79  # decades per 1000 K / T: 0.36 eV, the median of the activation energies of halides in the data
ROOM = 1000.0 / 298.15  # 1000 K / T at 25 C
OWN = -1  # paper of the user's own results: their habits count for what the user asks next
FEWEST_ROWS = 20  # near rows below which there is no process
CROWD = 0.25  # a row of a paper of n rows weighs n ** -CROWD in the committee: rows of one paper err together


class Answer(NamedTuple):
    """What a regressor says of n rows, each of shape (n,)."""

    mean: Vector
    """Expected targets."""
    trust: Vector
    """Weight of the process in each, from 0 (far from every near row) to 1."""
    known: Vector
    """How much the process knows of each, times its nearness, from 0 to 1."""
    spread: Vector
    """Standard deviation of the votes of the committee."""
    gap: Vector
    """How far process and committee are apart; 0 where there is no process."""

    @property
    def clues(self) -> Matrix:
        """What the difficulty of an answer shows in, shape (n, 3)."""
        return np.column_stack([self.known, self.spread, self.gap])


class BlendedRegressor(RegressorMixin, BaseEstimator):
    """A committee over all rows, blended into a Gaussian process fitted on the rows near the candidates.

    SciGlass holds a hundred oxides for every chloride: a committee over everything learns oxides. The process sees only
    the near rows and says itself how much it knows, k: the blend is ``w * process + (1 - w) * committee``, with w the
    nearness of the point times a ramp between the two limits of `heard` times ``1 - s k^3``, s = `shared`. Where
    `heard` begins low, the process speaks alone of a family never seen; one well known the committee may know too.
    Where there are conditions, both learn what a usual activation energy leaves open: most halides were measured at
    one temperature.

    Parameters
    ----------
    n_conditions
        Columns of conditions in the design matrix (see `Layout`); its last column is the nearness: 0 for a row that is
        nothing like the candidates, 1 for one that is.
    committee
        Regressor over all rows and columns; by default a `Committee`.
    process
        Regressor of the near rows; by default a `FamilyProcess`.
    capacity
        Most rows that the process takes, those of the highest weight first.
    least_weight
        Weight below which a row is left to the committee.
    heard
        What the process must know, from 0 to 1, to be heard at all, and to be heard as much as it ever is.
    shared
        Part of the committee, from 0 to 1, where the process knows everything.
    random_state
        Seed of everything drawn by chance.
    """

    def __init__(
        self,
        n_conditions: int = 0,
        committee: Any = None,
        process: FamilyProcess | None = None,
        capacity: int = 700,
        least_weight: float = 0.0,
        heard: tuple[float, float] = (0.1, 0.4),
        shared: float = 0.0,
        random_state: int = 0,
    ) -> None:
        self.n_conditions = n_conditions
        self.committee = committee
        self.process = process
        self.capacity = capacity
        self.least_weight = least_weight
        self.heard = heard
        self.shared = shared
        self.random_state = random_state

    def fit(
        self, X: Matrix, y: Vector, sample_weight: Vector | None = None, papers: Labels | None = None
    ) -> BlendedRegressor:
        """Learn from descriptors (n, p), targets (n,), weights (n,) and papers as numbers (n,)."""
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        paper = np.arange(len(y)) if papers is None else np.asarray(papers)
        committee = clone(self.committee) if self.committee is not None else Committee(roots=self._layout(X).n_shares)
        process = clone(self.process) if self.process is not None else FamilyProcess()
        y = y - self._expected(X)
        near = self._choose((X[:, -1] >= 1.0) & (weight >= self.least_weight), weight)
        with threadpool_limits(1):  # threads that wait for each other crawl on a shared machine; folds run side by side
            alone = weight * _sizes(paper) ** -CROWD
            self.committee_ = committee.set_params(random_state=self.random_state).fit(X, y, sample_weight=alone)
            self.process_: FamilyProcess | None = None
            if len(near) >= FEWEST_ROWS:
                process.set_params(random_state=self.random_state)
                self.process_ = process.fit(self._layout(X).views(X[near]), y[near], paper[near], weight[near])
        self.missed_ = np.empty(0)
        self.n_features_in_ = X.shape[1]
        return self

    def update(
        self, X: Matrix, y: Vector, sample_weight: Vector | None = None, papers: Labels | None = None
    ) -> BlendedRegressor:
        """Learn further rows at once, those near the candidates.

        The process takes them in; what the committee, which stays as it is, missed of them is carried to what the
        process finds alike.
        """
        near = np.flatnonzero(self.hears(X))
        if self.process_ is not None and len(near):
            told = self.process_.heaviest_ if sample_weight is None else np.asarray(sample_weight, dtype=float)
            weight = np.broadcast_to(told, len(y))
            paper = np.full(len(y), OWN) if papers is None else np.asarray(papers)
            target = (y - self._expected(X))[near]
            missed = target - votes(self.committee_, X[near]).mean(axis=0)
            self.process_.extend(self._layout(X).views(X[near]), target, paper[near], weight[near])
            self.missed_ = np.concatenate([self.missed_, missed[paper[near] == OWN]])
        return self

    def hears(self, X: Matrix) -> npt.NDArray[np.bool_]:
        """Whether `update` can learn each row, shape (n,): those near the candidates, where there is a process."""
        return np.asarray((X[:, -1] > 0.0) & (self.process_ is not None))

    def predict(self, X: Matrix) -> Vector:
        """Expected targets, shape (n,)."""
        return self.answer(X).mean

    def answer(self, X: Matrix) -> Answer:
        """Expected targets, and what tells how far they can be trusted; no row depends on the others."""
        with one_thread():
            kinds = self._layout(X).kinds(X)
            if len(kinds) == 1:
                return self._answer(X, kinds[0][1])
            answer = Answer(*np.empty((len(Answer._fields), len(X))))
            for rows, idle in kinds:
                for whole, part in zip(answer, self._answer(X[rows], idle), strict=True):
                    whole[rows] = part
            return answer

    def _answer(self, X: Matrix, idle: Labels | None) -> Answer:
        """Answer for rows that are zero in the idle columns, which hold atomic fractions."""
        told = votes(self.committee_, X, idle)
        mean, (trust, familiar, gap) = told.mean(axis=0), np.zeros((3, len(X)))
        near = np.flatnonzero(X[:, -1] > 0)
        if self.process_ is not None and len(near):
            own = OWN if len(self.missed_) else None
            views = self._layout(X).views(X[near])
            local, known = self.process_.predict(views, own, idle)
            if own is not None:
                mean[near] += X[near, -1] * self.process_.carry(views, self.missed_, own)
            little, enough = self.heard
            ramp = np.clip((known - little) / (enough - little), 0.0, 1.0) * X[near, -1]
            trust[near] = ramp * (1.0 - self.shared * known**3)
            familiar[near] = known * X[near, -1]
            gap[near] = np.abs(local - mean[near])
            mean[near] += trust[near] * (local - mean[near])
        return Answer(mean + self._expected(X), trust, familiar, told.std(axis=0), gap)

    def _expected(self, X: Matrix) -> Vector:
        """Effect of the temperature at the usual activation energy, relative to 25 C, shape (n,)."""
        if self.n_conditions == 0:
            return np.zeros(len(X))
        return np.asarray(-ARRHENIUS * (X[:, self._layout(X).glass.stop] - ROOM))

    def _layout(self, X: Matrix) -> Layout:
        return Layout(X.shape[1], self.n_conditions)

    def _choose(self, near: npt.NDArray[np.bool_], weight: Vector) -> Labels:
        rows = np.flatnonzero(near)
        shuffled = np.random.default_rng(self.random_state).permutation(rows)
        return np.sort(shuffled[np.argsort(-weight[shuffled], kind="stable")][: self.capacity])


def _sizes(papers: Labels) -> Vector:
    """Number of rows of the paper of each row, shape (n,)."""
    _, where, sizes = np.unique(papers, return_inverse=True, return_counts=True)
    return np.asarray(sizes[where], dtype=float)
