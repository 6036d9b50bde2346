"""What a melt is worth, against sums over draws."""

import numpy as np
import pytest
from scipy.stats import norm
from vitrion.experiments.backtests.scores import area
from vitrion.experiments.task.acquisition import (
    Results,
    front,
    log_hypervolume_improvement,
    log_improvement,
    log_probability,
)
from vitrion.models.surrogates.surrogate import Belief

BELIEF = Belief(np.array([0.0, 1.0, -3.0, 0.4]), np.array([1.0, 0.5, 1.0, 0.1]))


def test_improvement_is_the_closed_form():
    u = (BELIEF.mean - 0.5) / BELIEF.std
    exact = BELIEF.std * (norm.pdf(u) + u * norm.cdf(u))
    assert np.exp(log_improvement(BELIEF, 0.5)) == pytest.approx(exact, rel=1e-9)


def test_improvement_does_not_underflow():
    far = Belief(np.array([-20.0, -2000.0, -1e5]), np.ones(3))
    worth = log_improvement(far, 0.0)
    assert np.isfinite(worth).all()
    assert (np.diff(worth) < 0).all()


def test_without_exploring_the_mean_decides():
    worth = log_improvement(BELIEF, 0.5, explore=0.0)
    assert int(np.argmax(worth)) == 1
    assert np.exp(worth[1]) == pytest.approx(0.5, rel=1e-6)


def test_without_exploring_the_higher_of_two_means_below_the_best_wins():
    belief = Belief(np.array([-3.0, -1.0, -2.0, -9.0]), np.ones(4))
    assert np.argsort(-log_improvement(belief, 0.0, explore=0.0)).tolist() == [1, 2, 0, 3]


@pytest.mark.parametrize("explore", [0.0, 1e-3, 0.01])
def test_without_exploring_the_other_limits_still_count(explore):
    """A little more of the first target is not worth a Tg that is 200 K too high."""
    first = Belief(np.array([-3.1, -3.2]), np.ones(2))
    tg = Belief(np.array([-225.0, 20.0]), np.full(2, 30.0))
    worth = log_improvement(first, -3.0, explore) + log_probability(tg, -25.0, explore)
    assert worth[1] > worth[0]


def test_hypervolume_is_the_mean_gain_of_draws():
    random = np.random.default_rng(0)
    means, spreads = random.normal(size=(5, 2)), random.uniform(0.2, 1.0, (5, 2))
    points, reference = np.array([[0.0, 1.0], [0.5, 0.5], [1.0, -0.2]]), np.array([-1.0, -1.0])
    beliefs = [Belief(means[:, k], spreads[:, k]) for k in range(2)]
    told = np.exp(log_hypervolume_improvement(beliefs, points, reference))
    before = area(np.maximum(points - reference, 0))
    for number in range(5):
        drawn = np.maximum(random.normal(means[number], spreads[number], (4000, 2)) - reference, 0)
        gains = [area(np.vstack([points - reference, one])) - before for one in drawn]
        error = 4 * np.std(gains) / np.sqrt(len(gains))
        assert told[number] == pytest.approx(np.mean(gains), abs=error + 1e-6)


def test_hypervolume_of_an_empty_front_is_the_product():
    told = log_hypervolume_improvement([BELIEF, BELIEF], np.empty((0, 2)), np.zeros(2))
    assert told == pytest.approx(2 * log_improvement(BELIEF, 0.0))


def test_probability():
    assert np.exp(log_probability(BELIEF, 0.5)) == pytest.approx(norm.sf(0.5, BELIEF.mean, BELIEF.std))


def test_front_keeps_what_nothing_beats():
    points = np.random.default_rng(1).normal(size=(200, 2))
    beaten = ((points[:, None] >= points[None]).all(axis=2) & (points[:, None] > points[None]).any(axis=2)).any(axis=0)
    assert sorted(map(tuple, front(points))) == sorted(map(tuple, points[~beaten]))
    assert len(front(np.empty((0, 2)))) == 0


def test_thompson_weighs_limits_in_their_own_steps(monkeypatch):
    from types import SimpleNamespace

    from vitrion.experiments.proposals import search as searches
    from vitrion.experiments.proposals.search import Search

    small = [Belief(np.array([0.0, 0.0]), np.full(2, 1e-9))]
    decades = Belief(np.array([-1.0, 0.0]), np.full(2, 1e-9))  # one step short, or none
    kelvin = Belief(np.array([0.0, -15.0]), np.full(2, 1e-9))  # none, or half a step short
    nowhere = SimpleNamespace(deviations=lambda random: np.zeros(2))
    monkeypatch.setattr(searches, "Joint", lambda *told: nowhere)
    steps = [SimpleNamespace(scale=scale) for scale in (1.0, 1.0, 30.0)]
    search = Search(steps, [-np.inf, 0.0, 0.0], "thompson")
    worth = search.worth([*small, decades, kelvin], [Results.none()] * 3, np.random.default_rng(0))
    assert worth[1] > worth[0], "half a step in K is less than a whole one in decades"
