"""The reader of the embedded glass-formation tables: which mixtures of three components came out as a glass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ...features.composition import Composition
from ...features.elements import INDEX, SYMBOLS
from ..cards import DATA, card
from ..measurement import Measurements, composition_keys, formulas, tabulate
from ..properties import GLASS_FORMATION

NAME = "SciGlass glass formation"
TABLE = DATA / "glass_formation.parquet"
CRYSTAL, PARTIAL, GLASS = 0.0, 1.0, 2.0
COMPONENTS = ("component_1", "component_2", "component_3")
PARTS = ("parts_1", "parts_2", "parts_3")
CLASSES = ("crystal", "partial", "glass")
PHASES = ("crystal", "glass-ceramic", "glass")
SAME = 1000  # compositions count as repeats when they agree to 1 part of so many, 0.1 at.%
DISPUTED = "other papers report another outcome of this composition"


def read(name: str = GLASS_FORMATION.name) -> Measurements:
    """Return every point of the tables: the value is 2 for a glass, 1 for a partly crystalline one, 0 for none.

    Of another property than glass formation there are no rows.

    ``place`` is the system, its components in alphabetical order, such as ``B2O3-BaO-K2O``. Where papers contradict
    each other on a composition, each of its rows weighs the share of them that agree with it, and has a doubt.
    """
    if name != GLASS_FORMATION.name:
        return Measurements.none()
    table = pq.read_table(TABLE)
    matrix = _matrix(table)
    value = table["outcome"].to_numpy().astype(float)
    numbers, where = np.unique(table["paper"].to_numpy(), return_inverse=True)
    paper = np.array([f"sciglass-formation:{number}" for number in numbers.tolist()], dtype=object)[where]
    weight = agreement(composition_keys(matrix, SAME), value)
    treatment = table["treatment"].to_pandas().astype(object).to_numpy()
    rows = tabulate(
        table.num_rows,
        formula=pd.array(formulas(matrix), dtype=object),
        value=value,
        quantity=GLASS_FORMATION.name,
        unit=GLASS_FORMATION.unit,
        phase=np.array(PHASES, dtype=object)[value.astype(int)],
        method=np.where(treatment == "", "glass-formation diagram", "glass-formation diagram, " + treatment),
        source=NAME,
        licence=card("glass_formation").licence,
        paper=paper,
        place=_systems(table),
        group=paper,
        author=table["authors"].to_pandas().astype(object).to_numpy(),
        year=table["year"].to_numpy(),
        weight=weight,
        doubt=np.where(weight < 1, DISPUTED, "").astype(object),
    )
    return Measurements(rows, matrix)


def atoms(components: Sequence[str]) -> npt.NDArray[np.float64]:
    """Atoms of each element in one formula unit of k components, shape (k, 103).

    >>> atoms(["Na2O"]).sum()
    np.float64(3.0)
    """
    made = np.zeros((len(components), len(SYMBOLS)))
    for row, text in enumerate(components):
        for symbol, count in Composition.parse(text).counts:
            made[row, INDEX[symbol]] = float(count)
    return made


def agreement(keys: npt.NDArray[np.uint64], value: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Share of the rows of the same composition that have the same value as each row, shape (n,).

    >>> agreement(np.array([7, 7, 7, 8], dtype=np.uint64), np.array([2.0, 2.0, 0.0, 1.0])).round(2).tolist()
    [0.67, 0.67, 0.33, 1.0]
    """
    rows = pd.DataFrame({"key": keys, "value": value})
    same = rows.groupby(["key", "value"])["value"].transform("size")
    return np.asarray(same / rows.groupby("key")["value"].transform("size"))


def _matrix(table: pa.Table) -> npt.NDArray[np.float64]:
    """Atomic fractions, shape (n, 103)."""
    matrix = np.zeros((table.num_rows, len(SYMBOLS)))
    for name, parts in zip(COMPONENTS, PARTS, strict=True):
        coded = table[name].combine_chunks()
        units = atoms(coded.dictionary.to_pylist())
        matrix += table[parts].to_numpy()[:, None] * units[coded.indices.to_numpy()]
    return np.asarray(matrix / matrix.sum(axis=1, keepdims=True))


def _systems(table: pa.Table) -> npt.NDArray[np.object_]:
    texts = pd.DataFrame({name: table[name].to_pandas().astype(object) for name in COMPONENTS})
    systems = texts.drop_duplicates()
    names = ["-".join(sorted(row)) for row in systems.to_numpy().tolist()]
    merged = texts.merge(systems.assign(system=names), on=list(COMPONENTS), how="left")
    return merged["system"].to_numpy(dtype=object)
