"""What a glass is made of: compositions, descriptors and spaces of candidates."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .composition import Composition, FormulaError
    from .featurizer import Featurizer
    from .fractions import Fractions
    from .space import Template

__all__ = ["Composition", "Featurizer", "FormulaError", "Fractions", "Template"]
_HOMES = {
    "Composition": "composition",
    "FormulaError": "composition",
    "Featurizer": "featurizer",
    "Fractions": "fractions",
    "Template": "space",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
