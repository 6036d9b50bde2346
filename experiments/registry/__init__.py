"""The registry: which versions answer, how they are loaded, promoted and mended.

- `record`: Our own record of which versions answer: one small file, replaced in one step.
- `shipped`: The predictors that come with the package: version 0 of each property, only read.
- `versions`: Which predictor answers: our own record of the champions, read without MLflow.
- `glass_former`: The predictor of glass formation that answers, with what came in since its training.
- `loading`: Predictors that are held in memory and know their versions.
- `promotion`: Promotion and rollback: our record is the truth, MLflow's tags and aliases follow it.
- `reconcile`: Mending after a kill: MLflow's aliases follow our record, and no run stays open whose process is gone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .record import NoChampionError
    from .versions import Champion, champions, load_predictor, load_version, promote, rollback

__all__ = [
    "Champion",
    "NoChampionError",
    "champions",
    "load_predictor",
    "load_version",
    "promote",
    "rollback",
]
_HOMES = {
    "Champion": ".versions",
    "NoChampionError": ".record",
    "champions": ".versions",
    "load_predictor": ".versions",
    "load_version": ".versions",
    "promote": ".versions",
    "rollback": ".versions",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
