"""Large batches in parts, side by side on all processors."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from .difficulty import FEW


def in_parts(work: Callable[[slice], Any], n: int) -> list[npt.NDArray[Any]]:
    """Arrays of shape (n,) that some work gives for n rows, joined from parts of at least `FEW` rows.

    NumPy and the libraries below it let threads run side by side; theirs are held back, so that each part has one.
    """
    count = max(n // FEW, 1)
    ends = np.linspace(0, n, count + 1).astype(int)
    slices = [slice(start, stop) for start, stop in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]
    if count == 1:
        return list(work(slices[0]))
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
        return [np.concatenate(columns) for columns in zip(*pool.map(work, slices), strict=True)]
