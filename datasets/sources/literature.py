"""The reader of the embedded literature tables: halide and oxyhalide electrolytes, and salts that hardly conduct.

`load` takes all of them; `read` and `read_table` give the first alone unless asked for more. Each number has its paper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features.elements import SYMBOLS
from ...features.fractions import Fractions
from ..cards import card
from ..measurement import CONFIDENCE_WEIGHT, PHASES, Measurements, composition_keys, tabulate
from ..properties import find

NAME, SECOND = "halide literature table", "second halide literature table"
INSULATORS = "table of insulating salts"
FIRST = "halide_electrolytes"
TABLES: Mapping[str, str] = {FIRST: NAME, "electrolytes_2": SECOND, "insulators": INSULATORS}  # card -> source of rows
MIXTURES = "molten-salt database (liquidus for mixtures)"
PURE = "Pure Salt"
CITATION = r"(?:^|;)\s*([A-Z][A-Za-z. -]+(?:\d+ \(\d{4}\)|\d{4} \d+) \d+)$"  # journal, volume, year and page
REVIEWS = ("10.1021/acsnano.4c15005",)

# property -> quantity in the table
QUANTITIES: Mapping[str, str] = {
    "tg": "tg",
    "conductivity": "conductivity",
    "activation_energy": "activation_energy",
    "liquidus": "tm",
    "melting": "tm",
    "density": "density",
}


def read_table(tables: Sequence[str] = (FIRST,)) -> pd.DataFrame:
    """Return tables as they are in the files; DOIs in lower case, gaps in text columns as empty text.

    The column ``licence`` is the basis of the row where the file names one, else the licence of its card.
    """
    chosen = [name for name in TABLES if name in tables]
    return pd.concat([_table(name).assign(collection=TABLES[name]) for name in chosen], ignore_index=True)


def is_literature(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return whether each row is from one of the tables, ndarray of shape (n,)."""
    return rows["source"].str.startswith(tuple(TABLES.values())).to_numpy()


def _table(name: str) -> pd.DataFrame:
    text = ["formula", "quantity", "unit", "phase", "synthesis", "doi", "source", "confidence", "doubt"]
    told = card(name)
    kinds = defaultdict(lambda: "float64", dict.fromkeys([*text, "licence_or_basis"], "object"))
    table = pd.read_csv(told.path, dtype=kinds, encoding="utf-8").rename(columns={"licence_or_basis": "licence"})
    table = table.assign(**{column: "" for column in ("doubt",) if column not in table})
    table["licence"] = table.get("licence", pd.Series(told.licence, index=table.index))
    table[text] = table[text].fillna("")
    table["doi"] = table["doi"].str.lower()
    return table


def read(name: str, tables: Sequence[str] = (FIRST,)) -> Measurements:
    """Return every literature measurement of the property of that name, uncurated; none if the tables have none.

    The liquidus takes all melting rows, the melting point those of single salts only, since a mixture melts over a
    range and the table gives the end of it.

    Parameters
    ----------
    name
        A key of `properties.PROPERTIES`.
    tables
        Cards of the tables to read, of `TABLES`.
    """
    prop = find(name)
    table = read_table(tables)
    table["paper"] = _papers(table)
    table = table[table["quantity"] == QUANTITIES.get(name, "")]
    if name == "melting":
        mixture = table["synthesis"].str.startswith(MIXTURES) & ~table["synthesis"].str.contains(PURE, regex=False)
        table = table[~mixture]
    table = table.reset_index(drop=True)
    if table.empty:
        return Measurements(tabulate(0), np.zeros((0, len(SYMBOLS))))
    matrix = Fractions.of(table["formula"].tolist()).matrix
    paper = table["paper"]
    confidence = table["confidence"].where(table["doubt"] == "", "low")
    rows = tabulate(
        len(table),
        formula=table["formula"],
        value=table["value"],
        quantity=prop.name,
        unit=prop.unit,
        temperature_C=table["temperature_C"],
        phase=table["phase"].where(table["phase"].isin(PHASES), "unknown"),
        method=table["synthesis"],
        licence=table["licence"],
        source=table["collection"] + ": " + table["source"],
        paper=paper,
        group=_groups(paper, composition_keys(matrix)),
        doi=table["doi"],
        year=table["year"].round().astype("Int16"),
        confidence=confidence,
        weight=confidence.map(CONFIDENCE_WEIGHT),
        doubt=table["doubt"],
    )
    return Measurements(rows, matrix)


def _papers(table: pd.DataFrame) -> pd.Series[str]:
    """Return a key for each paper: the DOI, else the journal, volume, year and page that the table cites.

    Without either it is the source and year: coarser than a paper, never finer. So is a citation left aside where
    another row of the same source and year has none, since that may be from the same paper.
    """
    year = table["year"].map(lambda value: "undated" if pd.isna(value) else f"{value:.0f}")
    coarse = "no-doi:" + table["source"] + ":" + year
    cited = table["synthesis"].str.extract(CITATION, expand=False).fillna("").str.strip()
    bare = coarse[(table["doi"] == "") & (cited == "")]
    return table["doi"].where(table["doi"] != "", coarse.where((cited == "") | coarse.isin(bare), "cited:" + cited))


def _groups(paper: pd.Series[str], keys: npt.NDArray[np.uint64]) -> pd.Series[str]:
    """Return the paper, but for what a review repeats the paper that the composition also comes from.

    So the number in a review never stands in training while the measurement it repeats is held out.
    """
    second_hand = paper.isin(REVIEWS).to_numpy()
    first = dict(zip(keys[~second_hand][::-1].tolist(), paper[~second_hand][::-1], strict=True))
    repeated = [first.get(key, own) for key, own in zip(keys.tolist(), paper, strict=True)]
    return paper.where(~second_hand, pd.Series(repeated, index=paper.index))
