"""Trees end to end say what the forest says."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor
from vitrion.models.committee import Committee
from vitrion.models.numerics.flat_forest import FEW, Forest, ShapeError, at_most


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 6)).astype(np.float32)
    return X, X[:, 0] ** 2 + np.sin(3 * X[:, 1]) + 0.1 * rng.normal(size=400)


@pytest.mark.parametrize("depth", [1, 4, None])
def test_it_decides_as_the_forest_does(data, depth):
    """Leaf by leaf; values are rounded to single precision."""
    X, y = data
    forest = ExtraTreesRegressor(7, max_depth=depth, random_state=0).fit(X, y)
    flat = Forest.of(forest)
    for rows in (X[:1], X[:50], np.zeros((3, 6), np.float32)):
        leaves = [tree.tree_.apply(rows) for tree in forest.estimators_]
        values = [tree.tree_.value[leaf, 0, 0] for tree, leaf in zip(forest.estimators_, leaves, strict=True)]
        assert (flat._walked(rows) == np.array(values, dtype=np.float32)).all()
        assert flat.predict(rows) == pytest.approx(forest.predict(rows), rel=1e-6)


def test_singles_beside_a_threshold_go_the_way_they_went(data):
    X, y = data
    forest = ExtraTreesRegressor(5, random_state=0).fit(X, y)
    tree = forest.estimators_[0].tree_
    thresholds = tree.threshold[tree.children_left >= 0][:200]
    near = thresholds.astype(np.float32)
    for beside in (near, np.nextafter(near, np.float32(-np.inf)), np.nextafter(near, np.float32(np.inf))):
        assert ((beside <= thresholds) == (beside <= at_most(thresholds))).all()


def test_few_and_many_rows_go_the_same_way(data):
    X, y = data
    flat = Forest.of(ExtraTreesRegressor(6, random_state=0).fit(X, y))
    many = np.tile(X, (2, 1))
    assert len(many) > FEW
    assert (flat.predict(many)[: len(X)] == flat.predict(X)).all()


def test_a_stump_without_a_split(data):
    X, _ = data
    forest = ExtraTreesRegressor(3, random_state=0).fit(X, np.ones(len(X)))
    flat = Forest.of(forest)
    assert flat.predict(X[:4]).tolist() == [1.0] * 4
    assert flat.predict(np.tile(X, (2, 1))).tolist() == [1.0] * 800


def test_many_columns_take_two_bytes():
    X = np.random.default_rng(0).normal(size=(60, 300)).astype(np.float32)
    flat = Forest.of(ExtraTreesRegressor(2, random_state=0).fit(X, X[:, 299]))
    assert flat.feature.dtype == np.uint16 and flat.predict(X) == pytest.approx(X[:, 299], rel=1e-6)


def test_marks_that_close_no_trees(data):
    X, y = data
    flat = Forest.of(ExtraTreesRegressor(2, random_state=0).fit(X, y))
    parts = (flat.threshold, flat.value, 6)
    leaf = int(np.flatnonzero(flat.feature == 255)[0])
    feature = flat.feature.copy()
    feature[[0, leaf]] = feature[[leaf, 0]]
    with pytest.raises(ShapeError, match="do not close"):
        Forest(flat.sizes, feature, *parts).check_shape()
    with pytest.raises(ShapeError, match="do not close"):
        Forest(flat.sizes + np.array([2, -2], np.int32), flat.feature, *parts).check_shape()


def test_a_committee_votes_alike_for_few_and_many(data):
    X, y = data
    committee = Committee(n_trees=5, n_networks=1, n_epochs=2).fit(X.astype(float), y)
    fitted = set(vars(committee))
    many = np.tile(X, (2, 1))[: FEW + 1]
    assert (committee.votes(many)[0][:10] == committee.votes(many[:10])[0]).all()
    assert set(vars(committee)) == fitted
