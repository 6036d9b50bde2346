"""The glass descriptors of a batch: a table of small functions, each giving one number a composition, never NaN."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .bookkeeping import Descriptor, Sums
from .elements import INDEX
from .fractions import Fractions
from .glass_ions import IONS
from .glass_network import NETWORK
from .glass_ratios import RATIOS

DESCRIPTORS: dict[str, Descriptor] = {function.__name__: function for function in (*RATIOS, *NETWORK, *IONS)}
NAMES: tuple[str, ...] = tuple(DESCRIPTORS)
BLOCK = 4096


def glass(fractions: Fractions, out: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """All glass descriptors, ndarray of shape (n, len(NAMES)), columns as `NAMES`.

    Examples
    --------
    >>> values = glass(Fractions.of(["LiAlCl2.5O0.75"]))[0]
    >>> round(float(values[NAMES.index("o_per_m")]), 6), round(float(values[NAMES.index("bridging_o_per_m")]), 6)
    (0.75, 0.75)
    """
    result = np.empty((len(fractions), len(NAMES))) if out is None else out
    for start in range(0, len(fractions), BLOCK):
        rows = slice(start, start + BLOCK)
        sums = Sums.of(fractions.take(rows))
        for place, function in enumerate(DESCRIPTORS.values()):
            result[rows, place] = function(sums)
    return result


def descriptor(name: str, fractions: Fractions) -> NDArray[np.float64]:
    """One glass descriptor by name, ndarray of shape (n,)."""
    if name not in DESCRIPTORS:
        raise ValueError(f"'{name}' is not a glass descriptor; choose from {', '.join(NAMES)}")
    return DESCRIPTORS[name](Sums.of(fractions))


def parent_halide(fractions: Fractions) -> Fractions:
    """The chloride from which an oxychloride comes: each O replaced by 2 Cl.

    Examples
    --------
    >>> from .composition import Composition
    >>> parent = parent_halide(Fractions.of(["LiAlCl2.5O0.75"]))
    >>> bool(np.allclose(parent.matrix, Fractions.of(["LiAlCl4"]).matrix))
    True
    """
    amounts = fractions.matrix.copy()
    amounts[:, INDEX["Cl"]] += 2 * amounts[:, INDEX["O"]]
    amounts[:, INDEX["O"]] = 0
    return Fractions.from_matrix(amounts)
