import numpy as np
import pytest
from vitrion.models.localised import LEVELS, LocalCalibration, Scores


def drawn(n, draw, laboratories=200):
    """Errors that are skewed where the mean is low, and narrower where less is open."""
    mean, ratio = draw.uniform(0.0, 10.0, n), np.where(draw.random(n) < 0.5, 1.0, draw.uniform(0.1, 1.0, n))
    skew = np.where(mean < 5, draw.exponential(1.0, n) - 1.0, draw.normal(size=n))
    return Scores(skew, mean, draw.random(n) < 0.5, ratio, np.ones(n), draw.integers(0, laboratories, n))


@pytest.fixture(scope="module")
def calibration():
    return LocalCalibration.of(drawn(20_000, np.random.default_rng(0)), 1.0)


def test_intervals_hold_what_is_asked_wherever_the_mean_lies(calibration):
    fresh = drawn(20_000, np.random.default_rng(1))
    low, high = calibration.interval(fresh.mean, np.ones(20_000), fresh.near, fresh.ratio, 0.9)
    missed_low, missed_high = fresh.score + fresh.mean < low, fresh.score + fresh.mean > high
    for part in (fresh.mean < 3, fresh.mean > 7, fresh.ratio < 0.5, fresh.near):
        assert missed_low[part].mean() == pytest.approx(0.05, abs=0.015)
        assert missed_high[part].mean() == pytest.approx(0.05, abs=0.015)


def test_probabilities_agree_with_the_ends_of_intervals(calibration):
    mean, ratio = np.linspace(0, 10, 50), np.linspace(0.1, 1.0, 50)
    near, hard = np.arange(50) % 2 == 0, np.full(50, 2.0)
    low, high = calibration.interval(mean, hard, near, ratio, 0.8)
    for row in range(50):
        one = (part[[row]] for part in (mean, hard, near, ratio))
        assert calibration.below(*one, float(low[row]))[0] == pytest.approx(0.1, abs=1e-6)
        one = (part[[row]] for part in (mean, hard, near, ratio))
        assert calibration.below(*one, float(high[row]))[0] == pytest.approx(0.9, abs=1e-6)


def test_ends_and_probabilities_have_no_steps(calibration):
    mean, n = np.linspace(0, 10, 2001), 2001
    same = np.ones(n), np.ones(n, dtype=bool), np.ones(n)
    low, high = calibration.interval(mean, *same, 0.9)
    assert np.abs(np.diff(high - low)).max() < 0.02 * (high - low).min()
    assert np.abs(np.diff(calibration.below(mean, *same, 5.0))).max() < 0.02


def test_errors_of_one_paper_count_together():
    """A paper with a thousand rows does not decide against sixty with one."""
    draw = np.random.default_rng(2)
    score = np.r_[np.full(1000, 5.0), draw.normal(size=400)]
    weight = np.r_[np.full(1000, 1e-3), np.ones(400)]
    laboratory = np.r_[np.zeros(1000, dtype=int), np.arange(1, 401)]
    n = len(score)
    told = Scores(score, np.zeros(n), np.ones(n, dtype=bool), np.ones(n), weight, laboratory)
    one = np.zeros(1), np.ones(1), np.ones(1, dtype=bool), np.ones(1)
    _, high = LocalCalibration.of(told, 1.0).interval(*one, 0.9)
    assert 1.3 < high[0] < 2.2


def test_too_few_errors_give_no_finite_end():
    n = 12
    told = Scores(np.arange(n) - 6.0, np.zeros(n), np.ones(n, bool), np.ones(n), np.ones(n), np.arange(n))
    one = np.zeros(1), np.ones(1), np.ones(1, dtype=bool), np.ones(1)
    calibration = LocalCalibration.of(told, 1.0)
    assert np.isinf(calibration.interval(*one, 0.9)).all()
    assert np.isfinite(calibration.interval(*one, 0.5)).all()
    assert calibration.heard(*one[:1], *one[2:])[0] == pytest.approx(n)


def test_no_row_depends_on_the_others(calibration):
    fresh = drawn(9000, np.random.default_rng(3))
    low, high = calibration.interval(fresh.mean, np.ones(9000), fresh.near, fresh.ratio, 0.9)
    for row in (0, 4095, 4096, 8999):
        one = fresh.mean[[row]], np.ones(1), fresh.near[[row]], fresh.ratio[[row]]
        assert calibration.interval(*one, 0.9) == (low[row], high[row])
    assert (np.diff(LEVELS) > 0).all()


def test_a_further_result_widens_no_interval_by_chance():
    few = LocalCalibration.of(drawn(1500, np.random.default_rng(9)), 1.0)
    ratio = np.linspace(0.05, 1.0, 40)
    same = np.zeros(40), np.sqrt(ratio), np.ones(40, dtype=bool), ratio
    low, high = few.interval(*same, 0.9)
    assert (np.diff(high - low) > -1e-9).all()


@pytest.mark.parametrize("n", [30, 150, 1500])
def test_quantiles_rise_and_are_numbers_or_infinite(n):
    quantiles = LocalCalibration.of(drawn(n, np.random.default_rng(n)), 1.0).quantiles
    assert not np.isnan(quantiles).any()
    with np.errstate(invalid="ignore"):
        assert (quantiles[..., 1:] >= quantiles[..., :-1]).all()
