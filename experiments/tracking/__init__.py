"""Experiment tracking with MLflow: runs, models and where they are kept.

- `log`: Experiment tracking with MLflow: a run for every training and evaluation, one registered model a property.
- `shipped`: The shipped predictors, which MLflow does not number: a run each, and tags of the registered model.
- `store`: Where runs are kept: the MLflow store with its experiments, and runs that begin, fail and end.
- `store_file`: The SQLite file of MLflow: opened at once or refused.
- `experiment_names`: The names of our experiments in MLflow, each with what its runs are.
- `open_run`: A run of MLflow while it is written: parameters, numbers, tags, tables and figures.
- `reach`: Whether MLflow answers: how long an answer is waited for, and how long a server that is away is left alone.
- `processes`: Which process writes a run, and whether it still lives.
- `model_card`: What a run, a model and a version say of themselves on the MLflow page: markdown.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .log import fetch

__all__ = [
    "fetch",
]
_HOMES = {
    "fetch": ".log",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
