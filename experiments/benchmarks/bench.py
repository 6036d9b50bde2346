"""The benchmark of the models: every split by every model, the series never seen, speed; printed, logged and drawn.

``python -m vitrion.experiments.benchmarks.bench --write docs`` takes some forty minutes on two cores and writes
``docs/benchmarks/models.md`` and ``docs/images/bench-*.svg``, anew after each split; with ``--quick`` it takes a sample
of the papers.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from ...datasets import Dataset, load
from ...features.fractions import Fractions
from ...models.predictor import Predictor
from ..holdout.baselines import BASELINES
from ..holdout.forecast import Forecast
from ..holdout.protocol import KNOWN, design
from ..holdout.unseen import OBELIX, TIME, MissingError, series, series_by
from ..recipes.recipe import Recipe
from ..recipes.rows import TrainingRows
from ..scores.file import NAME
from ..scores.run_facts import Facts
from ..scores.wanted import SERIES, data_counts, quote, scores_of, scores_of_series
from ..tracking import log as tracking
from ..training.evaluate import OURS, Judged, by_families, compare, judge, log, say
from . import figures as bench_figures
from . import report as bench_page
from .results import Results

Progress = Callable[[str], None]

PLAN = (  # what the goals ask first
    *(("tg", "paper"), ("conductivity", "paper"), ("conductivity", KNOWN), ("conductivity", SERIES)),
    *(("conductivity", OBELIX), ("conductivity", "family"), ("conductivity", TIME), ("tg", TIME)),
    *(("tg", "family"), ("conductivity", "system"), ("tg", "system")),
)
QUICK_SPLITS, QUICK_BASELINES, QUICK_ROWS = (
    ("paper", KNOWN, SERIES, TIME, OBELIX),
    ("mean", "nearest neighbour", "ridge"),
    3000,
)
CANDIDATES = 50_000  # whose prediction is timed


def sample(data: Dataset, n: int) -> Dataset:
    """All rows of the curated table, and whole papers of SciGlass drawn by chance until they have about n rows."""
    embedded = ~data.curated
    papers, sizes = np.unique(data.groups[embedded].astype(str), return_counts=True)
    order = np.random.default_rng(0).permutation(len(papers))
    chosen = papers[order][np.cumsum(sizes[order]) <= n]
    return data.take(~embedded | np.isin(data.groups.astype(str), chosen))


def run(
    quick: bool,
    n_jobs: int,
    progress: Progress,
    splits: Sequence[str] = (),
    keep: Callable[[Results], None] = lambda results: None,
) -> Results:
    """Everything, or the splits named, logged to MLflow; `keep` is called after each with the results so far."""
    results, baselines = Results(), QUICK_BASELINES if quick else tuple(BASELINES)
    chosen = splits or (QUICK_SPLITS if quick else [split for _, split in PLAN])
    plan = [(name, split) for name, split in PLAN if split in chosen]
    recipes, rows = {name: Recipe.named(name) for name, _ in plan}, {}
    for name, recipe in recipes.items():
        whole = load(name, lab=False)
        rows[name] = recipe.rows(sample(whole, QUICK_ROWS) if quick else whole)
        results.data[name] = data_counts(rows[name].data)
    kept: dict[str, tuple[Dataset, Forecast]] = {}
    for number, (name, split) in enumerate(plan):
        tell = partial(say, progress, f"{name}: {split}")
        results.waiting = [f"{one} by {other}" for one, other in plan[number + 1 :]]
        if split == SERIES:
            _series(results, recipes[name], rows[name], baselines, n_jobs, tell)
            keep(results)
            continue
        try:
            ours = _split(results, recipes[name], rows[name], split, baselines, n_jobs, tell)
        except MissingError as error:
            results.skipped.append(f"{name} by {split}: {error}")
            tell(str(error))
            continue
        if split == "paper":
            kept[name] = (ours.data, ours.forecast)
            results.drawings[f"parity-{name}"] = bench_figures.parity(ours.data, ours.forecast)
            results.drawings["reliability"] = bench_figures.reliability(kept)
            results.families[name] = by_families(ours.data, ours.forecast.held_out)
        if set(results.predictors) == set(recipes):
            results.rows_per_second = rows_per_second(list(results.predictors.values()))
        keep(results)
    return results


def _split(
    results: Results,
    recipe: Recipe,
    rows: TrainingRows,
    split: str,
    baselines: Sequence[str],
    n_jobs: int,
    progress: Progress,
) -> Judged:
    """Judge all models under one split, keep and log their scores, and return ours."""
    tables, began = [], time.monotonic()
    for one in judge(recipe, rows, split, baselines, n_jobs, progress):
        tables.append(compare(one).assign(split=split))
        if one.model != OURS:
            continue
        ours, found = one, scores_of(one.data, split, one.forecast.held_out)
        results.quoted |= {score.key: score for score in found.scores}
        results.reliability |= found.reliability
        if split == "paper":
            results.seconds[recipe.property] = time.monotonic() - began
            results.memory = float(np.fmax(results.memory, peak_memory()))
        if split == TIME and one.predictor is not None:
            results.predictors[recipe.property] = one.predictor
    results.scores.append(pd.concat(tables, ignore_index=True))
    log(recipe, rows.data, results.scores[-1], split)
    return ours


def _series(
    results: Results,
    recipe: Recipe,
    rows: TrainingRows,
    baselines: Sequence[str],
    n_jobs: int,
    progress: Progress,
) -> None:
    predictor = recipe.predictor()
    made = design(predictor, rows)
    results.series[OURS] = series(predictor, made, rows.data, n_jobs, progress)
    for name in baselines:
        results.series[name] = series_by(BASELINES[name], made, rows.data, n_jobs, partial(say, progress, name))
    results.quoted |= {score.key: score for score in scores_of_series(results.series[OURS])}
    drawn = bench_figures.oxychloride_series(rows.data, results.series[OURS][:-1])
    results.drawings["series"] = drawn


def rows_per_second(predictors: Sequence[Predictor]) -> float:
    """Candidates a second for which all predictors give mean, interval, verdict and probability: the better of two."""
    draw = np.random.default_rng(0)
    matrix = np.zeros((CANDIDATES, 103))
    for column, most in (
        (2, 1.0),
        (10, 1.0),
        (12, 1.0),
        (39, 0.5),
        (72, 0.5),
        (7, 1.5),
        (16, 4.0),
    ):  # Li Na Al Zr Ta O Cl
        matrix[:, column] = draw.uniform(0.01, most, CANDIDATES)
    best = 0.0
    for _ in range(2):
        candidates = Fractions.from_matrix(matrix)  # a batch anew, of which nothing is known
        began = time.perf_counter()
        for predictor in predictors:
            told = predictor.predict(candidates)
            limit = float(np.median(told.mean))
            for _needed in (told.lower, told.upper, told.verdict, told.probability(above=limit)):
                pass
        best = max(best, CANDIDATES / (time.perf_counter() - began))
    return best


def peak_memory() -> float:
    """Sum of the largest sizes that this process and those it started ever had, in GB; NaN where /proc is not."""
    parents, peaks = {}, {}
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in path.read_text().splitlines())
        except (OSError, ValueError):  # that process ended as it was read
            continue
        number = int(path.parent.name)
        parents[number] = int(told["PPid"])
        peaks[number] = int(told.get("VmHWM", "0 kB").split()[0]) / 1e6
    ours = {os.getpid()}
    for _ in range(3):  # children, and theirs
        ours |= {number for number, parent in parents.items() if parent in ours}
    return sum(peaks.get(number, 0.0) for number in ours) if peaks else float("nan")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark, print the table of goals, and write page and figures where asked."""
    parser = argparse.ArgumentParser(
        prog="python -m vitrion.experiments.benchmarks.bench", description="Benchmark the models."
    )
    parser.add_argument("--write", type=Path, metavar="DOCS", help="folder of documentation for page and figures")
    parser.add_argument("--quick", action="store_true", help="a sample of the papers, fewer splits and baselines")
    parser.add_argument("--jobs", type=int, default=2, help="folds fitted side by side")
    every = tuple(dict.fromkeys(split for _, split in PLAN))
    parser.add_argument("--splits", nargs="+", choices=every, default=(), help="only these splits; by default all")
    parser.add_argument("--scores", type=Path, metavar="FILE", help="only the file that documents quote, and no page")
    told = parser.parse_args(arguments)
    began = time.monotonic()

    def progress(text: str) -> None:
        print(f"[{time.monotonic() - began:6.0f} s] {text}", file=sys.stderr, flush=True)

    warnings.filterwarnings("ignore", "the no. of calibration examples")
    command = " ".join(["python -m vitrion.experiments.benchmarks.bench", *map(str, arguments or sys.argv[1:])])

    facts = Facts.now(command, quick=told.quick)

    def keep(results: Results) -> None:
        """Write what there is: a run that is stopped keeps what it found."""
        now, file = facts.ended(), told.scores
        if told.write:
            bench_page.write(bench_page.page(results, now), results.drawings, told.write)
            file = file or told.write / NAME
        if file and not told.quick:
            quote(file, now, results.quoted.values(), results.reliability, results.data)

    with tracking.together(tracking.EVALUATION, "benchmark", told.splits or every):
        print(bench_page.goals_text(run(told.quick, told.jobs, progress, told.splits, keep)))
    if told.write:
        progress(f"wrote {told.write / bench_page.PAGE} and its figures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
