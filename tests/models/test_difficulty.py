"""How large an error to expect."""

import numpy as np
import pytest
from vitrion.models.difficulty import Difficulty

N = 4000


def clues(n=N, seed=0):
    """One descriptor, then distance, known, spread and gap."""
    draw = np.random.default_rng(seed)
    return np.column_stack(
        [draw.normal(size=n), draw.gamma(2.0, 0.5, n), draw.uniform(size=n), draw.gamma(2.0, 5.0, (n, 2)).T.T]
    )


def errors(X, seed=1):
    """Sizes that grow with distance and gap, and shrink with what is known."""
    size = 5.0 * np.exp(0.5 * np.log(X[:, 1] + 0.1) + 0.3 * np.log(X[:, 4] + 1.0) - X[:, 2])
    return size, size * np.abs(np.random.default_rng(seed).normal(size=len(X)))


@pytest.fixture(scope="module")
def learnt():
    X = clues()
    return Difficulty().fit(X, errors(X)[1])


def test_sizes_are_told_of_clues_never_seen(learnt):
    fresh = clues(seed=5)
    told, size = learnt.predict(fresh), errors(fresh)[0]
    assert np.corrcoef(np.log(told), np.log(size))[0, 1] > 0.9
    assert (told > 0).all()


def test_no_row_depends_on_the_others(learnt):
    fresh = clues(700, 6)
    whole = learnt.predict(fresh)
    for row in (0, 239, 240, 699):
        assert learnt.predict(fresh[[row]])[0] == whole[row]


def test_sizes_have_no_steps(learnt):
    way = np.repeat(clues(1, 7), 400, axis=0)
    way[:, 1] = np.linspace(0.0, 4.0, 400)
    assert np.abs(np.diff(np.log(learnt.predict(way)))).max() < 0.1


def test_farther_than_everything_is_a_number(learnt):
    far = clues(2, 8)
    far[:, 1] = [np.inf, 1e9]
    told = learnt.predict(far)
    assert np.isfinite(told).all()


def test_held_out_sizes_know_nothing_of_their_own_fold():
    X = clues(1500)
    told, fold, paper = errors(X)[1], np.arange(1500) % 3, np.arange(1500) // 5
    before, _ = Difficulty.cross_fit(X, told, fold, paper)
    other = np.where(fold == 0, 50.0 * told, told)
    after, whole = Difficulty.cross_fit(X, other, fold, paper)
    np.testing.assert_array_equal(after[fold == 0], before[fold == 0])
    assert (after[fold != 0] > before[fold != 0]).mean() > 0.9
    assert whole.predict(X).shape == (1500,)


def test_a_row_of_a_large_paper_weighs_less():
    X = clues(2000)
    told = errors(X)[1]
    told[:1000] *= 10.0  # of one paper
    paper = np.r_[np.zeros(1000, dtype=int), np.arange(1, 1001)]
    fold = np.zeros(2000, dtype=int)
    fold[1999] = 1
    level = np.median(Difficulty.cross_fit(X, told, fold, paper)[1].predict(X))
    alike = np.median(Difficulty().fit(X, told).predict(X))
    assert level < 0.6 * alike


def test_a_perfect_model_has_a_size_above_zero():
    assert (Difficulty().fit(np.zeros((50, 5)), np.zeros(50)).predict(np.zeros((2, 5))) > 0).all()
