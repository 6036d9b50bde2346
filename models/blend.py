"""A regressor for uneven data: a committee over everything; trees and a Gaussian process where the candidates lie."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.ensemble import ExtraTreesRegressor
from threadpoolctl import threadpool_limits

from ..features.descriptors.glass import NAMES as GLASS
from .committee import Committee, votes
from .design.layout import Layout
from .design.nearness import nearest_root, ramp
from .numerics.flat_forest import Forest
from .numerics.threads import one_thread
from .process import FamilyProcess
from .temperature import DECADES_PER_EV, LEAST_EV, MOST_EV, ROOM, EnergyModel, climb, usual_rise

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]

FEWEST_ROWS = 20  # near rows below which the committee is alone
LEARNT = 0.03  # distance of the roots of atomic fractions about which a composition is one that was learnt
AT_HOME = (0.35, 0.55)  # share of the distance to foreign rows from which the process is heard at all, and in full
CROWD = 0.25  # a row of a paper of n rows weighs n ** -CROWD in the committee: rows of one paper err together


class Answer(NamedTuple):
    """What a regressor says of n rows, each of shape (n,)."""

    mean: Vector
    """Expected targets."""
    trust: Vector
    """Part of the process in each, from 0 (far from every near row) to 1."""
    known: Vector
    """How much the process knows of each, times its nearness, from 0 to 1."""
    spread: Vector
    """Standard deviation of the votes of the committee's networks."""
    gap: Vector
    """How far the process is from the mean of these networks; 0 where there is no process."""

    @property
    def clues(self) -> Matrix:
        """What the difficulty of an answer shows in, shape (n, 3)."""
        return np.column_stack([self.known, self.spread, self.gap])


