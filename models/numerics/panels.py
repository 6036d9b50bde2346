"""Matrix products in panels of a fixed make, so that no row feels in its last bits who stands beside it.

A matrix library takes the rows of a product in strips, and those at the ends of a strip by another routine that adds
in another order. So what is asked stands in the columns of a panel, which is as wide as one strip at most, with idle
columns at both ends: every column in use takes the same way, whatever the width, and in whatever place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .threads import one_thread

GUARD = 8  # idle columns at each end
STEP = 16  # widths are multiples of this
WIDTH = 256  # columns of a full panel: one strip of every kernel, and the work stays near the cache


class Panel(NamedTuple):
    """Which rows of a batch a panel holds, and how wide it is with its idle columns."""

    rows: slice
    width: int

    @property
    def used(self) -> slice:
        """Columns in use."""
        return slice(GUARD, GUARD + self.rows.stop - self.rows.start)

    def of(self, matrix: npt.NDArray[Any], kind: Any = np.float32) -> npt.NDArray[Any]:
        """Rows of a matrix of shape (n, k) as the columns of a panel of shape (k, width)."""
        panel = np.zeros((matrix.shape[1], self.width), dtype=kind)
        panel[:, self.used] = matrix[self.rows].T
        return panel


def panels(n: int) -> Iterator[Panel]:
    """Panels for n rows: full ones, and a last one just wide enough.

    Examples
    --------
    >>> [(panel.rows.stop, panel.width) for panel in panels(300)]
    [(240, 256), (300, 80)]
    """
    full = WIDTH - 2 * GUARD
    for start in range(0, n, full):
        stop = min(start + full, n)
        yield Panel(slice(start, stop), -(-(stop - start + 2 * GUARD) // STEP) * STEP)


@lru_cache(maxsize=1)
def exact() -> bool:
    """Whether the library at hand treats all columns in use alike; where not, they differ by rounding, some 1e-7."""
    rng = np.random.default_rng(0)
    left, column = (rng.standard_normal(shape).astype(np.float32) for shape in ((64, 150), 150))
    told = []
    with one_thread():
        for n in (1, 100, WIDTH - 2 * GUARD):
            (panel,) = panels(n)
            told.append((left @ panel.of(np.broadcast_to(column, (n, 150))))[:, panel.used])
    joined = np.hstack(told)
    return bool((joined == joined[:, :1]).all())
