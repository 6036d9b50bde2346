"""Splits that do not flatter: by paper, chemical system, oxychloride family or year.

They depend on what the rows are, never on their order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from ..features.elements import INDEX, SYMBOLS
from .dataset import Dataset

Indices = npt.NDArray[np.intp]
Labels = npt.NDArray[np.object_]

HALOGENS = ("F", "Cl", "Br", "I")
CHALCOGENS = ("S", "Se", "Te")
CARRIERS = ("H", "Li", "Na", "K", "Rb", "Cs", "Ag", "Cu", "Tl")
PRESENT = 0.005  # atomic fraction from which an element counts as part of the system
SAME_WITHIN = 0.002  # atomic fraction of every element up to which two compositions count as one on both sides


def by_paper(data: Dataset) -> Labels:
    """Return the paper of each row, shape (n,)."""
    return data.groups


def by_system(data: Dataset) -> Labels:
    """Return the chemical system of each row, shape (n,), such as ``Al-Cl-Li-O``: elements of at least 0.5 at.%."""
    present = data.measured.matrix >= PRESENT
    patterns, where = np.unique(np.packbits(present, axis=1), axis=0, return_inverse=True)
    names = [
        "-".join(sorted(SYMBOLS[i] for i in np.flatnonzero(np.unpackbits(pattern)[: len(SYMBOLS)])))
        for pattern in patterns
    ]
    return np.array(names, dtype=object)[where.ravel()]


def by_family(data: Dataset) -> Labels:
    """Return the family of each row, shape (n,): the anions and, in halides and oxyhalides, the chief cation.

    ``Al oxychloride``, ``Ta oxychloride``, ``Zr chloride``, ``antiperovskite`` (oxyhalides of mobile ions and hydrogen
    alone), ``oxide``, ``chalcogenide`` and so on; an oxyhalide has at least 0.5 at.% of oxygen and of halogen, and
    more than one halogen for nine oxygens.
    """
    matrix = data.measured.matrix
    halogen, oxygen = matrix[:, _columns(HALOGENS)].sum(axis=1), matrix[:, INDEX["O"]]
    sulfur = matrix[:, _columns(("S", "Se"))].sum(axis=1)
    cation = _chief_cation(matrix)
    anion = np.array([*("fluoride", "chloride", "bromide", "iodide")], dtype=object)[
        matrix[:, _columns(HALOGENS)].argmax(axis=1)
    ]
    oxyhalide = (oxygen >= PRESENT) & (halogen >= PRESENT) & (halogen > oxygen / 9)
    prefix = np.where(oxyhalide, "oxy", "").astype(object)
    label = cation + " " + prefix + anion
    label[oxyhalide & (cation == "")] = "antiperovskite"
    label[~oxyhalide & (oxygen > halogen)] = "oxide"
    label[sulfur > oxygen + halogen] = "chalcogenide"
    label[(oxygen + halogen + sulfur) < PRESENT] = "other"
    return np.array([str(text).strip() for text in label], dtype=object)


def _columns(symbols: tuple[str, ...]) -> list[int]:
    return [INDEX[symbol] for symbol in symbols]


def _chief_cation(matrix: npt.NDArray[np.float64]) -> Labels:
    others = matrix.copy()
    others[:, _columns((*HALOGENS, "O", "S", "Se", "N", *CARRIERS))] = 0.0
    chief = np.array(SYMBOLS, dtype=object)[others.argmax(axis=1)]
    return np.where(others.max(axis=1) >= PRESENT, chief, "").astype(object)


LABELS: Mapping[str, Callable[[Dataset], Labels]] = MappingProxyType(
    {"paper": by_paper, "system": by_system, "family": by_family}
)


def folds(labels: Labels, n_folds: int = 5, seed: int = 0) -> npt.NDArray[np.intp]:
    """Return the fold of each row, shape (n,): whole groups, folds of nearly equal size.

    Groups are dealt from the largest to the smallest, ties in an order that only name and seed decide.

    >>> folds(np.array(["a", "b", "a", "c"], dtype=object), 2).tolist() in ([0, 1, 0, 1], [1, 0, 1, 0])
    True
    """
    names, where, sizes = np.unique(labels.astype(str), return_inverse=True, return_counts=True)
    if n_folds < 2 or n_folds > len(names):
        msg = f"{n_folds} folds of {len(names)} groups; give from 2 to {len(names)}"
        raise ValueError(msg)
    rank = [hashlib.sha256(f"{seed}|{name}".encode()).digest() for name in names.tolist()]
    load, fold = [0] * n_folds, np.zeros(len(names), dtype=np.intp)
    for group in sorted(range(len(names)), key=lambda g: (-int(sizes[g]), rank[g])):
        fold[group] = load.index(min(load))
        load[fold[group]] += int(sizes[group])
    return fold[where.ravel()]


def hashed(labels: Labels, n_folds: int = 5, seed: int = 0) -> npt.NDArray[np.intp]:
    """Return the fold of each row, shape (n,): whole groups, the fold of a group being a hash of its name and the seed.

    It never changes, whatever else is measured later. Groups too few to fill every fold are dealt as in `folds`.

    >>> hashed(np.array(["a", "b", "a", "c"], dtype=object), 2).tolist()
    [1, 0, 1, 0]
    """
    names, where = np.unique(labels.astype(str), return_inverse=True)
    digests = [hashlib.sha256(f"{seed}|{name}".encode()).digest() for name in names.tolist()]
    fold = np.array([int.from_bytes(digest[:8], "big") % n_folds for digest in digests], dtype=np.intp)
    if np.unique(fold).size < n_folds:
        return folds(labels, n_folds, seed)
    return np.asarray(fold[where.ravel()])


def close_pairs(
    matrix: npt.NDArray[np.float64], keys: npt.NDArray[Any], within: float = SAME_WITHIN
) -> npt.NDArray[Any]:
    """Return pairs of keys, shape (p, 2), each both ways, of compositions that differ by `within` in no element.

    Parameters
    ----------
    matrix
        Atomic fractions, shape (n, elements).
    keys
        Number of each composition, shape (n,); equal compositions have equal keys and make no pair.
    within
        Atomic fraction.
    """
    one, first = np.unique(keys, return_index=True)
    points = matrix[first][:, matrix.any(axis=0)]
    if len(points) < 2 or within <= 0:
        return np.empty((0, 2), dtype=one.dtype)
    tree, most = cKDTree(points, balanced_tree=False), min(16, len(points))
    while True:
        distance, where = map(np.asarray, tree.query(points, k=most, p=np.inf, distance_upper_bound=within))
        if most == len(points) or not np.isfinite(distance[:, -1]).any():
            break
        most = min(4 * most, len(points))
    row, place = np.nonzero(np.isfinite(distance))
    other = where[row, place]
    pairs: npt.NDArray[Any] = np.column_stack([one[row], one[other]])[row != other]
    return pairs


def split(data: Dataset, by: str = "paper", n_folds: int = 5, *, seed: int = 0) -> Iterator[tuple[Indices, Indices]]:
    """Yield row numbers to train on and to test on, once for each fold.

    No paper and no composition stands on both sides: rows that share either with a test row are left out of training.

    Parameters
    ----------
    data
        What to split.
    by
        ``paper``, ``system`` or ``family``.
    n_folds, seed
        See `folds`.
    """
    if by not in LABELS:
        msg = f"{by!r} is not a way to split; use one of {', '.join(LABELS)}"
        raise ValueError(msg)
    fold = folds(LABELS[by](data), n_folds, seed)
    keys = data.measured.keys
    for number in range(n_folds):
        yield _sides(fold == number, keys, data.groups)


def split_by_year(data: Dataset, year: int) -> tuple[Indices, Indices]:
    """Return row numbers of papers before `year`, and of that year and later; undated rows are on neither side.

    A paper whose rows bear several years goes with the latest of them.
    """
    latest = data.rows["year"].astype(float).groupby(data.groups).transform("max").to_numpy()
    train, test = _sides(latest >= year, data.measured.keys, data.groups)
    return train[~np.isnan(latest[train])], test


def _sides(test: npt.NDArray[np.bool_], keys: npt.NDArray[np.uint64], papers: Labels) -> tuple[Indices, Indices]:
    train = ~test
    for marks in (keys, papers):
        train &= ~pd.Series(marks).isin(marks[test]).to_numpy()
    return np.flatnonzero(train), np.flatnonzero(test)
