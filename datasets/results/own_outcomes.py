"""What became of the laboratory's own syntheses: glasses, and those that failed by crystallising."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from ...features.fractions import Fractions
from ..measurement import Measurements, tabulate
from ..properties import GLASS_FORMATION
from ..sources.glass_formation import CRYSTAL, GLASS, PHASES
from .rows import NO_GLASS, SYNTHESIS
from .standing import LICENCE, NAME, store_path

OUTCOMES: Mapping[str, float] = MappingProxyType({"glass": GLASS, NO_GLASS: CRYSTAL, "crystallised": CRYSTAL})
"""Outcomes of a synthesis and what they say of glass formation; `decomposed` says nothing."""


def read(version: int | None = None) -> Measurements:
    """Return the outcomes of the laboratory's syntheses that stand, as of a version; none where there is no store."""
    path = store_path()
    if path is None:
        return Measurements.none()
    from . import store

    facts = store.current(path, version)
    made = facts[(facts["quantity"] == SYNTHESIS) & facts["outcome"].isin(list(OUTCOMES))].reset_index(drop=True)
    if made.empty:
        return Measurements.none()
    value = made["outcome"].map(OUTCOMES).astype(float)
    rows = tabulate(
        len(made),
        formula=made["formula"].astype(object),
        value=value,
        quantity=GLASS_FORMATION.name,
        unit=GLASS_FORMATION.unit,
        phase=np.array(PHASES, dtype=object)[value.astype(int)],
        method=made["outcome"].astype(object),
        source=NAME,
        licence=LICENCE,
        paper=NAME,
        place=("L" + made["id"].astype(str)).astype(object),
        group=NAME,
    )
    return Measurements(rows, Fractions.of(made["formula"].tolist()).matrix)
