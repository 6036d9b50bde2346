"""Data and models as the service shows them, without HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .refusals import ConflictError, NotFoundError
from .rows import cell, records


def data_list() -> list[dict[str, Any]]:
    """A row a property: rows, compositions, papers and range of what is known of it."""
    from ..datasets import catalogue

    return records(catalogue.listing())


def data_show(name: str, formula: str | None, limit: int, offset: int) -> dict[str, Any]:
    """Some rows of a property, of the lab's store or of the card of a source."""
    from ..datasets import catalogue
    from ..datasets.catalogue import CatalogueError

    try:
        table = catalogue.show(name, formula)
    except CatalogueError as error:
        raise NotFoundError(str(error)) from None
    return {"rows": records(table.iloc[offset : offset + limit]), "of": len(table)}


def data_add(table: Any, keep_good: bool, trust_units: bool, again: bool, note: str) -> dict[str, Any]:
    """Add the lab's own results, all rows or none."""
    from ..datasets import lab

    done = lab.add(table, keep_good=keep_good, trust_units=trust_units, again=again, note=note)
    return {
        "version": cell(done.version),
        "facts": records(done.facts[["id"]]),
        "left_out": records(done.problems),
        "notes": [str(notice) for notice in done.notices],
    }


def models_list(name: str | None = None) -> list[dict[str, Any]]:
    """Every version of every model, or of one: when it was made, its scores, and whether it answers now."""
    from ..datasets.home import home
    from ..experiments.registry import NoChampionError, champions, read_card

    now = {property_name: card.version for property_name, card in champions().items()}
    rows = []
    for folder in sorted((home() / "models").glob(f"{name or '*'}/*"), key=_place):
        try:
            card = read_card(folder.parent.name, int(folder.name))
        except (NoChampionError, ValueError):
            continue
        rows.append(_card(card, now.get(card.property) == card.version))
    return rows


def model_show(name: str) -> dict[str, Any]:
    """One property: its versions, the newest first."""
    rows = models_list(name) if name.isidentifier() else []
    if not rows:
        raise NotFoundError(f"there is no model of {name[:60]!r}; GET /api/v1/models lists them")
    return {"property": name, "versions": rows}


def promote(name: str, version: int | None) -> dict[str, Any]:
    """Make a kept version the one that answers; without a number the one before the present champion."""
    from ..experiments import registry

    rows = model_show(name)["versions"]
    now = next((row["version"] for row in rows if row["champion"]), None)
    if version is None:
        older = [row["version"] for row in rows if now is not None and row["version"] < now]
        if not older:
            raise ConflictError(f"there is no version of {name} before {now or 'the first'} to go back to")
        version = max(older)
    if version not in [row["version"] for row in rows]:
        raise NotFoundError(f"there is no version {version} of {name}; GET /api/v1/models/{name} lists them")
    registry.promote(name, version)
    return {"property": name, "version": version, "before": now}


def _place(folder: Path) -> tuple[str, int]:
    number = int(folder.name) if folder.name.isdigit() else 0
    return folder.parent.name, -number


def _card(card: Any, champion: bool) -> dict[str, Any]:
    from .scores import scoreboard, unit

    return {
        "property": card.property,
        "version": int(card.version),
        "created": str(card.created),
        "champion": champion,
        "unit": unit(card.property),
        "scores": cell(scoreboard(card.metrics)),
        "fingerprint": str(card.fingerprint),
    }
