"""Trees of a file are followed by compiled code only when they lead somewhere."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from vitrion.models.artifacts.tree_check import UnsoundError, check_boosted, check_tree

N_FEATURES, LARGEST = 5, 100.0


@pytest.fixture(scope="module")
def rows():
    draw = np.random.default_rng(0)
    return draw.normal(size=(300, N_FEATURES)), draw.normal(size=300)


@pytest.fixture(scope="module")
def forest(rows):
    return ExtraTreesRegressor(5, random_state=0).fit(*rows)


@pytest.fixture(scope="module")
def boosting(rows):
    return HistGradientBoostingRegressor(max_iter=20, max_leaf_nodes=9, early_stopping=False).fit(*rows)


@pytest.fixture
def state(forest):
    """What a tree keeps, as arrays of one's own."""
    tree = forest.estimators_[0].tree_
    kept = {name: np.copy(array) for name, array in tree.__getstate__().items() if name in ("nodes", "values")}
    return {**kept, "node_count": tree.node_count, "n_features": N_FEATURES, "n_classes": np.array([1])}


@pytest.fixture
def trees(boosting):
    empty = np.zeros((0, 8), np.uint32)
    return [TreePredictor(step[0].nodes.copy(), empty, empty) for step in boosting._predictors]


def test_trained_trees_pass(forest, trees):
    for member in forest.estimators_:
        kept = member.tree_.__getstate__()
        check_tree(kept["nodes"], kept["values"], kept["node_count"], N_FEATURES, np.array([1]))
    check_boosted(trees, N_FEATURES, LARGEST)


def test_a_stump_passes(rows):
    X, _ = rows
    tree = ExtraTreesRegressor(1, random_state=0).fit(X, np.ones(len(X))).estimators_[0].tree_
    kept = tree.__getstate__()
    check_tree(kept["nodes"], kept["values"], 1, N_FEATURES, np.array([1]))


def inner(nodes):
    """A node in the middle that has children."""
    return np.flatnonzero(nodes["left_child"] >= 0)[3]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("left_child", 2**40, "a child outside it"),
        ("left_child", -2, "a child outside it or before its parent"),
        ("right_child", -1, "a child outside it or before its parent"),
        ("right_child", 10**6, "a child outside it"),
        ("left_child", 0, "before its parent"),
        ("left_child", "itself", "before its parent"),
        ("right_child", "sibling", "two parents"),
        ("left_child", "leaf", "a node of one child"),
        ("feature", N_FEATURES, "a feature beyond its 5"),
        ("feature", -1, "a feature beyond its 5"),
        ("threshold", np.nan, "a threshold that is no number"),
        ("threshold", np.inf, "a threshold that is no number"),
    ],
)
def test_one_number_changed(state, field, value, told):
    nodes = state["nodes"]
    node = inner(nodes)
    named = {"itself": node, "sibling": nodes["left_child"][node], "leaf": -1}
    nodes[field][node] = named.get(value, value) if isinstance(value, str) else value
    with pytest.raises(UnsoundError, match=told):
        check_tree(**state)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"node_count": 10**9}, "claims 1000000000"),
        ({"node_count": -5}, "claims -5"),
        ({"node_count": "many"}, "claims 'many'"),
        ({"nodes": "none"}, "no list of nodes"),
        ({"nodes": np.zeros(3)}, "no list of nodes"),
        ({"values": None}, "not one number a node"),
        ({"values": np.zeros((2, 1, 1))}, "not one number a node"),
        ({"n_classes": np.array([10**6])}, "more than one output"),
        ({"n_classes": np.array([1, 1])}, "more than one output"),
        ({"n_features": 0}, "0 features"),
        ({"n_features": True}, "True features"),
    ],
)
def test_what_a_tree_says_of_itself(state, change, told):
    with pytest.raises(UnsoundError, match=told):
        check_tree(**(state | change))


def test_no_nodes(state):
    """A walk down a tree without a root never ends."""
    with pytest.raises(UnsoundError, match="a tree of 0 nodes"):
        check_tree(state["nodes"][:0], state["values"][:0], 0, N_FEATURES, np.array([1]))


def test_a_value_that_is_no_number(state):
    state["values"][7] = np.nan
    with pytest.raises(UnsoundError, match="a value that is no number"):
        check_tree(**state)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("left", 4 * 10**9, "a child outside it"),
        ("right", 0, "before its parent"),
        ("left", 17, "a child outside it"),
        ("feature_idx", 2**40, "a feature beyond its 5"),
        ("feature_idx", -1, "a feature beyond its 5"),
        ("num_threshold", np.nan, "a threshold that is no number"),
        ("is_categorical", 1, "categories"),
        ("value", 1e9, "a value beyond 100"),
        ("value", np.nan, "a value beyond 100 or that is no number"),
    ],
)
def test_one_number_of_a_boosted_tree_changed(trees, field, value, told):
    """Seventeen nodes a tree: a link to the eighteenth leads into the next tree."""
    trees[4].nodes[field][0] = value
    with pytest.raises(UnsoundError, match=told):
        check_boosted(trees, N_FEATURES, LARGEST)


def test_other_boosted_trees(trees):
    bits = np.zeros((1, 8), np.uint32)
    empty = np.zeros((0, 8), np.uint32)
    odd = [
        (TreePredictor(trees[0].nodes, bits, empty), "categories"),
        (TreePredictor(trees[0].nodes, empty, None), "categories"),
        (TreePredictor(trees[0].nodes[:0], empty, empty), "without a node"),
        (TreePredictor(np.zeros(3), empty, empty), "no list of nodes"),
        (TreePredictor(None, empty, empty), "no list of nodes"),
        (object(), "no list of nodes"),
    ]
    for tree, told in odd:
        with pytest.raises(UnsoundError, match=told):
            check_boosted([*trees, tree], N_FEATURES, LARGEST)


def test_random_links_never_pass_and_lead_astray(state, forest, rows):
    """Whatever the links say: what passes is a tree that ends."""
    draw = np.random.default_rng(1)
    before = state["nodes"].copy()
    for _ in range(300):
        nodes = before.copy()
        where = draw.integers(len(nodes), size=2)
        field = draw.choice(["left_child", "right_child"])
        nodes[field][where] = draw.integers(-2, len(nodes) + 2, size=2)
        if (nodes == before).all():
            continue
        with pytest.raises(UnsoundError):
            check_tree(**(state | {"nodes": nodes}))
