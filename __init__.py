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
    from vitrion.experiments.campaign import Campaign
    from vitrion.experiments.comparison import compare
    from vitrion.experiments.evaluation import evaluate
    from vitrion.experiments.goal import Goal
    from vitrion.experiments.judgement import Threshold
    from vitrion.experiments.proposal import propose
    from vitrion.experiments.ranking import rank, sweep
    from vitrion.experiments.registry import load_predictor
    from vitrion.experiments.screening import screen
    from vitrion.experiments.training import train
    from vitrion.models.predictor import Predictor
    from vitrion.serve.client import Client

__all__ = [
    "Campaign",
    "Client",
    "Goal",
    "Predictor",
    "Threshold",
    "compare",
    "datasets",
    "evaluate",
    "features",
    "load_predictor",
    "plots",
    "propose",
    "rank",
    "screen",
    "sweep",
    "train",
]
_MODULES = {"datasets": "datasets", "features": "features", "plots": "experiments.plots"}
_HOMES = {
    "Campaign": "experiments.campaign",
    "Client": "serve.client",
    "Goal": "experiments.goal",
    "Predictor": "models.predictor",
    "Threshold": "experiments.judgement",
    "load_predictor": "experiments.registry",
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
    verbs = import_module(f"{__name__}.serve.verbs").VERBS
    return str(verbs[name].home) if name in verbs else None


def __dir__() -> list[str]:
    return sorted(__all__)
