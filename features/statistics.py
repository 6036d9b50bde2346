"""The 132 Magpie statistics of a batch, as matrix work: the numbers of matminer's ``ElementProperty`` preset "magpie".

Reference: Ward et al., npj Comput. Mater. 2, 16028 (2016), 10.1038/npjcompumats.2016.28.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

from .elements import lookup
from .fractions import Fractions

PROPERTIES: tuple[str, ...] = tuple(
    [
        "Number",
        "MendeleevNumber",
        "AtomicWeight",
        "MeltingT",
        "Column",
        "Row",
        "CovalentRadius",
        "Electronegativity",
        "NsValence",
        "NpValence",
        "NdValence",
        "NfValence",
        "NValence",
        "NsUnfilled",
        "NpUnfilled",
        "NdUnfilled",
        "NfUnfilled",
        "NUnfilled",
        "GSvolume_pa",
        "GSbandgap",
        "GSmagmom",
        "SpaceGroupNumber",
    ]
)
STATISTICS = ("minimum", "maximum", "range", "mean", "avg_dev", "mode")
NAMES: tuple[str, ...] = tuple(f"MagpieData {statistic} {name}" for name in PROPERTIES for statistic in STATISTICS)
BLOCK = 2048
_TIE = 1e-5

Matrix = NDArray[np.float64]


@lru_cache(maxsize=1)
def properties() -> Matrix:
    """Magpie properties of the elements, ndarray of shape (103, 22), in `PROPERTIES` order."""
    return np.column_stack([lookup(f"magpie {name}") for name in PROPERTIES])


def magpie(fractions: Fractions, out: Matrix | None = None) -> Matrix:
    """Minimum, maximum, range, mean, mean absolute deviation and mode of 22 properties, shape (n, 132).

    The mode is the property of the most abundant element, the smallest one when several are equally abundant.

    Examples
    --------
    >>> row = magpie(Fractions.of(["Li2O"]))[0]
    >>> float(row[NAMES.index("MagpieData maximum Number")]), round(float(row[NAMES.index("MagpieData mean Number")]), 4)
    (8.0, 4.6667)
    """
    size = len(fractions)
    result = np.empty((size, len(NAMES))) if out is None else out
    blocks = [slice(start, min(start + BLOCK, size)) for start in range(0, size, BLOCK)]
    fill = partial(_fill, fractions.matrix, result)
    if len(blocks) < 4:
        for block in blocks:
            fill(block)
    else:
        with ThreadPoolExecutor(cpu_count()) as pool:
            list(pool.map(fill, blocks))
    return result


def _fill(matrix: Matrix, result: Matrix, block: slice) -> None:
    """Six statistics of one block; slot by slot over the elements present, so that nothing absent is touched."""
    part, table = matrix[block], properties()
    view = result[block].reshape(-1, len(PROPERTIES), len(STATISTICS))
    first, weight = _most_abundant(part)
    low = table[first]
    high, mode = low.copy(), low.copy()
    mean = part @ table
    deviation = np.zeros_like(mean)
    step = np.empty_like(mean)
    for rows, columns in _slots(part):
        whole = rows.size == part.shape[0]
        values = table[columns]
        share = part[rows, columns]
        if whole:
            np.minimum(low, values, out=low)
            np.maximum(high, values, out=high)
            np.subtract(values, mean, out=step)
            np.abs(step, out=step)
            step *= share[:, None]
            deviation += step
        else:
            low[rows] = np.minimum(low[rows], values)
            high[rows] = np.maximum(high[rows], values)
            deviation[rows] += share[:, None] * np.abs(values - mean[rows])
        tied = np.flatnonzero((share >= weight[rows] * (1 - _TIE)) & (columns != first[rows]))
        if tied.size:
            mode[rows[tied]] = np.minimum(mode[rows[tied]], values[tied])
    for place, values in enumerate((low, high, high - low, mean, deviation, mode)):
        view[:, :, place] = values


def _most_abundant(part: Matrix) -> tuple[NDArray[np.intp], Matrix]:
    first = part.argmax(axis=1)
    return first, part[np.arange(part.shape[0]), first]


def _slots(part: Matrix) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows and columns of the first, second, ... element of each row that has one."""
    flat = np.flatnonzero(part.ravel() != 0)
    rows, columns = np.divmod(flat, part.shape[1])
    counts = np.bincount(rows, minlength=part.shape[0])
    starts = np.cumsum(counts) - counts
    for slot in range(int(counts.max(initial=0))):
        present = np.flatnonzero(counts > slot)
        yield present, columns[starts[present] + slot]
