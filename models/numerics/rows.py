"""Rows of a matrix that are the same, found by sums of their bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit of a row is lost in a product


def different_rows(
    matrix: npt.NDArray[Any], factor: np.uint64 = FACTOR
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows of a matrix of shape (n, k) that hold each of its m different rows first, and the number of each row's kind.

    The first rise, shape (m,), and kinds are counted as they first come, shape (n,). Rows are compared by their bits,
    where sums of them agree that are mixed by the factor.

    Examples
    --------
    >>> different_rows(np.array([[2.0, 1.0], [0.0, 1.0], [2.0, 1.0]]))
    (array([0, 1]), array([0, 1, 0]))
    """
    words = np.ascontiguousarray(matrix, dtype=np.float64).reshape(len(matrix), -1).view(np.uint64)
    mixed = np.zeros(len(words), dtype=np.uint64)
    for column in words.T:
        mixed = (mixed ^ column) * factor
        mixed ^= mixed >> np.uint64(29)
    first, kind = _kinds(mixed)
    if (words[first[kind]] != words).any():  # two rows of one sum, once in 10^10 files
        first, kind = _kinds(words.view(np.dtype((np.void, 8 * words.shape[1]))).ravel())
    return first, kind


def _kinds(keys: npt.NDArray[Any]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    number = np.empty(len(first), dtype=np.intp)
    number[order] = np.arange(len(first))
    return first[order], number[which.ravel()]
