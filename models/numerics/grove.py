"""Extremely randomised trees for few rows, grown often: what `ExtraTreesRegressor` grows, without its ceremony."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.tree._criterion import MSE
from sklearn.tree._splitter import RandomSplitter
from sklearn.tree._tree import DepthFirstTreeBuilder, Tree

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

LARGEST_SEED = np.iinfo(np.int32).max
MAX_FEATURES = 0.5  # part of the columns that each split draws


def votes(known: Singles, targets: Vector, weight: Vector, asked: Singles, trees: int, seed: int) -> Matrix:
    """What each tree says of n rows, shape (trees, n).

    The trees are those of ``ExtraTreesRegressor(trees, max_features=0.5, random_state=seed)``, to the last bit; on
    fifty rows scikit-learn takes most of its time to check, copy and count what is the same for all trees.

    Parameters
    ----------
    known, targets, weight
        Columns of the m rows that are learnt, shape (m, p), their targets and their weights, both (m,).
    asked
        Columns of the n rows asked for, shape (n, p).
    trees, seed
        How many, and what they are drawn by.
    """
    X, y = np.ascontiguousarray(known), np.ascontiguousarray(targets, dtype=float)[:, None]
    n_features = max(1, int(MAX_FEATURES * X.shape[1]))
    seeds, own = np.random.RandomState(seed), np.random.RandomState(0)
    told = []
    for _ in range(trees):
        own.seed(seeds.randint(LARGEST_SEED))
        splitter = RandomSplitter(MSE(1, len(X)), n_features, 1, 0.0, own, None)
        tree = Tree(X.shape[1], np.ones(1, dtype=np.intp), 1)
        DepthFirstTreeBuilder(splitter, 2, 1, 0.0, LARGEST_SEED, 0.0).build(tree, X, y, weight)
        told.append(tree.predict(asked)[:, 0])
    return np.array(told)
