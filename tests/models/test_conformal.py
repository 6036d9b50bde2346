import warnings

import numpy as np
import pytest
from crepes import ConformalPredictiveSystem
from vitrion.models.conformal import Calibration
from vitrion.models.domain import VERDICTS

BINS = {"inside": (0.85, 1.0, 0.0), "edge": (0.1, 3.0, 0.5), "outside": (0.05, 8.0, -2.0)}  # share, spread, bias


def draw(n, seed):
    """Errors whose size grows with the difficulty, and which are larger and biased beyond the known."""
    rng = np.random.default_rng(seed)
    verdict = rng.choice(list(BINS), size=n, p=[share for share, _, _ in BINS.values()])
    difficulty = rng.lognormal(0, 0.7, size=n)
    spread, bias = (np.array([BINS[v][i] for v in verdict]) for i in (1, 2))
    return difficulty * (rng.standard_t(4, size=n) * spread + bias), difficulty, verdict


@pytest.fixture(scope="module")
def scale():
    return Calibration.of(*draw(20_000, 1))


@pytest.fixture(scope="module")
def new():
    return draw(20_000, 2)


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("name", VERDICTS)
def test_coverage_in_every_bin(scale, new, name, coverage):
    error, difficulty, verdict = (part[new[2] == name] for part in new)
    lower, upper = scale.interval(np.zeros(len(error)), difficulty, verdict, coverage)
    n_calibration = int((scale.verdict == name).sum())
    noise = np.sqrt(coverage * (1 - coverage) * (1 / len(error) + 1 / n_calibration))
    assert ((lower <= error) & (error <= upper)).mean() == pytest.approx(coverage, abs=4 * noise)


def test_probabilities_happen_as_often_as_told(scale, new):
    error, difficulty, verdict = new
    told = scale.below(np.zeros(len(error)), difficulty, verdict, 0.7)
    for low in np.arange(0, 1, 0.2):
        here = (told >= low) & (told < low + 0.2)
        if here.sum() > 200:
            assert (error[here] < 0.7).mean() == pytest.approx(told[here].mean(), abs=0.06)


def test_below_grows_with_the_limit(scale):
    mean, difficulty, verdict = np.zeros(3), np.ones(3), np.array(VERDICTS)
    told = np.array([scale.below(mean, difficulty, verdict, limit) for limit in np.linspace(-60, 60, 400)])
    assert (np.diff(told, axis=0) >= 0).all()
    assert ((told >= 0) & (told <= 1)).all()
    assert (told[-1] == 1).all() or (told[-1] > 0.98).all()
    assert (told[0] < 0.02).all()


@pytest.mark.parametrize("coverage", [0.3, 0.6827, 0.9])
def test_below_agrees_with_the_interval(scale, coverage):
    mean, difficulty, verdict = np.array([5.0, -1.0, 0.0]), np.array([0.3, 2.0, 1.0]), np.array(VERDICTS)
    ends = scale.interval(mean, difficulty, verdict, coverage)
    for place, tail in zip(ends, ((1 - coverage) / 2, (1 + coverage) / 2), strict=True):
        for row in range(3):
            told = scale.below(mean, difficulty, verdict, float(place[row]))[row]
            assert told == pytest.approx(tail, abs=5e-3)


def test_wider_with_difficulty_and_coverage(scale):
    verdict = np.array(["inside"] * 2)
    lower, upper = scale.interval(np.zeros(2), np.array([1.0, 2.0]), verdict, 0.9)
    assert (upper - lower)[1] == pytest.approx(2 * (upper - lower)[0])
    low, high = scale.interval(np.zeros(2), np.ones(2), verdict, 0.5)
    assert (high - low)[0] < (upper - lower)[0]


def test_thinning_keeps_the_distribution():
    residuals, difficulty, verdict = draw(50_000, 3)
    full = Calibration.of(residuals, difficulty, verdict, most=10**6)
    thin = Calibration.of(residuals, difficulty, verdict)
    assert max(np.sum(thin.verdict == name) for name in VERDICTS) == 4000
    ask = (np.zeros(3), np.ones(3), np.array(VERDICTS), 0.9)
    assert np.array(thin.interval(*ask)) == pytest.approx(np.array(full.interval(*ask)), rel=0.02)


def test_too_few_rows_are_an_endless_interval_and_never_nan():
    few = Calibration(np.array([0.1, -0.2, 0.3]), np.ones(3), np.array(["inside"] * 3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lower, upper = few.interval(np.zeros(1), np.ones(1), np.array(["inside"]), 0.9)
    assert lower.tolist() == [-np.inf]
    assert upper.tolist() == [np.inf]
    told = few.below(np.zeros(1), np.ones(1), np.array(["inside"]), 0.0)
    assert np.isfinite(told).all()


@pytest.mark.parametrize(("known", "asked"), [(("edge", "inside"), "outside"), (("inside", "outside"), "edge")])
def test_a_verdict_never_calibrated_takes_a_more_careful_one(known, asked):
    residuals, difficulty, verdict = draw(20_000, 4)
    kept = np.isin(verdict, known)
    scale = Calibration.of(residuals[kept], difficulty[kept], verdict[kept])
    careful = "edge" if asked == "outside" else "outside"
    ask = [scale.interval(np.zeros(1), np.ones(1), np.array([name]), 0.9) for name in (asked, careful)]
    assert ask[0] == ask[1]


@pytest.mark.parametrize("coverage", [0.5, 0.6827, 0.9])
def test_same_as_crepes(scale, new, coverage):
    """The predictive system of crepes, a row at a time; of a step it takes the upper end, we the middle."""
    mean, (_, difficulty, verdict) = np.linspace(-3, 3, 500), (part[:500] for part in new)
    system = ConformalPredictiveSystem().fit(scale.residuals, scale.difficulty, scale.verdict, seed=0)
    ends = system.predict_int(mean, difficulty, verdict, confidence=coverage)
    assert np.transpose(scale.interval(mean, difficulty, verdict, coverage)) == pytest.approx(ends, rel=1e-12)
    told = system.predict_p(mean, np.full(500, 0.7), difficulty, verdict, smoothing=False)
    n_errors = np.array([(scale.verdict == name).sum() for name in verdict])
    assert scale.below(mean, difficulty, verdict, 0.7) == pytest.approx(told - 0.5 / (n_errors + 1), abs=1e-12)


def test_nineteen_errors_are_enough_for_ninety_per_cent():
    errors = np.arange(-9.0, 10.0)
    few = Calibration(errors, np.ones(19), np.array(["inside"] * 19))
    assert [end.tolist() for end in few.interval(np.zeros(1), np.ones(1), np.array(["inside"]), 0.9)] == [[-9.0], [9.0]]
    told = [few.below(np.zeros(1), np.ones(1), np.array(["inside"]), limit)[0] for limit in (-0.5, 0.5)]
    assert sum(told) == pytest.approx(1.0)


def test_nothing_asked(scale):
    nothing = np.empty(0)
    assert scale.below(nothing, nothing, nothing.astype(str), 1.0).shape == (0,)
    assert [end.shape for end in scale.interval(nothing, nothing, nothing.astype(str), 0.9)] == [(0,), (0,)]
