"""The reader of OBELiX: room-temperature conductivities of crystalline lithium electrolytes, from a folder.

Therrien et al. 2025, arXiv 2502.14234, CC BY 4.0. The data are not embedded; the folder is the one that the package
obelix-data downloads, or a copy of it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..features.fractions import Fractions
from .measurement import CONFIDENCE_WEIGHT, Measurements, tabulate
from .properties import CONDUCTIVITY

NAME = "OBELiX"
ROOM_TEMPERATURE_C = 25.0
UPPER_LIMIT = "the source gives an upper limit"
VALUE = "Ionic conductivity (S cm-1)"


class FolderError(ValueError):
    """A folder without the table that is looked for."""


def read(folder: Path, part: str = "all") -> Measurements:
    """Return the conductivities of a part: ``all``, or ``train`` or ``test`` of the official split.

    A value given as an upper limit (``<1E-10``) is read as that limit, with the doubt noted and a low weight.
    """
    path = folder / f"{part}.csv"
    if not path.is_file():
        msg = f"{folder} holds no {part}.csv; give the folder of OBELiX, which holds all.csv, train.csv and test.csv"
        raise FolderError(msg)
    table = pd.read_csv(path, dtype="object", encoding="utf-8")
    limit = table[VALUE].str.startswith("<")
    formulas = table["True Composition"]
    doi = table["DOI"].fillna("").str.lower()
    confidence = limit.map({True: "low", False: "medium"})
    rows = tabulate(
        len(table),
        formula=formulas,
        value=table[VALUE].str.lstrip("<").astype(float),
        unit=CONDUCTIVITY.unit,
        temperature_C=ROOM_TEMPERATURE_C,
        phase="crystal",
        source=NAME,
        paper=doi.where(doi != "", "obelix:" + table["ID"]),
        place="entry " + table["ID"],
        group=doi.where(doi != "", "obelix:" + table["ID"]),
        doi=doi,
        confidence=confidence,
        weight=confidence.map(CONFIDENCE_WEIGHT),
        doubt=limit.map({True: UPPER_LIMIT, False: ""}),
    )
    return Measurements(rows, Fractions.of(formulas.tolist()).matrix)
