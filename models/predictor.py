"""One property from composition: mean, interval, probability and verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.validation import check_is_fitted

from ..datasets.properties import Property, find
from ..features.fractions import Fractions
from ..features.notices import notice
from . import inputs
from .blend import BlendedRegressor
from .committee import Committee
from .conditions import aligned
from .conformal import Calibration
from .crossfit import CrossFit, Design, HeldOut, Progress, cross_fit
from .domain import Domain
from .inputs import Conditions
from .layout import Layout
from .parts import in_parts
from .prediction import Prediction

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]


class Predictor(RegressorMixin, BaseEstimator):
    """A calibrated regressor of one property, from compositions (and conditions) to a `Prediction`.

    Parameters
    ----------
    property
        Name of the property, such as ``"tg"`` or ``"conductivity"``.
    blocks
        Descriptor blocks of `Featurizer`: ``"fractions"`` first, ``"glass"``, the space of distances, last.
    conditions
        Whether temperature and phase of the measurement are inputs.
    regressor
        By default `BlendedRegressor`.
    n_folds
        Folds of whole papers for the held-out errors that calibrate the intervals.
    coverage
        Probability that an interval holds the truth.
    random_state
        Seed of everything drawn by chance.
    n_jobs
        Folds fitted side by side, as in joblib; the result is the same whatever the number.
    local, committee
        Settings of the default `BlendedRegressor` and of its `Committee`.

    Examples
    --------
    >>> predictor = Predictor("tg").fit(data.compositions, data.values, data.groups)  # doctest: +SKIP
    >>> predictor.predict(["LiAlCl2.5O0.75"]).mean  # doctest: +SKIP
    """

    def __init__(
        self,
        property: str = "tg",  # noqa: A002 - the field's word
        blocks: tuple[str, ...] = ("fractions", "glass"),
        conditions: bool = False,
        regressor: BlendedRegressor | None = None,
        n_folds: int = 5,
        coverage: float = 0.9,
        random_state: int = 0,
        n_jobs: int = 1,
        local: Mapping[str, Any] | None = None,
        committee: Mapping[str, Any] | None = None,
    ) -> None:
        self.property = property
        self.blocks = blocks
        self.conditions = conditions
        self.regressor = regressor
        self.n_folds = n_folds
        self.coverage = coverage
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.local = local
        self.committee = committee

    @property
    def quantity(self) -> Property:
        """The property with its units."""
        return find(self.property)

    def fit(
        self,
        compositions: Iterable[Any] | Fractions,
        values: npt.ArrayLike,
        groups: npt.ArrayLike | None = None,
        conditions: Conditions = None,
        sample_weight: npt.ArrayLike | None = None,
        estimated: npt.ArrayLike | None = None,
        formulas: npt.ArrayLike | None = None,
        references: npt.ArrayLike | None = None,
        progress: Progress = lambda text: None,
    ) -> Predictor:
        """Learn from n measurements and calibrate on held-out groups.

        Parameters
        ----------
        compositions
            Formula strings, `Composition`, pymatgen compositions, a Series of them, or `Fractions`.
        values
            Measured values in lab units, shape (n,).
        groups
            Paper of each measurement, shape (n,); by default every composition is its own.
        conditions
            ``temperature_C`` and ``phase``, shape (n,); only where the property has conditions.
        sample_weight
            Weight of each row in training, shape (n,).
        estimated
            True for a value that comes from a rule and was not measured, shape (n,): it is learnt from, and never
            used to calibrate, to score or to call a composition known.
        formulas, references
            How to name each composition and its source, such as a DOI, when it is the nearest known; shape (n,).
        progress
            Called with a line of text after each step.
        """
        fractions, names, sources = inputs.named(compositions, formulas, references)
        conditions = aligned(conditions, compositions)
        design = self._design(fractions, values, groups, conditions, sample_weight, estimated)
        self.domain_ = self._domain(design)
        self.held_out_, self.difficulty_, self.regressor_ = self._cross_fit(design, self.domain_, progress)
        self.calibration_ = Calibration.of(self.held_out_.residual, self.held_out_.difficulty, self.held_out_.verdict)
        measured = design.fold >= 0
        self.known_formulas_, self.known_references_ = names[measured], sources[measured]
        self.known_measured_ = np.c_[design.y, design.X[:, self._layout().glass.stop : -1]][measured]
        return self

    def cross_validate(
        self,
        compositions: Iterable[Any] | Fractions,
        values: npt.ArrayLike,
        groups: npt.ArrayLike | None = None,
        conditions: Conditions = None,
        sample_weight: npt.ArrayLike | None = None,
        estimated: npt.ArrayLike | None = None,
        papers: npt.ArrayLike | None = None,
        progress: Progress = lambda text: None,
    ) -> HeldOut:
        """Held-out predictions of the measured rows, with intervals from the other folds; arguments as in `fit`.

        Where `groups` are not papers, `papers` of shape (n,) keeps a paper of the test rows out of training too.
        """
        fractions, conditions = Fractions.of(compositions), aligned(conditions, compositions)
        design = self._design(fractions, values, groups, conditions, sample_weight, estimated)
        if papers is not None:
            design = replace(design, papers=inputs.codes(papers))
        return self._cross_fit(design, self._domain(design), progress).held_out

    def update(
        self,
        compositions: Iterable[Any] | Fractions,
        values: npt.ArrayLike,
        conditions: Conditions = None,
        sample_weight: npt.ArrayLike | None = None,
        formulas: npt.ArrayLike | None = None,
        references: npt.ArrayLike | None = None,
    ) -> Predictor:
        """Learn m further measurements of one's own in well under a second, so that they sharpen what is near them.

        The process takes those near the candidates (a warning counts others) and gives them the habits of one
        laboratory; committee and calibration stay. By default a row weighs as much as the heaviest known. Of values
        that can hardly be, or contradict each other, a warning tells.
        """
        check_is_fitted(self, "regressor_")
        fractions, names, sources = inputs.named(compositions, formulas, references)
        conditions = aligned(conditions, compositions)
        y = inputs.targets(self.quantity, values, len(fractions), sample_weight=sample_weight)
        weight = inputs.own_weights(self.quantity, values, sample_weight)
        if len(y) == 0:
            return self
        X = self._inputs(fractions, conditions)
        inputs.doubt(self.quantity, values, fractions, names, conditions, self.predict)
        learnt = self.regressor_.hears(X)
        if not learnt.all():
            far = "are too far from the candidates to be learnt at once; train again"
            notice(f"{(~learnt).sum()} of {len(y)} results {far}", stacklevel=2)
        if not learnt.any():
            return self
        self.regressor_.update(X, y, sample_weight=weight)
        self.domain_.extend(self._glass(X[learnt]))
        self.known_formulas_ = np.concatenate([self.known_formulas_, names[learnt]])
        self.known_references_ = np.concatenate([self.known_references_, sources[learnt]])
        measured = np.c_[y, X[:, self._layout().glass.stop : -1]]
        self.known_measured_ = np.vstack([self.known_measured_, measured[learnt]])
        return self

    def predict(self, compositions: Iterable[Any] | Fractions, conditions: Conditions = None) -> Prediction:
        """Calibrated predictions for compositions as in `fit`; without conditions, for a glass at 25 C."""
        check_is_fitted(self, "regressor_")
        fractions, conditions = Fractions.of(compositions), aligned(conditions, compositions)
        X = self._inputs(fractions, inputs.judged(conditions))
        if len(X) == 0:
            none, words, rows = np.empty(0), np.empty(0, "U7"), np.empty(0, np.intp)
            return Prediction(self.quantity, none, none, none, words, rows, self.calibration_, self.coverage)

        def part(rows: slice) -> Any:
            answer = self.regressor_.answer(X[rows])
            distance, nearest = self.domain_.nearest(self._glass(X[rows]))
            clues = np.column_stack([X[rows, self._layout().local], distance, answer.clues])
            return answer.mean, self.difficulty_.predict(clues), distance, self.domain_.verdict(distance), nearest

        mean, hard, distance, verdict, nearest = in_parts(part, len(X))
        return Prediction(self.quantity, mean, hard, distance, verdict, nearest, self.calibration_, self.coverage)

    def score(self, X: Any, y: npt.ArrayLike, sample_weight: Any = None, conditions: Conditions = None) -> float:
        """R2 of the targets (K, or log10 of S/cm) of values `y` in lab units, measured under the conditions."""
        told = self.predict(X, conditions).target
        return float(r2_score(self.quantity.to_target(y), told, sample_weight=sample_weight))

    def held_out(self) -> HeldOut:
        """Held-out predictions of the rows of the last `fit`; a loaded predictor has none."""
        check_is_fitted(self, "held_out_")
        return self.held_out_

    def _domain(self, design: Design) -> Domain:
        measured = design.fold >= 0
        return Domain().fit(self._glass(design.X[measured]), design.fold[measured], design.keys[measured])

    def _cross_fit(self, design: Design, domain: Domain, progress: Progress) -> CrossFit:
        return cross_fit(design, self._regressor(), domain, self.coverage, self.n_jobs, progress)

    def _regressor(self) -> BlendedRegressor:
        if self.regressor is not None:
            return self.regressor
        layout, seed = self._layout(), self.random_state
        committee = Committee(roots=layout.n_shares, **(self.committee or {}))
        return BlendedRegressor(layout.n_conditions, committee, random_state=seed, **(self.local or {}))

    def _layout(self) -> Layout:
        return inputs.layout(self.blocks, self.conditions)

    def _glass(self, X: Matrix) -> Matrix:
        return X[:, self._layout().glass]

    def _inputs(self, fractions: Fractions, conditions: Conditions) -> Matrix:
        return inputs.matrix(fractions, self.blocks, self.conditions, conditions)

    def _design(
        self,
        fractions: Fractions,
        values: npt.ArrayLike,
        groups: npt.ArrayLike | None,
        conditions: Conditions,
        sample_weight: npt.ArrayLike | None,
        estimated: npt.ArrayLike | None,
    ) -> Design:
        told = {"groups": groups, "sample_weight": sample_weight, "estimated": estimated}
        y = inputs.targets(self.quantity, values, len(fractions), **told)
        X = self._inputs(fractions, conditions)
        return inputs.design(X, y, fractions, groups, sample_weight, estimated, self.n_folds, self.random_state)
