"""Measurements as one table: a row a measured value, and beside it the composition as atomic fractions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features.elements import SYMBOLS, lookup

if TYPE_CHECKING:
    import pandera.pandas as pa

PHASES = ("glass", "amorphous", "glass-ceramic", "crystal", "molten", "unknown")
CONFIDENCE_WEIGHT = {"high": 1.0, "medium": 1.0, "low": 0.3}
COLUMNS = (
    "formula",
    "quantity",
    "value",
    "unit",
    "temperature_C",
    "phase",
    "method",
    "source",
    "licence",
    "paper",
    "place",
    "group",
    "doi",
    "year",
    "author",
    "confidence",
    "weight",
    "repeats",
    "doubt",
)
UNKNOWN_LICENCE = "unknown"
LONGEST_FORMULA = 250  # the parser reads 256 characters
CHUNK = 2048
PARTS_PER_KEY = 10_000  # compositions count as the same when they agree to 0.01 at.%


@dataclass(frozen=True)
class Measurements:
    """Rows with their compositions.

    Parameters
    ----------
    rows
        One row a measurement, with `COLUMNS`; the index counts from 0.
    matrix
        Atomic fractions, ndarray of shape (n, 103), columns by atomic number.
    """

    rows: pd.DataFrame
    matrix: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.matrix):
            msg = f"{len(self.rows)} rows for {len(self.matrix)} compositions; give one composition a row"
            raise ValueError(msg)
        if not self.rows.index.equals(
            pd.RangeIndex(len(self.rows))
        ):  # of who filtered his rows: all here goes by place
            object.__setattr__(self, "rows", self.rows.reset_index(drop=True))

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def keys(self) -> npt.NDArray[np.uint64]:
        """A number for each composition, shape (n,); see `composition_keys`."""
        return composition_keys(self.matrix)

    def take(self, where: npt.ArrayLike) -> Measurements:
        """Return the rows of a mask or of indices, in that order."""
        index = np.asarray(where)
        if index.dtype == bool and index.all():
            return self
        index = np.flatnonzero(index) if index.dtype == bool else index.astype(np.intp)
        rows = self.rows.take(index)
        rows.index = pd.RangeIndex(len(index))
        taken = Measurements(rows, self.matrix[index])
        if "keys" in vars(self):
            vars(taken)["keys"] = self.keys[index]
        return taken

    @classmethod
    def none(cls) -> Measurements:
        """No measurement."""
        return cls(tabulate(0), np.zeros((0, len(SYMBOLS))))

    @staticmethod
    def join(parts: Sequence[Measurements]) -> Measurements:
        """Return the measurements of all parts, one after the other."""
        full = [part for part in parts if len(part)] or list(parts[:1])
        if len(full) == 1:
            return full[0]
        rows = pd.concat([part.rows for part in full], ignore_index=True)
        return Measurements(rows, np.concatenate([part.matrix for part in full]))


def tabulate(count: int, **columns: object) -> pd.DataFrame:
    """Return a table of `count` rows with all `COLUMNS`, those not given being empty.

    >>> tabulate(1, value=[2.0], unit="degC").loc[0, ["unit", "phase", "confidence"]].tolist()
    ['degC', 'unknown', 'medium']
    """
    empty: dict[str, object] = {
        "value": np.nan,
        "temperature_C": np.nan,
        "phase": "unknown",
        "licence": UNKNOWN_LICENCE,
        "confidence": "medium",
        "weight": 1.0,
        "repeats": 1,
        "year": pd.NA,
    }
    data = {name: columns.get(name, empty.get(name, "")) for name in COLUMNS}
    frame = pd.DataFrame(data, index=range(count))
    return frame.astype({"year": "Int16", "value": float, "temperature_C": float, "weight": float})


def composition_keys(matrix: npt.NDArray[np.float64], parts: int = PARTS_PER_KEY) -> npt.NDArray[np.uint64]:
    """Return a number for each composition, shape (n,), equal where compositions agree to 1 in `parts`: 0.01 at.%.

    >>> same, other = np.eye(103)[:2]
    >>> keys = composition_keys(np.array([same, other, same + 1e-9 * other]))
    >>> bool(keys[0] == keys[2] != keys[1])
    True
    """
    # Whole numbers below 2**53 all along, so that the product is exact in any order of summation.
    factors = np.random.default_rng(20240229).integers(1, 2**38, size=(matrix.shape[1], 2)).astype(float)
    sums = np.empty((len(matrix), 2), dtype=np.uint64)
    for start in range(0, len(matrix), CHUNK):  # small enough for the cache
        part = matrix[start : start + CHUNK]
        sums[start : start + CHUNK] = np.rint(part * parts) @ factors
    return np.asarray(sums[:, 0] * np.uint64(0x9E3779B97F4A7C15) ^ sums[:, 1], dtype=np.uint64)


def formulas(matrix: npt.NDArray[np.float64]) -> list[str]:
    """Return formulas in atomic per cent, elements in order of electronegativity as in `Composition.formula`.

    Amounts are to 1 atomic ppm; in the few formulas that would be too long to parse, to 0.01 at.%.

    >>> row = np.zeros((1, 103))
    >>> row[0, [2, 7, 16]] = 0.5, 0.3, 0.2
    >>> formulas(row)
    ['Li50Cl20O30']
    """
    texts = _written(matrix, 4)
    long = [i for i, text in enumerate(texts) if len(text) > LONGEST_FORMULA]
    for i in long:
        texts[i] = _written(matrix[[i]], 2)[0]
    return texts


def _written(matrix: npt.NDArray[np.float64], decimals: int) -> list[str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    order = np.argsort(np.nan_to_num(lookup("electronegativity"), nan=9.0), kind="stable")
    present = [_present(matrix[start : start + CHUNK], order) for start in range(0, max(1, len(matrix)), CHUNK)]
    rows = np.concatenate([part[0] + CHUNK * i for i, part in enumerate(present)])
    columns, amounts = (np.concatenate([part[i] for part in present]) for i in (1, 2))
    parts = np.rint(amounts * 100 * 10**decimals).astype(np.int32)
    written = parts > 0
    whole, rest = np.divmod(parts[written], 10**decimals)
    decimal = ["", *(f".{part:0{decimals}d}".rstrip("0") for part in range(1, 10**decimals))]
    texts = [pa.array(list(names)) for names in ([SYMBOLS[i] for i in order], map(str, range(101)), decimal)]
    numbers = [pa.array(which) for which in (columns[written], whole, rest)]
    pieces = pc.binary_join_element_wise(*(t.take(n) for t, n in zip(texts, numbers, strict=True)), "")
    ends = np.searchsorted(rows[written], np.arange(len(matrix) + 1)).astype(np.int32)
    joined: list[str] = pc.binary_join(pa.ListArray.from_arrays(pa.array(ends), pieces), "").to_pylist()
    return joined


def _present(
    matrix: npt.NDArray[np.float64], order: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return row, place in the order, and fraction of every element that is there."""
    ordered = matrix.take(order, axis=1).ravel()
    where = np.flatnonzero(ordered)
    rows, columns = np.divmod(where, len(order))
    return rows, columns, ordered[where]


