"""The nearest measured compositions, with what was measured of them."""

import copy
from itertools import chain, pairwise

import numpy as np
import pytest
from vitrion.models.artifacts import artifact
from vitrion.models.explanation.analogues import analogues

FORMULAS = ["LiAlCl2.5O0.75", "Na2Si2O5", "LiTaOCl4", "Ag2GeS3"]


@pytest.fixture(scope="module", params=["tg", "sigma"])
def pair(request):
    return request.getfixturevalue(request.param), request.getfixturevalue(f"{request.param}_rows")


def test_different_compositions_nearest_first(pair):
    """Those of the same anions and with a cation in common come first; see `test_related`."""
    predictor, _ = pair
    found = analogues(predictor, FORMULAS, k=5)
    prediction = predictor.predict(FORMULAS)
    for row, told in enumerate(found):
        distances = [one.distance for one in told]
        assert sum(after < before for before, after in pairwise(distances)) <= 1
        assert min(distances) >= prediction.distance[row] / 2 - 1e-9
        assert len(set(distances)) == len({one.formula for one in told}) == len(told) == 5


def test_values_are_those_of_the_data(pair):
    """Every analogue stands in the data with its value, its temperature and its source."""
    predictor, data = pair
    rows = data.rows
    for one in chain(*analogues(predictor, FORMULAS, k=4)):
        mine = rows[(rows["formula"] == one.formula) & np.isclose(rows["value"], one.value, rtol=1e-9, atol=1e-9)]
        assert one.reference in mine["group"].tolist()
        if data.property.name == "tg":
            assert one.temperature_C is None
            assert one.phase == ""
        else:
            assert np.isclose(mine["temperature_C"], one.temperature_C, atol=1e-6).any()
            assert one.phase


def test_a_measured_composition_is_its_own_nearest(sigma, sigma_rows):
    rows = sigma_rows.rows
    for place in range(0, len(rows), 97):
        asked = float(rows["temperature_C"].iloc[place])
        one = analogues(sigma, sigma_rows.fractions.take([place]), 1, asked)[0][0]
        same = rows[rows["formula"] == rows["formula"].iloc[place]]
        assert one.distance == 0
        assert one.n_values == len(same)
        assert one.temperature_C == pytest.approx(asked)
        assert one.value in [pytest.approx(value) for value in same.loc[same["temperature_C"] == asked, "value"]]


def test_the_measurement_nearest_to_the_temperature(sigma):
    """Of a composition measured hot and cold, the one told is that nearest to what was asked."""
    predictor = copy.deepcopy(sigma)
    own = ["Li3AlCl5.9O0.05"] * 3
    predictor.update(own, [1e-6, 1e-4, 1e-2], {"temperature_C": np.array([0.0, 60.0, 200.0]), "phase": "crystal"})
    for asked, value, temperature in ((-50, 1e-6, 0), (25, 1e-6, 0), (40, 1e-4, 60), (500, 1e-2, 200)):
        one = analogues(predictor, own[:1], 1, asked)[0][0]
        assert (one.value, one.temperature_C, one.n_values, one.phase) == (value, temperature, 3, "crystal")


def test_the_same_after_a_round_trip(pair, tmp_path):
    predictor, _ = pair
    path = tmp_path / "predictor.safetensors"
    back = artifact.load(path, artifact.save(predictor, path))
    assert analogues(back, FORMULAS) == analogues(predictor, FORMULAS)


def test_fewer_than_asked_for(sigma):
    """A predictor that knows few compositions tells them all."""
    few = copy.copy(sigma)
    few.domain_ = copy.copy(sigma.domain_)
    few.domain_.points_ = sigma.domain_.points_[:3]
    few.known_measured_, few.known_formulas_ = sigma.known_measured_[:3], sigma.known_formulas_[:3]
    told = analogues(few, ["LiAlCl4"], k=10)[0]
    assert 1 <= len(told) <= 3
    assert sum(one.n_values for one in told) == 3


def test_nothing_asked(sigma):
    assert analogues(sigma, []) == []
    with pytest.raises(ValueError, match="k = 0; give the number of analogues, at least 1"):
        analogues(sigma, ["LiAlCl4"], k=0)
