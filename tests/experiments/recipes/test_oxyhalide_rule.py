"""Estimates of amorphous AMX2.5O0.75: of the measured ones, and gone with them."""

import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.experiments.holdout.protocol import design
from vitrion.experiments.recipes.oxyhalide_rule import MEMBERS, OxyhalideRule
from vitrion.experiments.recipes.recipe import Recipe

VIGLAS = "10.1038/s41560-023-01356-y"


@pytest.fixture(scope="module")
def data():
    return load("conductivity", lab=False)


def test_the_value_is_that_of_the_measured_members(data):
    rule = OxyhalideRule.learn(data)
    measured = data.rows.loc[data.rows["formula"].isin(["LiAlCl2.5O0.75", "NaAlCl2.5O0.75"])]
    room = measured.loc[measured["temperature_C"] <= 45, "value"]
    assert rule.value == pytest.approx(float(np.exp(np.log(room).mean())))
    assert rule.paper == VIGLAS


def test_what_is_measured_is_not_estimated(data):
    members = OxyhalideRule.learn(data).apply(data)
    assert len(members) == len(MEMBERS) - 2
    assert np.allclose(members.column("O"), 0.75 / 5.25)


def test_without_a_measured_member_there_is_no_rule(data):
    without = data.take((data.rows["doi"] != VIGLAS).to_numpy())
    assert OxyhalideRule.learn(without) is None
    assert not Recipe.named("conductivity").rows(without).estimated.any()


def test_estimates_are_held_out_with_the_paper_that_they_come_from(data):
    """Else the answer for LACO would be taught while LACO is hidden."""
    rows = Recipe.named("conductivity").rows(data)
    made = design(Recipe.named("conductivity").predictor(), rows)
    own = int(made.fold[np.flatnonzero((data.rows["doi"] == VIGLAS).to_numpy())[0]])
    train, _ = made.sides(own)
    assert rows.estimated.sum() > 20
    assert not rows.estimated[train].any()
    other, _ = made.sides((own + 1) % 5)
    assert rows.estimated[other].sum() == rows.estimated.sum()
