"""The search by itself: what is improved on, joint draws, batches that end, chances that share an error."""

import numpy as np
import pytest
from scipy.stats import norm
from vitrion.experiments.proposals.search import Search
from vitrion.experiments.task.acquisition import Results, at_least_one, log_improvement
from vitrion.features import Fractions, Template
from vitrion.models.fitting import inputs
from vitrion.models.surrogates.surrogate import Belief, Surrogate

BLOCKS = ("fractions", "glass")


def searching(x="0:1.5:0.05", acquisition="improvement", prior=None, limits=(-np.inf,), explore=1.0):
    """A search over LiAlCl(4-2x)O(x), with a prior by x where one is given."""
    grid = list(Template.parse("LiAlCl{4-2x}O{x}").grid(x=x))
    fractions = Fractions.of([member.composition for member in grid])
    at = np.array([member.variables["x"] for member in grid])
    views = inputs.layout(BLOCKS, False).views(inputs.matrix(fractions, BLOCKS, False, None))
    expected = np.full(len(at), -4.0) if prior is None else prior(at)
    surrogates = [Surrogate(views, expected, 0.9) for _ in limits]
    return Search(surrogates, list(limits), acquisition, explore), at


def results(rows, targets):
    return Results(np.array(rows), np.array(targets), np.zeros(len(rows)))


def test_what_is_improved_on_is_believed_and_not_read():
    """One reading far above its neighbours is taken for what it likely is: high by its noise."""
    search, _ = searching()
    rows = [8, 9, 10, 11, 12, 20]
    told = results(rows, [-3.0, -3.0, -1.5, -3.0, -3.0, -4.5])
    belief = search.surrogates[0].tell(told.rows, told.targets)
    worth = search.worth([belief], [told], np.random.default_rng(0))
    best = belief.mean[rows].max()
    assert best < told.targets.max() - 0.2
    assert worth == pytest.approx(log_improvement(belief, best))


def test_what_others_hold_back_does_not_count_as_best():
    """The incumbent is the best of those that are likely good enough in all else."""
    search, _ = searching(limits=(-3.0, -20.0))
    sigma, tg = results([5, 25], [-1.0, -2.5]), results([5, 25], [-24.0, -16.0])
    beliefs = [one.tell(told.rows, told.targets) for one, told in zip(search.surrogates, (sigma, tg), strict=True)]
    known = search.believed(beliefs, [sigma, tg], np.random.default_rng(0))
    assert known.best() == pytest.approx(beliefs[0].mean[25])


def test_thompson_draws_a_crowd_of_equals_as_one():
    """Hundreds of near-equal candidates share one draw; drawn one by one, one of them would always seem the best."""
    crowd, alone = np.linspace(1.0, 1.1, 400), np.array([0.3])
    search, _ = searching(",".join(f"{value:.6f}" for value in [*alone, *crowd]), "thompson")
    told = results([0], [-3.9])
    search.surrogates[0].tell(told.rows, told.targets, tune=False)
    belief = Belief(np.append(1.0, np.zeros(400)), np.append(0.1, np.ones(400)))  # the one beats most draws of an equal
    picks = [int(np.argmax(search.worth([belief], [told], np.random.default_rng(seed)))) for seed in range(60)]
    independent = [int(np.argmax(np.random.default_rng(seed).normal(belief.mean, belief.std))) for seed in range(60)]
    assert np.mean(np.array(independent) > 0) > 0.95
    assert np.mean(np.array(picks) > 0) < 0.6


def test_without_exploring_thompson_takes_the_highest_mean():
    search, _ = searching(acquisition="thompson", prior=lambda x: -4 - x, explore=0.0)
    told = results([5, 20], [-3.0, -5.0])
    belief = search.surrogates[0].tell(told.rows, told.targets)
    worth = search.worth([belief], [told], np.random.default_rng(0))
    assert int(np.argmax(worth)) == int(np.argmax(belief.mean))


def test_a_batch_ends_where_everything_left_is_like_a_pick():
    search, at = searching()
    nothing = [Results.none()]
    barred = np.zeros(len(at), dtype=bool)
    picks = search.batch(nothing, 6, barred, alike=lambda row: np.abs(at - at[row]) < 0.6)
    rows = [pick.row for pick in picks]
    assert 1 <= len(rows) < 6
    assert len(set(rows)) == len(rows)
    assert (np.abs(at[:, None] - at[rows]) < 0.6).any(axis=1).all(), "what is left is like some pick"


def test_a_pick_knows_what_was_known_when_it_was_made():
    search, at = searching()
    told = results([5, 20], [-3.0, -5.0])
    picks = search.batch([told], 3, np.isin(np.arange(len(at)), [5, 20]))
    assert [len(pick.results[0].rows) for pick in picks] == [2, 3, 4]
    assert picks[1].results[0].rows[-1] == picks[0].row


def test_the_first_sample_goes_by_the_prior_as_far_as_that_tells_candidates_apart():
    """A steep prior decides; of a flat one nothing is believed, and the most typical member tells most."""
    steep, at = searching(prior=lambda x: -4 + 6 * x)
    flat, _ = searching(prior=lambda x: -4 + 0.01 * x)
    nothing, barred = [Results.none()], np.zeros(len(at), dtype=bool)
    assert at[steep.batch(nothing, 1, barred)[0].row] > 1.2
    assert 0.4 < at[flat.batch(nothing, 1, barred)[0].row] < 1.1


@pytest.mark.parametrize("shared", [0.0, 0.3, 0.6, 0.9, 0.97])
@pytest.mark.parametrize("chances", [(0.4, 0.4, 0.4), (0.4, 0.1, 0.02), (0.9, 0.8), (0.01,) * 5])
def test_at_least_one_of_a_batch_is_what_draws_with_a_common_error_come_to(chances, shared):
    random = np.random.default_rng(0)
    drawn = np.sqrt(shared) * random.normal(size=(200_000, 1))
    drawn = drawn + np.sqrt(1 - shared) * random.normal(size=(200_000, len(chances)))
    share = (drawn < norm.ppf(chances)).any(axis=1).mean()
    assert at_least_one(np.array(chances), shared) == pytest.approx(share, abs=0.01)


def test_at_least_one_lies_between_the_best_and_the_sum():
    chances = np.array([0.4, 0.2, 0.1])
    told = [at_least_one(chances, shared) for shared in (0.0, 0.5, 0.9, 1.0)]
    assert told[0] == pytest.approx(1 - np.prod(1 - chances))
    assert (np.diff(told) < 0).all()
    assert told[-1] == 0.4
    assert at_least_one(np.empty(0), 0.5) == 0
    assert at_least_one(np.array([0.3]), 0.5) == pytest.approx(0.3)
