"""The elements present in each row of a batch, so that matrix work touches nothing absent, and work block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

BLOCK = 4096  # rows at a time: fewer, and the calls cost more than the sums; more, and the caches are too small
Matrix = NDArray[np.float64]


def each_block(size: int, work: Callable[[slice], object]) -> None:
    """Call `work` for every stretch of rows that fits the cache of one core, on all cores when there are many."""
    blocks = [slice(start, min(start + BLOCK, size)) for start in range(0, size, BLOCK)]
    if len(blocks) < 3:
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
        columns, values, _ = self._entries
        matrix[np.repeat(np.arange(self.order.size), self.counts), columns] = values
        return matrix

    def sums(self, weights: Matrix, offsets: NDArray[np.intp] | None = None) -> Matrix:
        """Sum of value times row of `weights` over each row's entries, shape (n, weights), rows as in `order`.

        `offsets` of shape (n,) picks another stretch of `weights` for each row.
        """
        from scipy.sparse import csr_array  # a tenth of a second, which reading a formula does without

        columns, values, starts = self._entries
        at = columns if offsets is None else columns + np.repeat(offsets, self.counts)
        return np.asarray(csr_array((values, at, starts), shape=(self.order.size, len(weights))) @ weights)

    def __iter__(self) -> Iterator[tuple[NDArray[np.intp], Matrix]]:
        """Columns and values of the first element of every row, of the second where there is one, and so on."""
        return iter(self._runs)

    @cached_property
    def _runs(self) -> list[tuple[NDArray[np.intp], Matrix]]:
        most = int(self.counts[0]) if self.counts.size else 0
        places = [self.starts[: int(np.count_nonzero(self.counts > slot))] + slot for slot in range(most)]
        return [(self.columns[at], self.values[at]) for at in places]

    @cached_property
    def _entries(self) -> tuple[NDArray[np.intp], Matrix, NDArray[np.intp]]:
        """Columns and values row after row, and where each row begins among them, shape (n + 1,)."""
        starts = np.concatenate(([0], np.cumsum(self.counts)))
        at = np.arange(starts[-1]) + np.repeat(self.starts - starts[:-1], self.counts)
        return self.columns[at], self.values[at], starts
