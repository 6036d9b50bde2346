import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.experiments.recipes.melting_rule import MeltingRule
from vitrion.features import Fractions

VIGLAS = "10.1038/s41560-023-01356-y"


@pytest.fixture(scope="module")
def data():
    return load("tg", lab=False), load("liquidus", lab=False)


@pytest.fixture(scope="module")
def rule(data):
    return MeltingRule.learn(*data)


def test_near_two_thirds(rule):
    assert 0.55 < rule.share < 0.75
    assert rule.n_glasses >= 10


def test_nothing_but_sciglass_counts(data, rule):
    embedded = [part.take((part.rows["source"] == "SciGlass").to_numpy()) for part in data]
    assert MeltingRule.learn(*embedded) == rule


def test_viglas_says_nothing(data, rule):
    without = [part.take((part.rows["doi"] != VIGLAS).to_numpy()) for part in data]
    assert MeltingRule.learn(*without) == rule
    before, after = rule.apply(*data), rule.apply(without[0], data[1])
    assert (before[1] == after[1]).all()


def test_no_tg_of_an_estimated_salt_is_used(data, rule):
    """The values of Tg matter through the share alone."""
    tg, liquidus = data
    assert (rule.apply(tg, liquidus)[1] == rule.apply(tg.take(np.arange(5)), liquidus)[1]).all()


def test_salts_alone(data, rule):
    salts, estimates = rule.apply(*data)
    assert len(salts) == len(estimates) == len({row.tobytes() for row in salts.matrix})
    assert (salts.column("O") == 0).all()
    halogen = sum(salts.column(symbol) for symbol in ("Cl", "Br", "I"))
    assert (halogen / (halogen + salts.column("F")) >= 0.3).all()  # one eutectic holds two F for each Cl
    assert np.isfinite(estimates).all()
    assert ((estimates > -273) & (estimates < 900)).all()


def test_estimate_is_the_share_of_the_liquidus_in_kelvin(data, rule):
    salts, estimates = rule.apply(*data)
    rows = data[1].rows
    measured = rows[(rows["formula"] == "LiAlCl4") & (rows["source"] != "SciGlass")]["value"].min()
    place = np.abs(salts.matrix - Fractions.of(["LiAlCl4"]).matrix).sum(axis=1).argmin()
    assert estimates[place] == pytest.approx(rule.share * (measured + 273.15) - 273.15)


def test_nothing_to_learn_from(data):
    tg, liquidus = data
    with pytest.raises(ValueError, match="no halide-rich glass has both"):
        MeltingRule.learn(tg, liquidus.take(np.arange(0)))
