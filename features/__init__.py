"""What a glass is made of: compositions, descriptors and spaces of candidates.

Names resolve when they are first used; docs/features.md shows each of them at work.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import charge
    from .composition import Composition, FormulaError
    from .descriptors.matminer import MatminerFeaturizer
    from .featurizer import Featurizer
    from .fractions import Fractions
    from .space import AtMost, Ions, Mixtures, Ratio, Template, Total, substitution

__all__ = [
    "AtMost",
    "Composition",
    "Featurizer",
    "FormulaError",
    "Fractions",
    "Ions",
    "MatminerFeaturizer",
    "Mixtures",
    "Ratio",
    "Template",
    "Total",
    "charge",
    "substitution",
]
_HOMES = {
    "Composition": "composition",
    "FormulaError": "composition",
    "Featurizer": "featurizer",
    "Fractions": "fractions",
    "MatminerFeaturizer": "descriptors.matminer",
    **dict.fromkeys(("AtMost", "Ions", "Mixtures", "Ratio", "Template", "Total", "substitution"), "space"),
}


def __getattr__(name: str) -> Any:
    if name == "charge":
        return import_module(".charge", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
