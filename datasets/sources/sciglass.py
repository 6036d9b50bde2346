"""The reader of SciGlass: the embedded table as measurements, in lab units."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...features.composition import Composition
from ...features.elements import INDEX, SYMBOLS
from ..cards import DATA, card
from ..measurement import CHUNK, Measurements, formulas, tabulate
from ..properties import find

NAME = "SciGlass"
TABLE = DATA / "sciglass.parquet"
PARTS_PER_WHOLE = 1_000_000
KEYS = ("paper", "glass", "author", "year", "analysed")

# property -> column of the table -> temperature of the measurement in degC
COLUMNS: Mapping[str, Mapping[str, float]] = {
    "tg": {"tg_C": np.nan},
    "liquidus": {"liquidus_C": np.nan},
    "melting": {"melting_C": np.nan},
    "conductivity": {f"log10_conductivity_S_cm_{t}C": float(t) for t in (20, 100, 150, 300)},
    "density": {"density_g_cm3": 20.0},
    "youngs_modulus": {"youngs_modulus_GPa": 20.0},
}


def read(name: str) -> Measurements:
    """Return every SciGlass measurement of the property of that name, uncurated; none if SciGlass does not hold it.

    A glass measured at several temperatures gives as many rows. The formula is in atomic per cent.
    """
    prop = find(name)
    columns = COLUMNS.get(name, {})
    if not columns:
        return Measurements(tabulate(0), np.zeros((0, len(SYMBOLS))))
    table = _measured(list(columns))
    matrix = composition_matrix(table)
    values = np.stack([table[column].to_numpy(zero_copy_only=False) for column in columns], axis=1).astype(float)
    glass, which = np.nonzero(~np.isnan(values))
    value = values[glass, which]
    temperature = np.array(list(columns.values()))[which]
    rows = tabulate(
        len(glass),
        formula=pd.array(formulas(matrix), dtype=object)[glass],
        value=10.0**value if prop.scale == "log10" else _without_float32_noise(value),
        quantity=prop.name,
        unit=prop.unit,
        temperature_C=temperature,
        phase="glass" if name not in ("liquidus", "melting") else "crystal",
        source=NAME,
        licence=card("sciglass").licence,
        **{key: column[glass] for key, column in _provenance(table).items()},
    )
    return Measurements(rows, matrix if len(columns) == 1 else matrix[glass])


def _measured(columns: list[str]) -> pa.Table:
    schema = pq.read_schema(TABLE)
    elements = [column for column in schema.names if column in INDEX]
    table = pq.read_table(TABLE, columns=[*KEYS, *columns, *elements], memory_map=True)
    known = pc.is_valid(table[columns[0]])
    for column in columns[1:]:
        known = pc.or_(known, pc.is_valid(table[column]))
    return table.filter(known).combine_chunks()


def composition_matrix(table: pa.Table) -> np.ndarray:
    """Return atomic fractions, shape (n, 103), from columns of whole atomic ppm."""
    elements = [column for column in table.column_names if column in INDEX]
    parts = np.stack([table[column].to_numpy() for column in elements])
    matrix = np.zeros((table.num_rows, len(SYMBOLS)))
    columns = [INDEX[element] for element in elements]
    for start in range(0, table.num_rows, CHUNK):
        matrix[start : start + CHUNK, columns] = parts[:, start : start + CHUNK].T / PARTS_PER_WHOLE
    return matrix


def composition(fractions: np.ndarray) -> Composition:
    """Return the composition in atomic per cent, exact to the ppm of the table, from fractions of shape (103,)."""
    present = np.flatnonzero(fractions)
    parts = np.rint(fractions[present] * PARTS_PER_WHOLE).astype(int).tolist()
    return Composition({SYMBOLS[i]: Fraction(part, 10_000) for i, part in zip(present.tolist(), parts, strict=True)})


def _provenance(table: pa.Table) -> dict[str, np.ndarray]:
    numbers, where = np.unique(table["paper"].to_numpy(), return_inverse=True)
    paper = np.array([f"sciglass:{number}" for number in numbers.tolist()], dtype=object)[where]
    method = np.where(
        table["analysed"].to_numpy(zero_copy_only=False), "composition analysed", "composition as batched"
    )
    author = table["author"].to_pandas().astype(object).to_numpy()
    return {
        "paper": paper,
        "place": np.array([f"glass {number}" for number in table["glass"].to_pylist()], dtype=object),
        "group": paper,
        "author": author,
        "year": table["year"].to_numpy(),
        "method": method.astype(object),
    }


def _without_float32_noise(values: np.ndarray) -> np.ndarray:
    return np.round(values, 4)
