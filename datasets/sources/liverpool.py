"""The reader of the embedded Liverpool Ionics Dataset: conductivities of lithium electrolytes at many temperatures.

Hargreaves et al., npj Comput. Mater. 9, 9 (2023), 10.1038/s41524-022-00951-z, CC BY 4.0.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...features.elements import SYMBOLS
from ...features.fractions import Fractions
from ..cards import card
from ..measurement import CONFIDENCE_WEIGHT, Measurements, tabulate
from ..properties import CONDUCTIVITY

NAME = "Liverpool Ionics Dataset"
OBELIX_TEST = "test part of OBELiX"


def read(name: str) -> Measurements:
    """Return every conductivity of the dataset, uncurated; nothing for any other property.

    The phase is unknown; ``place`` is `OBELIX_TEST` for a row of the test part of OBELiX's official split.
    """
    if name != CONDUCTIVITY.name:
        return Measurements(tabulate(0), np.zeros((0, len(SYMBOLS))))
    source = card("liverpool_conductivity")
    text = ["formula", "unit", "family", "doi", "obelix", "doubt"]
    table = pd.read_csv(source.path, dtype=dict.fromkeys(text, "object"), encoding="utf-8")
    table[text] = table[text].fillna("")
    doi = table["doi"].str.lower()
    paper = doi.where(doi != "", "liverpool:" + table["year"].map("{:.0f}".format))
    confidence = table["doubt"].map(lambda reason: "low" if reason else "medium")
    rows = tabulate(
        len(table),
        formula=table["formula"],
        value=table["value"],
        quantity=CONDUCTIVITY.name,
        unit=CONDUCTIVITY.unit,
        temperature_C=table["temperature_C"],
        method=table["family"],
        source=NAME,
        licence=source.licence,
        paper=paper,
        place=table["obelix"].map({"test": OBELIX_TEST}).fillna(""),
        group=paper,
        doi=doi,
        year=table["year"].round().astype("Int16"),
        confidence=confidence,
        weight=confidence.map(CONFIDENCE_WEIGHT),
        doubt=table["doubt"],
    )
    return Measurements(rows, Fractions.of(table["formula"].tolist()).matrix)
