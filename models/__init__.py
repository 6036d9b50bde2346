"""What we believe, and how surely: predictors with calibrated intervals and a verdict on what is known."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .artifacts.artifact import ArtifactError
    from .prediction import Prediction
    from .predictor import Predictor

__all__ = ["ArtifactError", "Prediction", "Predictor"]

_HOMES = {"ArtifactError": ".artifacts.artifact", "Prediction": ".prediction", "Predictor": ".predictor"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
