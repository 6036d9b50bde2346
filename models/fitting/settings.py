"""Settings of a predictor, and the rows, regressors and domains that they make of measurements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, clone

from ...datasets.properties import Property, find
from ...features.fractions import Fractions
from ..blend import BlendedRegressor
from ..committee import Committee
from ..design.descriptor_record import columns
from ..design.layout import Layout
from ..domain import Domain
from . import inputs
from .crossfit import CrossFit, Design, Progress, cross_fit
from .inputs import Conditions
from .learnt_errors import forgotten

Matrix = npt.NDArray[np.float64]


class PredictorSettings(BaseEstimator):
    """What a `Predictor` is made by; the parameters are told there."""

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
        memory_years: float | None = None,
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
        self.memory_years = memory_years

    @property
    def quantity(self) -> Property:
        """The property with its units."""
        return find(self.property)

    @property
    def descriptors(self) -> tuple[str, ...]:
        """Names of the descriptors it was trained on, in the order of its columns; before, of all that it would be."""
        trained: tuple[str, ...] = vars(self).get("descriptors_", ())
        return trained or columns(self.blocks)

    def _domain(self, design: Design) -> Domain:
        measured = design.fold >= 0
        return Domain().fit(self._glass(design.X[measured]), design.fold[measured], design.keys[measured])

    def _cross_fit(self, design: Design, domain: Domain, progress: Progress) -> CrossFit:
        return cross_fit(design, self._regressor(), domain, self.coverage, self.n_jobs, progress)

    def _regressor(self) -> BlendedRegressor:
        layout, seed = self._layout(), self.random_state
        if self.regressor is not None:
            given: BlendedRegressor = clone(self.regressor)
            given.set_params(descriptors=layout.descriptors)
            return given
        committee = Committee(roots=layout.n_shares, **(self.committee or {}))
        settings = {"random_state": seed, "descriptors": layout.descriptors, **(self.local or {})}
        return BlendedRegressor(layout.n_conditions, committee, **settings)

    def _layout(self) -> Layout:
        return inputs.layout(self.blocks, self.conditions, self.descriptors)

    def _glass(self, X: Matrix) -> Matrix:
        return X[:, self._layout().glass]

    def _inputs(self, fractions: Fractions, conditions: Conditions) -> Matrix:
        return inputs.matrix(fractions, self.blocks, self.conditions, conditions, self.descriptors)

    def _design(
        self,
        fractions: Fractions,
        values: npt.ArrayLike,
        groups: npt.ArrayLike | None = None,
        conditions: Conditions = None,
        years: npt.ArrayLike | None = None,
        **columns: npt.ArrayLike | None,
    ) -> Design:
        """Rows as the regressor sees them; `columns` are the others of `fit`, one value a row."""
        y = inputs.targets(self.quantity, values, len(fractions), groups=groups, **columns)
        X = self._inputs(fractions, conditions)
        made = inputs.design(X, y, fractions, groups, n_folds=self.n_folds, seed=self.random_state, **columns)
        return replace(made, ages=forgotten(years, self.memory_years, len(y)))
