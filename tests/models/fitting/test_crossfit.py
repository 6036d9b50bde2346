"""No leak: what a held-out row shows was never seen, neither by paper nor by composition nor through its own error."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from vitrion.datasets.splits import SAME_WITHIN, folds
from vitrion.features import Fractions
from vitrion.features.descriptors.glass import NAMES as GLASS
from vitrion.models.blend import Answer
from vitrion.models.domain import Domain
from vitrion.models.fitting.crossfit import KERNEL, NEAR, Design, cross_fit
from vitrion.models.localised import LocalCalibration

rng = np.random.default_rng(0)
N = 600
PAPER = rng.integers(0, 60, size=N)
KEYS = rng.integers(0, 200, size=N)  # every composition in about three papers
RULE = np.arange(N) >= N - 40
LABORATORY = PAPER // 2  # each of two papers
NEARNESS = (KEYS % 3 == 0).astype(float)
X = np.column_stack([rng.normal(size=(200, 4))[KEYS], np.arange(N), NEARNESS])  # column 4: the number of the row
Y = X[:, 0] + rng.normal(size=N) * (0.1 + np.abs(X[:, 1]))
FOLD = np.where(RULE, -1, 0)
FOLD[~RULE] = folds(LABORATORY[~RULE].astype(str).astype(object), 5)
DESIGN = Design(X, Y, FOLD, KEYS, np.ones(N), np.where(RULE, 1000, PAPER), np.where(RULE, 1000, LABORATORY))


class Witness(RegressorMixin, BaseEstimator):
    """A regressor that remembers which rows it learnt and notes which it is asked."""

    seen: ClassVar = []

    def __init__(self, n_conditions=0, descriptors=GLASS):
        self.n_conditions = n_conditions
        self.descriptors = descriptors

    def fit(self, X, y, sample_weight=None, papers=None, energies=None):
        self.energies_ = energies
        self.rows_ = X[:, 4].astype(int)
        self.mean_ = float(np.mean(y))
        return self

    def answer(self, X):
        Witness.seen.append((self.rows_, X[:, 4].astype(int)))
        nothing = np.zeros(len(X))
        return Answer(X[:, 0] * 0.9, nothing, nothing, nothing, nothing)


@pytest.fixture(scope="module")
def domain():
    return Domain(n_components=3).fit(X[~RULE][:, :4], FOLD[~RULE], KEYS[~RULE])


@pytest.fixture
def outcome(domain):
    Witness.seen = []
    return cross_fit(DESIGN, Witness(), domain, 0.9)


def test_no_paper_and_no_composition_on_both_sides(outcome):
    asked = np.concatenate([test for _, test in Witness.seen])
    assert sorted(asked) == np.flatnonzero(~RULE).tolist()
    for train, test in Witness.seen:
        measured = train[~RULE[train]]
        assert not set(PAPER[measured]) & set(PAPER[test])
        assert not set(KEYS[measured]) & set(KEYS[test])


def test_nothing_is_kept_from_training_without_need(outcome):
    for train, test in Witness.seen:
        free = ~RULE & ~np.isin(PAPER, PAPER[test]) & ~np.isin(KEYS, KEYS[test])
        lost = set(np.flatnonzero(free)) - set(train)
        assert all(FOLD[row] == FOLD[test[0]] for row in lost)


def test_estimates_are_learnt_and_never_tested(outcome):
    for train, test in Witness.seen:
        assert set(np.flatnonzero(RULE & ~np.isin(KEYS, KEYS[test]))) == set(train[RULE[train]])
        assert not RULE[test].any()
    assert not RULE[outcome.held_out.row].any()
    assert len(outcome.held_out.row) == (~RULE).sum()


def test_all_rows_make_the_final_regressor(outcome):
    assert sorted(outcome.regressor.rows_) == list(range(N))


def test_places_and_numbers(outcome):
    held = outcome.held_out
    assert (held.row == np.flatnonzero(~RULE)).all()
    assert (held.truth == Y[held.row]).all()
    assert held.mean == pytest.approx(X[held.row, 0] * 0.9)
    assert (held.residual == held.truth - held.mean).all()
    assert (held.lower <= held.upper).all()
    assert (held.fold == FOLD[held.row]).all()


def test_what_is_known_of_each_row(outcome):
    held = outcome.held_out
    assert (held.near == (NEARNESS[held.row] >= NEAR)).all()
    assert (held.papers == PAPER[held.row]).all()
    assert (held.laboratories == LABORATORY[held.row]).all()


def test_intervals_come_from_the_other_folds(outcome):
    """Each paper of them weighs alike; a laboratory is in one fold, so that none tells of its own rows."""
    held = outcome.held_out
    for number in range(5):
        here, others = held.fold == number, held.fold != number
        assert not set(held.laboratories[here]) & set(held.laboratories[others])
        scores = held.scores(others)
        assert scores.score == pytest.approx(held.residual[others] / held.difficulty[others])
        assert np.bincount(held.papers[others], scores.weight)[np.unique(held.papers[others])] == pytest.approx(1.0)
        assert (scores.ratio == 1).all()
        scale = held.scale(number)
        assert (scale.quantiles == LocalCalibration.of(scores, held.width).quantiles).all()
        nothing = np.ones(here.sum())
        lower, upper = scale.interval(held.mean[here], held.difficulty[here], held.near[here], nothing, 0.9)
        assert (lower == held.lower[here]).all()
        assert (upper == held.upper[here]).all()


def test_an_error_of_one_fold_moves_no_interval_of_its_own(outcome):
    """With errors of fold 2 twenty times as large, the distributions that make its intervals stay as they are."""
    held = outcome.held_out
    wrong = np.where(held.fold == 2, held.truth + 20 * held.difficulty, held.truth)
    moved = replace(held, truth=wrong)
    width = held.width
    assert (LocalCalibration.of(moved.scores(held.fold != 2), width).quantiles == held.scale(2).quantiles).all()
    assert (LocalCalibration.of(moved.scores(held.fold != 1), width).quantiles != held.scale(1).quantiles).any()


def test_kernel_is_a_part_of_the_span_of_the_middle_two_thirds(outcome):
    low, high = np.quantile(outcome.held_out.truth, [0.16, 0.84])
    assert outcome.held_out.width == pytest.approx(KERNEL * (high - low))
    assert replace(outcome.held_out, truth=np.ones(len(outcome.held_out.truth))).width > 0


def test_coverage_of_synthetic_papers(outcome):
    held = outcome.held_out
    inside = ((held.lower <= held.truth) & (held.truth <= held.upper)).mean()
    assert inside == pytest.approx(0.9, abs=0.05)


def test_real_rows_never_leak(tg_rows):
    """The design of a predictor, on real papers: every composition of a test row is out of its training rows.

    So is whatever differs from one by at most 0.2 at.% of any element, and a laboratory is in one fold.
    """
    from vitrion.models.predictor import Predictor

    twice = tg_rows.take(np.r_[np.arange(len(tg_rows)), np.arange(0, len(tg_rows), 7)])
    papers = twice.groups.copy()
    papers[len(tg_rows) :] = "another paper with known compositions"
    matrix, repeats = twice.fractions.matrix.copy(), slice(len(tg_rows), len(tg_rows) + 40)
    for row in matrix[repeats]:  # of the repeats, some are told a little otherwise
        most, least = np.argsort(row)[[-1, -2]]
        row[most], row[least] = row[most] - 1.5e-3, row[least] + 1.5e-3
    design = Predictor("tg")._design(Fractions.from_matrix(matrix), twice.values, papers)
    assert len(design.close) >= 2 * len(np.unique(design.keys[repeats]))
    for number in range(5):
        train, test = design.sides(number)
        assert len(train) and len(test)
        assert not set(papers[train]) & set(papers[test])
        assert not set(design.keys[train]) & set(design.keys[test])
        apart = np.abs(matrix[train][:, None] - matrix[test][None]).max(axis=2)
        assert apart.min() > SAME_WITHIN - 1e-9


def test_a_laboratory_is_held_out_whole_in_a_fold_that_never_changes(tg_rows):
    """Whatever else is measured later, and in whatever order."""
    from vitrion.models.predictor import Predictor

    names = tg_rows.laboratories

    def folds_of(rows):
        data, told = tg_rows.take(rows), names[rows]
        fold = Predictor("tg")._design(data.fractions, data.values, data.groups, laboratories=told).fold
        assert len(set(zip(told, fold, strict=True))) == len(set(told))
        return dict(zip(told, fold.tolist(), strict=True))

    rows = np.arange(len(tg_rows))
    whole = folds_of(rows)
    assert len(set(whole.values())) == 5
    assert folds_of(rows[::-1]) == whole
    fewer = folds_of(rows[::3])
    assert fewer == {name: whole[name] for name in fewer}


def test_what_is_close_is_kept_out_of_training_both_ways():
    keys, fold = np.array([1, 2, 3, 4], dtype=np.uint64), np.array([0, 1, 1, -1])
    close = np.array([[1, 2], [2, 1], [1, 4], [4, 1]], dtype=np.uint64)
    made = Design(np.zeros((4, 6)), np.zeros(4), fold, keys, np.ones(4), np.arange(4), np.arange(4), close=close)
    assert [side.tolist() for side in made.sides(0)] == [[2], [0]]  # neither the measured nor the estimated one
    assert [side.tolist() for side in made.sides(1)] == [[3], [1, 2]]
    assert replace(made, close=close[:0]).sides(0)[0].tolist() == [1, 2, 3]


def test_energies_go_with_their_rows():
    energies = np.where(np.arange(N) % 2, np.nan, np.arange(N) / 1000.0)
    rows = np.flatnonzero(FOLD == 2)
    told = replace(DESIGN, energies=energies).fit(Witness(), rows).energies_
    np.testing.assert_array_equal(told, energies[rows])
    assert DESIGN.fit(Witness(), rows).energies_ is None


def test_progress_says_each_step(domain):
    said = []
    cross_fit(DESIGN, Witness(), domain, 0.9, progress=said.append)
    assert len(said) == 6
    assert said[-1].startswith("fold 5 of 5")


def test_papers_are_kept_apart_where_folds_are_of_something_else():
    other = np.where(RULE, -1, np.arange(N) % 5)
    for number in range(5):
        apart = Design(X, Y, other, KEYS, np.ones(N), np.where(RULE, -1, PAPER), PAPER)
        train, test = apart.sides(number)
        assert not set(PAPER[train][~RULE[train]]) & set(PAPER[test])
        assert RULE[train].sum() == (RULE & ~np.isin(KEYS, KEYS[test])).sum()
        together = Design(X, Y, other, KEYS, np.ones(N), np.arange(N), PAPER).sides(number)[0]
        assert len(train) < len(together)
