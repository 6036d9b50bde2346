import numpy as np
import pytest
from vitrion.models.process import START, FamilyProcess, Views, _left_out

rng = np.random.default_rng(0)
N, FAMILIES = 160, 16
FAMILY = np.repeat(np.arange(FAMILIES), N // FAMILIES)
PAPER = FAMILY * 2 + rng.integers(0, 2, N)
X = rng.uniform(0, 1, N)
LEVEL = rng.normal(0, 1.0, FAMILIES)
Y = 2.0 * np.sin(4 * X) + LEVEL[FAMILY]
ELEMENTS = np.sqrt(np.eye(FAMILIES)[FAMILY] * (0.3 + 0.2 * X[:, None]))
VIEWS = Views(X[:, None], ELEMENTS, np.column_stack([X, rng.normal(size=N)]))
ONES = np.ones(N)


def fit(rows, y=Y, weight=ONES, **settings):
    process = FamilyProcess(n_steps=60, **settings)
    return process.fit(VIEWS.take(rows), y[rows], PAPER[rows], weight[rows])


def test_trend_carries_to_a_family_never_seen():
    others, unseen = np.flatnonzero(FAMILY != 3), np.flatnonzero(FAMILY == 3)
    mean, known = fit(others).predict(VIEWS.take(unseen))
    assert np.corrcoef(mean, Y[unseen])[0, 1] > 0.9
    assert fit(np.arange(N)).predict(VIEWS.take(unseen))[1].min() > known.max()


def test_two_members_bring_in_the_family():
    others, unseen = np.flatnonzero(FAMILY != 3), np.flatnonzero(FAMILY == 3)
    told, asked = unseen[:2], unseen[2:]
    before, after = (fit(rows).predict(VIEWS.take(asked))[0] - Y[asked] for rows in (others, np.r_[others, told]))
    assert np.abs(after).mean() < 0.6 * np.abs(before).mean()


def test_one_wrong_value_bends_nothing():
    wrong = Y.copy()
    wrong[50] += 8.0
    clean, dirty = fit(np.arange(N)), fit(np.arange(N), wrong)
    beside = np.flatnonzero(FAMILY[50] == FAMILY)
    shift = np.abs(dirty.predict(VIEWS.take(beside))[0] - clean.predict(VIEWS.take(beside))[0])
    assert np.median(shift) < 0.5


def test_left_out_equals_refitting():
    K = np.exp(-np.abs(X[:30, None] - X[:30])) + 0.1 * np.eye(30)
    groups = [np.arange(0, 7), np.arange(7, 30)]
    ((error, variance),) = _left_out(K, Y[:30], [groups])
    for rows in groups:
        rest = np.setdiff1d(np.arange(30), rows)
        gain = K[np.ix_(rows, rest)] @ np.linalg.inv(K[np.ix_(rest, rest)])
        assert error[rows] == pytest.approx(Y[rows] - gain @ Y[rest])
        assert variance[rows] == pytest.approx(np.diag(K[np.ix_(rows, rows)] - gain @ K[np.ix_(rest, rows)]))


def test_prediction_does_not_depend_on_the_batch():
    process = fit(np.arange(N))
    whole = process.predict(VIEWS)
    parts = [process.predict(VIEWS.take(np.arange(start, start + 40))) for start in range(0, N, 40)]
    assert np.concatenate([mean for mean, _ in parts]) == pytest.approx(whole[0], rel=1e-9)
    assert np.concatenate([known for _, known in parts]) == pytest.approx(whole[1], abs=1e-5)


def test_search_moves_and_repeats():
    one, two = fit(np.arange(N)), fit(np.arange(N))
    assert (one.theta_ == two.theta_).all()
    assert np.abs(one.theta_ - np.log(START)).max() > 0.1


def test_weight_draws_the_mean():
    """Two values at one place: the mean goes to the heavier."""
    rows = np.repeat(np.arange(40), 2)
    y, weight = np.tile([0.0, 1.0], 40), np.tile([0.2, 1.0], 40)
    process = FamilyProcess(n_steps=5).fit(VIEWS.take(rows), y, np.arange(80), weight)
    assert process.predict(VIEWS.take(np.arange(40)))[0].mean() > 0.5
