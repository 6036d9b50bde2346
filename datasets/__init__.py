"""What was measured, and by whom."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .catalogue.contents import show
    from .dataset import Dataset, load
    from .economics.route import Route
    from .economics.routes import alternatives, raw_material_cost
    from .economics.supply import abundance, supply_risk
    from .economics.table import costs
    from .lab import add, syntheses
    from .properties import PROPERTIES, Property

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
    "Route": ".economics.route",
    "alternatives": ".economics.routes",
    "raw_material_cost": ".economics.routes",
    "costs": ".economics.table",
    "add": ".lab",
    "syntheses": ".lab",
    "show": ".catalogue.contents",
    "supply_risk": ".economics.supply",
    "abundance": ".economics.supply",
}
_MODULES = {"matminer_reader": ".sources.matminer", "obelix": ".sources.obelix"}  # readers that users call by name


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for, so that importing the package stays cheap."""
    if name in _MODULES:
        return import_module(_MODULES[name], __name__)
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
