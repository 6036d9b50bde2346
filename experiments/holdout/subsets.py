"""Rows of a data set on which scores are told: those like the candidates, and each oxychloride family."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets import Dataset, sources
from ...datasets.sources import literature
from ...datasets.sources.obelix import UPPER_LIMIT
from ...datasets.splits import by_family
from ...models.design.nearness import nearness
from .headline import HALIDES, OXYCHLORIDES, OXYHALIDES

Mask = npt.NDArray[np.bool_]

OXYCHLORIDE_ROWS = 5  # of an oxychloride family that has a row of its own


def subsets(data: Dataset) -> Mapping[str, Mask]:
    """Rows on which scores are shown, each a mask of shape (n,): first those like the candidates, then all.

    ``Li-Na halides 15-45 C`` are those of the curated tables with Li or Na and a halogen, without S, Se, Cu and Ag;
    ``oxychloride electrolytes`` the Tg of curated oxychlorides of Li or Na.
    """
    share = {symbol: data.fractions.column(symbol) for symbol in ("O", "Cl")}
    carrier, halogen, other = (
        np.sum([data.fractions.column(symbol) for symbol in symbols], axis=0) > 0
        for symbols in (("Li", "Na"), ("F", "Cl", "Br", "I"), ("S", "Se", "Cu", "Ag"))
    )
    oxychloride = (share["O"] > 0) & (share["Cl"] > 0)
    cases: dict[str, Mask] = {}
    if data.property.name == "conductivity":
        room = data.rows["temperature_C"].between(15, 45).to_numpy()
        plain = data.curated & room & carrier & halogen & ~other
        cases |= {OXYHALIDES: plain & (share["O"] > 0), HALIDES: plain}
    if data.property.name == "tg":
        cases |= {OXYCHLORIDES: data.curated & carrier & oxychloride}
    cases |= {
        "all": np.ones(len(data), dtype=bool),
        "Cl": share["Cl"] > 0,
        "O and Cl": oxychloride,
        "Li or Na": carrier,
    }
    if data.property.name == "conductivity":
        first = data.rows["source"].str.startswith(literature.NAME).to_numpy()
        cases |= {f"first table: {name}": cases[name] & first for name in (HALIDES, OXYHALIDES)}
        cases |= {source.name: source.holds(data.rows) for source in sources.all() if source.trust == "bulk"}
    return {name: mask for name, mask in cases.items() if mask.any()}


def region(data: Dataset) -> tuple[str, Mask]:
    """What the candidates are most like, by name, and its rows as a mask of shape (n,).

    Conductivities of curated Li and Na halides at 15 to 45 degC; of any other property the rows that are `nearness` 1.
    """
    if data.property.name == "conductivity":
        return HALIDES, subsets(data).get(HALIDES, np.zeros(len(data), dtype=bool))
    return "near the candidates", nearness(data.fractions) >= 1


def closer(data: Dataset) -> Mapping[str, Mask]:
    """Further rows on which a comparison of models is shown: room temperature, each oxychloride family."""
    cases: dict[str, Mask] = {}
    if data.property.name == "conductivity":
        cases |= {"15-45 C": data.rows["temperature_C"].between(15, 45).to_numpy()}
        limits = (data.rows["doubt"] == UPPER_LIMIT).to_numpy()
        cases |= {"no upper limits": ~limits} if limits.any() else {}
    family = by_family(data)
    for name, count in pd.Series(family).value_counts().items():
        if count >= OXYCHLORIDE_ROWS and (str(name).endswith("oxychloride") or name == "antiperovskite"):
            cases[str(name)] = family == name
    return {name: mask for name, mask in cases.items() if mask.any()}
