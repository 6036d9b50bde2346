"""Trees end to end say what the forest says."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor
from vitrion.models.committee import Committee
from vitrion.models.numerics.flat_forest import FEW, FlatForest


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 6)).astype(np.float32)
    return X, X[:, 0] ** 2 + np.sin(3 * X[:, 1]) + 0.1 * rng.normal(size=400)


@pytest.mark.parametrize("depth", [1, 4, None])
def test_it_is_the_forest_to_the_last_bit(data, depth):
    X, y = data
    forest = ExtraTreesRegressor(7, max_depth=depth, random_state=0).fit(X, y)
    flat = FlatForest.of_forest(forest)
    for rows in (X[:1], X[:50], np.zeros((3, 6), np.float32)):
        assert (flat.predict(rows) == forest.predict(rows)).all()


def test_a_stump_without_a_split(data):
    X, _ = data
    forest = ExtraTreesRegressor(3, random_state=0).fit(X, np.ones(len(X)))
    assert FlatForest.of_forest(forest).predict(X[:4]).tolist() == [1.0] * 4


def test_a_committee_votes_alike_for_few_and_many(data):
    X, y = data
    committee = Committee(n_trees=5, n_networks=1, n_epochs=2).fit(X.astype(float), y)
    fitted = set(vars(committee))
    many = np.tile(X, (2, 1))[: FEW + 1]
    assert (committee.votes(many)[0][:10] == committee.votes(many[:10])[0]).all()
    assert set(vars(committee)) == fitted
