"""Beliefs about a pool: the prior first, the campaign's results after."""

import numpy as np
import pytest
from vitrion.features import Fractions, Template
from vitrion.models.fitting import inputs
from vitrion.models.surrogates.surrogate import Surrogate

GRID = [member.composition for member in Template.parse("LiAlCl{4-2x}O{x}").grid(x="0:1.5:0.05")]
X = np.arange(len(GRID)) * 0.05
TRUTH = -3 - 3 * np.square(X - 0.75)


def surrogate(prior=None, slope=0.7, scale=1.0):
    blocks = ("fractions", "glass")
    views = inputs.layout(blocks, False).views(inputs.matrix(Fractions.of(GRID), blocks, False, None))
    start = np.full(len(GRID), -4.0) if prior is None else prior
    return Surrogate(views, start, slope, scale)


def test_nothing_measured_is_the_prior_by_its_slope():
    sharp, blunt, vague = (surrogate(TRUTH, slope) for slope in (1.0, 0.5, 0.0))
    none = np.empty(0, dtype=int)
    assert sharp.tell(none, none).mean == pytest.approx(TRUTH, abs=1e-9)
    assert np.ptp(blunt.tell(none, none).mean) == pytest.approx(np.ptp(TRUTH) / 2)
    assert np.ptp(vague.tell(none, none).mean) < 1e-9
    assert vague.tell(none, none).std.min() > 1.0


def test_what_the_prior_tells_apart_is_a_share():
    shares = [surrogate(size * TRUTH, slope).share for size, slope in ((1, 0.0), (0.1, 1.0), (1, 1.0), (10, 1.0))]
    assert shares[0] == 0
    assert (np.diff(shares) > 0).all()
    assert shares[-1] < 1


def test_results_bend_the_mean_and_narrow_the_belief():
    one = surrogate()
    rows = np.array([2, 10, 15, 20, 28])
    before, after = one.tell(rows[:1], TRUTH[rows[:1]]), one.tell(rows, TRUTH[rows])
    assert np.abs(after.mean - TRUTH).mean() < 0.3 < np.abs(before.mean - TRUTH).mean()
    assert (after.std[rows[1:]] < before.std[rows[1:]]).all()
    assert after.std[rows].max() < np.delete(after.std, rows).max()


def test_many_results_bring_in_the_trees():
    rows = np.arange(0, 31, 2)
    told = surrogate().tell(rows, TRUTH[rows])
    assert np.abs(told.mean - TRUTH).max() < 0.3


def test_a_doubtful_result_bends_less():
    one, rows = surrogate(), np.array([5, 15, 25])
    sure = one.tell(rows, np.array([-4.0, -1.0, -4.0]), tune=False)
    doubtful = one.tell(rows, np.array([-4.0, -1.0, -4.0]), np.array([0.0, 3.0, 0.0]), tune=False)
    assert doubtful.mean[15] < sure.mean[15] - 0.5


def test_units_do_not_matter():
    rows = np.array([2, 10, 20])
    decades = surrogate(TRUTH).tell(rows, TRUTH[rows])
    kelvin = surrogate(30 * TRUTH, 0.7, 30.0).tell(rows, 30 * TRUTH[rows])
    assert kelvin.mean == pytest.approx(30 * decades.mean, rel=1e-6)
    assert kelvin.std == pytest.approx(30 * decades.std, rel=1e-6)


def test_the_middle_is_most_typical():
    typical = surrogate().typical()
    assert 8 <= int(np.argmax(typical)) <= 22
    assert typical[[0, -1]].max() < typical.max()


def test_the_same_results_give_the_same_belief():
    rows = np.arange(0, 30, 3)
    first, second = (surrogate().tell(rows, TRUTH[rows]) for _ in range(2))
    assert (first.mean == second.mean).all()
    assert (first.std == second.std).all()
