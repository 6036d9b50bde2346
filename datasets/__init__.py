"""What was measured, and by whom."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .catalogue import show
    from .cost_table import costs
    from .dataset import Dataset, load
    from .lab import add, syntheses
    from .prices import alternatives, raw_material_cost
    from .properties import PROPERTIES, Property
    from .route import Route
    from .supply import abundance, supply_risk

__all__ = [
    "PROPERTIES",
    "Dataset",
    "Property",
    "Route",
    "abundance",
    "add",
    "alternatives",
    "costs",
    "load",
    "raw_material_cost",
    "show",
    "supply_risk",
    "syntheses",
]

_HOMES = {
    "PROPERTIES": ".properties",
    "Property": ".properties",
    "Dataset": ".dataset",
    "load": ".dataset",
    "Route": ".route",
    "alternatives": ".prices",
    "raw_material_cost": ".prices",
    "costs": ".cost_table",
    "add": ".lab",
    "syntheses": ".lab",
    "show": ".catalogue",
    "supply_risk": ".supply",
    "abundance": ".supply",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for, so that importing the package stays cheap."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
