"""Batch sheets, without HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..formatting.rows import dumped

if TYPE_CHECKING:
    from ...experiments.synthesis.batch_sheet import BatchSheet

A_SAMPLE_S = 0.6  # that the routes to a composition take on one processor, roughly


def sheet(candidates: Sequence[str], mass_g: float, options: Mapping[str, Any]) -> BatchSheet:
    """The sheet of formulas, as `vitrion.recipe` makes it."""
    from ...experiments.synthesis.recipe import recipe

    return recipe(list(candidates), mass_g, **options)


def as_json(candidates: Sequence[str], mass_g: float, options: Mapping[str, Any]) -> bytes:
    """The same as JSON."""
    return dumped(sheet(candidates, mass_g, options).to_dict())


def as_text(candidates: Sequence[str], mass_g: float, kind: str) -> str:
    """The same as ``html`` or ``csv``."""
    found = sheet(candidates, mass_g, {})
    return found.to_html() if kind == "html" else found.to_csv()
