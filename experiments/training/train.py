"""Fit, score, track, register and promote a predictor of each property."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ...datasets.home import made as home_made
from ...models.artifacts import artifact
from ...models.fitting.glass_former import GlassFormer
from ...models.predictor import Predictor
from ..recipes.glass_formation import FormationRecipe, recipe_from, recipe_of
from ..recipes.recipe import RECIPES, Recipe
from ..registry import promotion
from ..registry import versions as registry
from ..registry.reconcile import reconcile
from ..registry.record import record
from ..tracking import log as tracking
from .evaluate import say
from .fit import fit
from .retraining import same


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
    anew: bool = False,
) -> list[Trained]:
    """Train predictors, track them in MLflow and register them; those that the gate lets pass answer from then on.

    What a kill may have left is mended first. Where a version that was trained here knows the same data by the same
    recipe already, nothing is trained: it would be the same file, to the last bit. The first version of a home is held
    against the one that is shipped.

    Parameters
    ----------
    properties
        Names of properties that have a recipe; not looked at when a recipe is given.
    recipe
        A recipe of one's own; by default the shipped ones.
    promote
        Whether the new versions may become the champions; the gate decides (see `gate`).
    n_jobs
        Folds fitted side by side.
    progress
        Called with a line of text after each step; of a fold it is a `Step`, which tells how many are done.
    anew
        Train even where nothing is new.
    """
    home_made()  # before minutes of work that could not be kept
    recipes = [recipe_from(recipe)] if recipe else [recipe_of(name) for name in properties]
    for sentence in reconcile():
        progress(sentence)
    known = {one.property: same(one, own=True) for one in recipes if not anew}
    rest = [one for one in recipes if known.get(one.property) is None]
    done = [_known(name, version, promote) for name, version in known.items() if version is not None]
    with tracking.together(tracking.TRAINING, "train", [one.property for one in rest]):
        for one in rest:
            with tracking.begun(tracking.TRAINING, f"train {one.property}", {"property": one.property}):
                done.append(_made(one, promote, n_jobs, partial(say, progress, one.property)))
    return done


def _known(name: str, version: int, promote: bool) -> Trained:
    """A version that training would only make again: let it through the gate, if it does not answer already."""
    card = registry.read_card(name, version)
    told = partial(Trained, name, version, card.metrics, seconds=0.0)
    if name in record() and record()[name].version == version:
        return told(promoted=False, reason="nothing is new: the champion knows all of it")
    said = f"nothing is new: version {version} knows all of it"
    if not promote:
        return told(promoted=False, reason=said)
    decision = promotion.decide(name, version)
    return told(promoted=decision.passed, reason=f"{said}; {decision.reason}")


def _made(recipe: Recipe | FormationRecipe, promote: bool, n_jobs: int, progress: Callable[[str], None]) -> Trained:
    """Train one predictor, and let it through the gate if it may be promoted."""
    fitted, predictor = _fit(recipe, n_jobs, progress)
    if not promote:
        reason = "kept as a version; not promoted, as asked"
        registry.put_gate(fitted.property, fitted.version, {"passed": None, "reason": reason})
        return replace(fitted, reason=reason)
    decision = promotion.decide(fitted.property, fitted.version, predictor)
    return replace(fitted, promoted=decision.passed, reason=decision.reason)


def _fit(
    recipe: Recipe | FormationRecipe, n_jobs: int, progress: Callable[[str], None]
) -> tuple[Trained, Predictor | GlassFormer]:
    """Fit, score, track and keep one version."""
    started = time.monotonic()
    made = fit(recipe, n_jobs, progress)
    with tempfile.TemporaryDirectory() as scratch:
        bundle = Path(scratch) / registry.BUNDLE
        digest = artifact.save(made.predictor, bundle)
        run, number = tracking.log_training(recipe, made.data, made.scores, made.figures(), bundle, {"sha256": digest})
        registry.keep(made.card(number, digest, run), bundle, made.held_out)
    progress(f"version {number} tracked and registered")
    seconds = time.monotonic() - started
    return Trained(recipe.property, number, made.metrics, False, "", seconds), made.predictor
