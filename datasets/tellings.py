"""One value that several papers tell of: the first keeps it, and papers that share values are one group."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .measurement import Measurements, composition_keys
from .properties import Property
from .sciglass import NAME as SCIGLASS

LATER = "an earlier paper has the same value for this composition"
PARTS = 2_000  # compositions are the same that agree to 0.05 at.%
DECIMALS = {"celsius": 1, "log10": 3, "linear": 3}  # of the target: what is printed
LEAST_DIGITS = 4  # of a value in a curated table, below which two papers may well print the same
SHARED, SHARED_PART = 3, 0.5  # values from which two papers are one group, or two and this part of the smaller paper's


def cells(measured: Measurements, prop: Property) -> pd.DataFrame:
    """Return the cell of each row: rows of one composition, temperature and printed value share the number ``cell``.

    Returns
    -------
    DataFrame
        Shape (n, 3): ``cell``, ``group`` and ``year``. A value with too few digits to be recognised has a cell of its
        own.
    """
    rows = measured.rows
    number = pd.DataFrame(
        {
            "key": composition_keys(measured.matrix, PARTS),
            "about": np.nan_to_num(rows["temperature_C"].to_numpy(), nan=-1e6).round(),
            "printed": np.rint(prop.to_target(rows["value"].to_numpy()) * 10 ** DECIMALS[prop.scale]),
        }
    )
    cell = number.groupby(list(number), sort=False).ngroup().to_numpy().copy()
    vague = (rows["source"] != SCIGLASS).to_numpy()
    vague[vague] = _digits(rows["value"][vague]) < LEAST_DIGITS
    cell[vague] = cell.max(initial=-1) + 1 + np.arange(int(vague.sum()))
    return pd.DataFrame({"cell": cell, "group": rows["group"], "year": rows["year"].astype(float)})


def _digits(values: pd.Series[float]) -> npt.NDArray[np.intp]:
    """Significant digits of each value, shape (n,)."""
    mantissas = [f"{value:.10e}".partition("e")[0].replace(".", "").rstrip("0") for value in values.tolist()]
    return np.array([len(text) for text in mantissas], dtype=np.intp)


def first_tellings(measured: Measurements, prop: Property) -> tuple[Measurements, pd.DataFrame]:
    """Return the measurements without what an earlier paper has already, and the rest with its ``reason``.

    Papers that share values are one group afterwards: column ``group``. Of compositions that exactly two papers of
    SciGlass measured, a third agree to the last digit, ten times as many as chance would bring: tables are copied.
    """
    if not len(measured):
        return measured, measured.rows.assign(reason="")
    table = cells(measured, prop)
    group = _united(table)
    order = table.assign(paper=measured.rows["paper"]).sort_values(["year", "paper"], kind="stable", na_position="last")
    first = order.groupby("cell")["group"].transform("first").sort_index()
    later = (table["group"] != first).to_numpy()
    dropped = measured.rows[later].assign(reason=LATER).reset_index(drop=True)
    kept = Measurements(measured.rows.assign(group=group), measured.matrix).take(~later)
    return kept, dropped


def _united(table: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Group of each row, shape (n,), after papers that share values are one: named by the earliest of them."""
    told = table.drop_duplicates(["cell", "group"])
    names, where = np.unique(told["group"].to_numpy(dtype=str), return_inverse=True)
    size = np.bincount(where)
    several = told.assign(number=where)[told["cell"].duplicated(keep=False)][["cell", "number"]]
    pairs = several.merge(several, on="cell", suffixes=("", "_other"))
    pairs = pairs[pairs["number"] < pairs["number_other"]]
    shared = pairs.groupby(["number", "number_other"]).size().reset_index(name="shared")
    smaller = np.minimum(size[shared["number"]], size[shared["number_other"]])
    joined = shared[
        (shared["shared"] >= SHARED) | ((shared["shared"] >= 2) & (shared["shared"] >= SHARED_PART * smaller))
    ]
    edges = (np.ones(len(joined)), (joined["number"].to_numpy(), joined["number_other"].to_numpy()))
    label = connected_components(coo_array(edges, shape=(len(names), len(names))), directed=False)[1]
    year = told.assign(number=where).groupby("number")["year"].min().reindex(range(len(names))).to_numpy()
    order = np.lexsort((names, np.nan_to_num(year, nan=np.inf)))
    head = np.empty(label.max(initial=-1) + 1, dtype=object)
    head[label[order[::-1]]] = names[order[::-1]]
    of_name = dict(zip(names.tolist(), head[label].tolist(), strict=True))
    return np.array([of_name[name] for name in table["group"].tolist()], dtype=object)
