"""Will it be a glass? Probabilities of glass, partly crystalline and crystalline from the composition."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ...datasets.measurement import composition_keys
from ...datasets.properties import GLASS_FORMATION
from ...datasets.sources.glass_formation import GLASS, PARTIAL, SAME
from ...datasets.splits import folds
from ...features.elements import SYMBOLS
from ...features.fractions import Fractions
from ..design.descriptor_record import columns
from ..design.mixture import BLOCKS, descriptors, space
from ..domain import VERDICTS, Domain
from . import inputs
from .outcome_stack import OutcomeStack

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Labels = npt.NDArray[np.object_]

MEASURED = "measured"
CLASSES = ("crystal", "partial", "glass")
REACH = 1.0  # distance in descriptor space at which an own result counts exp(-1/2)
PRIOR = 2.0  # own results of the very composition that weigh as much as the trees
SAME_POINT = 1e-6  # distance up to which an own result is of the very composition
LEAVES = (5, 8, 10)  # rows of a leaf of each forest of a stack
COARSE = 4  # whether the rest is partly crystalline needs fewer trees, and larger leaves
DIMENSIONS = 8  # of the space in which distances are taken
MOST_REPORTS = 255  # of one outcome of one composition; more say no more
MOST_ROWS = 4096  # rows whose distances to one's own results are worked out at once


@dataclass(frozen=True)
class FormationPrediction:
    """Calibrated probabilities of the three outcomes.

    Parameters
    ----------
    glass, partial, crystal
        Probability that a mixture comes out as a glass, partly crystalline, or crystalline, each of shape (n,); they
        add up to 1.
    distance
        Distance to the nearest mixture whose outcome is known, in descriptor space, shape (n,).
    verdict
        ``measured`` (the outcome of the very composition is known), ``inside``, ``edge`` or ``outside``, shape (n,).
    nearest
        Row of the nearest known mixture in `GlassFormer.known_formulas_` and `known_references_`, shape (n,).
    n_measured
        Reports of the very composition, shape (n,).
    """

    glass: Vector
    partial: Vector
    crystal: Vector
    distance: Vector
    verdict: npt.NDArray[np.str_]
    nearest: npt.NDArray[np.intp]
    n_measured: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.glass)

    @property
    def probabilities(self) -> npt.NDArray[np.float64]:
        """Probabilities of `CLASSES`, shape (n, 3)."""
        return np.column_stack([self.crystal, self.partial, self.glass])

    @property
    def outcome(self) -> npt.NDArray[np.object_]:
        """The most probable outcome, shape (n,): ``glass``, ``partial`` or ``crystal``."""
        return np.asarray(np.array(CLASSES, dtype=object)[self.probabilities.argmax(axis=1)])


class GlassFormer(BaseEstimator):
    """A calibrated ordinal classifier: crystalline (0) < partly crystalline (1) < glass (2).

    Two stacks of trees say how probable it is that at least part of a melt vitrifies, and that all of it does.

    Parameters
    ----------
    n_folds
        Folds of whole sets of elements for the held-out predictions that calibrate.
    n_trees
        Of each forest of a stack.
    random_state
        Random seed.
    n_jobs
        Folds fitted side by side; the result is the same whatever the number.

    Examples
    --------
    >>> former = GlassFormer().fit(data.fractions, data.values)  # doctest: +SKIP
    >>> former.predict(["ZnCl2", "NaCl"]).glass  # doctest: +SKIP
    """

    @property
    def descriptors(self) -> tuple[str, ...]:
        """Names of the descriptors of `BLOCKS` it was trained on, in the order of its columns."""
        return self.descriptors_

    property = GLASS_FORMATION.name
    conditions = False

    def __init__(self, n_folds: int = 6, n_trees: int = 20, random_state: int = 0, n_jobs: int = 1) -> None:
        self.n_folds = n_folds
        self.n_trees = n_trees
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(
        self,
        compositions: Iterable[Any] | Fractions,
        outcomes: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        judged: npt.ArrayLike | None = None,
        estimated: npt.ArrayLike | None = None,
        groups: npt.ArrayLike | None = None,
        formulas: npt.ArrayLike | None = None,
        references: npt.ArrayLike | None = None,
        progress: Callable[[str], None] = lambda text: None,
    ) -> GlassFormer:
        """Learn from n outcomes and calibrate on sets of elements held out.

        Parameters
        ----------
        compositions
            Formula strings, `Composition`, pymatgen compositions, a Series of them, or `Fractions`.
        outcomes
            2 for a glass, 1 where it was partly crystalline, 0 where it was crystalline, shape (n,).
        sample_weight
            Weight of each row, shape (n,).
        judged
            False for a row that is learnt from, and known, and never used to calibrate or to score, such as a glass of
            which only its Tg is known; shape (n,).
        estimated
            True for an outcome that comes from a rule and was not observed, shape (n,): it is learnt from, and neither
            judged nor known.
        groups
            What a fold holds out whole, a text a row, shape (n,); by default the set of elements.
        formulas, references
            How to name each composition and its source when it is the nearest known; shape (n,).
        progress
            Called with a line of text after each step.
        """
        fractions, names, sources = inputs.named(compositions, formulas, references)
        y = checked(outcomes, len(fractions))
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        rule = np.zeros(len(y), dtype=bool) if estimated is None else np.asarray(estimated, dtype=bool)
        counted = ~rule if judged is None else np.asarray(judged, dtype=bool) & ~rule
        labels = element_sets(fractions) if groups is None else np.asarray(groups, dtype=object)
        self.descriptors_ = columns(BLOCKS)
        X, fold = descriptors(fractions), folds(labels, self.n_folds, self.random_state)
        sets, among = element_sets(fractions), (weight, fold, counted)
        self.any_glass_ = self._stack(COARSE).fit(X, (y >= PARTIAL).astype(float), *among, sets, self.n_jobs)
        progress("partly crystalline or glass against crystalline")
        self.all_glass_ = self._stack().fit(X, (y >= GLASS).astype(float), *among, sets, self.n_jobs)
        progress("glass against the rest")
        self._know(space(X)[~rule], fractions.take(~rule), y[~rule], fold[~rule])
        self.known_formulas_, self.known_references_ = names[~rule], sources[~rule]
        self.own_points_, self.own_outcomes_ = np.empty((0, self.domain_.points_.shape[1])), np.empty(0)
        self.held_out_ = _ordered(self.any_glass_.unseen(), self.all_glass_.unseen())
        for stack in (self.any_glass_, self.all_glass_):
            del stack.held_out_
        self.fold_ = fold
        return self

    def predict(self, compositions: Iterable[Any] | Fractions, reports: bool = True) -> FormationPrediction:
        """Probabilities of the outcomes of n compositions as in `fit`.

        Parameters
        ----------
        compositions
            As in `fit`.
        reports
            Whether what was reported of the very compositions counts beside what is like them.
        """
        check_is_fitted(self, "all_glass_")
        fractions = Fractions.of(compositions)
        X = descriptors(fractions, self.descriptors_)
        points = self.domain_.projected(space(X))
        chances = _ordered(self.any_glass_.predict(X), self.all_glass_.predict(X)) if len(X) else np.empty((0, 3))
        chances = self._with_own(chances, points)
        distance, nearest = self._nearest(points)
        counts = self._reported(composition_keys(fractions.matrix, SAME), points) * float(reports)
        n_measured = counts.sum(axis=1)
        chances = (chances + counts) / (1 + n_measured)[:, None]  # the trees weigh as one report
        verdict = np.where(n_measured > 0, MEASURED, self.domain_.verdict(distance))
        unknown = ~self._elements_known(fractions.matrix) & (n_measured == 0)
        verdict = np.where(unknown, VERDICTS[-1], verdict)
        crystal, partial, glass = chances.T
        return FormationPrediction(glass, partial, crystal, distance, verdict, nearest, n_measured.astype(np.int64))

    def update(
        self,
        compositions: Iterable[Any] | Fractions,
        outcomes: npt.ArrayLike,
        formulas: npt.ArrayLike | None = None,
        references: npt.ArrayLike | None = None,
    ) -> GlassFormer:
        """Learn m further outcomes of one's own, successes and failures alike, in milliseconds.

        The trees stay. Near a result the probabilities are drawn to it, as by counting: what the trees say weighs as
        `PRIOR` results of the very composition, a result at a distance d weighs exp(-d^2 / 2) of one at the place.
        """
        check_is_fitted(self, "all_glass_")
        fractions, names, sources = inputs.named(compositions, formulas, references)
        y = checked(outcomes, len(fractions))
        self.own_points_ = np.vstack([self.own_points_, self._points(fractions)])
        self.own_outcomes_ = np.concatenate([self.own_outcomes_, y])
        self.known_formulas_ = np.concatenate([self.known_formulas_, names])
        self.known_references_ = np.concatenate([self.known_references_, sources])
        return self

    def updated(self, *told: Any, **named: Any) -> GlassFormer:
        """A copy that has learnt further outcomes; arguments as in `update`."""
        return copy.copy(self).update(*told, **named)

    def predict_proba(self, compositions: Iterable[Any] | Fractions) -> Matrix:
        """Probabilities of crystalline, partly crystalline and glass, shape (n, 3), as scikit-learn has them."""
        return self.predict(compositions).probabilities

    def _points(self, fractions: Fractions) -> Matrix:
        """Where mixtures lie in the space of distances, shape (n, d)."""
        return self.domain_.projected(space(descriptors(fractions, self.descriptors_)))

    def _know(self, X: Matrix, fractions: Fractions, y: Vector, fold: npt.NDArray[np.intp]) -> None:
        """Remember mixtures whose outcome is known: where they lie, and how often each outcome was reported."""
        keys = composition_keys(fractions.matrix, SAME)
        self.domain_ = Domain(DIMENSIONS, half=True).fit(X, fold, keys)
        self.known_keys_, where = np.unique(keys, return_inverse=True)
        counts = np.stack([np.bincount(where, y == value, len(self.known_keys_)) for value in range(3)], axis=1)
        self.known_counts_ = np.minimum(counts, MOST_REPORTS)
        most = self.known_counts_[:, 2] > self.known_counts_[:, :2].sum(axis=1)
        self.known_glass_ = most[where]
        self.elements_ = fractions.matrix.any(axis=0)

    def _stack(self, coarse: int = 1) -> OutcomeStack:
        """A stack, not yet fitted, of forests that are `coarse` times smaller; of coarse ones there are two."""
        full, kin, border = (coarse * leaf for leaf in LEAVES)
        n_trees = max(self.n_trees // coarse, 1)
        return OutcomeStack(n_trees, (full, kin, border), border=coarse == 1, random_state=self.random_state)

    def _with_own(self, chances: Matrix, points: Matrix) -> Matrix:
        """Probabilities drawn to one's own results near the points, shape (n, 3)."""
        if not len(self.own_outcomes_):
            return chances
        happened = np.eye(3)[self.own_outcomes_.astype(int)]
        drawn = np.empty_like(chances)
        for start in range(0, len(points), MOST_ROWS):
            rows = slice(start, start + MOST_ROWS)
            weight = np.exp(-0.5 * np.square(cdist(points[rows], self.own_points_) / REACH))
            drawn[rows] = (PRIOR * chances[rows] + weight @ happened) / (PRIOR + weight.sum(axis=1, keepdims=True))
        return drawn

    def _reported(self, keys: npt.NDArray[np.uint64], points: Matrix) -> Matrix:
        """How often each outcome of the very compositions was reported, one's own results included, shape (n, 3)."""
        place = np.searchsorted(self.known_keys_, keys).clip(max=len(self.known_keys_) - 1)
        counts = self.known_counts_[place] * (self.known_keys_[place] == keys)[:, None].astype(float)
        for point, outcome in zip(self.own_points_, self.own_outcomes_.astype(int), strict=True):
            counts[np.abs(points - point).max(axis=1, initial=0.0) < SAME_POINT, outcome] += 1
        return np.asarray(counts)

    def _nearest(self, points: Matrix) -> tuple[Vector, npt.NDArray[np.intp]]:
        distance, nearest = self.domain_.nearest(points)
        if not len(self.own_points_) or not len(points):
            return distance, nearest
        apart = cdist(points, self.own_points_)
        own = apart.min(axis=1)
        row = len(self.domain_.points_) + apart.argmin(axis=1)
        return np.minimum(distance, own), np.where(own <= distance, row, nearest)

    def nearest_of(self, composition: Fractions, glass: bool) -> int:
        """Row, in `known_formulas_`, of the nearest known mixture that is mostly a glass, or mostly none.

        Parameters
        ----------
        composition
            A batch of one.
        glass
            Whether the mixture that is looked for is a glass.
        """
        points = np.vstack([self.domain_.points_, self.own_points_])
        of_own = self.own_outcomes_ == GLASS
        fits = np.concatenate([self.known_glass_ == glass, of_own == glass])
        apart = np.square(points - self._points(composition)).sum(axis=1)
        return int(np.where(fits, apart, np.inf).argmin())

    def _elements_known(self, matrix: Matrix) -> npt.NDArray[np.bool_]:
        """Whether all elements of each composition stand in some known mixture, shape (n,)."""
        return np.asarray(~(matrix[:, ~self.elements_] > 0).any(axis=1))


