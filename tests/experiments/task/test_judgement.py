import dataclasses
import pickle

import numpy as np
import pytest
from vitrion.datasets.properties import PROPERTIES, find
from vitrion.experiments.task.goal import Goal
from vitrion.experiments.task.judgement import GoalError, Threshold, losses, margin, pareto, probability


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
        ({"property": "tg", "below": True}, "below = true"),
        ({"property": "tg", "below": -273.15}, "above -273.15"),
        ({"property": "tg", "below": float("nan")}, "below = nan"),
        ({"property": "tg", "below": float("inf")}, "below = inf"),
        ({"property": "conductivity", "above": 0}, "above = 0; give a number of S/cm above 0 and up to 100"),
        ({"property": "youngs_modulus", "below": 2e10}, "a number of GPa above 0 and up to 6000"),
        ({"property": "tg", "below": 25, "weight": 0}, "weight = 0; give a number above 0"),
        ({"property": "tg", "below": 25, "weight": float("inf")}, "weight = inf"),
        ({"property": "tg", "below": 25, "weight": True}, "weight = true"),
    ],
)
def test_what_no_limit_can_be(wrong, said):
    with pytest.raises(GoalError, match=said):
        Threshold(**wrong)


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_can_have_a_limit_on_either_side(name):
    value = 0.04 if name == "conductivity" else find(name).plausible[1]
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


def test_losses_are_small_where_the_goal_is_met():
    found = told()
    limits = (Threshold("conductivity", above=1e-3), Threshold("tg", below=25))
    table = losses(limits, found)
    np.testing.assert_array_equal(table, np.column_stack([-found["conductivity"].target, found["tg"].target]))


def by_definition(table):
    """On the front is what nothing equals or beats in all while beating it in one."""
    return np.array([not ((table <= row).all(axis=1) & (table < row).any(axis=1)).any() for row in table])


@pytest.mark.parametrize("columns", range(1, 6))
@pytest.mark.parametrize("kind", ["normal", "coarse", "endless"])
def test_front_is_the_one_by_definition(columns, kind):
    draw = np.random.default_rng(columns)
    for n in (1, 2, 7, 200):
        table = draw.normal(size=(n, columns)) if kind == "normal" else draw.integers(0, 4, (n, columns)).astype(float)
        if kind == "endless":
            table[draw.random(n) < 0.3, -1] = np.inf
        allowed = draw.random(n) < 0.8
        expected = np.zeros(n, dtype=bool)
        expected[allowed] = by_definition(table[allowed])
        assert pareto(table, allowed).tolist() == expected.tolist()
        order = draw.permutation(n)
        assert pareto(table[order], allowed[order]).tolist() == expected[order].tolist()


def test_front_of_a_million():
    """No wall time: it ends at all, which comparing each with each would not."""
    table = np.random.default_rng(0).normal(size=(1_000_000, 3))
    table[1::2] = table[::2]
    front = pareto(table, np.ones(len(table), dtype=bool))
    assert front[::2].tolist() == front[1::2].tolist()
    found = np.flatnonzero(front)
    assert by_definition(table[found]).all()
    assert all((table[front] <= row).all(axis=1).any() for row in table[::20_001])


def test_front_of_none():
    assert pareto(np.empty((0, 2)), np.empty(0, dtype=bool)).shape == (0,)
    assert not pareto(np.ones((3, 2)), np.zeros(3, dtype=bool)).any()
