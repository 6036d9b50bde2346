"""What is left uncertain of all candidates together: drawn, correlated, and narrowed by one more result."""

import numpy as np
import pytest
from vitrion.features import Fractions, Template
from vitrion.models.fitting import inputs
from vitrion.models.surrogates import joint as joints
from vitrion.models.surrogates import random_features
from vitrion.models.surrogates.joint import Joint
from vitrion.models.surrogates.surrogate import Surrogate

GRID = [member.composition for member in Template.parse("LiAlCl{4-2x}O{x}").grid(x="0:1.5:0.05")]
TRUTH = -3 - 3 * np.square(np.arange(len(GRID)) * 0.05 - 0.75)


def surrogate(prior=None):
    blocks = ("fractions", "glass")
    views = inputs.layout(blocks, False).views(inputs.matrix(Fractions.of(GRID), blocks, False, None))
    return Surrogate(views, np.full(len(GRID), -4.0) if prior is None else prior, 0.7)


def joint_draws(one, rows, count=1500):
    random = np.random.default_rng(0)
    return np.array([Joint(one, rows, np.zeros(len(rows))).deviations(random) for _ in range(count)])


def test_draws_are_joint_and_in_standard_deviations():
    """Neighbours deviate alike, what is far apart does not, and results pin the draw where they were measured."""
    one, rows = surrogate(TRUTH), np.array([0, 15, 30])
    one.tell(rows, TRUTH[rows], tune=False)
    drawn = joint_draws(one, rows)
    assert drawn.mean(axis=0) == pytest.approx(0.0, abs=0.1)
    assert drawn.std(axis=0) == pytest.approx(1.0, abs=0.06)
    alike = np.corrcoef(drawn.T)
    assert alike[7, 8] > 0.8
    assert abs(alike[7, 22]) < 0.4 < alike[7, 8], "beyond a result little is shared"


def test_draws_have_the_covariance_of_the_process():
    """The exact draw and the draw by random features both, against the posterior written out."""
    one, rows = surrogate(TRUTH), np.array([4, 20])
    one.tell(rows, TRUTH[rows], tune=False)
    everything = np.arange(len(one))
    prior = one.kernel(one.distances(everything)) + one.linear(everything, everything)
    known = prior[rows][:, rows] + np.diag(np.full(2, np.exp(2 * one.theta[-1] + one.theta[6])))
    left = prior - prior[:, rows] @ np.linalg.solve(known, prior[rows])
    spread = np.sqrt(np.diag(left))
    asked = left / np.outer(spread, spread)
    assert Joint(one, rows, np.zeros(2)).correlation(np.array([3, 9, 28])) == pytest.approx(
        asked[np.ix_([3, 9, 28], [3, 9, 28])], abs=1e-4
    )
    assert np.abs(np.corrcoef(joint_draws(one, rows).T) - asked).max() < 0.12
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joints, "EXACT", 5)
        assert np.abs(np.corrcoef(joint_draws(one, rows, 800).T) - asked).max() < 0.15


def test_random_features_have_the_covariance_of_their_kernel():
    one = surrogate()
    random = np.random.default_rng(0)
    drawn = np.array([random_features.drawn(one.views, one.theta, random) for _ in range(800)])
    asked = one.kernel(one.distances(np.arange(len(one)))) / np.exp(2 * one.theta[-1])
    assert np.abs(np.cov(drawn.T) - asked).max() < 0.15 * asked.max()


def test_a_joint_draw_does_not_pick_the_most_uncertain_of_many():
    """Drawn one by one, the highest of many equal candidates stands far above what any joint draw holds."""
    one, nothing = surrogate(), np.empty(0, dtype=int)
    highest = [Joint(one, nothing, np.empty(0)).deviations(np.random.default_rng(seed)).max() for seed in range(200)]
    alone = np.random.default_rng(0).standard_normal((200, len(one))).max(axis=1)
    assert np.mean(highest) < np.mean(alone) - 1.0


def test_a_result_narrows_what_is_like_it_and_what_it_says_is_what_comes():
    one, rows = surrogate(TRUTH), np.array([4, 20])
    before = one.tell(rows, TRUTH[rows], tune=False)
    told = Joint(one, rows, np.zeros(2)).narrowed(12)
    after = one.tell(np.append(rows, 12), TRUTH[[4, 20, 12]], tune=False)
    assert told == pytest.approx(after.std / before.std, abs=1e-3)
    assert told[12] == told.min() < 0.8
    assert told[28] > told[13]


def test_before_any_result_one_tells_of_all():
    one, nothing = surrogate(TRUTH), np.empty(0, dtype=int)
    assert Joint(one, nothing, np.empty(0)).narrowed(15).max() < 0.6


def test_a_root_is_one_whatever_rounding_leaves():
    random = np.random.default_rng(0)
    whole = random.normal(size=(6, 6))
    rounded = np.ones((6, 6)) - 1e-4 * (1 - np.eye(6)) * (random.random((6, 6)) - 0.5)
    for covariance, slack in ((whole @ whole.T, 1e-4), (np.ones((6, 6)), 1e-4), ((rounded + rounded.T) / 2, 2e-3)):
        square = joints.root(covariance)
        assert square.T @ square == pytest.approx(covariance, abs=slack)
