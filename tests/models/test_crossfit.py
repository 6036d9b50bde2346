"""No leak: what a held-out row shows was never seen, neither by paper nor by composition nor through its own error."""

from typing import ClassVar

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from vitrion.datasets.splits import folds
from vitrion.models.blend import Answer
from vitrion.models.conformal import Calibration
from vitrion.models.crossfit import Design, cross_fit
from vitrion.models.difficulty import Difficulty
from vitrion.models.domain import Domain

rng = np.random.default_rng(0)
N = 600
PAPER = rng.integers(0, 60, size=N)
KEYS = rng.integers(0, 200, size=N)  # every composition in about three papers
RULE = np.arange(N) >= N - 40
X = np.column_stack([rng.normal(size=(200, 4))[KEYS], np.arange(N), np.ones(N)])  # column 4: the number of the row
Y = X[:, 0] + rng.normal(size=N) * (0.1 + np.abs(X[:, 1]))
FOLD = np.where(RULE, -1, 0)
FOLD[~RULE] = folds(PAPER[~RULE].astype(str).astype(object), 5)
DESIGN = Design(X, Y, FOLD, KEYS, np.ones(N), np.where(RULE, 1000, PAPER))


class Witness(RegressorMixin, BaseEstimator):
    """A regressor that remembers which rows it learnt and notes which it is asked."""

    seen: ClassVar = []

    def __init__(self, n_conditions=0):
        self.n_conditions = n_conditions

    def fit(self, X, y, sample_weight=None, papers=None):
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


def test_intervals_come_from_the_other_folds(outcome):
    held = outcome.held_out
    for number in range(5):
        here, others = held.fold == number, held.fold != number
        scale = Calibration.of(held.residual[others], held.difficulty[others], held.verdict[others])
        lower, upper = scale.interval(held.mean[here], held.difficulty[here], held.verdict[here], 0.9)
        assert (lower == held.lower[here]).all()
        assert (upper == held.upper[here]).all()


def test_difficulty_of_a_row_never_saw_its_fold():
    """Errors of one fold multiplied by a thousand leave the difficulties of that fold as they were."""
    clues, fold = rng.normal(size=(500, 3)), rng.integers(0, 5, size=500)
    error = np.abs(rng.normal(size=500)) + 0.1
    before, _ = Difficulty.cross_fit(clues, error, fold)
    after, _ = Difficulty.cross_fit(clues, np.where(fold == 2, 1000 * error, error), fold)
    assert (after[fold == 2] == before[fold == 2]).all()
    assert (after[fold != 2] != before[fold != 2]).any()


def test_difficulty_learns_where_errors_are_large():
    clues = rng.uniform(size=(4000, 2))
    error = np.abs(rng.normal(size=4000)) * np.where(clues[:, 0] > 0.5, 10.0, 1.0)
    told = Difficulty().fit(clues, error).predict(np.array([[0.25, 0.5], [0.75, 0.5]]))
    assert (told > 0).all()
    assert 3 < told[1] / told[0] < 20


def test_difficulty_of_a_perfect_model():
    assert (Difficulty().fit(np.zeros((50, 1)), np.zeros(50)).predict(np.zeros((2, 1))) > 0).all()


def test_coverage_of_synthetic_papers(outcome):
    held = outcome.held_out
    inside = ((held.lower <= held.truth) & (held.truth <= held.upper)).mean()
    assert inside == pytest.approx(0.9, abs=0.05)


def test_real_rows_never_leak(tg_rows):
    """The design of a predictor, on real papers: every composition of a test row is out of its training rows."""
    from vitrion.models.predictor import Predictor

    twice = tg_rows.take(np.r_[np.arange(len(tg_rows)), np.arange(0, len(tg_rows), 7)])
    papers = twice.groups.copy()
    papers[len(tg_rows) :] = "another paper with known compositions"
    design = Predictor("tg")._design(twice.fractions, twice.values, papers, None, None, None)
    for number in range(5):
        train, test = design.sides(number)
        assert len(train) and len(test)
        assert not set(papers[train]) & set(papers[test])
        assert not set(design.keys[train]) & set(design.keys[test])


def test_progress_says_each_step(domain):
    said = []
    cross_fit(DESIGN, Witness(), domain, 0.9, progress=said.append)
    assert len(said) == 6
    assert said[-1].startswith("fold 5 of 5")


def test_papers_are_kept_apart_where_folds_are_of_something_else():
    other = np.where(RULE, -1, np.arange(N) % 5)
    for number in range(5):
        apart = Design(X, Y, other, KEYS, np.ones(N), np.where(RULE, -1, PAPER))
        train, test = apart.sides(number)
        assert not set(PAPER[train][~RULE[train]]) & set(PAPER[test])
        assert RULE[train].sum() == (RULE & ~np.isin(KEYS, KEYS[test])).sum()
        together = Design(X, Y, other, KEYS, np.ones(N), np.arange(N)).sides(number)[0]
        assert len(train) < len(together)
