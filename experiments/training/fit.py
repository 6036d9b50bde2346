"""A recipe fitted and scored on what was held out: all that a version consists of, before anybody keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...datasets import Dataset
from ...models.fitting.glass_former import GlassFormer
from ...models.predictor import Predictor
from ..gate import held_out as held_rows
from ..plots import figures
from ..recipes.glass_formation import FormationRecipe
from ..recipes.recipe import Recipe
from ..registry.versions import Champion
from ..tracking import model_card
from ..tracking.store import package_versions
from . import glass_formation
from .evaluate import score

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Fit:
    """What a training made.

    Parameters
    ----------
    recipe, data
        Of what it was made.
    predictor
        Fitted; its file is the same however many folds were fitted side by side.
    held_out
        A row a measurement, as the gate takes it.
    scores
        A row a subset.
    metrics
        Scores by ``subset/score``.
    figures
        Draws them, by name.
    """

    recipe: Recipe | FormationRecipe
    data: Dataset
    predictor: Predictor | GlassFormer
    held_out: pd.DataFrame
    scores: pd.DataFrame
    metrics: Mapping[str, float]
    figures: Callable[[], dict[str, go.Figure]]

    def card(self, version: int, sha256: str, run: str) -> Champion:
        """The card of this as a version, with the sha256 of its file and the run of MLflow that tells of it."""
        return Champion(
            property=self.recipe.property,
            version=version,
            sha256=sha256,
            run_id=run,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            fingerprint=self.data.fingerprint,
            recipe=self.recipe.parameters(),
            metrics=self.metrics,
            versions=package_versions(),
        )


def fit(recipe: Recipe | FormationRecipe, n_jobs: int, progress: Callable[[str], None]) -> Fit:
    """Fit a recipe to all that is known, and score it on what was held out.

    Parameters
    ----------
    recipe
        Of a property.
    n_jobs
        Folds fitted side by side.
    progress
        Called with a line of text after each step.
    """
    if isinstance(recipe, FormationRecipe):
        return _formation(recipe, n_jobs, progress)
    rows = recipe.rows()
    progress(f"{len(rows.data):,} measurements of {rows.data.rows['paper'].nunique():,} papers")
    predictor = recipe.predictor(n_jobs).fit(**rows.keywords(), **rows.names(), progress=progress)
    held_out = predictor.held_out()
    scores = score(rows.data, held_out)

    def drawn() -> dict[str, go.Figure]:
        return {
            "parity": figures.parity(rows.data, held_out),
            "reliability": figures.reliability(rows.data, held_out),
        }

    predictor.set_params(n_jobs=1)  # the same file, however it was made
    kept = held_rows.kept(rows.data, held_out)
    return Fit(recipe, rows.data, predictor, kept, scores, _metrics(scores), drawn)


def _formation(recipe: FormationRecipe, n_jobs: int, progress: Callable[[str], None]) -> Fit:
    data, former, held_out, scores = glass_formation.fit(recipe, n_jobs, progress)
    former.set_params(n_jobs=1)

    def drawn() -> dict[str, go.Figure]:
        return {"reliability": glass_formation.reliability(held_out)}

    return Fit(recipe, data, former, held_out, scores, glass_formation.metrics_of(scores), drawn)


def _metrics(scores: pd.DataFrame) -> dict[str, Any]:
    """Scores as ``subset/score``."""
    return {
        f"{row['subset']}/{name}": float(row[name])
        for row in scores.to_dict("records")
        for name in model_card.SCORES
        if name in row
    }
