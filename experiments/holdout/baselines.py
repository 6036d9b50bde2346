"""What a model must beat: regressors of scikit-learn under the same folds as ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ...datasets import Dataset
from ...datasets.splits import folds
from ...features.featurizer import Featurizer
from ...models.design import conditions
from ...models.fitting.crossfit import Design
from .forecast import Forecast, plain, plain_ahead

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

AHEAD_FOLDS = 3  # folds of the training papers that calibrate a model tested on other rows


@dataclass(frozen=True)
class Baseline:
    """A regressor from descriptors, and from the temperature where the property depends on it; all rows weigh the same.

    Parameters
    ----------
    blocks
        Descriptor blocks of `Featurizer`, none for a constant.
    regressor
        Makes the estimator, not yet fitted.
    """

    blocks: tuple[str, ...]
    regressor: Callable[[], Any]

    def inputs(self, data: Dataset) -> Matrix:
        """Descriptors, and of a conductivity the conditions that our model sees, shape (n, p)."""
        parts = [Featurizer(self.blocks).transform(data.fractions)] if self.blocks else [np.zeros((len(data), 1))]
        if data.property.name == "conductivity":
            parts.append(conditions.encode(data.conditions, len(data)))
        return np.column_stack(parts).astype(np.float32)

    def held_out(self, design: Design, coverage: float = 0.9, n_jobs: int = 1) -> Forecast:
        """Predictions of every row from the other folds, as `Design.sides` deals them."""
        return plain(np.arange(len(design.y)), design.fold, design.y, self._crossed(design, n_jobs), coverage)

    def ahead(self, train: Dataset, test: Dataset, coverage: float = 0.9, n_jobs: int = 1) -> Forecast:
        """Predictions of `test` after learning all of `train`, calibrated on folds of the papers of `train`."""
        y, fold = train.property.to_target(train.values), folds(train.groups, AHEAD_FOLDS)
        papers = np.unique(train.groups.astype(str), return_inverse=True)[1]
        design = Design(self.inputs(train), y, fold, train.measured.keys, np.ones(len(y)), papers, papers)
        mean = self.learn(design.X, y).predict(self.inputs(test))
        errors = y - self._crossed(design, n_jobs)
        return plain_ahead(errors, test.property.to_target(test.values), np.asarray(mean, dtype=float), coverage)

    def learn(self, X: Matrix, y: Vector) -> Any:
        """The estimator, fitted."""
        return self.regressor().fit(X, y)

    def _crossed(self, design: Design, n_jobs: int) -> Vector:
        mean = np.empty(len(design.y))
        model = self.regressor()
        work = Parallel(n_jobs=n_jobs)(delayed(_fold)(model, design, int(k)) for k in np.unique(design.fold))
        for test, found in work:
            mean[test] = found
        return mean


def _fold(model: Any, design: Design, number: int) -> tuple[npt.NDArray[np.intp], Vector]:
    train, test = design.sides(number)
    return test, np.asarray(clone(model).fit(design.X[train], design.y[train]).predict(design.X[test]), dtype=float)


def _forest() -> Any:
    return RandomForestRegressor(n_estimators=40, max_features=1 / 3, random_state=0)


BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        "mean": Baseline((), DummyRegressor),
        "median": Baseline((), lambda: DummyRegressor(strategy="median")),
        "nearest neighbour": Baseline(
            ("glass",), lambda: make_pipeline(StandardScaler(), KNeighborsRegressor(1, algorithm="brute"))
        ),
        "ridge": Baseline(("fractions", "glass"), lambda: make_pipeline(StandardScaler(), Ridge(alpha=10.0))),
        "random forest": Baseline(("magpie",), _forest),
    }
)
"""By name: constants, the value of the nearest known glass in scaled glass descriptors, a line, and a forest on the 132
Magpie statistics, which is what the field tries first (40 trees, a third of the columns at a split)."""
