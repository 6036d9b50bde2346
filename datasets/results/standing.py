"""The lab's own measurements and the outcomes of its syntheses as they stand, and what was corrected or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from ...features.elements import SYMBOLS
from ...features.fractions import Fractions
from ..measurement import CONFIDENCE_WEIGHT, Measurements, tabulate
from ..properties import GLASS_FORMATION, find
from ..sources.glass_formation import CRYSTAL, GLASS, PHASES
from .rows import NO_GLASS, SYNTHESIS

NAME = "lab"
LICENCE = "the lab's own"
OUTCOMES: Mapping[str, float] = MappingProxyType({"glass": GLASS, NO_GLASS: CRYSTAL, "crystallised": CRYSTAL})
"""Outcomes of a synthesis and what they say of glass formation; `decomposed` says nothing."""


def read(name: str, version: int | None = None) -> Measurements:
    """Return the lab's own measurements of a property that stand, as of a version; none where there is no store."""
    path = store_path()
    if path is None:
        return Measurements(tabulate(0), np.zeros((0, len(SYMBOLS))))
    from . import store

    facts = store.current(path, version)
    return measurements(facts[facts["quantity"] == name], name)


def outcomes(version: int | None = None) -> Measurements:
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


def standing_and_not(name: str) -> tuple[Measurements, Measurements]:
    """Return the lab's own measurements of a property that stand, and those that were corrected or withdrawn since."""
    path = store_path()
    if path is None:
        return read(name), read(name)
    from . import store

    facts = store.facts(path)
    facts = facts[facts["quantity"] == name]
    stands = facts["superseded_by"].isna()
    return measurements(facts[stands], name), measurements(facts[~stands], name)


def store_path() -> Path | None:
    """Return where the store lies, or None where there is none; asks without importing SQLAlchemy."""
    from ..home import home

    path = home() / "lab.sqlite"
    return path if path.exists() else None


def store_state() -> tuple[str, tuple[int, ...]]:
    """Return where the store would lie, and what changes with every addition; no numbers where there is none."""
    from ..home import home

    path = home() / "lab.sqlite"
    state: list[int] = []
    for file in (path, path.with_name(path.name + "-wal")):
        try:
            found = file.stat()
        except OSError:  # there is no such file, and that is a state too
            continue
        state += [found.st_mtime_ns, found.st_size, found.st_ino]
    return str(path), tuple(state)


def measurements(facts: pd.DataFrame, name: str) -> Measurements:
    """Return facts as measurements.

    Their paper is the DOI, else the addition with which the fact came, or the first one that it corrects.
    Temperatures of one formula in one paper are one series, unless their samples have names. Rows stand in an order
    that does not depend on that in which they were added: what is trained on them must not either.
    """
    facts = facts.reset_index(drop=True)
    paper = facts["doi"].where(facts["doi"] != "", "lab:addition " + facts["origin"].astype(str))
    rows = tabulate(
        len(facts),
        formula=facts["formula"].astype(object),
        value=facts["value"].astype(float),
        quantity=name,
        unit=find(name).unit,
        temperature_C=facts["temperature_C"].astype(float),
        phase=facts["phase"].astype(object),
        method=facts["method"].astype(object),
        source=NAME,
        licence=LICENCE,
        paper=paper.astype(object),
        place=("sample " + facts["sample"]).where(facts["sample"] != "", "").astype(object),
        group=paper.astype(object),
        doi=facts["doi"].astype(object),
        year=facts["year"].astype("Int16"),
        author=facts["author"].astype(object),
        confidence=facts["confidence"].astype(object),
        weight=facts["confidence"].map(CONFIDENCE_WEIGHT).astype(float),
    )
    if not len(facts):
        return Measurements(rows, np.zeros((0, len(SYMBOLS))))
    told = Measurements(rows, Fractions.of(facts["formula"].tolist()).matrix)
    order = rows.assign(key=told.keys).sort_values(["group", "key", "temperature_C", "phase", "value", "place"])
    return told.take(order.index.to_numpy())
