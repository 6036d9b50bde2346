"""Held-out scores, overall and where it matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..datasets import Dataset
from ..datasets.splits import LABELS
from ..models import metrics
from ..models.crossfit import HeldOut
from .recipe import RECIPES, Recipe

Mask = npt.NDArray[np.bool_]
SPLITS = (*LABELS, "random")


def subsets(data: Dataset) -> Mapping[str, Mask]:
    """Rows on which scores are told, each a mask of shape (n,): all, and those like the candidates."""
    share = {symbol: data.fractions.column(symbol) for symbol in ("O", "Cl", "Br", "I", "F", "Li", "Na")}
    halide = share["Cl"] + share["Br"] + share["I"] + share["F"] > 0
    cases = {
        "all": np.ones(len(data), dtype=bool),
        "Cl": share["Cl"] > 0,
        "O and Cl": (share["O"] > 0) & (share["Cl"] > 0),
        "Li or Na": (share["Li"] > 0) | (share["Na"] > 0),
    }
    curated = (data.rows["source"] != "SciGlass").to_numpy()
    if data.property.name == "conductivity":
        room = curated & halide & data.rows["temperature_C"].between(15, 45).to_numpy()
        cases |= {"halides 15-45 C": room, "oxyhalides 15-45 C": room & (share["O"] > 0)}
    return {name: mask for name, mask in cases.items() if mask.any()}


def score(data: Dataset, held_out: HeldOut) -> pd.DataFrame:
    """One row a subset and a verdict: n, mae, rmse, r2, coverage and median width, in the unit of the regressor."""
    masks = {name: mask[held_out.row] for name, mask in subsets(data).items()}
    masks |= {f"verdict {name}": held_out.verdict == name for name in ("inside", "edge", "outside")}
    table = [
        {"property": data.property.name, "unit": data.property.target_unit, "subset": name}
        | metrics.scores(held_out.truth[m], held_out.mean[m], held_out.lower[m], held_out.upper[m])
        for name, m in masks.items()
        if m.any()
    ]
    return pd.DataFrame(table).astype({"n": int})


def say(progress: Callable[[str], None], name: str, text: str) -> None:
    """Pass a line of progress on with the property it is about."""
    progress(f"{name}: {text}")


def hold_out(recipe: Recipe, split: str, n_jobs: int, progress: Callable[[str], None]) -> tuple[Dataset, HeldOut]:
    """Predict every measured row from rows of other groups, papers (unless the split is random) and compositions."""
    if split not in SPLITS:
        raise ValueError(f"{split!r} is not a way to split; use one of {', '.join(SPLITS)}")
    rows = recipe.rows()
    n = len(rows.data)
    groups = np.arange(n).astype(str).astype(object) if split == "random" else LABELS[split](rows.data)
    papers = None if split == "random" else rows.keywords()["groups"]
    held_out = recipe.predictor(n_jobs).cross_validate(**rows.keywords(groups), papers=papers, progress=progress)
    return rows.data, held_out


def evaluate(
    properties: Sequence[str] = RECIPES,
    split: str = "paper",
    n_jobs: int = -1,
    progress: Callable[[str], None] = lambda text: None,
) -> pd.DataFrame:
    """Score the shipped recipes on groups never seen, and log the scores to MLflow.

    Parameters
    ----------
    properties
        Names of properties that have a recipe.
    split
        What is held out whole: ``paper``, chemical ``system``, ``family`` of oxychlorides and others, or ``random``
        rows, which flatters and stands here for comparison.
    n_jobs
        Folds fitted side by side.
    progress
        Called with a line of text after each step.
    """
    from . import tracking

    tables = []
    for name in properties:
        recipe = Recipe.named(name)
        data, held_out = hold_out(recipe, split, n_jobs, partial(say, progress, name))
        table = score(data, held_out).assign(split=split)
        tracking.log_evaluation(recipe, data, table, split)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
