"""A fitted forest as a few flat arrays: what its file holds, and what answers.

Trees stand end to end, each in preorder: a node, all of its left side, all of its right side. So the marks of the
leaves alone tell the shape, and there are no links that could lead out of a tree or in a circle.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.tree._tree import NODE_DTYPE, TREE_LEAF, Tree

Vector = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int32]

FEW = 512  # rows below which walking all trees together is faster than tree by tree
NARROW = 255  # columns up to which a feature is one byte


class ShapeError(ValueError):
    """Marks of leaves that close no trees, or arrays that do not go with them."""


class Forest:
    """Trees of n nodes in all, which vote with one voice: their mean.

    Scikit-learn compares columns in single precision with thresholds in double precision. A threshold is kept as the
    largest single that is not above it, which decides alike for every single; the value of a leaf is rounded.

    Parameters
    ----------
    sizes
        Nodes of each tree, shape (t,).
    feature
        Column that each node looks at, shape (n,), in one byte, or two for many columns; a leaf has the largest number.
    threshold
        Of the nodes that are no leaves, in their order: what is at most the threshold goes left.
    value
        Of the leaves, in their order.
    n_features_in
        Columns.
    """

    def __init__(
        self, sizes: Whole, feature: npt.NDArray[Any], threshold: Singles, value: Singles, n_features_in: int
    ) -> None:
        self.sizes, self.feature, self.threshold, self.value = sizes, feature, threshold, value
        self.n_features_in_ = n_features_in
        leaf = self._leaf
        if not len(sizes) or (sizes < 1).any() or int(sizes.sum(dtype=np.int64)) != len(feature):
            raise ShapeError("trees whose sizes are not those of their nodes")
        if len(value) != np.count_nonzero(leaf) or len(threshold) != len(leaf) - len(value):
            raise ShapeError("trees with other numbers of thresholds and values than of nodes")
        if len(threshold) and int(feature[~leaf].max()) >= n_features_in:
            raise ShapeError(f"a tree that asks for a feature beyond its {n_features_in}")

    @classmethod
    def of(cls, forest: Any, half: bool = False) -> Forest:
        """The trees of a fitted forest of scikit-learn; by choice with thresholds and values in half precision.

        In half precision a threshold moves by up to 0.1 %, and a file takes six bytes a leaf instead of ten.
        """
        trees = [member.tree_ for member in forest.estimators_]
        sizes = np.array([tree.node_count for tree in trees], dtype=np.int32)
        leaf = np.concatenate([tree.children_left for tree in trees]) == TREE_LEAF
        kind = np.uint8 if forest.n_features_in_ <= NARROW else np.uint16
        feature = np.where(leaf, np.iinfo(kind).max, np.concatenate([tree.feature for tree in trees])).astype(kind)
        kept = np.float16 if half else np.float32
        threshold = at_most(np.concatenate([tree.threshold for tree in trees])[~leaf], kept)
        value = np.concatenate([tree.value[:, 0, 0] for tree in trees])[leaf].astype(kept).astype(np.float32)
        made = cls(sizes, feature, threshold, value, int(forest.n_features_in_))
        left, right = made._children()
        links = zip(("children_left", "children_right"), (left, right), strict=True)
        if any((np.concatenate([getattr(tree, name) for tree in trees])[~leaf] != own).any() for name, own in links):
            raise ShapeError("trees that were not grown depth first")
        return made

    def check_shape(self) -> None:
        """Raise `ShapeError` where the marks of the leaves close no trees."""
        self._steps  # noqa: B018 - worked out once, for the first answer

    @property
    def n_estimators(self) -> int:
        """Number of trees."""
        return len(self.sizes)

    def predict(self, X: Singles) -> Vector:
        """Mean of what the trees say, shape (n,), of columns of shape (n, p) in single precision."""
        total = np.zeros(len(X))
        for told in self._walked(X) if len(X) <= FEW else (tree.predict(X)[:, 0] for tree in self._compiled):
            total += told
        return np.asarray(total / self.n_estimators)

    @property
    def _leaf(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.feature == np.iinfo(self.feature.dtype).max)

    def _children(self) -> tuple[Whole, Whole]:
        """Left and right child of the nodes that are no leaves, counted from the root of their tree.

        Going through the nodes, the number of sides that are still to come rises by one at a node and falls by one at a
        leaf; the left side of a node ends where the number is next as it was before the node.
        """
        leaf, n_trees = self._leaf, self.n_estimators
        ends = np.cumsum(self.sizes)
        step = np.insert(np.where(leaf, -1, 1).astype(np.int32), ends - self.sizes, 1)  # one side to come above a root
        starts = ends - self.sizes + np.arange(n_trees)
        level = np.cumsum(step, dtype=np.int32)
        lasts = starts + self.sizes
        if (level[lasts] != 0).any() or np.count_nonzero(level <= 0) != n_trees:
            raise ShapeError("trees whose leaves do not close them")
        if level.max(initial=0) > np.iinfo(np.uint16).max:
            raise ShapeError("trees deeper than any that training grows")
        place = np.argsort(level.astype(np.uint16), kind="stable")
        following = np.empty(len(level), dtype=np.int32)
        following[place[:-1]] = place[1:]
        inner = np.flatnonzero(~leaf)
        tree = np.repeat(np.arange(n_trees), self.sizes)[inner]
        first = (ends - self.sizes)[tree]
        left = inner + 1 - first
        right = following[inner + tree] + 1 - (starts[tree] + 1)  # places count the sides above the roots too
        return left.astype(np.int32), right.astype(np.int32)

    @cached_property
    def _steps(self) -> tuple[Whole, npt.NDArray[Any], Whole]:
        """Where walks begin, columns, and children two by two: number of a node that is no leaf, or less than 0.

        A leaf is ``-1`` minus its number.
        """
        leaf = self._leaf
        number = np.where(leaf, 0 - np.cumsum(leaf), np.cumsum(~leaf) - 1).astype(np.int32)
        roots = np.cumsum(self.sizes) - self.sizes
        start = np.repeat(roots, self.sizes)[~leaf]
        left, right = self._children()
        children = np.stack([number[left + start], number[right + start]], axis=1).ravel()
        return number[roots], self.feature[~leaf].astype(np.int32), children

    def _walked(self, X: Singles) -> Singles:
        """What each tree says, shape (t, n): all walk together."""
        roots, feature, children = self._steps
        found = np.repeat(roots, len(X))
        base = np.tile(np.arange(len(X), dtype=np.int32) * X.shape[1], len(roots))
        columns = np.ascontiguousarray(X).ravel()
        walking = np.flatnonzero(found >= 0)
        node = found[walking]
        base = base[walking]
        while len(walking):
            right = columns.take(base + feature.take(node)) > self.threshold.take(node)
            node = children.take(2 * node + right)
            there = node < 0
            if there.any():
                found[walking[there]] = node[there]
                on = ~there
                walking, node, base = walking[on], node[on], base[on]
        return self.value[-1 - found].reshape(len(roots), len(X))

    @cached_property
    def _compiled(self) -> list[Any]:
        """The trees as scikit-learn walks them, which is faster for many rows and says the same."""
        ends = np.cumsum(self.sizes)
        leaf = self._leaf
        nodes, values = np.zeros(len(leaf), dtype=NODE_DTYPE), np.zeros((len(leaf), 1, 1))
        for name in ("left_child", "right_child"):
            nodes[name][leaf] = TREE_LEAF
        nodes["left_child"][~leaf], nodes["right_child"][~leaf] = self._children()
        nodes["feature"] = np.where(leaf, -2, self.feature)
        nodes["threshold"][~leaf] = self.threshold
        values[leaf, 0, 0] = self.value
        trees = []
        for start, end in zip(ends - self.sizes, ends, strict=True):
            tree = Tree(self.n_features_in_, np.ones(1, dtype=np.intp), 1)
            state = {"max_depth": 0, "node_count": int(end - start), "nodes": nodes[start:end]}
            tree.__setstate__(state | {"values": values[start:end]})
            trees.append(tree)
        return trees


def at_most(threshold: Vector, kind: type[np.floating[Any]] = np.float32) -> Singles:
    """The largest singles, or numbers of another kind, that are not above some numbers, shape (n,), as singles.

    Examples
    --------
    >>> float(at_most(np.array([0.1]))[0]) <= 0.1 < float(np.float32(0.1))
    True
    """
    rounded = threshold.astype(kind)
    above = rounded > threshold
    rounded[above] = np.nextafter(rounded[above], kind(-np.inf))
    return rounded.astype(np.float32)
