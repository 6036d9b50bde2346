"""The bench of glass formation: ``python -m vitrion.experiments.benchmarks.glass_bench``.

Whole sets of elements (or systems) are held out, never points: neighbouring points of one system come from one paper
and agree. Scores of all rows, of halides, of what holds Cl, O and Cl, and O, Cl and Li or Na, and inside one set of
elements; beside them the share of glasses, the nearest neighbour, and a random forest on Magpie statistics.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.neighbors import KNeighborsRegressor

from ...datasets import Dataset, load
from ...datasets.splits import folds
from ...features.featurizer import Featurizer
from ...models.fitting.glass_former import element_sets
from ..holdout.glass_formation import glasses, scores
from ..recipes.glass_formation import FormationRecipe

Vector = npt.NDArray[np.float64]

N_FOLDS, SEED = 6, 0
GOALS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "all": {"auc": 0.83, "brier": 0.160, "calibration_error": 0.03},
        "halide": {"auc": 0.82},
        "Cl": {"auc": 0.85},
        "O and Cl": {"auc": 0.86},
        "O and Cl with Li or Na": {"auc": 0.86},
        "inside one halide set": {"auc": 0.82},
    }
)
"""What is aimed at on sets of elements that were never seen."""

Learner = Callable[[Dataset, Dataset], Vector]
"""From rows to learn from and rows to predict to the probability of a glass of the latter, shape (n,)."""


def share(train: Dataset, test: Dataset) -> Vector:
    """The share of glasses among all that is known."""
    return np.full(len(test), float(np.average(glasses(train), weights=train.rows["weight"])))


def neighbour(train: Dataset, test: Dataset) -> Vector:
    """What became of the composition whose atomic fractions are nearest."""
    nearest = KNeighborsRegressor(1).fit(np.sqrt(train.fractions.matrix), glasses(train))
    return np.asarray(nearest.predict(np.sqrt(test.fractions.matrix)), dtype=float)


def magpie_forest(train: Dataset, test: Dataset) -> Vector:
    """A random forest on Magpie statistics."""
    described = Featurizer(blocks=("magpie",))
    forest = RandomForestRegressor(60, min_samples_leaf=3, max_features=0.3, random_state=SEED)
    forest.fit(described.transform(train.fractions), glasses(train), train.rows["weight"])
    return np.asarray(forest.predict(described.transform(test.fractions)))


LEARNERS: Mapping[str, Learner] = MappingProxyType(
    {"share": share, "neighbour": neighbour, "magpie_forest": magpie_forest}
)
FORMER = "former"  # the predictor itself, see `of_former`
LABELS: Mapping[str, Callable[[Dataset], npt.NDArray[np.object_]]] = MappingProxyType(
    {"elements": lambda data: element_sets(data.fractions), "system": lambda data: data.rows["place"].to_numpy()}
)


def held_out(
    data: Dataset, learner: Learner, by: str = "elements", only: Sequence[int] = (), drawn_share: float = 1.0
) -> Vector:
    """Probability of a glass of each row from the other folds, shape (n,); NaN in folds that are not asked for.

    Parameters
    ----------
    data
        Outcomes.
    learner
        One of `LEARNERS`.
    by
        What is held out whole: ``elements`` or ``system``.
    only
        Folds to predict; by default all.
    drawn_share
        Share of the rows to learn from, drawn by `SEED`: less is faster.
    """
    fold = folds(LABELS[by](data), N_FOLDS, SEED)
    drawn = np.random.default_rng(SEED).random(len(data)) < drawn_share
    chance = np.full(len(data), np.nan)
    for number in only or range(N_FOLDS):
        test = fold == number
        chance[test] = learner(data.take(~test & drawn), data.take(test))
    return chance


def of_former(data: Dataset, by: str = "elements") -> Vector:
    """Probability of a glass of each row by the recipe as shipped, shape (n,), from the folds of its own training.

    The three numbers that calibrate have seen all rows, the trees those of the other folds. Rows that are learnt from
    alone (glasses of which Tg is known) are held out with their set of elements; under ``system`` each is its own.
    """
    rows, recipe = FormationRecipe.named().rows(data), FormationRecipe.named()
    arguments = rows.keywords()
    labels = element_sets(arguments["compositions"])
    if by != "elements":
        labels = np.concatenate([LABELS[by](data), labels[len(data) :]])
    fitted = replace(recipe, n_folds=N_FOLDS).former().fit(**arguments, groups=labels)
    return np.asarray(fitted.held_out_[: len(data), 2])


def against_goals(table: pd.DataFrame) -> pd.DataFrame:
    """Scores beside `GOALS`: ``subset, score, reached, goal, met``."""
    by_subset = table.set_index("subset")
    rows = []
    for subset, goals in GOALS.items():
        for score, goal in goals.items():
            if subset in by_subset.index:
                reached = float(by_subset.loc[[subset], score].iloc[0])
                rows.append((subset, score, reached, goal, reached >= goal if score == "auc" else reached <= goal))
    return pd.DataFrame(rows, columns=["subset", "score", "reached", "goal", "met"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Score the predictor and the baselines, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m vitrion.experiments.benchmarks.glass_bench", description=__doc__)
    parser.add_argument("--by", choices=list(LABELS), default="elements", help="what is held out whole")
    parser.add_argument("--folds", type=int, nargs="*", default=[], help="folds that baselines predict; all by default")
    parser.add_argument("--learners", nargs="*", choices=[*LEARNERS, FORMER], default=[*LEARNERS, FORMER])
    parser.add_argument("--share", type=float, default=1.0, help="share of the rows that baselines learn from")
    options = parser.parse_args(arguments)
    data = load("glass_formation", lab=False)
    for name in options.learners:
        started = time.process_time()
        if name == FORMER:
            chance = of_former(data, options.by)
        else:
            chance = held_out(data, LEARNERS[name], options.by, options.folds, options.share)
        table = scores(data, chance)
        print(f"\n{name}, held out by {options.by} ({time.process_time() - started:.0f} s of processor)")
        print(table.round(4).to_string(index=False))
        if name == FORMER:
            print(against_goals(table).round(4).to_string(index=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
