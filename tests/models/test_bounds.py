"""Predictions keep to what can be: their mean, interval and probabilities alike."""

import copy

import numpy as np
import pytest
from vitrion.models.domain import VERDICTS

SOLIDS = ["LiAlCl2.5O0.75", "LiTlCl2.5", "TaCl5", "NaTaOCl4", "Li10GeP2S12", "KAlCl4", "LiI", "Li3InCl6"]
LIQUIDS = ["CCl4", "SiCl4", "POCl3", "SnCl4"]


@pytest.fixture(scope="module")
def bold(sigma):
    """A predictor that says two decades more of everything."""
    return BoldRegressor.of(sigma, 3.0)


class BoldRegressor:
    """What a fitted regressor says, and so many decades more."""

    def __init__(self, regressor, more):
        self.regressor, self.more = regressor, more

    def answer(self, X):
        told = self.regressor.answer(X)
        return told._replace(mean=told.mean + self.more)

    def predict(self, X):
        return self.regressor.predict(X) + self.more

    @classmethod
    def of(cls, predictor, more):
        other = copy.copy(predictor)
        other.regressor_ = cls(predictor.regressor_, more)
        return other


@pytest.mark.parametrize("celsius", [-50.0, 0.0, 25.0, 40.0, 60.0])
def test_no_solid_conducts_a_tenth_near_room_temperature(bold, celsius):
    told = bold.predict(SOLIDS, {"temperature_C": celsius, "phase": "glass"})
    assert (told.mean <= 0.1 + 1e-12).all() and (told.upper <= 0.1 + 1e-12).all()
    assert (told.lower <= told.mean).all() and (told.mean <= told.upper).all()
    assert (told.probability(above=0.1) == 0).all() and (told.probability(below=0.1) == 1).all()
    assert (told.probability(above=1e-3) > 0).any()
    assert (told.target == told.bounds.most).any()


def test_silver_and_melts_may_conduct_more(bold):
    assert 0.1 < bold.predict(["RbAg4I5"]).upper[0] <= 0.6 + 1e-9
    hot = {"temperature_C": 600.0, "phase": "glass"}
    assert (bold.predict(["RbAg4I5", "AgI", "Li3InCl6"], hot).upper <= 5.0 + 1e-9).all()
    assert bold.predict(["LiAlCl4"], {"temperature_C": 200.0, "phase": "molten"}).upper[0] > 1.0


def test_nothing_falls_as_temperature_rises(bold):
    celsius = np.linspace(-50.0, 300.0, 36)
    for formula in SOLIDS:
        told = bold.predict([formula] * len(celsius), {"temperature_C": celsius, "phase": "glass"})
        rise = np.diff(told.target)
        assert (rise >= 0).all() and (rise[told.target[1:] < np.log10(5.0) - 1e-9] > 0).all()


def test_probabilities_and_interval_are_those_of_one_distribution(bold):
    told = bold.predict(SOLIDS)
    for level in np.geomspace(1e-6, 0.3, 40):
        over = told.probability(above=level)
        assert (over[told.upper < level] <= 0.0501).all()
        assert (over[told.lower > level] >= 0.9499).all()


def test_predictions_within_the_limits_are_as_before(sigma, tg):
    for predictor in (sigma, tg):
        told = predictor.predict(["LiAlCl4", "Na2Si2O5"])
        assert (told.target > told.bounds.least).all() and (told.target < told.bounds.most).all()
        low, high = told.calibration.interval(told.target, told.difficulty, told.near, told.ratio, told.coverage)
        assert predictor.quantity.to_target(told.lower) == pytest.approx(np.clip(low, told.bounds.least, None))
        assert predictor.quantity.to_target(told.upper) == pytest.approx(np.clip(high, None, told.bounds.most))


def test_no_tg_below_what_may_be_measured(tg):
    cold, (least, _) = BoldRegressor.of(tg, -300.0), tg.quantity.plausible
    told = cold.predict(["LiAlCl4", "KAlCl4"])
    assert (
        (told.lower >= least - 1e-9).all()
        and (told.mean >= least - 1e-9).all()
        and least == pytest.approx(130.0 - 273.15)
    )
    assert (told.probability(below=least - 0.1) == 0).all()
    assert np.isfinite(tg.updated(["LiAlCl4"], [least]).predict(["LiAlCl4"]).mean).all(), "a limit that is measured"
    with pytest.raises(ValueError, match="is no glass transition temperature"):
        tg.updated(["LiAlCl4"], [least - 1.0])


def test_a_molecular_liquid_has_no_tg(tg, sigma):
    told = tg.predict([*LIQUIDS, "LiAlCl4"])
    for name in ("mean", "lower", "upper", "std"):
        assert np.isnan(getattr(told, name)[:-1]).all() and np.isfinite(getattr(told, name)[-1])
    assert (told.verdict[:-1] == VERDICTS[-1]).all()
    assert (told.probability(below=25.0)[:-1] == 0).all() and (told.probability(above=25.0)[:-1] == 0).all()
    assert told.probability(below=25.0)[-1] > 0
    part = told.take(np.array([4, 0]))
    assert np.isfinite(part.mean[0]) and np.isnan(part.mean[1])
    assert np.isfinite(sigma.predict(LIQUIDS).mean).all()


def test_what_one_measured_oneself_outranks_the_limits(bold, tg):
    with pytest.warns(UserWarning, match="no solid of its class conducts better"):
        own = bold.updated(["LiTlCl2.5"] * 3, [0.3, 0.3, 0.3], {"temperature_C": 25.0, "phase": "glass"})
    told = own.predict(["LiTlCl2.5", "TaCl5"])
    assert told.upper[0] > 0.1 >= told.upper[1]
    glass = tg.updated(["POCl3"], [-100.0])
    assert np.isfinite(glass.predict(["POCl3"]).mean).all() and np.isnan(glass.predict(["CCl4"]).mean).all()
