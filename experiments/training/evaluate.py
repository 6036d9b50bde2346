"""Held-out scores, overall and where it matters, of our models and of what they must beat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ...datasets import Dataset, load
from ...datasets.splits import by_family
from ...models.fitting.crossfit import HeldOut
from ...models.fitting.learnt_errors import errors
from ...models.fitting.progress import Step
from ...models.numerics import metrics
from ...models.predictor import Predictor
from ..holdout.baselines import BASELINES
from ..holdout.forecast import Forecast
from ..holdout.held_frame import held_frame
from ..holdout.protocol import SPLITS, cross_validate, design, measured
from ..holdout.subsets import Mask, closer, subsets
from ..holdout.unseen import OBELIX, TIME, ahead, later, official
from ..plots import figures
from ..recipes.recipe import RECIPES, Recipe
from ..recipes.rows import TrainingRows
from ..scores.calibration import estimate, masks
from ..scores.episodes import episode_scores
from ..scores.file import ScoreError
from ..scores.run_facts import Facts
from ..scores.wanted import data_counts, listed, quote, scores_of
from ..tracking import log as tracking
from ..tracking.store import continued

Progress = Callable[[str], None]

EPISODES = "episodes"
WAYS = (*SPLITS, TIME, OBELIX, EPISODES)
OURS = "Vitrion"
BY_PAPER_SCORES = ("mae_by_paper", "coverage_by_paper", "interval_score_by_paper")
FAMILY_ROWS, FAMILY_PAPERS = 50, 5  # of a family whose coverage is told


def score(data: Dataset, held_out: HeldOut) -> pd.DataFrame:
    """One row a subset, slice and verdict, those like the candidates first, in the unit of the regressor.

    ``n``, ``papers``, ``mae``, ``rmse``, ``r2``, ``coverage`` and median ``width`` of the rows; ``mae_by_paper``,
    ``coverage_by_paper`` and ``interval_score_by_paper``, under which each paper weighs alike.
    """
    frame = held_frame(data, held_out)
    return _scores(data, frame, masks(data.property.name, frame, subsets(data)))


def compare(judged: Judged) -> pd.DataFrame:
    """The rows of `score` and of `closer`, and for Tg of distinct compositions, with two scores of the distributions.

    ``crps`` in the unit of the regressor, and ``log_likelihood`` in nats, are means over the rows. A distinct
    composition is the mean of its rows, ends of intervals and scores included.
    """
    data, (held_out, quantiles) = judged.data, judged.forecast
    told = held_frame(data, held_out).assign(
        crps=metrics.crps(held_out.truth, quantiles),
        log_likelihood=metrics.log_likelihood(held_out.truth, quantiles),
    )
    found = masks(data.property.name, told, {**subsets(data), **closer(data)})
    tables = [_scores(data, told, found)]
    if data.property.name == "tg":
        keys = data.measured.keys[held_out.row]
        first = np.unique(keys, return_index=True)[1]
        some = {f"{name} distinct": found[name][first] for name in ("all", "O and Cl") if name in found}
        tables.append(_scores(data, told.groupby(keys).mean(numeric_only=True), some))
    return pd.concat(tables, ignore_index=True).assign(model=judged.model)


def by_families(data: Dataset, held_out: HeldOut) -> pd.DataFrame:
    """Scores of each family of at least 50 rows from 5 papers, lowest coverage first."""
    family = by_family(data)[held_out.row]
    counts = pd.DataFrame({"family": family, "paper": data.groups[held_out.row]}).groupby("family")["paper"]
    large = counts.agg(["size", "nunique"])
    names = large.index[(large["size"] >= FAMILY_ROWS) & (large["nunique"] >= FAMILY_PAPERS)]
    table = _scores(data, held_frame(data, held_out), {str(name): family == name for name in names})
    return table.sort_values("coverage", ignore_index=True) if len(table) else table


def _scores(data: Dataset, told: pd.DataFrame, chosen: Mapping[str, Mask]) -> pd.DataFrame:
    further = [name for name in told.columns if name in ("crps", "log_likelihood")]
    table = []
    for name, mask in chosen.items():
        if mask.any():
            part = told[mask]
            four = (part[column].to_numpy() for column in ("truth", "mean", "lower", "upper"))
            named = {"property": data.property.name, "unit": data.property.target_unit, "subset": name}
            means = {column: float(part[column].mean()) for column in further}
            table.append({**named, **metrics.scores(*four), **means, **_by_paper(part)})
    return pd.DataFrame(table).astype({"n": int}) if table else pd.DataFrame()


def _by_paper(part: pd.DataFrame) -> dict[str, float]:
    """Number of papers, and scores under which each paper weighs alike; none of means over papers."""
    if "paper" not in part:
        return {}
    return {"papers": part["paper"].nunique()} | {name: estimate(part, name).value for name in BY_PAPER_SCORES}


def say(progress: Progress, name: str, text: str) -> None:
    """Pass a step on with the property it is about."""
    progress((text if isinstance(text, Step) else Step(text)).about(name))


def hold_out(recipe: Recipe, split: str, n_jobs: int, progress: Progress) -> tuple[Dataset, HeldOut]:
    """Predict every measured row from rows of other groups, papers (unless the split is random) and compositions."""
    rows = recipe.rows()
    return rows.data, cross_validate(recipe.predictor(n_jobs), rows, split, progress)


class Judged(NamedTuple):
    """One model under one split."""

    model: str
    """Its name."""
    data: Dataset
    """The rows that `forecast` is about, and maybe others."""
    forecast: Forecast
    """What it says of them."""
    predictor: Predictor | None = None
    """Our model fitted on the other side, where there is one such."""


def judge(
    recipe: Recipe, rows: TrainingRows, split: str, baselines: Sequence[str], n_jobs: int, progress: Progress
) -> Iterator[Judged]:
    """Our model, then each baseline, under one split."""
    if split in (TIME, OBELIX):
        train, test = later(rows.data) if split == TIME else official(rows.data)
        progress(f"{len(test):,} rows to predict from {len(train):,}")
        predictor, forecast = ahead(recipe, train, test, n_jobs, progress)
        yield Judged(OURS, test, forecast, predictor)
        for name in baselines:
            yield Judged(name, test, BASELINES[name].ahead(train, test, recipe.coverage, n_jobs))
            progress(f"{name} done")
        return
    predictor = recipe.predictor(n_jobs)
    yield Judged(OURS, rows.data, Forecast.crossed(cross_validate(predictor, rows, split, progress)))
    made = design(predictor, rows, split)
    for name in baselines:
        bare = measured(made, BASELINES[name].inputs(rows.data))
        yield Judged(name, rows.data, BASELINES[name].held_out(bare, recipe.coverage, n_jobs))
        progress(f"{name} done")


def evaluate(
    properties: Sequence[str] = RECIPES,
    split: str = "paper",
    n_jobs: int = -1,
    progress: Progress = lambda text: None,
    baselines: Sequence[str] = (),
    scores: Path | None = None,
) -> pd.DataFrame:
    """Score the shipped recipes on what they never saw, and log the scores to MLflow.

    Parameters
    ----------
    properties
        Names of properties that have a recipe.
    split
        What is held out whole: ``paper``, chemical ``system``, ``family`` of oxychlorides and others; ``known``, papers
        whose compositions others may have measured; ``time``, later papers; ``obelix``, the official test of OBELiX, of
        the conductivity alone; or ``random`` rows, which flatters and stands here for comparison.
    n_jobs
        Folds fitted side by side.
    progress
        Called with a line of text after each step.
    baselines
        Names of `BASELINES` to compare with.
    scores
        File of the scores that documents quote: those of this split are put into it, measured without what the
        laboratory added of its own.
    """
    if split not in WAYS:
        raise ValueError(f"{split!r} is not a way to split; use one of {', '.join(WAYS)}")
    if split == OBELIX and "conductivity" not in properties:
        raise ValueError(f"OBELiX holds conductivities, none of {', '.join(properties)}; ask for conductivity")
    if scores is not None and split not in (kept := {key.split for key in listed()}):
        raise ScoreError(f"no score by {split} is quoted; use one of {', '.join(sorted(kept & {*WAYS}))}")
    if split == EPISODES:
        return pd.concat([_episodes(Recipe.named(name), n_jobs, progress) for name in properties], ignore_index=True)
    tables = []
    chosen = ["conductivity"] if split == OBELIX else list(properties)
    with tracking.together(tracking.EVALUATION, f"evaluate by {split}", chosen):
        for name in chosen:
            recipe = Recipe.named(name)
            with tracking.begun(tracking.EVALUATION, f"evaluate {name} by {split}", {"property": name}):
                rows = recipe.rows(None if scores is None else load(name, lab=False))
                facts = Facts.now(f"vitrion evaluate --property {name} --split {split}")
                told, drawn = [], {}
                for one in judge(recipe, rows, split, baselines, n_jobs, partial(say, progress, name)):
                    told.append(compare(one))
                    if one.model == OURS:
                        drawn = {"parity": figures.parity(one.data, one.forecast.held_out)}
                        if scores is not None:
                            found = scores_of(one.data, split, one.forecast.held_out)
                            counts = {name: data_counts(rows.data)}
                            quote(scores, facts.ended(), found.scores, found.reliability, counts)
                tables.append(pd.concat(told, ignore_index=True).assign(split=split))
                log(recipe, rows.data, tables[-1], split, drawn)
    return pd.concat(tables, ignore_index=True)


def _episodes(recipe: Recipe, n_jobs: int, progress: Progress) -> pd.DataFrame:
    """Scores of one recipe in campaigns played on held-out papers, logged to MLflow."""
    rows, predictor = recipe.rows(), recipe.predictor(n_jobs)
    made = design(predictor, rows)
    domain = predictor._domain(made)
    held_out = predictor._cross_fit(made, domain, partial(say, progress, recipe.property)).held_out
    told = errors(held_out, made, domain.points_, predictor._layout(), predictor.quantity.better)
    table = episode_scores(told, held_out.width, held_out.ages, recipe.seed)
    with continued(tracking.EVALUATION, f"evaluate {recipe.property} by {EPISODES}", {}) as run:
        run.params({"property": recipe.property, "split": EPISODES} | recipe.parameters())
        run.table(table, "episodes.csv")
    return table.assign(property=recipe.property, split=EPISODES)


def log(
    recipe: Recipe, data: Dataset, table: pd.DataFrame, split: str, drawn: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Log a table of `compare` and figures to MLflow as one run; the subset of a baseline bears its name."""
    ours = table["model"] == OURS
    named = table["subset"].where(ours, table["model"] + "/" + table["subset"])
    tracking.log_evaluation(recipe, data, table.assign(subset=named), split, drawn)
