"""Fit, score, track, register and promote a predictor of each property."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ..datasets.home import made
from ..models import artifact
from . import figures, registry, tracking
from .evaluation import say, score
from .recipe import RECIPES, Recipe


@dataclass(frozen=True)
class Trained:
    """What came of a training.

    `metrics` are held-out by paper, named ``subset/score``, in the unit of the regressor; `reason` says why the
    version was or was not promoted.
    """

    property: str
    version: int
    metrics: Mapping[str, float]
    promoted: bool
    reason: str
    seconds: float


def train(
    properties: Sequence[str] = RECIPES,
    recipe: Path | None = None,
    promote: bool = True,
    n_jobs: int = -1,
    progress: Callable[[str], None] = lambda text: None,
) -> list[Trained]:
    """Train predictors, track them in MLflow and register them; promoted ones answer from then on.

    Parameters
    ----------
    properties
        Names of properties that have a recipe; not looked at when a recipe is given.
    recipe
        A recipe of one's own; by default the shipped ones.
    promote
        Whether the new versions become the champions.
    n_jobs
        Folds fitted side by side.
    progress
        Called with a line of text after each step.
    """
    made()  # before minutes of work that could not be kept
    recipes = [Recipe.load(recipe)] if recipe else [Recipe.named(name) for name in properties]
    done = list[Trained]()
    with tracking.together(tracking.TRAINING, "train", [one.property for one in recipes]):
        for one in recipes:
            with tracking.begun(tracking.TRAINING, f"train {one.property}", {"property": one.property}):
                done.append(_fit(one, n_jobs, partial(say, progress, one.property)))
    if promote:
        for trained in done:
            registry.promote(trained.property, trained.version)
            tracking.set_champion(trained.property, trained.version)
    reason = "promoted as asked" if promote else "kept as a version; not promoted, as asked"
    return [Trained(**{**vars(trained), "promoted": promote, "reason": reason}) for trained in done]


def _fit(recipe: Recipe, n_jobs: int, progress: Callable[[str], None]) -> Trained:
    started = time.monotonic()
    rows = recipe.rows()
    progress(f"{len(rows.data):,} measurements of {len(set(rows.data.groups)):,} papers")
    predictor = recipe.predictor(n_jobs).fit(**rows.keywords(), **rows.names(), progress=progress)
    held_out = predictor.held_out()
    scores = score(rows.data, held_out)
    drawn = {
        "parity": figures.parity(rows.data, held_out),
        "reliability": figures.reliability(rows.data, held_out),
    }
    with tempfile.TemporaryDirectory() as scratch:
        bundle = Path(scratch) / registry.BUNDLE
        digest = artifact.save(predictor, bundle)
        run, number = tracking.log_training(recipe, rows.data, scores, drawn, bundle, {"sha256": digest})
        metrics = {
            f"{row['subset']}/{name}": float(row[name])
            for row in scores.to_dict("records")
            for name in ("mae", "rmse", "r2", "coverage", "width")
        }
        card = registry.Champion(
            property=recipe.property,
            version=number,
            sha256=digest,
            run_id=run,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            fingerprint=rows.data.fingerprint,
            recipe=recipe.parameters(),
            metrics=metrics,
            versions=tracking.package_versions(),
        )
        registry.keep(card, bundle)
    progress(f"version {number} tracked and registered")
    return Trained(recipe.property, number, metrics, False, "", time.monotonic() - started)
