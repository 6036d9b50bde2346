import copy

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits
from vitrion.models import blend
from vitrion.models.blend import OWN, ROOM, BlendedRegressor
from vitrion.models.predictor import Predictor
from vitrion.models.process import FamilyProcess


@pytest.fixture(scope="module")
def design(sigma_rows):
    predictor = Predictor("conductivity", conditions=True)
    return predictor._design(
        sigma_rows.fractions, sigma_rows.values, sigma_rows.groups, sigma_rows.conditions, None, None
    )


def regressor(**settings):
    committee = HistGradientBoostingRegressor(max_iter=20, max_bins=32)
    return BlendedRegressor(3, committee, FamilyProcess(n_steps=12), **settings)


@pytest.fixture(scope="module")
def fitted(design):
    return regressor().fit(design.X, design.y, papers=design.papers)


def local(fitted, X):
    with threadpool_limits(1):  # as many threads, as many orders of summing single precision
        return fitted.process_.predict(fitted._layout(X).views(X))


def test_process_speaks_only_where_near(fitted, design):
    mean, trust, _, spread, gap = fitted.answer(design.X)
    far = design.X[:, -1] == 0
    assert (trust[far] == 0).all()
    assert (mean[far] == (fitted.committee_.predict(design.X) + fitted._expected(design.X))[far]).all()
    assert (trust[design.X[:, -1] == 1] > 0).all()
    assert (trust <= design.X[:, -1]).all()
    assert (mean == fitted.predict(design.X)).all()
    assert (spread == 0).all()  # one member alone
    assert (gap[far] == 0).all()
    assert (gap[~far] > 0).all()


def test_process_learns_where_the_candidates_lie(fitted, design):
    near = design.X[:, -1] == 1
    error = np.abs(fitted.predict(design.X) - design.y)[near].mean()
    assert error < np.abs((fitted.committee_.predict(design.X) + fitted._expected(design.X)) - design.y)[near].mean()


def test_mean_lies_between_its_two_parts(fitted, design):
    near = design.X[:, -1] > 0
    process = local(fitted, design.X[near])[0] + fitted._expected(design.X[near])
    base, mean = (
        (fitted.committee_.predict(design.X) + fitted._expected(design.X))[near],
        fitted.predict(design.X)[near],
    )
    assert ((mean >= np.minimum(base, process) - 1e-5) & (mean <= np.maximum(base, process) + 1e-5)).all()


def test_few_near_rows_make_no_process(design):
    near = np.flatnonzero(design.X[:, -1] == 1)[: blend.FEWEST_ROWS - 1]
    rows = np.concatenate([np.flatnonzero(design.X[:, -1] == 0), near])
    lean = regressor().fit(design.X[rows], design.y[rows])
    assert lean.process_ is None
    assert (lean.answer(design.X).clues == 0).all()
    assert (
        lean.update(design.X[:3], design.y[:3]).predict(design.X)
        == lean.committee_.predict(design.X) + lean._expected(design.X)
    ).all()


def test_capacity_prefers_the_heavy_rows(design):
    weight = np.where(np.arange(len(design.y)) % 3 == 0, 5.0, 1.0)
    chosen = regressor(capacity=30)._choose(design.X[:, -1] >= 1, weight)
    assert len(chosen) == 30
    assert (weight[chosen] == 5).all()
    assert (design.X[chosen, -1] == 1).all()


def test_light_rows_are_left_to_the_committee(design):
    weight = np.where(np.arange(len(design.y)) % 3 == 0, 5.0, 1.0)
    heavy = regressor(least_weight=2.0).fit(design.X, design.y, weight, design.papers)
    assert len(heavy.process_.targets_) == ((design.X[:, -1] == 1) & (weight == 5)).sum()


