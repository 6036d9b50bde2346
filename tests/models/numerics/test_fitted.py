"""Networks as arrays: weights that the penalty has driven to nothing are zeros."""

from __future__ import annotations

import numpy as np
from sklearn.neural_network import MLPRegressor
from vitrion.models.numerics.fitted import LEAST, Network


def _fitted() -> tuple[np.ndarray, MLPRegressor]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 4)).astype(np.float32)
    network = MLPRegressor(hidden_layer_sizes=(8, 4), max_iter=5, tol=0.0, n_iter_no_change=100, random_state=0)
    return X, network.fit(X, X[:, 0])


def test_a_network_holds_no_number_below_the_smallest_normal_one():
    X, network = _fitted()
    network.coefs_[1][2] = np.float32(1e-40)  # as of a unit that is never active
    network.coefs_[0][0, 0] = np.float32(-1e-39)
    before = network.predict(X)

    kept = Network.of(network)

    sizes = np.abs(np.concatenate([part.ravel() for part in (*kept.weights, *kept.offsets)]))
    assert ((sizes == 0) | (sizes >= LEAST)).all()
    assert (kept.weights[1][2] == 0).all()
    np.testing.assert_array_equal(network.predict(X), before)  # nothing that is said changes


def test_weights_that_count_stay_as_they_were_fitted():
    _, network = _fitted()
    before = [part.copy() for part in network.coefs_]
    for part, was in zip(Network.of(network).weights, before, strict=True):
        np.testing.assert_array_equal(part, was)
