"""One measurement that several sources tell of: the first source keeps it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..measurement import Measurements
from ..properties import Property

TOLD_TWICE = "the same measurement is in another source"
SAME_TARGET = {"log10": 0.02, "celsius": 1.0, "linear": 0.01}  # decades, K, lab units
SAME_KELVIN = 5.0  # between the temperatures of one measurement


def drop_retold(first: Measurements, second: Measurements, prop: Property) -> tuple[Measurements, pd.DataFrame]:
    """Return the second measurements less those that the first hold too, and the latter with their ``reason``.

    The same measurement has the DOI, the composition to 0.01 at.%, the temperature to 5 K and the value to 0.02
    decades (1 K, or 0.01) in common; without a DOI the key of the paper, which names what a table cites.
    """
    if not len(second):
        return second, second.rows.assign(reason="")
    left, right = (_conditions(part, prop) for part in (first, second))
    pairs = right.reset_index().merge(left, on=["cited", "key"], suffixes=("", "_first"))
    same = (pairs["target"] - pairs["target_first"]).abs() <= SAME_TARGET[prop.scale]
    same &= (pairs["about"] - pairs["about_first"]).abs() <= SAME_KELVIN
    retold = np.zeros(len(second), dtype=bool)
    retold[pairs.loc[same, "index"].to_numpy(dtype=np.intp)] = True
    dropped = second.rows[retold].assign(reason=TOLD_TWICE).reset_index(drop=True)
    return second.take(~retold), dropped


def _conditions(measured: Measurements, prop: Property) -> pd.DataFrame:
    rows = measured.rows
    return pd.DataFrame(
        {
            "cited": rows["doi"].where(rows["doi"] != "", rows["paper"]),
            "key": measured.keys,
            "about": np.nan_to_num(rows["temperature_C"].to_numpy(), nan=-1e6),
            "target": prop.to_target(rows["value"].to_numpy()),
        }
    )
