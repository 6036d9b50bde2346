"""The reader of matminer's data sets: any of them, by name, one column as measurements of one property."""

from __future__ import annotations

import contextlib
import importlib
import sys
from typing import Any

import pandas as pd

from ...features.fractions import Fractions
from .. import units
from ..measurement import Measurements, tabulate
from ..properties import find

FORMULA_COLUMNS = ("formula", "composition", "full_formula", "pretty_formula", "reduced_formula")
ONE_PAPER = "matminer:"


class MatminerError(ValueError):
    """A matminer data set that is not there, or not what was asked for."""


def names() -> list[str]:
    """Return the names of all data sets that matminer knows."""
    with contextlib.redirect_stdout(sys.stderr):
        return sorted(_matminer().get_available_datasets(print_format=None))


def load_table(name: str) -> pd.DataFrame:
    """Return a matminer data set as matminer gives it; matminer downloads it when it is not on disk yet."""
    module = _matminer()
    if name not in names():
        near = [known for known in names() if name.lower() in known.lower()]
        hint = f"; did you mean {', '.join(near)}" if near else ""
        raise MatminerError(f"{name!r} is no data set of matminer{hint}; see matminer_reader.names()")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            table: pd.DataFrame = module.load_dataset(name)
    except Exception as error:  # matminer raises what its downloads raise
        msg = f"{name} could not be loaded ({error}); matminer downloads it once: try on a machine with a network"
        raise MatminerError(msg) from error
    return table


def read(
    name: str,
    property_name: str,
    column: str,
    unit: str,
    *,
    temperature_C: float = float("nan"),
    phase: str = "unknown",
    keep_good: bool = False,
) -> Measurements:
    """Return one column of a matminer data set as measurements, in the lab unit of the property.

    The data sets do not say which paper a row is from, so that all rows of one are one paper.

    Parameters
    ----------
    name
        Such as ``"citrine_thermal_conductivity"``.
    property_name, column, unit
        The property, the column that holds it, and the unit of that column.
    temperature_C, phase
        Of all rows.
    keep_good
        Leave rows out whose formula cannot be read, instead of refusing the data set.
    """
    prop = find(property_name)
    table = load_table(name)
    if column not in table.columns:
        raise MatminerError(f"{name} has no column {column!r}; it has {', '.join(map(str, table.columns))}")
    fractions, readable, errors = Fractions.read(_formulas(table, name))
    if errors and not keep_good:
        row, reason = next(iter(errors.items()))
        raise MatminerError(f"{name}: row {row}: {reason} ({len(errors)} such rows); leave them out with keep_good")
    values = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)[readable]
    paper = f"{ONE_PAPER}{name}"
    rows = tabulate(
        len(readable),
        formula=[str(_formulas(table, name)[i]).replace(" ", "") for i in readable.tolist()],
        value=units.convert(values, unit, prop),
        quantity=prop.name,
        unit=prop.unit,
        temperature_C=temperature_C,
        phase=phase,
        source=f"matminer {name}",
        paper=paper,
        group=paper,
        place=[f"row {i}" for i in readable.tolist()],
    )
    return Measurements(rows, fractions.matrix)


def _formulas(table: pd.DataFrame, name: str) -> list[Any]:
    for column in FORMULA_COLUMNS:
        if column in table.columns:
            return table[column].tolist()
    if "structure" in table.columns:
        return [structure.composition for structure in table["structure"]]
    raise MatminerError(f"{name} has no column with formulas; it has {', '.join(map(str, table.columns))}")


def _matminer() -> Any:
    try:
        return importlib.import_module("matminer.datasets")
    except ImportError:
        raise MatminerError(
            "matminer cannot be imported; install what is missing in the folder of the source: pip install ."
        ) from None
