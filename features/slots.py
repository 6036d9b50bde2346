"""The elements present in each row of a batch, so that matrix work touches nothing absent, and work block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

BLOCK = 1024
Matrix = NDArray[np.float64]


def each_block(size: int, work: Callable[[slice], object]) -> None:
    """Call `work` for every stretch of rows that fits the cache of one core, on all cores when there are many."""
    blocks = [slice(start, min(start + BLOCK, size)) for start in range(0, size, BLOCK)]
    if len(blocks) < 8:
        for block in blocks:
            work(block)
    else:
        with ThreadPoolExecutor(cpu_count()) as pool:
            for _ in pool.map(work, blocks):
                pass


@dataclass(frozen=True)
class Slots:
    """Nonzero entries of a matrix, rows with the most elements first, so that every slot is a run of leading rows.

    `order` of shape (n,) gives the row of the batch for each row here; `starts` and `counts`, in the same order, say
    where its entries begin in `columns` and `values` and how many there are.
    """

    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    counts: NDArray[np.intp]
    columns: NDArray[np.intp]
    values: Matrix

    @classmethod
    def of(cls, matrix: Matrix) -> Slots:
        """Slots of a matrix of shape (n, elements)."""
        flat = np.flatnonzero(matrix != 0)
        rows, columns = np.divmod(flat, matrix.shape[1])
        counts = np.bincount(rows, minlength=matrix.shape[0])
        starts = np.cumsum(counts) - counts
        order = np.argsort(-counts, kind="stable")
        return cls(order, starts[order], counts[order], columns, np.ascontiguousarray(matrix).ravel()[flat])

    def take(self, rows: NDArray[np.intp]) -> Slots:
        """Slots of some rows, given in rising order of their places here; `order` counts these rows."""
        return Slots(np.arange(rows.size), self.starts[rows], self.counts[rows], self.columns, self.values)

    def dense(self, width: int) -> Matrix:
        """The entries as a matrix of shape (n, width), rows as in the slots."""
        matrix = np.zeros((self.order.size, width))
        for columns, values in self:
            matrix[np.arange(values.size), columns] = values
        return matrix

    def sums(self, weights: Matrix, offsets: NDArray[np.intp] | None = None) -> Matrix:
        """Sum of value times row of `weights` over each row's entries, shape (n, weights), rows as in `order`.

        `offsets` of shape (n,) picks another stretch of `weights` for each row.
        """
        total = np.zeros((self.order.size, weights.shape[1]))
        for columns, values in self:
            at = columns if offsets is None else columns + offsets[: values.size]
            part = np.take(weights, at, axis=0, mode="clip")
            part *= values[:, None]
            total[: values.size] += part
        return total

    def __iter__(self) -> Iterator[tuple[NDArray[np.intp], Matrix]]:
        """Columns and values of the first element of every row, of the second where there is one, and so on."""
        return iter(self._runs)

    @cached_property
    def _runs(self) -> list[tuple[NDArray[np.intp], Matrix]]:
        most = int(self.counts[0]) if self.counts.size else 0
        places = [self.starts[: int(np.count_nonzero(self.counts > slot))] + slot for slot in range(most)]
        return [(self.columns[at], self.values[at]) for at in places]
