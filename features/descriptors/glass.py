"""The glass descriptors of a batch: all that are registered by `@descriptor`, in the order of their definition.

The melting points among them are those of the chlorides of single elements; what was measured of mixtures is data.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..elements import INDEX
from ..fractions import Fractions
from ..sparse import Slots, each_block
from . import ions as glass_ions
from . import melting as glass_melting
from . import network as glass_network
from . import ratios as glass_ratios
from .descriptor import Descriptor, defined_in
from .ionic_sums import Sums

MODULES = (glass_ratios, glass_network, glass_ions, glass_melting)  # the order of their descriptors is that of columns
DESCRIPTORS: dict[str, Descriptor] = {made.name: made for module in MODULES for made in defined_in(module)}
NAMES: tuple[str, ...] = tuple(DESCRIPTORS)


def glass(fractions: Fractions, out: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """All glass descriptors, ndarray of shape (n, len(NAMES)), columns as `NAMES`.

    Examples
    --------
    >>> values = glass(Fractions.of(["LiAlCl2.5O0.75"]))[0]
    >>> round(float(values[NAMES.index("o_per_m")]), 6), round(float(values[NAMES.index("bridging_o_per_m")]), 6)
    (0.75, 0.75)
    """
    result = np.empty((len(fractions), len(NAMES))) if out is None else out

    def fill(block: slice) -> None:
        slots = Slots.of(fractions.matrix[block])
        result[block][slots.order] = of_slots(slots)

    each_block(len(fractions), fill)
    return result


def of_slots(slots: Slots) -> NDArray[np.float64]:
    """Glass descriptors of rows in the order of their slots."""
    sums = Sums.of(slots)
    found = np.empty((len(NAMES), slots.order.size))
    for place, made in enumerate(DESCRIPTORS.values()):
        found[place] = made.formula(sums)
    return found.T


def descriptor(name: str, fractions: Fractions) -> NDArray[np.float64]:
    """One glass descriptor by name, ndarray of shape (n,)."""
    if name not in DESCRIPTORS:
        raise ValueError(f"'{name}' is not a glass descriptor; choose from {', '.join(NAMES)}")
    slots = Slots.of(fractions.matrix)
    values = np.empty(len(fractions))
    values[slots.order] = DESCRIPTORS[name](Sums.of(slots))
    return values


def ion_volume(fractions: Fractions) -> NDArray[np.float64]:
    """Volume per atom of the ions alone as close-packed spheres, without openness, in cubic angstrom, shape (n,)."""
    slots = Slots.of(fractions.matrix)
    values = np.empty(len(fractions))
    values[slots.order] = Sums.of(slots)["volume"]
    return values


def parent_halide(fractions: Fractions) -> Fractions:
    """The chloride from which an oxychloride comes: each O replaced by 2 Cl.

    Examples
    --------
    >>> from ..composition import Composition
    >>> parent = parent_halide(Fractions.of(["LiAlCl2.5O0.75"]))
    >>> bool(np.allclose(parent.matrix, Fractions.of(["LiAlCl4"]).matrix))
    True
    """
    amounts = fractions.matrix.copy()
    amounts[:, INDEX["Cl"]] += 2 * amounts[:, INDEX["O"]]
    amounts[:, INDEX["O"]] = 0
    return Fractions.from_matrix(amounts)