class BlendedRegressor(RegressorMixin, BaseEstimator):
    """A committee over all rows, blended near the candidates with trees and a Gaussian process of the near rows.

    SciGlass holds a hundred oxides for every chloride: a committee over everything learns oxides. Extremely randomised
    trees of the near rows alone have as much of a say as it has. The process sees the near rows of some weight and says
    itself how much it knows, from 0 to 1: its part rises between the limits of `heard` from 0 to 1, and falls between
    those of `shared` to `share`, for a family well known the others know too, and a mean errs less than each. Of the
    very compositions that it has learnt it speaks alone; it is silent where the elements are rather those of near rows
    that it does not learn.

    Where there are conditions, near the candidates all three learn and tell what is expected at 25 C, and an activation
    energy of the composition carries it to other temperatures: most halides were measured at one. Elsewhere the
    committee tells how its values rise with temperature (`temperature.climb`). Neither falls as it gets warmer.

    Parameters
    ----------
    n_conditions
        Columns of conditions in the design matrix (see `Layout`), of which 1000 K / T is the first; its last column is
        the nearness: 0 for a row that is nothing like the candidates, 1 for one that is.
    committee
        Regressor over all rows and columns; by default a `Committee`.
    process
        Regressor of the near rows; by default a `FamilyProcess`.
    capacity
        Most rows that the process takes, those of the highest weight first.
    least_weight
        Weight below which a row is not learnt by the process.
    heard
        What the process must know, from 0 to 1, to be heard at all, and to be heard alone.
    shared
        What it knows where the others begin to be heard too, and where its part is `share`.
    share
        Part of the process, from 0 to 1, where it knows everything.
    n_trees
        Trees of the near rows; 0 for none.
    random_state
        Random seed.
    descriptors
        Names of the glass descriptors among the columns, in their order.
    """

    def __init__(
        self,
        n_conditions: int = 0,
        committee: Any = None,
        process: FamilyProcess | None = None,
        capacity: int = 700,
        least_weight: float = 0.0,
        heard: tuple[float, float] = (0.1, 0.2),
        shared: tuple[float, float] = (0.4, 0.9),
        share: float = 0.45,
        n_trees: int = 100,
        random_state: int = 0,
        descriptors: tuple[str, ...] = GLASS,
    ) -> None:
        self.n_conditions = n_conditions
        self.committee = committee
        self.process = process
        self.capacity = capacity
        self.least_weight = least_weight
        self.heard = heard
        self.shared = shared
        self.share = share
        self.n_trees = n_trees
        self.random_state = random_state
        self.descriptors = descriptors

    def fit(
        self,
        X: Matrix,
        y: Vector,
        sample_weight: Vector | None = None,
        papers: Labels | None = None,
        energies: Vector | None = None,
    ) -> BlendedRegressor:
        """Learn from descriptors (n, p), targets, weights, papers as numbers and activation energies in eV, all (n,).

        An energy is NaN where none was measured.
        """
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        paper = np.arange(len(y)) if papers is None else np.asarray(papers)
        energy = np.full(len(y), np.nan) if energies is None else np.asarray(energies, dtype=float)
        with threadpool_limits(1):  # threads that wait for each other crawl on a shared machine; folds run side by side
            alone = weight * _sizes(paper) ** -CROWD
            committee = self.unfitted_committee(X.shape[1])
            self.committee_ = committee.fit(X, y - self._usual(X), sample_weight=alone)
            self._fit_near(X, y, weight, paper, energy)
        self.n_features_in_ = X.shape[1]
        return self

    def unfitted_committee(self, width: int) -> Any:
        """The regressor of all rows, of a number of columns, before it has learnt them."""
        shares = Layout(width, self.n_conditions, self.descriptors).n_shares
        committee = clone(self.committee) if self.committee is not None else Committee(roots=shares)
        return committee.set_params(random_state=self.random_state)

    def _fit_near(self, X: Matrix, y: Vector, weight: Vector, paper: Labels, energy: Vector) -> None:
        """Fit what speaks near the candidates: activation energies, trees and the process."""
        self.energies_: EnergyModel | None = None
        self.trees_: Forest | None = None
        self.process_: FamilyProcess | None = None
        self.foreign_ = np.empty((0, 0))
        near = np.flatnonzero(X[:, -1] > 0.0)
        if len(near) < FEWEST_ROWS:
            return
        room, level = self._layout(X).at_room(X[near]), y[near]
        if self.n_conditions:
            self.energies_ = EnergyModel(self.random_state).fit(room, energy[near], weight[near])
            known = np.where(np.isfinite(energy[near]), energy[near], self.energies_.predict(room))
            level = level + np.clip(known, LEAST_EV, MOST_EV) * DECADES_PER_EV * (self._inverse(X[near]) - ROOM)
        if self.n_trees:
            trees = ExtraTreesRegressor(
                self.n_trees, max_features=0.4, min_samples_leaf=2, random_state=self.random_state
            )
            self.trees_ = Forest.of(trees.fit(room.astype(np.float32), level, sample_weight=weight[near]))
        whole = X[near, -1] >= 1.0
        chosen = self._choose(whole & (weight[near] >= self.least_weight), weight[near])
        if len(chosen) >= FEWEST_ROWS:
            process = clone(self.process) if self.process is not None else FamilyProcess()
            process.set_params(random_state=self.random_state)
            views = self._layout(X).views(room[chosen])
            self.process_ = process.fit(views, level[chosen], paper[near][chosen], weight[near][chosen])
            self.foreign_ = self._layout(X).views(room[whole & (weight[near] < self.least_weight)]).elements

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
        room = self._layout(X).at_room(X)
        told = votes(self.committee_, room, idle)
        networks = told[1:] if len(told) > 1 else told  # trees would make steps
        mean, spread, smooth = told.mean(axis=0), networks.std(axis=0), networks.mean(axis=0)
        trust, familiar, gap = np.zeros((3, len(X)))
        rise = self._rise(X, room, mean, idle)
        near = np.flatnonzero(X[:, -1] > 0)
        nearness = X[near, -1]
        if self.trees_ is not None and len(near):
            local = self.trees_.predict(room[near].astype(np.float32))
            mean[near] += nearness * (local - mean[near]) / 2.0
        if self.process_ is not None and len(near):
            views = self._layout(X).views(room[near])
            local, known = self.process_.predict(views, idle)
            at_home, learnt = self._at_home(views.elements)
            part = 1.0 - (1.0 - self.share) * ramp(known, self.shared) * (1.0 - learnt)
            trust[near] = ramp(known, self.heard) * at_home * part * nearness
            familiar[near], gap[near] = known * nearness, np.abs(local - smooth[near])
            mean[near] += trust[near] * (local - mean[near])
        return Answer(mean + rise, trust, familiar, spread, gap)

    def _rise(self, X: Matrix, room: Matrix, mean: Vector, idle: Labels | None) -> Vector:
        """What the temperature adds to the value at 25 C, shape (n,)."""
        rise = np.zeros(len(X))
        if self.n_conditions == 0 or (rows := np.flatnonzero(self._inverse(X) != ROOM)).size == 0:
            return rise
        at, nearness = self._inverse(X[rows]), X[rows, -1] if self.energies_ is not None else np.zeros(len(rows))
        far = np.flatnonzero(nearness < 1.0)
        if len(far):
            column = self._layout(X).glass.stop

            def asked(some: Labels, inverse: float) -> Vector:
                warm = room[rows[far[some]]]
                warm[:, column] = inverse
                return np.asarray(votes(self.committee_, warm, idle).mean(axis=0) + usual_rise(np.array(inverse)))

            rise[rows[far]] = climb(at[far], mean[rows[far]], asked)
        if self.energies_ is not None and (near := np.flatnonzero(nearness > 0.0)).size:
            energy = self.energies_.predict(room[rows[near]])
            local = -energy * DECADES_PER_EV * (at[near] - ROOM)
            rise[rows[near]] += nearness[near] * (local - rise[rows[near]])
        return rise

    def _at_home(self, roots: Matrix) -> tuple[Vector, Vector]:
        """How much the elements are those of rows that the process learns, and of one of them; both (n,), from 0 to 1.

        They are rather those of other near rows where the first is 0; `roots` are the square roots of the atomic
        fractions, shape (n, elements).
        """
        known = np.empty((0, roots.shape[1])) if self.process_ is None else self.process_.points_.elements
        home = nearest_root(roots, known)
        learnt = np.exp(-np.square(home / LEARNT))
        if not len(self.foreign_):
            return np.ones(len(roots)), learnt
        foreign = nearest_root(roots, self.foreign_)
        return ramp(foreign / np.maximum(home + foreign, 1e-9), AT_HOME), learnt

    def _usual(self, X: Matrix) -> Vector:
        """What the temperature adds at the usual activation energy, shape (n,)."""
        return usual_rise(self._inverse(X)) if self.n_conditions else np.zeros(len(X))

    def _inverse(self, X: Matrix) -> Vector:
        """1000 K / T of each row, shape (n,)."""
        return np.asarray(X[:, self._layout(X).glass.stop])

    def _layout(self, X: Matrix) -> Layout:
        return Layout(X.shape[1], self.n_conditions, self.descriptors)

    def _choose(self, fit: npt.NDArray[np.bool_], weight: Vector) -> Labels:
        """Rows that the process takes of those that it may."""
        rows = np.flatnonzero(fit)
        shuffled = np.random.default_rng(self.random_state).permutation(rows)
        return np.sort(shuffled[np.argsort(-weight[shuffled], kind="stable")][: self.capacity])


def _sizes(papers: Labels) -> Vector:
    """Number of rows of the paper of each row, shape (n,)."""
    _, where, sizes = np.unique(papers, return_inverse=True, return_counts=True)
    return np.asarray(sizes[where], dtype=float)
