"""The reader of OBELiX: room-temperature conductivities of crystalline lithium electrolytes.

Therrien et al. 2025, arXiv 2502.14234, CC BY 4.0. The data are not embedded: the package obelix-data downloads them
once, or a folder holds a copy.
"""

from __future__ import annotations

import contextlib
import importlib
import shutil
import sys
import tempfile
from pathlib import Path

import pandas as pd

from ...features.fractions import Fractions
from ..home import home, made
from ..measurement import CONFIDENCE_WEIGHT, Measurements, tabulate
from ..properties import CONDUCTIVITY

NAME = "OBELiX"
LICENCE = "CC-BY-4.0"
ROOM_TEMPERATURE_C = 25.0
UPPER_LIMIT = "the source gives an upper limit"
VALUE = "Ionic conductivity (S cm-1)"


class FolderError(ValueError):
    """A folder without the table that is looked for."""


class PackageError(RuntimeError):
    """A package that is not installed, or one that could not download its data."""


def read(folder: Path | None = None, part: str = "all") -> Measurements:
    """Return the conductivities of a part: ``all``, or ``train`` or ``test`` of the official split.

    A value given as an upper limit (``<1E-10``) is read as that limit, with the doubt noted and a low weight.

    Parameters
    ----------
    folder
        Where all.csv and test.csv lie; if not given, what `download` returns.
    part
        ``all``, ``train`` or ``test``.
    """
    table = _part(download() if folder is None else folder, part)
    limit = table[VALUE].str.startswith("<")
    formulas = table["True Composition"]
    doi = table["DOI"].fillna("").str.lower()
    confidence = limit.map({True: "low", False: "medium"})
    rows = tabulate(
        len(table),
        formula=formulas,
        value=table[VALUE].str.lstrip("<").astype(float),
        quantity=CONDUCTIVITY.name,
        unit=CONDUCTIVITY.unit,
        temperature_C=ROOM_TEMPERATURE_C,
        phase="crystal",
        source=NAME,
        licence=LICENCE,
        paper=doi.where(doi != "", "obelix:" + table["ID"]),
        place="entry " + table["ID"],
        group=doi.where(doi != "", "obelix:" + table["ID"]),
        doi=doi,
        confidence=confidence,
        weight=confidence.map(CONFIDENCE_WEIGHT),
        doubt=limit.map({True: UPPER_LIMIT, False: ""}),
    )
    return Measurements(rows, Fractions.of(formulas.tolist()).matrix)


def _part(folder: Path, part: str) -> pd.DataFrame:
    if part == "train" and not (folder / "train.csv").is_file():
        whole, test = _part(folder, "all"), _part(folder, "test")
        return whole[~whole["ID"].isin(test["ID"])].reset_index(drop=True)
    path = folder / f"{part}.csv"
    if not path.is_file():
        msg = f"{folder} holds no {part}.csv; give the folder of OBELiX, which holds all.csv and test.csv"
        raise FolderError(msg)
    return pd.read_csv(path, dtype="object", encoding="utf-8")


def download() -> Path:
    """Return the folder with OBELiX under the home folder, downloaded by the package obelix-data when not there yet.

    A download that fails leaves nothing behind.
    """
    target = home() / "obelix"
    if (target / "all.csv").is_file() and (target / "test.csv").is_file():
        return target
    try:
        package = importlib.import_module("obelix")
    except ImportError:
        msg = "OBELiX is read through its own package, which is not installed; install it with: pip install obelix-data"
        raise PackageError(msg) from None
    made()
    with tempfile.TemporaryDirectory(dir=target.parent) as part:
        fresh = Path(part) / "obelix"
        try:
            with contextlib.redirect_stdout(sys.stderr):
                package.OBELiX(data_path=str(fresh), no_cifs=True, unspecified_low_value=None)
        except Exception as error:  # the package raises what its downloads raise
            msg = f"OBELiX could not be downloaded ({error}); try on a machine with a network, or give a folder"
            raise PackageError(msg) from error
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    return target
