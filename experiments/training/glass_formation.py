"""Training of the predictor of glass formation: fit, and score on sets of elements held out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...datasets import Dataset
from ...datasets.sources.glass_formation import GLASS
from ...models.fitting.glass_former import GlassFormer
from ..gate import glass_formation as formation_gate
from ..holdout import glass_formation as formation_scores
from ..plots.accuracy import calibration
from ..recipes.glass_formation import FormationRecipe

if TYPE_CHECKING:
    import plotly.graph_objects as go

SCORES = ("n", "sets", "share", "auc", "brier", "calibration_error")


def fit(
    recipe: FormationRecipe, n_jobs: int, progress: Callable[[str], None]
) -> tuple[Dataset, GlassFormer, pd.DataFrame, pd.DataFrame]:
    """Fit and score; return the data, the predictor, its held-out probabilities and the scores."""
    rows = recipe.rows()
    progress(f"{len(rows.data):,} outcomes of {rows.data.rows['place'].nunique():,} systems")
    former = recipe.former(n_jobs).fit(**rows.keywords(), progress=progress)
    held_out = formation_gate.kept(rows.data, former)
    return rows.data, former, held_out, formation_scores.scores(rows.data, held_out["mean"].to_numpy())


def reliability(held_out: pd.DataFrame) -> go.Figure:
    """How often a glass came of what was given a chance of it."""
    glass = np.asarray(held_out["truth"] == GLASS)
    diagram = formation_scores.reliability(glass, held_out["mean"].to_numpy())
    drawn = calibration({"glass": (diagram["predicted"].to_numpy(), diagram["observed"].to_numpy())})
    drawn.update_layout(title="glass formation: sets of elements never seen", margin_t=90)
    drawn.update_xaxes(title="predicted probability of a glass").update_yaxes(title="share of glasses")
    return drawn


def metrics_of(scores: pd.DataFrame) -> dict[str, float]:
    """Scores as ``subset/score``; what a subset lacks is left out."""
    return {
        f"{row['subset']}/{name}": float(row[name])
        for row in scores.to_dict("records")
        for name in SCORES
        if name in row and pd.notna(row[name])
    }
