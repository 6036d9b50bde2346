"""Contributions add up, favour nobody and are told in words."""

import copy
import types

import numpy as np
import pytest
from vitrion.features import Composition
from vitrion.features.descriptors.glass import parent_halide
from vitrion.features.featurizer import BLOCKS, Featurizer
from vitrion.features.fractions import Fractions
from vitrion.models.explanation.shapley import GROUPS, OWN_RESULTS, explain, parent, shapley
from vitrion.models.explanation.words import ANIONS, CATIONS, CONDITIONS, IONS, NETWORK, WORDS, group_of, network_cation

FORMULAS = ["LiAlCl2.5O0.75", "NaTaOCl4", "Li2O-2SiO2", "LiGaCl4", "Li6PS5Cl", "Na2ZrCl6"]


def test_every_column_is_in_a_group():
    assert len(GROUPS) == 6
    assert all(text.format(M="Al", x="1") for words in WORDS.values() for text in words.values())
    for block in BLOCKS.values():
        assert {group_of(name) for name in block} <= set(GROUPS)


def test_a_descriptor_without_words_says_what_to_add():
    with pytest.raises(LookupError, match=r"'softness' has no group and no words.*under @descriptor\(unit=.*words="):
        group_of("glass softness")


@pytest.mark.parametrize("n", [0, 1, 3, 6])
def test_shapley_values_add_up(n):
    worth = np.random.default_rng(n).normal(size=2**n)
    assert shapley(worth).sum() == pytest.approx(worth[-1] - worth[0], abs=1e-12)


def test_shapley_values_are_fair():
    """A player who adds nothing gets nothing, equals get equal shares, and addends are shared apart."""
    bits = np.arange(16)[:, None] >> np.arange(4) & 1
    together = 6.0 * bits[:, 0] * bits[:, 1] + 2.0 * bits[:, 2]
    assert shapley(together) == pytest.approx([3.0, 3.0, 2.0, 0.0])


@pytest.mark.parametrize("name", ["tg", "sigma"])
def test_contributions_add_up(request, name):
    predictor = request.getfixturevalue(name)
    conditions = {"temperature_C": 60.0} if name == "sigma" else None
    for one, target in zip(
        explain(predictor, FORMULAS, conditions), predictor.predict(FORMULAS, conditions).target, strict=True
    ):
        change = sum(part.change for part in one.contributions)
        assert change == pytest.approx(one.target - one.reference_target, abs=1e-9)
        assert one.target == pytest.approx(target, abs=1e-3)
        reference = predictor.predict([one.reference], conditions).target[0]
        assert one.reference_target == pytest.approx(reference, abs=1e-3)
        assert CONDITIONS not in [part.group for part in one.contributions]
        sizes = [abs(part.change) for part in one.contributions]
        assert sizes == sorted(sizes, reverse=True)
        assert all(part.words for part in one.contributions)


@pytest.mark.parametrize("name", ["tg", "sigma"])
def test_after_own_results_it_still_tells_of_what_is_predicted(request, name):
    """What the results add is a contribution of its own, and that of the descriptors stays as it was."""
    predictor = request.getfixturevalue(name)
    conditions = {"temperature_C": 60.0} if name == "sigma" else None
    own = ["LiAlCl2.9O0.55", "LiAlCl2.6O0.7"]
    better = 5.0 if name == "sigma" else 0.8
    pupil = predictor.updated(own, better * predictor.predict(own).mean, errors=[0.0, 0.05])
    after, told = explain(pupil, FORMULAS, conditions), pupil.predict(FORMULAS, conditions).target
    for formula, other, target in zip(FORMULAS, after, told, strict=True):
        one = explain(predictor, [formula], conditions, other.reference)[0]
        assert other.target == pytest.approx(target, abs=1e-3)
        assert other.reference_target == pytest.approx(pupil.predict([other.reference], conditions).target[0], abs=1e-3)
        assert sum(part.change for part in other.contributions) == pytest.approx(
            other.target - other.reference_target, abs=1e-9
        )
        (added,) = [part for part in other.contributions if part.group == OWN_RESULTS]
        assert added.words == "2 of your laboratory"
        moved = (other.target - other.reference_target) - (one.target - one.reference_target)
        assert added.change == pytest.approx(moved, abs=1e-9)
        rest = {part.group: part.change for part in other.contributions if part.group != OWN_RESULTS}
        assert rest == pytest.approx({part.group: part.change for part in one.contributions})
        assert OWN_RESULTS not in {part.group for part in one.contributions}
    assert any("own results: 2 of your laboratory" in line for line in after[0].sentences())


def test_the_same_twice_and_alone(tg):
    together = explain(tg, FORMULAS)
    assert explain(tg, FORMULAS) == together
    for formula, one in zip(FORMULAS, together, strict=True):
        alone = explain(tg, [formula])[0]
        assert [(part.group, part.words) for part in alone.contributions] == [
            (part.group, part.words) for part in one.contributions
        ]
        assert [part.change for part in alone.contributions] == pytest.approx(
            [part.change for part in one.contributions], abs=1e-3
        )


