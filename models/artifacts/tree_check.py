"""Whether the trees of a model file are trees: what compiled code follows without looking must lead somewhere.

Trees are arrays of nodes that name their children and their feature by number. scikit-learn's compiled code follows
these numbers unchecked, so that one crafted number makes it read foreign memory or run in a circle for ever. What no
training writes is refused here: children before their parent, outside the tree, or had by two parents; features that
are not there; thresholds and values that are no numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
from sklearn.tree._tree import NODE_DTYPE, TREE_LEAF

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

BITSETS = ("binned_left_cat_bitsets", "raw_left_cat_bitsets")


class UnsoundError(ValueError):
    """Content that no training writes."""


def check_tree(
    nodes: npt.NDArray[Any], values: npt.NDArray[Any], node_count: object, n_features: object, n_classes: Any
) -> None:
    """Refuse the arrays of a tree of scikit-learn that cannot have come from training, before a `Tree` is made of them.

    Parameters
    ----------
    nodes, values
        One node an entry, shape (n,), and the value of each, shape (n, 1, 1).
    node_count, n_features, n_classes
        What the tree says of itself: its number of nodes, of features, and of classes of each output (1: one number).
    """
    if not _is_array(nodes) or nodes.dtype != NODE_DTYPE or nodes.ndim != 1 or not nodes.flags.c_contiguous:
        raise UnsoundError("a tree whose nodes are no list of nodes")
    if not _is_array(n_classes) or n_classes.dtype.kind != "i" or n_classes.tolist() != [1]:
        raise UnsoundError("a tree with more than one output")
    if not len(nodes) or type(node_count) is not int or node_count != len(nodes):
        raise UnsoundError(f"a tree of {len(nodes)} nodes that claims {node_count!r}")
    if type(n_features) is not int or n_features < 1:
        raise UnsoundError(f"a tree of {n_features!r} features")
    if not _is_array(values) or values.shape != (len(nodes), 1, 1) or values.dtype != np.float64:
        raise UnsoundError("a tree whose values are not one number a node")
    left, right = nodes["left_child"], nodes["right_child"]
    leaf = left == TREE_LEAF
    if (right[leaf] != TREE_LEAF).any():
        raise UnsoundError("a tree with a node of one child")
    check_links(left, right, leaf, np.array([len(nodes)]))
    check_splits(nodes["feature"], nodes["threshold"], leaf, n_features)
    if not np.isfinite(values).all():
        raise UnsoundError("a tree with a value that is no number")


def check_boosted(trees: Sequence[Any], n_features: int, largest: float) -> None:
    """Refuse boosted trees (`TreePredictor`) that cannot have come from training on numbers.

    Parameters
    ----------
    trees
        Trees with their arrays of nodes.
    n_features
        Columns that a prediction gives them.
    largest
        Value beyond which no leaf can lie, in the unit of the target.
    """
    arrays: list[Any] = [getattr(tree, "nodes", None) for tree in trees]
    if not all(_is_array(array) and array.dtype == PREDICTOR_RECORD_DTYPE and array.ndim == 1 for array in arrays):
        raise UnsoundError("a boosted tree whose nodes are no list of nodes")
    sizes = np.array([len(array) for array in arrays])
    if not len(sizes) or not sizes.all():
        raise UnsoundError("a boosted tree without a node")
    bitsets: list[Any] = [getattr(tree, name, None) for tree in trees for name in BITSETS]
    if not all(_is_array(bits) and bits.shape == (0, 8) and bits.dtype == np.uint32 for bits in bitsets):
        raise UnsoundError("a boosted tree with categories")
    nodes = np.concatenate(arrays)
    leaf = nodes["is_leaf"] != 0
    if nodes["is_categorical"].any():
        raise UnsoundError("a boosted tree with categories")
    check_links(nodes["left"].astype(np.int64), nodes["right"].astype(np.int64), leaf, sizes)
    check_splits(nodes["feature_idx"], nodes["num_threshold"], leaf, n_features)
    check_size(nodes["value"], largest)


def check_links(left: Numbers, right: Numbers, leaf: Mask, sizes: Numbers) -> None:
    """Refuse links that make no trees; trees of `sizes` nodes stand one after the other, links count from each root."""
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    place = np.arange(len(left)) - first
    inner = ~leaf
    own, size, start = place[inner], np.repeat(sizes, sizes)[inner], first[inner]
    for child in (left[inner], right[inner]):
        if ((child <= own) | (child >= size)).any():
            raise UnsoundError("a tree with a child outside it or before its parent")
    parents = np.bincount(start + left[inner], minlength=len(left))
    parents += np.bincount(start + right[inner], minlength=len(left))
    if (parents != (place > 0)).any():
        raise UnsoundError("a tree with a node of two parents or none")


def check_splits(feature: Numbers, threshold: npt.NDArray[np.float64], leaf: Mask, n_features: int) -> None:
    """Refuse splits by a feature that is not there or at what is no number."""
    chosen = feature[~leaf]
    if ((chosen < 0) | (chosen >= n_features)).any():
        raise UnsoundError(f"a tree that asks for a feature beyond its {n_features}")
    if not np.isfinite(threshold[~leaf]).all():
        raise UnsoundError("a tree with a threshold that is no number")


def check_size(values: npt.NDArray[Any], largest: float) -> None:
    """Refuse values that are no numbers or beyond what the property can be."""
    if not (np.abs(values) <= largest).all():
        raise UnsoundError(f"a tree with a value beyond {largest:g} or that is no number")


def _is_array(given: object) -> bool:
    return type(given) is np.ndarray
