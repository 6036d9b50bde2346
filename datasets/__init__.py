"""What was measured, and by whom."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .dataset import Dataset, load
    from .prices import raw_material_cost
    from .properties import PROPERTIES, Property

__all__ = ["PROPERTIES", "Dataset", "Property", "load", "raw_material_cost"]

_HOMES = {
    "PROPERTIES": ".properties",
    "Property": ".properties",
    "Dataset": ".dataset",
    "load": ".dataset",
    "raw_material_cost": ".prices",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for, so that importing the package stays cheap."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