def test_of_a_linear_model_each_group_gets_its_own(sigma):
    """What a weighted sum adds group by group is known, so that nothing can be told of the wrong group."""
    linear = copy.copy(sigma)
    columns = [*Featurizer(sigma.blocks).get_feature_names_out()]
    weight = np.random.default_rng(0).normal(size=len(columns) + 4)
    linear.regressor_ = types.SimpleNamespace(predict=lambda X: X @ weight)
    one = explain(linear, ["LiAlCl2.5O0.75"], against="NaGaCl3.5O0.25")[0]
    x, y = (Featurizer(sigma.blocks).transform([formula])[0] for formula in ("LiAlCl2.5O0.75", "NaGaCl3.5O0.25"))
    for part in one.contributions:
        mine = np.array([group_of(name) == part.group for name in columns])
        assert part.change == pytest.approx(((x - y) * weight[:-4])[mine].sum(), abs=1e-9)
    assert len(one.contributions) == 5
    assert one.relation == "as asked"


def test_a_composition_against_itself(sigma):
    assert explain(sigma, ["LiAlCl4"], against="LiAlCl4")[0].contributions == ()


def test_temperature_and_phase_are_a_group_of_their_own(sigma):
    hot, cold = {"temperature_C": 60.0}, {"temperature_C": 25.0, "phase": "crystal"}
    (part,) = explain(sigma, ["LiAlCl4"], hot, "LiAlCl4", cold)[0].contributions
    ends = [sigma.predict(["LiAlCl4"], conditions).target[0] for conditions in (hot, cold)]
    assert (part.group, part.words) == (CONDITIONS, "60 instead of 25 degC, glass instead of crystal")
    assert part.change == pytest.approx(ends[0] - ends[1], abs=1e-3)
    alone = explain(sigma, ["LiAlCl4"], hot, "LiAlCl4", {"temperature_C": 25.0})[0].contributions[0]
    assert alone.change > 0


def test_an_oxychloride_is_held_against_its_parent(tg):
    one = explain(tg, ["LiAlCl2.5O0.75"])[0]
    assert (one.reference, one.relation) == ("LiAlCl4", "its parent halide")
    words = {part.group: part.words for part in one.contributions}
    assert words[NETWORK].startswith("bridging O per Al 0.75 instead of 0")
    assert words[ANIONS].startswith("O in O + halide 0.231 instead of 0")
    assert "Al per atom" in words[CATIONS]
    assert all("instead of" in text for text in words.values())


def test_all_else_is_held_against_the_nearest_other_measured_composition(sigma):
    for formula in ("LiGaCl4", "Na2Si2O5", str(sigma.known_formulas_[0])):
        one = explain(sigma, [formula])[0]
        if one.relation != "its parent halide":
            assert one.reference in {Composition.parse(text).formula for text in sigma.known_formulas_}
            assert Composition.parse(one.reference) != Composition.parse(formula)


def test_elements_that_take_the_place_of_others(tg):
    one = explain(tg, ["LiAlCl4"], against="NaGaBr4")[0]
    words = {part.group: part.words for part in one.contributions}
    assert words[IONS].startswith("Li in place of Na")
    assert words[CATIONS].startswith("Al in place of Ga")
    assert words[ANIONS].startswith("Cl in place of Br")


def test_sentences_have_sign_size_and_unit(tg, sigma):
    for predictor, unit in ((tg, "K"), (sigma, "decades")):
        lines = explain(predictor, ["LiAlCl2.5O0.75"], against="Na2Si2O5")[0].sentences()
        assert lines
        for line in lines:
            size, told, *_ = line.split()
            assert size[0] in "+-"
            assert float(size) != 0
            assert told == unit


@pytest.mark.parametrize("formula", ["LiAlCl2.5O0.75", "Li2.4TaCl5O1.2", "LiAlBr3O0.5", "Li0.333AlCl3O0.6665"])
def test_parent_is_that_of_the_features(formula):
    mine, theirs = Fractions.of([parent(Composition.parse(formula))]), parent_halide(Fractions.of([formula]))
    assert mine.matrix == pytest.approx(theirs.matrix, abs=1e-12)


def test_network_cation():
    assert network_cation(("Li", "Ta", "O", "Cl"), ("Na", "Ta", "Cl")) == "Ta"
    assert network_cation(("Li", "Zr", "Al", "Cl"), ("Li", "Zr", "Al", "Cl")) == "network cation"
    assert network_cation(("Li", "Cl"), ("Li", "Cl")) == "network cation"


def test_nothing_and_nonsense(tg):
    assert explain(tg, []) == []
    with pytest.raises(ValueError, match=r"Xx"):
        explain(tg, ["XxCl2"])
