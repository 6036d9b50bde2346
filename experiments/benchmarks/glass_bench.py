"""The bench of glass formation: ``python -m vitrion.experiments.benchmarks.glass_bench``.

Whole sets of elements (or systems) are held out, never points: neighbouring points of one system come from one paper
and agree. Scores of all rows, of halides, of what holds Cl, O and Cl, and O, Cl and Li or Na, and inside one set of
elements; beside them the share of glasses, the nearest neighbour, and a random forest on Magpie statistics.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
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
from ..scores.run_facts import Facts
from .glass_report import FORMER, Found, write

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
GLASSES = ("ZnCl2", "BeF2", "B2O3", "LiPO3", "60ZnCl2-40KCl")
CRYSTALS = ("NaCl", "LiCl", "Li2O", "CaF2", "Al2O3")
OXYCHLORIDES = ("LiAlCl2.5O0.75", "NaAlCl2.5O0.75")
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


def measured(
    found: Found, by: str, learners: Sequence[str], only: Sequence[int] = (), drawn_share: float = 1.0
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Score learners one after the other, put it into what was found, and yield name and scores of each.

    Parameters
    ----------
    found
        Of the bench so far.
    by, only, drawn_share
        As in `held_out`.
    learners
        Names of `LEARNERS`, or `FORMER`.
    """
    for name in learners:
        former = name == FORMER
        chance = of_former(found.data, by) if former else held_out(found.data, LEARNERS[name], by, only, drawn_share)
        found.chances[by, name], found.scores[by, name] = chance, scores(found.data, chance)
        if former and by == "elements":
            found.goals = against_goals(found.scores[by, name])
        yield name, found.scores[by, name]


def named_cases(data: Dataset) -> pd.DataFrame:
    """Probability and verdict of mixtures that everybody knows, and of oxychlorides with every such one hidden.

    Returns
    -------
    DataFrame
        ``case, formula, p_glass, verdict``.
    """
    recipe = FormationRecipe.named()
    arguments = recipe.rows(data).keywords()
    held = [arguments["compositions"].column(symbol) > 0 for symbol in ("Al", "O", "Cl")]
    shown = ~np.all(held, axis=0)
    parts = []
    for case, rows, mixtures in (
        ("all that is known", np.ones_like(shown), [*GLASSES, *CRYSTALS, *OXYCHLORIDES]),
        ("every Al oxychloride hidden", shown, [*OXYCHLORIDES]),
    ):
        part = {name: value[rows] for name, value in arguments.items() if name != "compositions"}
        known = arguments["compositions"].take(np.flatnonzero(rows))
        former = replace(recipe, n_folds=2).former().fit(known, **part)
        answer = former.predict(mixtures)
        told = {"formula": mixtures, "p_glass": answer.glass, "verdict": answer.verdict}
        parts.append(pd.DataFrame({"case": case, **told}))
    return pd.concat(parts, ignore_index=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Score the predictor and the baselines, print the tables, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m vitrion.experiments.benchmarks.glass_bench", description=__doc__)
    parser.add_argument("--by", nargs="*", choices=list(LABELS), default=["elements"], help="what is held out whole")
    parser.add_argument("--folds", type=int, nargs="*", default=[], help="folds that baselines predict; all by default")
    parser.add_argument("--learners", nargs="*", choices=[*LEARNERS, FORMER], default=[*LEARNERS, FORMER])
    parser.add_argument("--share", type=float, default=1.0, help="share of the rows that baselines learn from")
    parser.add_argument("--write", type=Path, metavar="DOCS", help="folder of the documentation to write the page into")
    told = [*(sys.argv[1:] if arguments is None else arguments)]
    options, found = parser.parse_args(told), Found(load("glass_formation", lab=False))
    facts = Facts.now(" ".join(["python -m vitrion.experiments.benchmarks.glass_bench", *told]))
    for by in options.by:
        started = time.process_time()
        for name, table in measured(found, by, options.learners, options.folds, options.share):
            print(f"\n{name}, held out by {by} ({time.process_time() - started:.0f} s of processor)")
            print(table.round(4).to_string(index=False), flush=True)
            started = time.process_time()
    if len(found.goals):
        print(found.goals.round(4).to_string(index=False), flush=True)
    if options.write is not None:
        found.cases = named_cases(found.data)
        print(*write(options.write, found, facts.ended()), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