def schema() -> pa.DataFrameSchema:
    """Return the pandera schema that every table of measurements obeys."""
    import pandera.pandas as pa

    text = pa.Column(str)
    return pa.DataFrameSchema(
        {
            "formula": pa.Column(str, pa.Check.str_length(min_value=1)),
            "quantity": text,
            "value": pa.Column(float),
            "unit": text,
            "temperature_C": pa.Column(float, pa.Check.in_range(-273.15, 4000), nullable=True),
            "phase": pa.Column(str, pa.Check.isin(PHASES)),
            "method": text,
            "source": pa.Column(str, pa.Check.str_length(min_value=1)),
            "licence": pa.Column(str, pa.Check.str_length(min_value=1)),
            "paper": pa.Column(str, pa.Check.str_length(min_value=1)),
            "place": text,
            "group": pa.Column(str, pa.Check.str_length(min_value=1)),
            "doi": text,
            "year": pa.Column("Int16", pa.Check.in_range(1800, 2100), nullable=True),
            "author": text,
            "confidence": pa.Column(str, pa.Check.isin(list(CONFIDENCE_WEIGHT))),
            "weight": pa.Column(float, pa.Check.in_range(0, 1)),
            "repeats": pa.Column(int, pa.Check.ge(1)),
            "doubt": text,
        },
        strict=True,
        ordered=True,
    )
