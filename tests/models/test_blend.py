import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from vitrion.models import blend
from vitrion.models.blend import BlendedRegressor

rng = np.random.default_rng(0)


def table(n=400):
    """Five columns and the nearness; far rows follow one law, near rows another."""
    near = np.repeat([0.0, 0.5, 1.0], [n // 2, n // 4, n - n // 2 - n // 4])
    X = np.column_stack([rng.normal(size=(n, 5)), near])
    return X, np.where(near > 0, np.sin(X[:, 3]) + X[:, 4], 10 + X[:, 0])


def regressor(**settings):
    ensemble = HistGradientBoostingRegressor(max_iter=20, max_bins=32)
    return BlendedRegressor(ensemble, near_columns=4, **settings)


X, Y = table()


@pytest.fixture(scope="module")
def fitted():
    return regressor().fit(X, Y)


def test_process_speaks_only_where_near(fitted):
    mean, trust = fitted.predict_with_trust(X)
    far = X[:, -1] == 0
    assert (trust[far] == 0).all()
    assert (mean[far] == fitted.ensemble_.predict(X)[far]).all()
    assert (trust[~far] > 0).all()
    assert ((trust >= 0) & (trust <= 1)).all()
    assert (mean == fitted.predict(X)).all()


def test_trust_is_bounded_by_nearness(fitted):
    _, trust = fitted.predict_with_trust(X)
    assert (trust <= X[:, -1]).all()


def test_trust_fades_far_from_every_near_row(fitted):
    new = np.zeros((3, 6))
    new[:, -1] = 1.0
    new[1, 3], new[2, 3] = 20.0, 500.0
    _, trust = fitted.predict_with_trust(new)
    assert trust[0] > trust[1] > trust[2]
    assert trust[2] == pytest.approx(0, abs=1e-3)
    assert fitted.predict(new)[2] == pytest.approx(fitted.ensemble_.predict(new)[2], abs=1e-2)


def test_process_learns_where_the_candidates_lie(fitted):
    near = X[:, -1] == 1
    error = np.abs(fitted.predict(X) - Y)[near].mean()
    assert error < np.abs(fitted.ensemble_.predict(X) - Y)[near].mean()


def test_mean_lies_between_its_two_parts(fitted):
    near = X[:, -1] > 0
    local, _ = fitted._ask_process(X[near, -4:])
    base, mean = fitted.ensemble_.predict(X)[near], fitted.predict(X)[near]
    assert ((mean >= np.minimum(base, local) - 1e-9) & (mean <= np.maximum(base, local) + 1e-9)).all()


def test_few_near_rows_make_no_process():
    rows = np.r_[0:200, -blend.FEWEST_ROWS + 1 : 0]
    fitted = regressor().fit(X[rows], Y[rows])
    assert fitted.process_ is None
    assert (fitted.predict_with_trust(X)[1] == 0).all()


def test_capacity_prefers_the_heavy_rows():
    weight = np.where(np.arange(len(X)) % 3 == 0, 5.0, 1.0)
    chosen = regressor(capacity=30)._choose(X[:, -1] >= 1, weight)
    assert len(chosen) == 30
    assert (weight[chosen] == 5).all()
    assert (X[chosen, -1] == 1).all()


def test_weight_draws_the_process():
    """Two values at one place: the mean goes to the heavier."""
    twice, weight = np.repeat(X[-60:], 2, axis=0), np.tile([1.0, 9.0], 60)
    values = np.tile([0.0, 1.0], 60)
    assert regressor().fit(twice, values, weight).predict(twice).mean() > 0.8


def test_same_seed_same_numbers():
    again = [regressor(random_state=3, capacity=50).fit(X, Y).predict(X) for _ in range(2)]
    assert (again[0] == again[1]).all()
    assert (regressor(random_state=4, capacity=50).fit(X, Y).predict(X) != again[0]).any()


def test_scikit_learn_contract(fitted):
    other = clone(fitted)
    assert not hasattr(other, "ensemble_")
    assert other.get_params()["ensemble__max_iter"] == 20
    assert other.set_params(ensemble__max_iter=5).ensemble.max_iter == 5
    assert fitted.ensemble.max_iter == 20


def test_given_ensemble_is_left_alone(fitted):
    assert not hasattr(fitted.ensemble, "n_iter_")
    assert fitted.ensemble.random_state is None


def test_constant_target():
    flat = regressor().fit(X, np.full(len(X), 2.0))
    assert flat.predict(X) == pytest.approx(2.0)


def test_no_near_row_asked(fitted):
    far = X[:3].copy()
    assert (fitted.predict_with_trust(far)[1] == 0).all()
