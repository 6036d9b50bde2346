import math

import numpy as np
import pytest
from vitrion.models import metrics

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
