"""Intervals of MAPIE and crepes, and ours, from the same held-out errors: ``python tests/bench/interval_proofs.py``.

The conductivity recipe predicts every row from other papers; each fold is then given intervals from the errors of the
other folds, by each method. Takes minutes on two cores. docs/models.md has the table of the calibration before.
"""

import sys
import time
import warnings

import numpy as np
import pandas as pd
from crepes import ConformalPredictiveSystem
from mapie.conformity_scores import ResidualNormalisedScore
from mapie.regression import SplitConformalRegressor
from sklearn.base import BaseEstimator, RegressorMixin
from vitrion.datasets.splits import by_family
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.training.evaluate import hold_out
from vitrion.models.localised import LocalCalibration

COVERAGE = 0.9


class Column(RegressorMixin, BaseEstimator):
    """A fitted regressor that answers with a column of its input."""

    def __init__(self, number=0):
        self.number = number

    def fit(self, X, y):
        """Do nothing."""
        self.is_fitted_ = True
        return self

    def predict(self, X):
        """That column."""
        return np.asarray(X)[:, self.number]


def mapie(score):
    """Split conformal intervals of MAPIE, by a conformity score."""

    def ends(told, errors, asked):
        X = np.column_stack([told.mean, told.difficulty])
        model = SplitConformalRegressor(Column(0).fit(None, None), COVERAGE, score(), prefit=True)
        model.conformalize(X[errors], told.truth[errors])
        found = model.predict_interval(X[asked])[1][:, :, 0]
        return found[:, 0], found[:, 1]

    return ends


def normalised():
    """Errors in units of our difficulty."""
    return ResidualNormalisedScore(Column(1).fit(None, None), prefit=True)


def crepes(bins):
    """Predictive system of crepes, by verdict or for all rows alike."""

    def ends(told, errors, asked):
        by = {"bins": told.verdict[errors]} if bins else {}
        system = ConformalPredictiveSystem().fit(
            (told.truth - told.mean)[errors], told.difficulty[errors], seed=0, **by
        )
        by = {"bins": told.verdict[asked]} if bins else {}
        found = system.predict_int(told.mean[asked], told.difficulty[asked], confidence=COVERAGE, **by)
        return found[:, 0], found[:, 1]

    return ends


def ours(told, errors, asked):
    """Our own: localised, each paper weighing alike."""
    scale = LocalCalibration.of(told.scores(errors), told.width)
    return scale.interval(told.mean[asked], told.difficulty[asked], told.near[asked], np.ones(len(asked)), COVERAGE)


METHODS = {
    "MAPIE split, absolute error": mapie(lambda: "absolute"),
    "MAPIE split, error over difficulty": mapie(normalised),
    "crepes, error over difficulty": crepes(bins=False),
    "crepes, error over difficulty, by verdict": crepes(bins=True),
    "ours, localised": ours,
}


def judge(told, family, method):
    """Coverage, worst family and verdict, width, interval score and time of one method."""
    lower, upper, seconds = np.empty(len(told.truth)), np.empty(len(told.truth)), 0.0
    for number in np.unique(told.fold):
        asked, errors = np.flatnonzero(told.fold == number), np.flatnonzero(told.fold != number)
        start = time.process_time()
        lower[asked], upper[asked] = method(told, errors, asked)
        seconds += time.process_time() - start
    inside = (lower <= told.truth) & (told.truth <= upper)
    penalty = np.maximum(lower - told.truth, 0) + np.maximum(told.truth - upper, 0)
    coverage = pd.Series(inside).groupby(family).agg(["size", "mean"])
    return {
        "coverage": inside.mean(),
        "worst family": coverage.loc[coverage["size"] >= 50, "mean"].min(),
        "outside": inside[told.verdict == "outside"].mean(),
        "median width": np.median(upper - lower),
        "interval score": (upper - lower + 2 / (1 - COVERAGE) * penalty).mean(),
        "us a row": 1e6 * seconds / len(inside),
    }


def main():
    """Hold out, judge every method, print a Markdown table."""
    warnings.filterwarnings("ignore")
    data, told = hold_out(Recipe.named("conductivity"), "paper", 2, lambda text: print(text, file=sys.stderr))
    family = by_family(data)[told.row]
    table = pd.DataFrame({name: judge(told, family, method) for name, method in METHODS.items()}).T
    print("| method |", " | ".join(table.columns), "|\n|---" * 1 + "|---" * len(table.columns) + "|")
    for name, row in table.iterrows():
        print(f"| {name} |", " | ".join(f"{value:.3f}" for value in row), "|")


if __name__ == "__main__":
    main()
