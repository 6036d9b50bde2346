"""A forest as a few flat arrays: small batches walk all its trees at once, for a twentieth of the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import ExtraTreesRegressor

from .cache import kept

Vector = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

FEW = 512  # rows below which walking together is faster than tree by tree


class Tree(NamedTuple):
    """A tree of n nodes; a leaf has a negative feature.

    Parameters
    ----------
    feature, threshold, left, right, value
        Of each node, shape (n,): what is at most the threshold goes left.
    """

    feature: npt.NDArray[Any]
    threshold: Vector
    left: npt.NDArray[Any]
    right: npt.NDArray[Any]
    value: Vector


class FlatForest:
    """Some trees, end to end.

    Parameters
    ----------
    trees
        One at least.
    """

    def __init__(self, trees: Sequence[Tree]) -> None:
        starts = np.cumsum([0, *(len(tree.value) for tree in trees)])
        self._roots = starts[:-1].astype(np.intp)
        self._feature, self._threshold, left, right, self._value = map(np.concatenate, zip(*trees, strict=True))
        self._feature = self._feature.astype(np.intp)
        own, leaf = np.arange(starts[-1]), self._feature < 0
        offset = np.repeat(starts[:-1], np.diff(starts))
        self._child = np.where(leaf, own, np.stack([right + offset, left + offset])).ravel()  # a leaf is its own child
        self._feature[leaf] = 0
        self._size = int(starts[-1])

    @classmethod
    def of_forest(cls, forest: Any) -> FlatForest:
        """The trees of a fitted forest of scikit-learn, whose mean `predict` gives to the last bit."""
        trees = [member.tree_ for member in forest.estimators_]
        return cls(
            [
                Tree(tree.feature, tree.threshold, tree.children_left, tree.children_right, tree.value[:, 0, 0])
                for tree in trees
            ]
        )

    def predict(self, X: Singles) -> Vector:
        """Mean of what the trees say, shape (n,), of descriptors of shape (n, p) in single precision."""
        return np.asarray(self.total(X) / len(self._roots))

    def total(self, X: npt.NDArray[Any], start: float = 0.0) -> Vector:
        """A number, and what each tree says added to it one after the other, shape (n,)."""
        node = np.broadcast_to(self._roots, (len(X), len(self._roots))).copy()
        row = np.arange(len(X))[:, None]
        while True:
            left = X[row, self._feature[node]] <= self._threshold[node]
            following = self._child[node + self._size * left]
            if (following == node).all():
                break
            node = following
        told = self._value[node.T]
        total = np.full(len(X), start)
        for of_tree in told:
            total += of_tree
        return total


def forest_mean(forest: ExtraTreesRegressor, X: Singles) -> Vector:
    """What a forest expects, shape (n,): the numbers of its own `predict`, without its ceremony."""
    if len(X) > FEW:
        told = sum((tree.tree_.predict(X)[:, 0] for tree in forest.estimators_), np.zeros(len(X)))
        return np.asarray(told / len(forest.estimators_))
    return kept(forest, forest.estimators_, lambda: FlatForest.of_forest(forest)).predict(X)
