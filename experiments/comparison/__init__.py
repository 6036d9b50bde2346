"""Compositions side by side.

- `table`: Compositions side by side on all that is asked of an electrolyte.
- `reasons`: What stands behind the predictions of a composition: what drives them, what is measured, what is like it.
- `rows`: The rows of a comparison: one function a virtue, each giving a cell for every composition.
- `cells`: The cells of a comparison: what was measured and what is predicted of a composition on one virtue.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .reasons import Reasons, explain
    from .table import Comparison, compare

__all__ = [
    "Comparison",
    "Reasons",
    "compare",
    "explain",
]
_HOMES = {
    "Comparison": ".table",
    "Reasons": ".reasons",
    "compare": ".table",
    "explain": ".reasons",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
