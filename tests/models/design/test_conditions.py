import numpy as np
import pandas as pd
import pytest
from vitrion.datasets.measurement import PHASES
from vitrion.models.design.conditions import CRYSTALLINITY, ConditionError, celsius, encode


def test_default_is_glass_at_25():
    assert encode(None, 2).tolist() == [[1000 / 298.15, 0.0, 0.0]] * 2
    assert (encode(None, 2) == encode({"temperature_C": 25, "phase": "glass"}, 2)).all()


def test_frame_of_any_index():
    told = pd.DataFrame({"temperature_C": [100.0, 20.0], "phase": ["molten", "crystal"]}, index=[7, 3])
    assert encode(told, 2).round(3).tolist() == [[2.68, 0, 1], [3.411, 1, 0]]
    assert encode(told[["phase"]], 2)[:, 0] == pytest.approx(1000 / 298.15)


def test_nothing():
    assert encode(None, 0).shape == (0, 3)


def test_every_phase_of_the_data_is_known():
    assert set(CRYSTALLINITY) == set(PHASES)


@pytest.mark.parametrize("bad", [np.nan, -300.0, np.inf, 1e5])
def test_impossible_temperature(bad):
    with pytest.raises(ConditionError, match=r"temperature_C .* cannot be; give degrees Celsius"):
        encode({"temperature_C": [25.0, bad]}, 2)


@pytest.mark.parametrize("bad", ["glas", None, 3])
def test_unknown_phase(bad):
    with pytest.raises(ConditionError, match=r"phase .* is not known; use glass"):
        encode({"phase": bad}, 1)


def test_unknown_condition():
    with pytest.raises(ConditionError, match="pressure is not a condition; give temperature_C or phase"):
        encode({"pressure": 1.0}, 1)


@pytest.mark.parametrize("told", [{"temperature_C": [25.0, 30.0]}, {"phase": ["glass", "glass"]}])
def test_wrong_number(told):
    with pytest.raises(ConditionError, match=r"2 .* for 3 compositions"):
        encode(told, 3)


def test_words_for_a_temperature():
    with pytest.raises(ConditionError, match="temperature_C"):
        encode({"temperature_C": "hot"}, 1)


@pytest.mark.parametrize("conditions", [60.0, [25.0, 60.0], "60"])
def test_a_bare_temperature_is_no_condition(conditions):
    with pytest.raises(ConditionError, match=r'conditions are a mapping or a table, not .*"temperature_C": 60'):
        celsius(conditions)
