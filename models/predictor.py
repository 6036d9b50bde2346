"""One property from composition: mean, interval, probability and verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from ..datasets.measurement import composition_keys
from ..datasets.properties import Property, find
from ..datasets.splits import folds
from ..features.composition import Composition
from ..features.featurizer import BLOCKS, Featurizer
from ..features.fractions import Fractions
from . import conditions as circumstances
from .blend import BlendedRegressor
from .conformal import Calibration
from .crossfit import CrossFit, Design, HeldOut, Progress, cross_fit
from .domain import Domain
from .layout import Layout
from .nearness import nearness
from .prediction import Prediction

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Conditions = pd.DataFrame | Mapping[str, Any] | None


def silent(text: str) -> None:
    """Say nothing: the default of `Predictor.fit`'s progress."""


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
        Regressor of the targets; by default `BlendedRegressor`.
    n_folds
        Folds of whole papers for the held-out errors that calibrate the intervals.
    coverage
        Probability that an interval holds the truth.
    random_state
        Seed of everything drawn by chance.
    n_jobs
        Folds fitted side by side, as in joblib; the result is the same whatever the number.
    least_weight
        Weight of a row below which the local part of the default regressor does not take it.

    Examples
    --------
    >>> predictor = Predictor("tg").fit(data.compositions, data.values, data.groups)  # doctest: +SKIP
    >>> predictor.predict(["LiAlCl2.5O0.75"]).mean  # doctest: +SKIP
    array([-19.3])
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
        least_weight: float = 0.0,
    ) -> None:
        self.property = property
        self.blocks = blocks
        self.conditions = conditions
        self.regressor = regressor
        self.n_folds = n_folds
        self.coverage = coverage
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.least_weight = least_weight

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
        progress: Progress = silent,
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
        given = compositions if isinstance(compositions, Fractions) else list(compositions)
        fractions = Fractions.of(given)
        if formulas is None and not isinstance(given, Fractions):
            formulas = [Composition.of(member).formula for member in given]
        design = self._design(fractions, values, groups, conditions, sample_weight, estimated)
        self.domain_ = self._domain(design)
        self.held_out_, self.difficulty_, self.regressor_ = self._cross_fit(design, self.domain_, progress)
        self.calibration_ = Calibration.of(self.held_out_.residual, self.held_out_.difficulty, self.held_out_.verdict)
        measured = design.fold >= 0
        self.known_formulas_ = _texts(formulas, len(fractions))[measured]
        self.known_references_ = _texts(references, len(fractions))[measured]
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
        progress: Progress = silent,
    ) -> HeldOut:
        """Held-out predictions of the measured rows, with intervals from the other folds; arguments as in `fit`.

        Where `groups` are not papers, `papers` of shape (n,) keeps a paper of the test rows out of training too.
        """
        fractions = Fractions.of(compositions)
        design = self._design(fractions, values, groups, conditions, sample_weight, estimated)
        if papers is not None:
            design = replace(design, papers=_codes(papers))
        return self._cross_fit(design, self._domain(design), progress).held_out

    def predict(self, compositions: Iterable[Any] | Fractions, conditions: Conditions = None) -> Prediction:
        """Calibrated predictions for compositions as in `fit`; without conditions, for a glass at 25 C."""
        check_is_fitted(self, "regressor_")
        fractions = Fractions.of(compositions)
        X = self._inputs(fractions, conditions)
        if len(X) == 0:
            nothing = np.empty(0)
            none, nowhere = np.empty(0, dtype="U7"), np.empty(0, dtype=np.intp)
            return Prediction(self.quantity, nothing, nothing, nothing, none, nowhere, self.calibration_, self.coverage)
        target, trust = self.regressor_.predict_with_trust(X)
        distance, nearest = self.domain_.nearest(self._glass(X))
        clues = np.column_stack([X[:, self._layout().local], distance, trust])
        return Prediction(
            quantity=self.quantity,
            target=target,
            difficulty=self.difficulty_.predict(clues),
            distance=distance,
            verdict=self.domain_.verdict(distance),
            nearest=nearest,
            calibration=self.calibration_,
            coverage=self.coverage,
        )

    def score(self, X: Any, y: npt.ArrayLike, sample_weight: Any = None) -> float:
        """R2 of the targets (K, or log10 of S/cm) of measured values `y` in lab units."""
        from sklearn.metrics import r2_score

        return float(r2_score(self.quantity.to_target(y), self.predict(X).target, sample_weight=sample_weight))

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
        return BlendedRegressor(
            self._layout().n_conditions, least_weight=self.least_weight, random_state=self.random_state
        )

    def _layout(self) -> Layout:
        n_conditions = len(circumstances.NAMES) if self.conditions else 0
        return Layout(sum(len(BLOCKS[block]) for block in self.blocks) + n_conditions + 1, n_conditions)

    def _glass(self, X: Matrix) -> Matrix:
        return X[:, self._layout().glass]

    def _inputs(self, fractions: Fractions, conditions: Conditions) -> Matrix:
        if not self.blocks or self.blocks[0] != "fractions" or self.blocks[-1] != "glass":
            raise ValueError(f'blocks {self.blocks!r}; put "fractions" first and "glass", the space of distances, last')
        if conditions is not None and not self.conditions:
            raise ValueError(f"this predictor of {self.property} knows no conditions; leave them out")
        parts = [Featurizer(self.blocks).transform(fractions)]
        if self.conditions:
            parts.append(circumstances.encode(conditions, len(fractions)))
        return np.column_stack([*parts, nearness(fractions)])

    def _design(
        self,
        fractions: Fractions,
        values: npt.ArrayLike,
        groups: npt.ArrayLike | None,
        conditions: Conditions,
        sample_weight: npt.ArrayLike | None,
        estimated: npt.ArrayLike | None,
    ) -> Design:
        y = self.quantity.to_target(values)
        if y.shape != (len(fractions),) or not np.isfinite(y).all():
            raise ValueError(f"values of shape {y.shape} for {len(fractions)} compositions; give one finite value each")
        told = {"groups": groups, "sample_weight": sample_weight, "estimated": estimated}
        for name, column in told.items():
            if column is not None and np.shape(column) != y.shape:
                raise ValueError(f"{name} of shape {np.shape(column)} for {len(y)} compositions; give one each")
        keys = composition_keys(fractions.matrix)
        papers = keys.astype(str) if groups is None else np.asarray(groups).astype(str)
        rule = np.zeros(len(y), bool) if estimated is None else np.asarray(estimated, dtype=bool)
        fold = np.full(len(y), -1, dtype=np.intp)
        fold[~rule] = folds(papers[~rule].astype(object), self.n_folds, self.random_state)
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        return Design(self._inputs(fractions, conditions), y, fold, keys, weight, _codes(papers))


def _codes(labels: npt.ArrayLike) -> npt.NDArray[np.intp]:
    return np.asarray(np.unique(np.asarray(labels).astype(str), return_inverse=True)[1], dtype=np.intp)


def _texts(given: npt.ArrayLike | None, n: int) -> npt.NDArray[np.str_]:
    return np.full(n, "") if given is None else np.asarray(given).astype(str)
