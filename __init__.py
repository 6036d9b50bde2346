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
    "compare": "experiments.comparison",
    "evaluate": "experiments.evaluation",
    "load_predictor": "experiments.registry",
    "propose": "experiments.proposal",
    "rank": "experiments.ranking",
    "screen": "experiments.screening",
    "sweep": "experiments.ranking",
    "train": "experiments.training",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return version("vitrion")
    if name in _MODULES:
        return import_module(f"{__name__}.{_MODULES[name]}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
