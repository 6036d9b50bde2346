"""Molar masses for the balance, by the abridged standard atomic weights of IUPAC (10.1515/pac-2019-0603)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from ...features.composition import Composition
from ...features.elements import INDEX, lookup
from ..cards import DATA


@lru_cache(maxsize=1)
def atomic_weights() -> Mapping[str, float]:
    """Return atomic weights by symbol, in g/mol: those of `data/atomic_weights.csv`, of others that of an isotope."""
    masses = lookup("mass")
    known = {symbol: float(masses[place]) for symbol, place in INDEX.items()}
    with (DATA / "atomic_weights.csv").open(encoding="utf-8", newline="") as file:
        known |= {row["symbol"]: float(row["g_per_mol"]) for row in csv.DictReader(file)}
    return MappingProxyType(known)


@lru_cache(maxsize=1024)
def grams_per_mole(formula: str) -> float:
    """Return the molar mass of a formula unit as it is written, in g/mol.

    >>> round(grams_per_mole("LiOH·H2O"), 2), round(grams_per_mole("LiOH"), 2)
    (41.96, 23.95)
    """
    weights = atomic_weights()
    return sum(float(amount) * weights[symbol] for symbol, amount in Composition.parse(formula).amounts.items())
