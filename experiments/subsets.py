"""Rows of a data set on which scores are told: those like the candidates, and each oxychloride family."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..datasets import Dataset
from ..datasets.obelix import UPPER_LIMIT
from ..datasets.splits import by_family
from ..models.nearness import nearness

Mask = npt.NDArray[np.bool_]

ROOM_HALIDES = "halides 15-45 C"
OXYCHLORIDE_ROWS = 5  # of an oxychloride family that has a row of its own


def subsets(data: Dataset) -> Mapping[str, Mask]:
    """Rows on which scores are told, each a mask of shape (n,): all, and those like the candidates."""
    share = {symbol: data.fractions.column(symbol) for symbol in ("O", "Cl", "Br", "I", "F", "Li", "Na")}
    halide = share["Cl"] + share["Br"] + share["I"] + share["F"] > 0
    cases = {
        "all": np.ones(len(data), dtype=bool),
        "Cl": share["Cl"] > 0,
        "O and Cl": (share["O"] > 0) & (share["Cl"] > 0),
        "Li or Na": (share["Li"] > 0) | (share["Na"] > 0),
    }
    if data.property.name == "conductivity":
        room = data.curated & halide & data.rows["temperature_C"].between(15, 45).to_numpy()
        cases |= {ROOM_HALIDES: room, "oxyhalides 15-45 C": room & (share["O"] > 0)}
    return {name: mask for name, mask in cases.items() if mask.any()}


def region(data: Dataset) -> tuple[str, Mask]:
    """What the candidates are most like, by name, and its rows as a mask of shape (n,).

    Conductivities of curated halides at 15 to 45 degC; of any other property the rows that are `nearness` 1.
    """
    if data.property.name == "conductivity":
        return ROOM_HALIDES, subsets(data).get(ROOM_HALIDES, np.zeros(len(data), dtype=bool))
    return "near the candidates", nearness(data.fractions) >= 1


def closer(data: Dataset) -> Mapping[str, Mask]:
    """Further rows on which a comparison of models is told: room temperature, sources, each oxychloride family.

    ``Li-Na halides 15-45 C`` are those of the curated table with Li or Na and a halogen, without S, Se, Cu and Ag.
    """
    cases: dict[str, Mask] = {}
    curated = data.curated
    if data.property.name == "conductivity":
        carrier, halogen, other, oxygen = (
            np.sum([data.fractions.column(symbol) for symbol in symbols], axis=0) > 0
            for symbols in (("Li", "Na"), ("F", "Cl", "Br", "I"), ("S", "Se", "Cu", "Ag"), ("O",))
        )
        room = data.rows["temperature_C"].between(15, 45).to_numpy()
        plain = curated & room & carrier & halogen & ~other
        cases |= {"15-45 C": room, "SciGlass": ~curated}
        cases |= {"Li-Na halides 15-45 C": plain, "Li-Na oxyhalides 15-45 C": plain & oxygen}
        limits = (data.rows["doubt"] == UPPER_LIMIT).to_numpy()
        cases |= {"no upper limits": ~limits} if limits.any() else {}
    family = by_family(data)
    for name, count in pd.Series(family).value_counts().items():
        if count >= OXYCHLORIDE_ROWS and (str(name).endswith("oxychloride") or name == "antiperovskite"):
            cases[str(name)] = family == name
    return {name: mask for name, mask in cases.items() if mask.any()}