def test_results_of_a_family_sharpen_the_rest_of_it(design):
    """Two members of a family shifted by two decades, once told, move the third."""
    pattern = np.unique(design.X[:, :103] > 0, axis=0, return_inverse=True)[1].ravel()
    near = design.X[:, -1] == 1
    family = next(k for k in np.unique(pattern) if len(np.unique(design.keys[near & (pattern == k)])) >= 4)
    rows = np.flatnonzero(near & (pattern == family))
    others = np.flatnonzero(pattern != family)
    before = regressor().fit(design.X[others], design.y[others], papers=design.papers[others])
    base = before.predict(design.X[rows[2:]])
    shifted = before.predict(design.X[rows[:2]]) + 2.0
    after = before.update(design.X[rows[:2]], shifted).predict(design.X[rows[2:]])
    assert (after > base + 0.2).all()
    assert (before.process_.papers_ == OWN).sum() == 2


def test_what_the_committee_missed_of_own_results_is_carried_to_their_family(design):
    """Where the process is not heard; hardly to families known, by weight, and one typo less than in proportion."""
    pattern = np.unique(design.X[:, :103] > 0, axis=0, return_inverse=True)[1].ravel()
    near = design.X[:, -1] == 1
    family = next(k for k in np.unique(pattern) if len(np.unique(design.keys[near & (pattern == k)])) >= 4)
    rows, others = np.flatnonzero(near & (pattern == family)), np.flatnonzero(pattern != family)
    deaf = regressor(heard=(0.99999, 1.0)).fit(design.X[others], design.y[others], papers=design.papers[others])
    before = deaf.predict(design.X)

    def moved(by, weight=None):
        told = copy.deepcopy(deaf).update(design.X[rows[:2]], before[rows[:2]] + by, weight)
        assert told.missed_.shape == (2,)
        return told.predict(design.X) - before

    one = moved(1.0)
    assert (one[rows[2:]] > 0.1).all()
    assert np.abs(one[near & (pattern != family)]).mean() < 0.5 * one[rows].mean()
    assert (one[design.X[:, -1] == 0] == 0).all()
    assert moved(10.0)[rows].mean() < 8 * one[rows].mean()
    assert moved(1.0, np.full(2, 1e-3))[rows].mean() < one[rows].mean()


def test_rows_of_a_large_paper_weigh_less_each(design):
    class Noting(HistGradientBoostingRegressor):
        def fit(self, X, y, sample_weight=None):
            self.told_ = sample_weight
            return super().fit(X, y)

    papers = np.where(np.arange(len(design.y)) < 81, 0, np.arange(len(design.y)))
    fitted = regressor().set_params(committee=Noting(max_iter=2)).fit(design.X, design.y, papers=papers)
    assert fitted.committee_.told_[0] == pytest.approx(81**-0.25)
    assert fitted.committee_.told_[-1] == 1.0


def test_same_seed_same_numbers(design):
    again = [regressor(random_state=3, capacity=50).fit(design.X, design.y).predict(design.X) for _ in range(2)]
    assert (again[0] == again[1]).all()
    assert (regressor(random_state=4, capacity=50).fit(design.X, design.y).predict(design.X) != again[0]).any()


def test_scikit_learn_contract(fitted):
    other = clone(fitted)
    assert not hasattr(other, "committee_")
    assert other.get_params()["committee__max_iter"] == 20
    assert other.set_params(committee__max_iter=5).committee.max_iter == 5
    assert fitted.committee.max_iter == 20
    assert not hasattr(fitted.committee, "n_iter_")
    assert fitted.committee.random_state is None


def test_one_temperature_teaches_others(design):
    """Of rows at 25 C alone, the usual activation energy carries the rest: 0.36 eV is 1.1 decades to 80 C."""
    X = design.X.copy()
    X[:, -4] = ROOM
    hot = X.copy()
    hot[:, -4] = 1000.0 / 353.15
    fitted = regressor().fit(X, design.y, papers=design.papers)
    assert fitted.predict(hot) - fitted.predict(X) == pytest.approx(1.79 * (ROOM - 1000.0 / 353.15), abs=0.35)


def test_usual_temperature_dependence_is_learnt_whole(design):
    usual = regressor()._expected(design.X) - 3.0
    assert regressor().fit(design.X, usual).predict(design.X) == pytest.approx(usual, abs=1e-6)
