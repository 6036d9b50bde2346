"""Results that are given to a proposal, and stand in the store of the laboratory or were trained in, count once."""

import warnings

import numpy as np
import pandas as pd
import pytest
from vitrion import Campaign
from vitrion.datasets import lab, load
from vitrion.experiments.proposals.propose import propose, taught
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.task.outcomes import Outcomes
from vitrion.experiments.task.own_results import informed

FAMILY, RANGE = "LiAlCl{4-2x}O{x}", "0.3:1.2:0.05"
RESULTS = pd.DataFrame(
    {
        "formula": ["LiAlCl2.8O0.6", "LiAlCl2.5O0.75", "LiAlCl2O"],
        "conductivity_S_cm": [4e-4, 9e-4, 2e-4],
        "temperature_C": [25.0, 30.0, 25.0],
        "tg_C": [-30.0, -15.0, 12.0],
        "phase": "glass",
    }
)
OTHERWISE = ["Li4Al4Cl11.2O2.4", "Li2Al2Cl5O1.5", "Li3Al3Cl6O3"]  # the same compositions


def asked(predictors, **options):
    return propose(FAMILY, 4, results=RESULTS, predictors=predictors, x=RANGE, **options)


def same(one, other):
    assert one["formula"].tolist() == other["formula"].tolist()
    numbers = [
        "p_goal",
        "conductivity_S_cm",
        "conductivity_low_S_cm",
        "conductivity_high_S_cm",
        "tg_low_C",
        "tg_high_C",
    ]
    np.testing.assert_allclose(one[numbers].to_numpy(float), other[numbers].to_numpy(float), rtol=1e-9)
    assert one["reason"].tolist() == other["reason"].tolist()
    assert one.attrs["p_batch"] == pytest.approx(other.attrs["p_batch"], rel=1e-9)
    assert one.attrs["stop"] == other.attrs["stop"]


@pytest.mark.parametrize("formulas", [RESULTS["formula"].tolist(), OTHERWISE])
def test_results_that_stand_in_the_store_too(predictors, formulas):
    alone = asked(predictors)
    lab.add(RESULTS.assign(formula=formulas))
    same(asked(predictors), alone)


def test_a_campaign_whose_results_stand_in_the_store_too(predictors):
    proposals = []
    for name, stored in (("before", False), ("after", True)):
        campaign = Campaign.new(name, FAMILY, x=RANGE)
        for row in RESULTS.to_dict("records"):
            campaign.record(row.pop("formula"), **row)
        if stored:  # without their phase, which nobody told: it is the same measurement
            lab.add(RESULTS.drop(columns="phase"))
        proposals.append(campaign.propose(predictors=predictors, track=False))
    same(*reversed(proposals))


def test_results_that_differ_count_twice(predictors):
    alone = asked(predictors)
    lab.add(RESULTS.assign(conductivity_S_cm=RESULTS["conductivity_S_cm"] * 1.1, tg_C=np.nan))
    assert asked(predictors)["conductivity_high_S_cm"].tolist() != alone["conductivity_high_S_cm"].tolist()


def test_results_that_the_model_was_trained_on_are_told_to_it_once(tables, quick):
    lab.add(RESULTS)
    recipe, own = Recipe("conductivity", conditions=True), load("conductivity")
    own = own.take((own.rows["source"] == "lab").to_numpy())
    data = type(own)(own.property, own.measured.join([tables["conductivity"].measured, own.measured]))
    rows = recipe.rows(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trained = quick(recipe).fit(**rows.keywords(), **rows.names())
    known = informed(trained)
    assert len(known.residuals_) == len(taught(trained, Outcomes.of(RESULTS)).residuals_) == len(RESULTS)
    assert informed(known) is known and taught(known, Outcomes.of(RESULTS)) is known
    more = pd.concat([RESULTS, RESULTS.iloc[:1].assign(formula="LiAlCl2.4O0.8")])
    assert len(taught(known, Outcomes.of(more)).residuals_) == len(RESULTS) + 1


def test_a_predictor_may_forget_some_of_what_it_was_told(predictors):
    sigma = predictors["conductivity"]
    first = sigma.updated(["LiAlCl2.8O0.6"], [4e-4], {"temperature_C": 25.0})
    both = first.updated(["LiAlCl2O"], [2e-4], {"temperature_C": 25.0})
    again, batch = both.forgetting(np.array([False, True])), ["LiAlCl2.6O0.7", "LiAlCl2O"]
    for name in ("target", "difficulty", "distance", "ratio"):
        assert getattr(again.predict(batch), name).tolist() == getattr(first.predict(batch), name).tolist()
    assert len(both.residuals_) == 2 and both.known_formulas_[-1] == "LiAlCl2O"
    assert sigma.updated([], []).forgetting(np.zeros(0, dtype=bool)).predict(batch).target.tolist() == (
        sigma.predict(batch).target.tolist()
    )
