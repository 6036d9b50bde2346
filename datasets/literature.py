"""The reader of the embedded literature table: halide and oxyhalide electrolytes, each number with its DOI."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features.elements import SYMBOLS
from ..features.fractions import Fractions
from .measurement import CONFIDENCE_WEIGHT, Measurements, composition_keys, tabulate
from .properties import find
from .sources import DATA, card

NAME = "halide literature table"
TABLE = DATA / "halide_electrolytes.csv"
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


def read_table() -> pd.DataFrame:
    """Return the table as it is in the file; DOIs in lower case, gaps in text columns as empty text."""
    text = ["formula", "quantity", "unit", "phase", "synthesis", "doi", "source", "confidence"]
    table = pd.read_csv(TABLE, dtype=dict.fromkeys(text, "object"), encoding="utf-8")
    table[text] = table[text].fillna("")
    table["doi"] = table["doi"].str.lower()
    return table


def read(name: str) -> Measurements:
    """Return every literature measurement of the property of that name, uncurated; none if the table has none.

    The liquidus takes all melting rows, the melting point those of single salts only, since a mixture melts over a
    range and the table gives the end of it.
    """
    prop = find(name)
    table = read_table()
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
    rows = tabulate(
        len(table),
        formula=table["formula"],
        value=table["value"],
        quantity=prop.name,
        unit=prop.unit,
        temperature_C=table["temperature_C"],
        phase=table["phase"],
        method=table["synthesis"],
        licence=card("halide_electrolytes").licence,
        source=NAME + ": " + table["source"],
        paper=paper,
        group=_groups(paper, composition_keys(matrix)),
        doi=table["doi"],
        year=table["year"].round().astype("Int16"),
        confidence=table["confidence"],
        weight=table["confidence"].map(CONFIDENCE_WEIGHT),
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
