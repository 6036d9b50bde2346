import numpy as np
import pytest
from sklearn.base import clone
from vitrion.models.committee import Committee

rng = np.random.default_rng(0)
X = rng.uniform(0, 1, (1500, 6))
TRUTH = 3 * X[:, 0] + np.sin(5 * X[:, 1])
WRONG = rng.random(1500) < 0.08
Y = TRUTH + 0.05 * rng.normal(size=1500) + np.where(WRONG, 15.0, 0.0)
SMALL = {"n_iterations": 60, "n_trees": 15, "n_networks": 1, "n_epochs": 15, "roots": 2}


@pytest.fixture(scope="module")
def fitted():
    return Committee(**SMALL).fit(X, Y)


def test_wrong_rows_do_not_bend_it(fitted):
    new = rng.uniform(0, 1, (500, 6))
    error = np.abs(fitted.predict(new) - (3 * new[:, 0] + np.sin(5 * new[:, 1])))
    assert error.mean() < 0.4  # their mean alone would shift everything by 1.2


def test_every_member_votes(fitted):
    singles = X[:50].astype(np.float32)
    votes = [fitted.trees_.predict(singles)]
    layers, told = fitted.networks_[0], fitted._scaled(singles)
    for weights, offsets in zip(layers.weights[:-1], layers.offsets[:-1], strict=True):
        told = np.maximum(told @ weights + offsets, 0.0)
    votes.append((told @ layers.weights[-1] + layers.offsets[-1])[:, 0] * fitted.scale_ + fitted.offset_)
    assert fitted.predict(X[:50]) == pytest.approx(np.mean(votes, axis=0), abs=1e-5)


@pytest.mark.slow
def test_same_seed_same_numbers(fitted):
    again = Committee(**SMALL).fit(X, Y)
    assert (again.predict(X) == fitted.predict(X)).all()
    assert (Committee(**SMALL, random_state=1).fit(X, Y).predict(X) != fitted.predict(X)).any()


def test_weight_counts():
    twice, weight = np.repeat(X[:400], 2, axis=0), np.tile([1.0, 20.0], 400)
    y = np.tile([0.0, 1.0], 400)
    told = Committee(**SMALL).fit(twice, y, weight)
    assert told.trees_.predict(X[:400].astype(np.float32)).mean() > 0.8


def test_scikit_learn_contract(fitted):
    other = clone(fitted)
    assert other.get_params() == fitted.get_params()
    assert not hasattr(other, "trees_")
