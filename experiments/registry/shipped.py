"""The predictors that come with the package: version 0 of each property, only read, never written to nor deleted."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from ...datasets.exchange.structured import of_json
from ...datasets.properties import MODELLED

SHIPPED = tuple(name for name in MODELLED if name != "liquidus")
"""Properties of which a predictor is shipped: what fits into a package of 45 MB; the liquidus is trained on demand."""

VERSION = 0  # MLflow numbers from 1
CARD = "card.json"
WORD = "shipped"


def place() -> Path:
    """Return the folder with one folder a property: that of the package, or what ``VITRION_SHIPPED`` names."""
    told = os.environ.get("VITRION_SHIPPED")
    return Path(told).expanduser().absolute() if told else Path(str(files("vitrion.models"))) / WORD


def folder(name: str) -> Path:
    """Return the folder of the shipped predictor of a property, which need not be there."""
    return place() / name


def names() -> tuple[str, ...]:
    """Properties of which a predictor is shipped."""
    return tuple(name for name in MODELLED if (folder(name) / CARD).is_file())


def digest(name: str) -> str:
    """Sha256 of the shipped predictor of a property by its card; empty where none is shipped or the card is damaged."""
    path = folder(name) / CARD
    try:
        return _digest(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, LookupError, TypeError):
        return ""


@lru_cache(maxsize=64)
def _digest(path: Path, _written: int) -> str:
    """What a card says, read once for each time that it was written."""
    return str(of_json(path.read_text(encoding="utf-8"))["sha256"])


def mend(name: str) -> str:
    """What to do where the shipped predictor of a property cannot be used."""
    return f"install Vitrion again, or train one with 'vitrion train --property {name}'"
