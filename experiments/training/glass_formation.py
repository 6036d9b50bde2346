"""Training of the predictor of glass formation: fit, score on sets of elements held out, track and keep."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from ...datasets.sources.glass_formation import GLASS
from ...models.artifacts import artifact
from ...models.fitting.glass_former import GlassFormer
from ..gate import glass_formation as formation_gate
from ..holdout import glass_formation as formation_scores
from ..plots.accuracy import calibration
from ..recipes.glass_formation import FormationRecipe
from ..registry import versions as registry
from ..tracking import log as tracking

SCORES = ("n", "sets", "share", "auc", "brier", "calibration_error")


def fit(
    recipe: FormationRecipe, n_jobs: int, progress: Callable[[str], None]
) -> tuple[registry.Champion, GlassFormer, float]:
    """Train, score, track and keep one version; return its card, the predictor and the seconds that it took."""
    started = time.monotonic()
    rows = recipe.rows()
    progress(f"{len(rows.data):,} outcomes of {rows.data.rows['place'].nunique():,} systems")
    former = recipe.former(n_jobs).fit(**rows.keywords(), progress=progress)
    held_out = formation_gate.kept(rows.data, former)
    scores = formation_scores.scores(rows.data, held_out["mean"].to_numpy())
    glass = np.asarray(held_out["truth"] == GLASS)
    diagram = formation_scores.reliability(glass, held_out["mean"].to_numpy())
    drawn = calibration({"glass": (diagram["predicted"].to_numpy(), diagram["observed"].to_numpy())})
    drawn.update_layout(title="glass formation: sets of elements never seen", margin_t=90)
    drawn.update_xaxes(title="predicted probability of a glass").update_yaxes(title="share of glasses")
    with tempfile.TemporaryDirectory() as scratch:
        bundle = Path(scratch) / registry.BUNDLE
        digest = artifact.save(former.set_params(n_jobs=1), bundle)  # the same file, however it was made
        tags = {"sha256": digest}
        run, number = tracking.log_training(recipe, rows.data, scores, {"reliability": drawn}, bundle, tags)
        card = registry.Champion(
            property=recipe.property,
            version=number,
            sha256=digest,
            run_id=run,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            fingerprint=rows.data.fingerprint,
            recipe=recipe.parameters(),
            metrics=metrics_of(scores),
            versions=tracking.package_versions(),
        )
        registry.keep(card, bundle, held_out)
    progress(f"version {number} tracked and registered")
    return card, former, time.monotonic() - started


def metrics_of(scores: pd.DataFrame) -> dict[str, float]:
    """Scores as ``subset/score``; what a subset lacks is left out."""
    return {
        f"{row['subset']}/{name}": float(row[name])
        for row in scores.to_dict("records")
        for name in SCORES
        if name in row and pd.notna(row[name])
    }
