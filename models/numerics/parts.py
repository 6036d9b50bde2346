"""Large batches in parts, side by side on all processors."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from .threads import one_thread

PART = 4096  # rows of a part: the trees of a forest are fetched once for all of them


def in_parts(work: Callable[[slice], Any], n: int) -> list[npt.NDArray[Any]]:
    """Arrays of shape (n,) that some work gives for n rows, joined from parts of at most `PART` rows.

    NumPy and the libraries below it let threads run side by side; theirs are held back, so that each part has one.
    """
    ends = np.linspace(0, n, max(-(-n // PART), 1) + 1).astype(int)
    slices = [slice(start, stop) for start, stop in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]
    with one_thread():
        if len(slices) == 1:
            return list(work(slices[0]))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return [np.concatenate(columns) for columns in zip(*pool.map(work, slices), strict=True)]
