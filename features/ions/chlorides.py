"""Melting points of the chlorides of the elements."""

from __future__ import annotations

import csv
from functools import lru_cache

import numpy as np

from ..elements import DATA, SYMBOLS
from .states import Ions, Matrix

KELVIN = 273.15


@lru_cache(maxsize=1)
def chlorides() -> dict[tuple[str, int], float]:
    """Melting point in K of the chloride of an element in a state (`data/chloride_melting.csv`)."""
    with (DATA / "chloride_melting.csv").open(encoding="utf-8", newline="") as file:
        return {(row["symbol"], int(row["state"])): float(row["melting_C"]) + KELVIN for row in csv.DictReader(file)}


def melting(ions: Ions) -> Matrix:
    """Melting point in K of the chloride of each ion, shape (ions,); 0 for what is no cation.

    Between two states of an element that are known a straight line, beyond them the nearest. Of an element without one
    the median of all chlorides of that charge, or of all.
    """
    each = zip(ions.element, ions.state, ions.cation, strict=True)
    return np.array([_melting(SYMBOLS[element], state) if cation else 0.0 for element, state, cation in each])


def _melting(symbol: str, state: float) -> float:
    own = sorted((charge, kelvin) for (name, charge), kelvin in chlorides().items() if name == symbol)
    if own:
        return float(np.interp(state, *np.transpose(own)))
    alike = [kelvin for (_, charge), kelvin in chlorides().items() if charge == round(state)]
    return float(np.median(alike or list(chlorides().values())))
