"""How safe the supply of a composition is: concentration of production and reserves, and abundance in the crust.

The Herfindahl-Hirschman index (HHI) is the sum of squared market shares of countries, in per cent: below 1500 a market
is spread, above 2500 concentrated. A composition has the mean of its elements by mass (Gaultois et al. 2013,
10.1021/cm400893e). Where the table knows nothing of an element the answer is NaN, and `unknown` names it; hydrogen,
of which there is no market to corner, counts as 0.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features.elements import INDEX, SYMBOLS, lookup
from ...features.fractions import Fractions
from ..cards import DATA
from .prices import batch

Floats = npt.NDArray[np.float64]
Of = Literal["production", "reserve"]

CONCENTRATED = 2500.0
FREE = ("H",)


@lru_cache(maxsize=3)
def _column(name: str) -> Floats:
    """Return a column of the supply table by element, shape (103,), NaN where it has no number."""
    table = pd.read_csv(DATA / "element_supply.csv")
    values = np.full(len(SYMBOLS), np.nan)
    values[[INDEX[symbol] for symbol in table["symbol"]]] = table[name].to_numpy(dtype=float)
    values.flags.writeable = False
    return values


def _index(of: Of) -> Floats:
    index = _column(f"HHI_{of}").copy()
    index[[INDEX[symbol] for symbol in FREE]] = 0.0
    return index


def supply_risk(compositions: object, of: Of = "production") -> float | Floats:
    """Return the HHI of a composition, or of many, shape (n,): the mean of its elements by mass.

    Examples
    --------
    >>> naco, tantalum = supply_risk(["NaAlCl2.5O0.75", "LiTaCl4O"])
    >>> bool(naco < tantalum)
    True
    """
    fractions = batch(compositions)
    mass = fractions.matrix * np.nan_to_num(lookup("mass"))
    return _shaped(_weighted(mass, _index(of)) / mass.sum(axis=1), compositions)


def _weighted(amounts: Floats, values: Floats) -> Floats:
    """Return sums over elements, NaN where an element that is there has no value."""
    missing = (amounts[:, np.isnan(values)] > 0).any(axis=1)
    return np.where(missing, np.nan, amounts @ np.nan_to_num(values))


def abundance(compositions: object) -> float | Floats:
    """Return the abundance in the crust, in mg/kg, of the scarcest element of a composition, or of many, shape (n,)."""
    matrix = batch(compositions).matrix
    known = np.where(matrix > 0, _column("crust_abundance_mg_per_kg_CRC"), np.inf)
    return _shaped(known.min(axis=1), compositions)


def scarcest(compositions: object) -> list[str]:
    """Return the scarcest element of each composition, ``""`` where the abundance of one is unknown.

    >>> scarcest(["LiTaCl4O", "NaAlCl4"])
    ['Ta', 'Cl']
    """
    matrix = batch(compositions).matrix
    known = np.where(matrix > 0, _column("crust_abundance_mg_per_kg_CRC"), np.inf)
    return [SYMBOLS[int(np.argmin(row))] if not np.isnan(row).any() else "" for row in known]


def unknown(compositions: object, of: Of = "production") -> list[tuple[str, ...]]:
    """Return for each composition the elements of which the table has no HHI."""
    blank = np.isnan(_index(of))
    return [tuple(SYMBOLS[i] for i in np.flatnonzero((row > 0) & blank)) for row in batch(compositions).matrix]


def _shaped(values: Floats, compositions: object) -> float | Floats:
    many = isinstance(compositions, Fractions | list | tuple | np.ndarray | pd.Series)
    return np.asarray(values) if many else float(values[0])
