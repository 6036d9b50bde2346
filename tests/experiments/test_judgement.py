import dataclasses
import pickle

import numpy as np
import pytest
from vitrion.datasets.properties import PROPERTIES, find
from vitrion.experiments.goal import Goal
from vitrion.experiments.judgement import GoalError, Threshold, margin, probability


@dataclasses.dataclass
class Told:
    """A prediction that tells the probabilities that it was given."""

    name: str
    target: np.ndarray
    difficulty: np.ndarray

    def probability(self, below=None, above=None):
        limit = find(self.name).to_target(np.array([below if above is None else above]))[0]
        risen = 1 / (1 + np.exp((self.target - limit) / self.difficulty))
        return risen if above is None else 1 - risen


def told(seed=0, n=50):
    draw = np.random.default_rng(seed)
    return {
        "tg": Told("tg", draw.normal(300, 60, n), draw.uniform(10, 50, n)),
        "conductivity": Told("conductivity", draw.normal(-3, 1, n), draw.uniform(0.2, 2, n)),
        "liquidus": Told("liquidus", draw.normal(430, 60, n), draw.uniform(10, 50, n)),
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"property": "softness", "below": 1}, "limit on 'softness'; give one on tg, conductivity"),
        ({"property": ["tg"], "below": 1}, "give one on tg"),
        ({"property": "tg"}, "neither below nor above; give one"),
        ({"property": "tg", "below": 1, "above": 0}, "both below and above; give one"),
        ({"property": "tg", "below": "25"}, "below = '25'; give a number of degC above -273.15"),
        ({"property": "tg", "below": True}, "below = True"),
        ({"property": "tg", "below": -273.15}, "above -273.15"),
        ({"property": "tg", "below": float("nan")}, "below = nan"),
        ({"property": "tg", "below": float("inf")}, "below = inf"),
        ({"property": "conductivity", "above": 0}, "above = 0; give a number of S/cm above 0 and up to 100"),
        ({"property": "youngs_modulus", "below": 2e10}, "a number of GPa above 0 and up to 6000"),
        ({"property": "tg", "below": 25, "weight": 0}, "weight = 0; give a number above 0"),
        ({"property": "tg", "below": 25, "weight": float("inf")}, "weight = inf"),
        ({"property": "tg", "below": 25, "weight": True}, "weight = True"),
    ],
)
def test_what_no_limit_can_be(wrong, said):
    with pytest.raises(GoalError, match=said):
        Threshold(**wrong)


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_can_have_a_limit_on_either_side(name):
    value = find(name).plausible[1]
    assert Threshold(name, below=value).target == Threshold(name, above=value).target == find(name).to_target([value])
    assert (Threshold(name, below=value).sign, Threshold(name, above=value).sign) == (-1, 1)


def test_a_limit_is_a_value():
    limit = Threshold("liquidus", below=np.float32(160))
    assert limit == Threshold("liquidus", below=160) == pickle.loads(pickle.dumps(limit))
    assert limit.target == pytest.approx(433.15)
    assert hash(limit) == hash(Threshold("liquidus", below=160, weight=np.int64(1)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        limit.below = 3


def test_probability_is_the_product_of_weighted_ones():
    found = told()
    limits = (Threshold("conductivity", above=1e-3), Threshold("tg", below=25, weight=0.5))
    parts = [found["conductivity"].probability(above=1e-3), found["tg"].probability(below=25)]
    np.testing.assert_allclose(probability(limits, found), parts[0] * np.sqrt(parts[1]), rtol=1e-12)
    np.testing.assert_array_equal(probability(limits[:1], found), parts[0])
    twice = Threshold("tg", below=25, weight=2)
    np.testing.assert_allclose(probability((twice,), found), probability((limits[1],), found) ** 4, rtol=1e-12)


def test_a_limit_that_cannot_be_kept_leaves_no_chance():
    found = told()
    found["tg"].probability = lambda below=None, above=None: np.zeros(50)
    assert not probability((Threshold("tg", below=25, weight=0.01), Threshold("conductivity", above=1e-9)), found).any()


def test_margin_is_that_of_the_worst_limit():
    found = told()
    sigma = (found["conductivity"].target + 3) / found["conductivity"].difficulty
    tg = (298.15 - found["tg"].target) / found["tg"].difficulty
    np.testing.assert_allclose(margin(Goal().thresholds, found), np.minimum(sigma, tg))
    np.testing.assert_allclose(margin((Threshold("tg", above=25, weight=3),), found), -tg)


def test_limits_of_the_default_goal():
    assert Goal().thresholds == (Threshold("conductivity", above=1e-3), Threshold("tg", below=25))
    assert Goal().properties == ("conductivity", "tg")
