"""The 132 Magpie statistics of a batch, as matrix work: the numbers of matminer's ``ElementProperty`` preset "magpie".

Reference: Ward et al., npj Comput. Mater. 2, 16028 (2016), 10.1038/npjcompumats.2016.28.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..elements import lookup
from ..fractions import Fractions
from ..sparse import Slots, each_block

PROPERTIES: tuple[str, ...] = tuple(
    "Number MendeleevNumber AtomicWeight MeltingT Column Row CovalentRadius Electronegativity NsValence NpValence "  # noqa: SIM905
    "NdValence NfValence NValence NsUnfilled NpUnfilled NdUnfilled NfUnfilled NUnfilled GSvolume_pa GSbandgap "
    "GSmagmom SpaceGroupNumber".split()
)
STATISTICS = ("minimum", "maximum", "range", "mean", "avg_dev", "mode")
NAMES: tuple[str, ...] = tuple(f"MagpieData {statistic} {name}" for name in PROPERTIES for statistic in STATISTICS)
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
    >>> float(row[NAMES.index("MagpieData maximum Number")])
    8.0
    >>> round(float(row[NAMES.index("MagpieData mean Number")]), 4)
    4.6667
    """
    result = np.empty((len(fractions), len(NAMES))) if out is None else out

    def fill(block: slice) -> None:
        slots = Slots.of(fractions.matrix[block])
        result[block][slots.order] = of_slots(slots)

    each_block(len(fractions), fill)
    return result


def of_slots(slots: Slots) -> Matrix:
    """Magpie statistics of rows in the order of their slots."""
    rows, width = slots.order.size, len(PROPERTIES)
    gathered = [(np.take(properties(), columns, axis=0, mode="clip"), shares) for columns, shares in slots]
    found = np.empty((rows, width, len(STATISTICS)))
    low, high, mean = _extremes(gathered, rows)
    found[:, :, 0], found[:, :, 1], found[:, :, 3] = low, high, mean
    np.subtract(high, low, out=found[:, :, 2])
    found[:, :, 4] = _deviation(gathered, mean)
    found[:, :, 5] = _mode(gathered, rows)
    return found.reshape(rows, -1)


Gathered = list[tuple[Matrix, Matrix]]


def _extremes(gathered: Gathered, rows: int) -> tuple[Matrix, Matrix, Matrix]:
    low = gathered[0][0].copy()
    high = low.copy()
    mean = np.zeros((rows, len(PROPERTIES)))
    step = np.empty_like(mean)
    for values, shares in gathered:
        size = shares.size
        np.minimum(low[:size], values, out=low[:size])
        np.maximum(high[:size], values, out=high[:size])
        np.multiply(values, shares[:, None], out=step[:size])
        mean[:size] += step[:size]
    return low, high, mean


def _deviation(gathered: Gathered, mean: Matrix) -> Matrix:
    total = np.zeros_like(mean)
    step = np.empty_like(mean)
    for values, shares in gathered:
        part = step[: shares.size]
        np.subtract(values, mean[: shares.size], out=part)
        np.abs(part, out=part)
        part *= shares[:, None]
        total[: shares.size] += part
    return total


def _mode(gathered: Gathered, rows: int) -> Matrix:
    most = np.zeros(rows)
    for _, shares in gathered:
        np.maximum(most[: shares.size], shares, out=most[: shares.size])
    most *= 1 - _TIE
    mode = np.full((rows, len(PROPERTIES)), np.inf)
    for values, shares in gathered:
        tied = np.flatnonzero(shares >= most[: shares.size])
        mode[tied] = np.minimum(mode[tied], values[tied])
    return mode
