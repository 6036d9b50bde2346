"""Vitrion proposes the next oxychloride glass electrolyte to synthesise.

Names resolve when they are first used, so that importing costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vitrion import datasets, features
    from vitrion.experiments import plots
    from vitrion.experiments.campaigns.campaign import Campaign
    from vitrion.experiments.comparison.reasons import explain
    from vitrion.experiments.comparison.table import compare
    from vitrion.experiments.proposals.propose import propose
    from vitrion.experiments.ranking.rank import rank, sweep
    from vitrion.experiments.registry.versions import load_predictor
    from vitrion.experiments.screening.screen import screen
    from vitrion.experiments.synthesis.recipe import recipe
    from vitrion.experiments.task.goal import Goal
    from vitrion.experiments.task.judgement import Threshold
    from vitrion.experiments.training.evaluate import evaluate
    from vitrion.experiments.training.train import train
    from vitrion.models.predictor import Predictor
    from vitrion.serve.client.client import Client

__all__ = [
    "Campaign",
    "Client",
    "Goal",
    "Predictor",
    "Threshold",
    "compare",
    "datasets",
    "evaluate",
    "explain",
    "features",
    "load_predictor",
    "plots",
    "propose",
    "rank",
    "recipe",
    "screen",
    "sweep",
    "train",
]
_MODULES = {"datasets": "datasets", "features": "features", "plots": "experiments.plots"}
_HOMES = {
    "Campaign": "experiments.campaigns.campaign",
    "Client": "serve.client.client",
    "Goal": "experiments.task.goal",
    "Predictor": "models.predictor",
    "Threshold": "experiments.task.judgement",
    "load_predictor": "experiments.registry.versions",
}  # and of the verbs, which have a table of their own


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return version("vitrion")
    if name in _MODULES:
        return import_module(f"{__name__}.{_MODULES[name]}")
    home = _HOMES.get(name) or _home_of_verb(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def _home_of_verb(name: str) -> str | None:
    """Module of a verb, by its row in `serve.verbs`; None for what is none."""
    if name.startswith("_"):
        return None
    verbs = import_module(f"{__name__}.serve.schemas.verbs").VERBS
    return str(verbs[name].home) if name in verbs else None


def __dir__() -> list[str]:
    return sorted(__all__)
