"""One value that several papers tell of: the first keeps it, and papers that share values are one group."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from ..measurement import Measurements, composition_keys
from ..properties import Property
from ..sources import bulk

LATER = "an earlier paper has the same value for this composition"
PARTS = 2_000  # compositions are the same that agree to 0.05 at.%
DECIMALS = {"celsius": 1, "log10": 3, "linear": 3}  # of the target: what is printed
LEAST_DIGITS = 4  # of a value in a curated table, below which two papers may well print the same
SHARED, SHARED_PART = 3, 0.5  # values from which two papers are one group, or two and this part of the smaller paper's
# Two authors may find one number by chance. It is a copy where they agree on more of what both measured, or where the
# composition has more elements than two laboratories choose alike (`agreement` counts what such rules leave).
COPIED, COPIED_PART, CHOSEN_ALIKE = 2, 0.3, 4


def cells(measured: Measurements, prop: Property) -> pd.DataFrame:
    """Return the cell of each row: rows of one composition, temperature and printed value share the number ``cell``.

    Returns
    -------
    DataFrame
        Shape (n, 7): ``spot`` (composition and temperature), ``cell``, ``group``, ``year``, ``author``, ``curated`` and
        ``chosen``, whether several laboratories may choose the composition. A value of a curated table that has too few
        digits to be recognised has a cell of its own.
    """
    rows = measured.rows
    where = pd.DataFrame(
        {
            "key": composition_keys(measured.matrix, PARTS),
            "about": np.nan_to_num(rows["temperature_C"].to_numpy(), nan=-1e6).round(),
        }
    )
    spot = where.groupby(list(where), sort=False).ngroup().to_numpy()
    printed = np.rint(prop.to_target(rows["value"].to_numpy()) * 10 ** DECIMALS[prop.scale])
    number = pd.DataFrame({"spot": spot, "printed": printed})
    cell = number.groupby(list(number), sort=False).ngroup().to_numpy().copy()
    curated = ~bulk(rows)
    vague = curated.copy()
    vague[curated] = _digits(rows["value"][curated]) < LEAST_DIGITS
    cell[vague] = cell.max(initial=-1) + 1 + np.arange(int(vague.sum()))
    about = rows[["group", "author"]].assign(spot=spot, cell=cell, year=rows["year"].astype(float), curated=curated)
    return about.assign(chosen=(measured.matrix > 0).sum(axis=1) <= CHOSEN_ALIKE)


def _digits(values: pd.Series[float]) -> npt.NDArray[np.intp]:
    """Significant digits of each value, shape (n,)."""
    mantissas = [f"{value:.10e}".partition("e")[0].replace(".", "").rstrip("0") for value in values.tolist()]
    return np.array([len(text) for text in mantissas], dtype=np.intp)


def first_tellings(measured: Measurements, prop: Property) -> tuple[Measurements, pd.DataFrame]:
    """Return the measurements without what an earlier paper has already, and the rest with its ``reason``.

    Papers that share values are one group afterwards: column ``group``. Of compositions that exactly two authors of
    SciGlass gave a Tg, a third agree to the last digit, ten times as many as chance would bring: tables are copied. A
    value that two authors agree on is a copy if they agree on two and on three tenths of what both measured, if the
    composition has five elements or more, or if curated tables give it with four digits or more; what one author says
    twice is one value.
    """
    if not len(measured):
        return measured, measured.rows.assign(reason="")
    table = cells(measured, prop)
    table = table.assign(number=pd.factorize(table["group"])[0], paper=measured.rows["paper"])
    copies = _copies(table.drop_duplicates(["cell", "number"]))
    places = len(table)  # more than there are numbers
    later = np.isin(table["cell"] * places + table["number"], copies["cell"] * places + copies["number"])
    dropped = measured.rows[later].assign(reason=LATER).reset_index(drop=True)
    kept = Measurements(measured.rows.assign(group=_united(table)), measured.matrix).take(~later)
    return kept, dropped


def _copies(told: pd.DataFrame) -> pd.DataFrame:
    """Return ``cell`` and ``number`` of each copy, of rows of which no two are of one cell and paper."""
    several = told[told["cell"].duplicated(keep=False)].sort_values(["year", "paper"], na_position="last")
    several = several.assign(place=np.arange(len(several)))
    pairs = several.merge(several, on="cell", suffixes=("", "_later"))
    pairs = pairs[pairs["place"] < pairs["place_later"]]
    alike, both = (_in_common(told, column, pairs) for column in ("cell", "spot"))
    copied = (alike >= COPIED) & (alike > COPIED_PART * both)
    copied |= ((pairs["author"] != "") & (pairs["author"] == pairs["author_later"])).to_numpy()
    copied |= (~pairs["chosen"] | (pairs["curated"] & pairs["curated_later"])).to_numpy()
    return pairs.loc[copied, ["cell", "number_later"]].set_axis(["cell", "number"], axis=1)


def _in_common(told: pd.DataFrame, column: str, pairs: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return how many of a column's numbers the two papers of each pair have in common, shape (n_pairs,)."""
    held = told.drop_duplicates(["number", column])
    where = held["number"].to_numpy(), held[column].to_numpy()
    paper = csr_array((np.ones(len(held)), where))
    first, second = (paper[pairs[name].to_numpy()] for name in ("number", "number_later"))
    return np.asarray(first.multiply(second).sum(axis=1)).ravel()


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


def agreement(measured: Measurements, prop: Property, apart: int = 1) -> tuple[int, float, int]:
    """Return how many pairs of papers agree to the printed digit, how many would by chance, and of how many pairs.

    Pairs are compositions, at one temperature, that exactly two papers with different first authors measured. What
    chance brings is the mean number of pairs that lie 1, 2, ... `apart` steps of 1 K, 0.001 decades or 0.001 lab units
    above or below each other.
    """
    table = cells(measured, prop)
    scale = 10 ** DECIMALS[prop.scale]
    table = table.assign(
        paper=measured.rows["paper"], printed=prop.to_target(measured.rows["value"].to_numpy()) * scale
    )
    spots = table.groupby("spot")["paper"]
    table = table[(spots.transform("nunique") == 2) & (spots.transform("size") == 2)].sort_values("spot", kind="stable")
    one, other = table.iloc[::2], table.iloc[1::2]
    foreign = one["author"].to_numpy() != other["author"].to_numpy()
    gaps = np.rint(np.abs(one["printed"].to_numpy() - other["printed"].to_numpy()))[foreign]
    steps = np.arange(1, apart + 1) * (scale if prop.scale == "celsius" else 1)
    return int((gaps == 0).sum()), float(np.isin(gaps, steps).sum()) / (2 * apart), len(gaps)
