import math

import numpy as np
import pytest
from vitrion.models.numerics import metrics

truth = np.array([1.0, 2.0, 4.0, 9.0])
mean = np.array([1.5, 2.0, 3.0, 7.0])


def test_by_hand():
    assert metrics.mae(truth, mean) == pytest.approx(3.5 / 4)
    assert metrics.rmse(truth, mean) == pytest.approx(math.sqrt(5.25 / 4))
    assert metrics.r2(truth, mean) == pytest.approx(1 - 5.25 / 38)


def test_as_scikit_learn():
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    draw = np.random.default_rng(0)
    a, b = draw.normal(size=(2, 50))
    assert metrics.mae(a, b) == pytest.approx(mean_absolute_error(a, b))
    assert metrics.rmse(a, b) == pytest.approx(root_mean_squared_error(a, b))
    assert metrics.r2(a, b) == pytest.approx(r2_score(a, b))


def test_no_variance_has_no_r2():
    assert math.isnan(metrics.r2(np.ones(3), np.zeros(3)))


def test_ends_of_intervals_belong_to_them():
    assert metrics.coverage(truth, truth, truth) == 1.0
    assert metrics.coverage(truth, truth + 1, truth + 2) == 0.0
    assert metrics.coverage(truth, np.array([0, 0, 5, 0.0]), np.full(4, np.inf)) == 0.75


def test_width_is_the_median():
    assert metrics.width(np.zeros(3), np.array([1.0, 2.0, np.inf])) == 2.0


def test_nan_stays_nan():
    assert math.isnan(metrics.mae(truth, mean * np.nan))


def test_crps_of_one_quantile_is_the_absolute_error():
    assert metrics.crps(truth, mean[:, None]).tolist() == pytest.approx(np.abs(truth - mean).tolist())


def test_crps_by_hand():
    # quantiles -1 and 1 at 1/4 and 3/4, truth 0: twice the mean of 1/4 * 1 and 1/4 * 1
    assert metrics.crps(np.zeros(1), np.array([[-1.0, 1.0]])).tolist() == pytest.approx([0.5])


def test_crps_of_a_normal_distribution():
    from scipy.stats import norm

    quantiles = norm.ppf((np.arange(400) + 0.5) / 400)[None, :]
    exact = 2 * norm.pdf(0) - 1 / math.sqrt(math.pi)  # at its mean
    assert metrics.crps(np.zeros(1), quantiles)[0] == pytest.approx(exact, abs=1e-3)


def test_likelihood_is_of_a_density():
    from scipy.stats import norm

    grid = np.linspace(-60, 60, 12_001)
    quantiles = np.repeat(norm.ppf((np.arange(40) + 0.5) / 40)[None, :], len(grid), axis=0)
    density = np.exp(metrics.log_likelihood(grid, quantiles))
    assert density.sum() * 0.01 == pytest.approx(1.0, abs=1e-3)
    assert density.max() == pytest.approx(norm.pdf(0), rel=0.15)


def test_likelihood_knows_units_and_survives_a_point():
    quantiles = np.repeat(np.linspace(-1, 1, 40)[None, :], 4, axis=0)
    shift = metrics.log_likelihood(truth, quantiles) - metrics.log_likelihood(truth * 10, quantiles * 10)
    assert shift == pytest.approx(np.full(4, math.log(10)))
    assert np.isfinite(metrics.log_likelihood(truth, np.zeros((4, 40)))).all()


def test_spearman():
    from scipy.stats import spearmanr

    one, other = np.array([1.0, 5.0, 2.0, 2.0, 9.0]), np.array([0.1, 0.3, 0.2, 0.25, 0.24])
    assert metrics.spearman(one, other) == pytest.approx(spearmanr(one, other).statistic)
    assert metrics.spearman(one, np.ones(5)) == 0.0
    assert math.isnan(metrics.spearman(np.ones(5), other))


def test_bootstrap():
    assert metrics.bootstrap([0.5, 0.5, 0.5]) == (0.5, 0.5)
    low, high = metrics.bootstrap(np.arange(18.0))
    assert low < 8.5 < high
    assert high - low == pytest.approx(2 * 1.645 * np.arange(18.0).std() / math.sqrt(18), rel=0.05)


def test_what_repeats_cannot_tell_apart_is_no_order():
    truth, mean = np.array([0.0, 0.05, 0.5, 1.0]), np.array([2.0, 1.0, 3.0, 4.0])
    assert metrics.spearman(truth, mean) == pytest.approx(0.8)
    assert metrics.spearman(truth, mean, tie=0.1) > 0.9
    assert metrics.spearman(truth, mean[[1, 0, 2, 3]], tie=0.1) == metrics.spearman(truth, mean, tie=0.1)
    assert np.isnan(metrics.spearman(truth, mean, tie=2.0))