def element_sets(fractions: Fractions) -> Labels:
    """The set of elements of each composition, shape (n,), such as ``Al-Cl-Li-O``.

    >>> element_sets(Fractions.of(["LiAlCl4"])).tolist()
    ['Al-Cl-Li']
    """
    patterns, where = np.unique(np.packbits(fractions.matrix > 0, axis=1), axis=0, return_inverse=True)
    names = [
        "-".join(sorted(SYMBOLS[place] for place in np.flatnonzero(np.unpackbits(pattern)[: len(SYMBOLS)])))
        for pattern in patterns
    ]
    return np.array(names, dtype=object)[where.ravel()]


def checked(outcomes: npt.ArrayLike, n: int) -> Vector:
    """Outcomes as numbers, shape (n,); refuses any but 0, 1 and 2."""
    y = np.asarray(outcomes, dtype=float)
    if y.shape != (n,):
        raise ValueError(f"outcomes of shape {y.shape} for {n} compositions; give one each")
    if odd := [value for value in np.unique(y).tolist() if value not in (0.0, PARTIAL, GLASS)]:
        raise ValueError(f"an outcome of {odd[0]:g}; give 2 (glass), 1 (partly crystalline) or 0 (crystalline)")
    return y


def _ordered(any_glass: Vector, all_glass: Vector) -> Matrix:
    """Probabilities of the three outcomes, shape (n, 3), from those of at least part and of all being a glass."""
    at_least = np.maximum(any_glass, all_glass)
    return np.column_stack([1 - at_least, at_least - all_glass, all_glass])
