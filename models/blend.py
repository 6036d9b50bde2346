"""A regressor for uneven data: a committee over everything, a Gaussian process where the candidates lie."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin, clone
from threadpoolctl import threadpool_limits

from .committee import Committee
from .difficulty import FEW
from .layout import Layout
from .process import FamilyProcess

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]

ARRHENIUS = 1.79  # decades per 1000 K / T: 0.36 eV, the median of the activation energies of halides in the data
ROOM = 1000.0 / 298.15  # 1000 K / T at 25 C
OWN = -1  # paper of the user's own results: their habits count for what the user asks next
FEWEST_ROWS = 20  # near rows below which there is no process


class BlendedRegressor(RegressorMixin, BaseEstimator):
    """A committee over all rows, blended into a Gaussian process fitted on the rows near the candidates.

    SciGlass holds a hundred oxides for every chloride: a committee over everything learns oxides. The process sees only
    the near rows and says itself how much it knows: the blend is ``w * process + (1 - w) * committee``, with w the
    nearness of the point times a ramp between the two limits of `heard`. Where there are
    conditions, both learn what a usual activation energy leaves open: few halides were measured at two temperatures.

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
        What the process must know, from 0 to 1, to be heard at all, and to be heard alone.
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
        random_state: int = 0,
    ) -> None:
        self.n_conditions = n_conditions
        self.committee = committee
        self.process = process
        self.capacity = capacity
        self.least_weight = least_weight
        self.heard = heard
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
            self.committee_ = committee.set_params(random_state=self.random_state).fit(X, y, sample_weight=weight)
            self.process_: FamilyProcess | None = None
            if len(near) >= FEWEST_ROWS:
                process.set_params(random_state=self.random_state)
                self.process_ = process.fit(self._layout(X).views(X[near]), y[near], paper[near], weight[near])
        self.n_features_in_ = X.shape[1]
        return self

    def update(
        self, X: Matrix, y: Vector, sample_weight: Vector | None = None, papers: Labels | None = None
    ) -> BlendedRegressor:
        """Learn further rows at once: the process takes those near the candidates, the committee stays as it is."""
        near = np.flatnonzero(X[:, -1] >= 1.0)
        if self.process_ is not None and len(near):
            heaviest = float(self.process_.weights_.max())
            weight = np.full(len(y), heaviest) if sample_weight is None else np.asarray(sample_weight, dtype=float)
            paper = np.full(len(y), OWN) if papers is None else np.asarray(papers)
            target = (y - self._expected(X))[near]
            self.process_.extend(self._layout(X).views(X[near]), target, paper[near], weight[near])
        return self

    def predict(self, X: Matrix) -> Vector:
        """Expected targets, shape (n,)."""
        return self.predict_with_trust(X)[0]

    def predict_with_trust(self, X: Matrix) -> tuple[Vector, Vector]:
        """Expected targets, and the weight of the process in each from 0 (far from every near row) to 1, both (n,)."""
        with threadpool_limits(1 if len(X) < FEW else None):
            mean, trust = np.array(self.committee_.predict(X), dtype=float), np.zeros(len(X))
            near = np.flatnonzero(X[:, -1] > 0)
            if self.process_ is not None and len(near):
                own = OWN if (self.process_.papers_ == OWN).any() else None
                local, known = self.process_.predict(self._layout(X).views(X[near]), own)
                little, enough = self.heard
                trust[near] = np.clip((known - little) / (enough - little), 0.0, 1.0) * X[near, -1]
                mean[near] += trust[near] * (local - mean[near])
        return mean + self._expected(X), trust

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
