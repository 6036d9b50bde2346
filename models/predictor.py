"""One property from composition: mean, interval, probability and verdict."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.validation import check_is_fitted

from ..features.fractions import Fractions
from ..features.notices import notice
from .design.conditions import aligned
from .design.descriptor_record import columns
from .domain import VERDICTS
from .fitting import inputs
from .fitting.answering import NOTHING, answered, base, beyond, bounds_of, contradiction, leverage, of_a_glass
from .fitting.crossfit import HeldOut, Progress
from .fitting.inputs import Conditions
from .fitting.learnt_errors import errors, learnt
from .fitting.settings import PredictorSettings
from .numerics.parts import in_parts
from .prediction import ROWS, Prediction
from .residuals import SILENT, ResidualProcess

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]


class Predictor(RegressorMixin, PredictorSettings):
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
        Folds of whole laboratories for the held-out errors that calibrate the intervals.
    coverage
        Probability that an interval holds the truth.
    random_state
        Random seed.
    n_jobs
        Folds fitted side by side, as in joblib; the result is the same whatever the number.
    local, committee
        Settings of the default `BlendedRegressor` and of its `Committee`.
    memory_years
        Age in years at which the error of a paper weighs 1/e in the calibration; None where all ages count alike.

    Examples
    --------
    >>> predictor = Predictor("tg").fit(data.compositions, data.values, data.groups)  # doctest: +SKIP
    >>> predictor.predict(["LiAlCl2.5O0.75"]).mean  # doctest: +SKIP
    """

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
        laboratories: npt.ArrayLike | None = None,
        energies: npt.ArrayLike | None = None,
        years: npt.ArrayLike | None = None,
        progress: Progress = lambda text: None,
    ) -> Predictor:
        """Learn from n measurements and calibrate on held-out laboratories.

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
        laboratories
            Laboratory of each measurement, shape (n,), which a fold takes whole; by default its group.
        energies
            Activation energy in eV that was measured with each conductivity, shape (n,), NaN where none was.
        years
            Year of each measurement, shape (n,), NaN where unknown: see `memory_years`.
        progress
            Called with a line of text after each step.
        """
        fractions, names, sources = inputs.named(compositions, formulas, references)
        conditions = aligned(conditions, compositions)
        told = {"sample_weight": sample_weight, "estimated": estimated, "laboratories": laboratories}
        self.descriptors_ = columns(self.blocks)
        design = self._design(fractions, values, groups, conditions, years, energies=energies, **told)
        self.domain_ = self._domain(design)
        self.held_out_, self.difficulty_, self.regressor_ = self._cross_fit(design, self.domain_, progress)
        measured = design.fold >= 0
        missed = errors(self.held_out_, design, self.domain_.points_, self._layout(), self.quantity.better)
        law, self.calibration_, _ = learnt(missed, self.held_out_.width, self.held_out_.ages, self.random_state)
        self.residuals_ = ResidualProcess(law)
        self.known_formulas_ = names[measured].astype(object)
        self.known_references_ = sources[measured].astype(object)
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
        laboratories: npt.ArrayLike | None = None,
        energies: npt.ArrayLike | None = None,
        years: npt.ArrayLike | None = None,
        progress: Progress = lambda text: None,
    ) -> HeldOut:
        """Held-out predictions of the measured rows, with intervals from the other folds; arguments as in `fit`."""
        fractions, conditions = Fractions.of(compositions), aligned(conditions, compositions)
        told = {"sample_weight": sample_weight, "estimated": estimated, "laboratories": laboratories}
        design = self._design(fractions, values, groups, conditions, years, energies=energies, **told)
        return self._cross_fit(design, self._domain(design), progress).held_out

    def update(
        self,
        compositions: Iterable[Any] | Fractions,
        values: npt.ArrayLike,
        conditions: Conditions = None,
        errors: npt.ArrayLike | None = None,
        formulas: npt.ArrayLike | None = None,
        references: npt.ArrayLike | None = None,
    ) -> Predictor:
        """Learn m further results of one laboratory, one's own, in milliseconds.

        What the regressor misses of them corrects what is like them, and narrows the intervals; the regressor stays
        (`ResidualProcess`). A result at another temperature counts for less, by how much activation energies scatter;
        one of a crystal or a melt is known, and says nothing of the glass. Of values that can hardly be, or contradict
        each other, a warning tells.

        Parameters
        ----------
        compositions, values, conditions, formulas, references
            As in `fit`, m of each.
        errors
            Standard error of each target as the laboratory states it, in K or decades, shape (m,), 0 where it states
            none: on top of the usual scatter.
        """
        check_is_fitted(self, "regressor_")
        fractions, names, sources = inputs.named(compositions, formulas, references)
        conditions = aligned(conditions, compositions)
        y = inputs.targets(self.quantity, values, len(fractions), errors=errors)
        stated = inputs.own_errors(self.quantity, values, errors)
        if len(y) == 0:
            return self
        inputs.doubt(self.quantity, values, fractions, names, conditions, self.predict)
        X = self._inputs(fractions, conditions)
        points = self.domain_.projected(self._glass(X))
        by_itself = base(self, X, points)
        missed, noise = (y - by_itself.mean) / by_itself.unit, np.square(stated / by_itself.unit)
        contradicts = contradiction(self, by_itself, missed)
        for row in np.flatnonzero(contradicts).tolist():
            notice(f"{names[row] or f'row {row}'}: others measured another value of this glass; yours counts little")
        noise = noise + np.square(leverage(self, X, by_itself.unit)) + contradicts
        if not (glass := of_a_glass(self, X)).all():
            notice(f"{(~glass).sum()} of {len(y)} results are of a crystal or a melt, which says nothing of the glass")
            noise = np.where(glass, noise, SILENT)
        self.residuals_ = self.residuals_.extended(points, missed, noise)
        self.known_formulas_ = np.concatenate([self.known_formulas_, names])
        self.known_references_ = np.concatenate([self.known_references_, sources])
        self.known_measured_ = np.vstack([self.known_measured_, np.c_[y, X[:, self._layout().glass.stop : -1]]])
        return self

    def updated(self, *told: Any, **named: Any) -> Predictor:
        """A copy that has learnt further results; arguments as in `update`."""
        return copy.copy(self).update(*told, **named)

    def forgetting(self, gone: npt.NDArray[np.bool_]) -> Predictor:
        """A copy without some of the results that `update` taught it: a mask over them in their order, shape (k,)."""
        other, fitted = copy.copy(self), len(self.domain_.points_)
        kept = np.concatenate([np.ones(fitted, dtype=bool), ~gone])
        other.residuals_ = self.residuals_.kept(~gone)
        for name in ("known_formulas_", "known_references_", "known_measured_"):
            setattr(other, name, getattr(self, name)[kept])
        return other

    def predict(self, compositions: Iterable[Any] | Fractions, conditions: Conditions = None) -> Prediction:
        """Calibrated predictions for compositions as in `fit`; without conditions, for a glass at 25 C."""
        check_is_fitted(self, "regressor_")
        fractions, conditions = Fractions.of(compositions), aligned(conditions, compositions)
        X = self._inputs(fractions, inputs.judged(conditions))
        columns = in_parts(lambda rows: answered(self, X[rows]), len(X)) if len(X) else NOTHING
        arrays: dict[str, Any] = dict(zip(ROWS, columns, strict=True))
        limits = bounds_of(self, fractions, X)
        arrays["target"] = np.clip(arrays["target"], limits.least, limits.most)
        strange = limits.void | beyond(self, fractions, X, arrays["distance"], arrays["nearest"])
        arrays["verdict"] = np.where(strange, VERDICTS[-1], arrays["verdict"])
        return Prediction(self.quantity, **arrays, calibration=self.calibration_, coverage=self.coverage, bounds=limits)

    def score(self, X: Any, y: npt.ArrayLike, sample_weight: Any = None, conditions: Conditions = None) -> float:
        """R2 of the targets (K, or log10 of S/cm) of values `y` in lab units, measured under the conditions."""
        told = self.predict(X, conditions).target
        return float(r2_score(self.quantity.to_target(y), told, sample_weight=sample_weight))

    @property
    def known_points(self) -> Matrix:
        """Measured compositions in the space of the domain, one's own results last, shape (known, d)."""
        own = self.residuals_.points
        return np.vstack([self.domain_.points_, own]) if len(own) else self.domain_.points_

    def held_out(self) -> HeldOut:
        """Held-out predictions of the rows of the last `fit`; a loaded predictor has none."""
        check_is_fitted(self, "held_out_")
        return self.held_out_
