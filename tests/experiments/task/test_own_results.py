"""What the laboratory adds to its store is in every answer at once, and counts once."""

import gc
import warnings
import weakref

import numpy as np
import pandas as pd
import pytest
from vitrion.datasets import lab, load
from vitrion.experiments.proposals.propose import propose
from vitrion.experiments.ranking.rank import rank
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.task import own_results as module
from vitrion.experiments.task.own_results import informed

OWN = ["LiAlCl2.2O0.9", "LiAlCl2.8O0.6", "LiAlCl3.1O0.45"]
ALIKE = "LiAlCl2.7O0.65"


def add(values=(5e-3, 8e-3, 4e-3), formulas=OWN, **columns):
    """Add conductivities in S/cm at 25 C to the store."""
    told = {"temperature_C": 25.0, "phase": "glass"} | columns
    return lab.add(pd.DataFrame({"formula": list(formulas)} | told | {"conductivity_S_cm": list(values)})).facts


def withdraw(facts):
    numbers = [f"L{number}" for number in facts["id"]]
    lab.add(pd.DataFrame({"formula": facts["formula"], "supersedes": numbers, "outcome": "withdrawn"}))


def state(predictor):
    told = predictor.predict([ALIKE, *OWN, "SiO2"])
    return np.concatenate([told.target, told.difficulty, told.distance, told.ratio]).tolist()


@pytest.fixture
def sigma(predictors):
    """A predictor that other tests have not asked for what it knows of a store."""
    return predictors["conductivity"].updated([], [])


# At once


def test_what_is_added_changes_a_ranking_at_once_and_what_is_withdrawn_no_more(predictors):
    columns = ["conductivity_S_cm", "conductivity_low_S_cm", "conductivity_high_S_cm", "p_goal"]

    def told():
        return rank([ALIKE, "Na2Si2O5"], predictors=predictors).sort_index()[columns].astype(float)

    before = told()
    facts = add()
    after = told()
    assert after["conductivity_S_cm"][0] > 1.5 * before["conductivity_S_cm"][0]
    assert after["p_goal"][0] != before["p_goal"][0]
    decades = [np.log10(one["conductivity_high_S_cm"] / one["conductivity_low_S_cm"])[0] for one in (before, after)]
    assert decades[1] < 0.8 * decades[0]
    withdraw(facts)
    pd.testing.assert_frame_equal(told(), before)


def test_it_is_what_the_predictor_learns_when_told(sigma):
    add()
    by_hand = sigma.updated(OWN, [5e-3, 8e-3, 4e-3], references=[module.LAB] * 3)
    found = informed(sigma)
    assert sorted(found.known_formulas_[-3:]) == sorted(OWN)
    assert set(found.known_references_[-3:]) == {module.LAB}
    assert state(found) == pytest.approx(state(by_hand), abs=1e-9)
    assert state(found) != pytest.approx(state(sigma))


def test_temperatures_count_and_what_is_no_glass_does_not(sigma):
    at = [25.0, 80.0, 25.0]
    add(temperature_C=at, phase=["glass", "glass", "crystal"])
    by_hand = sigma.updated(OWN[:2], [5e-3, 8e-3], {"temperature_C": at[:2]})
    assert state(informed(sigma)) == pytest.approx(state(by_hand), abs=1e-9)


def test_each_property_learns_its_own(predictors):
    lab.add(pd.DataFrame({"formula": OWN[:2], "tg_C": [-30.0, -25.0]}))
    assert informed(predictors["conductivity"]) is predictors["conductivity"]
    tg = informed(predictors["tg"])
    assert len(tg.residuals_) == 2
    assert sorted(tg.known_measured_[-2:].ravel()) == pytest.approx([273.15 - 30, 273.15 - 25])
    assert tg.predict([ALIKE]).upper[0] < predictors["tg"].predict([ALIKE]).upper[0]


def test_proposals_know_it_too(predictors):
    family = [f"LiAlCl{4 - 2 * x:.1f}O{x:.2f}" for x in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)]
    before = propose(family, 6, predictors=predictors).set_index("formula")["conductivity_S_cm"]
    add()
    after = propose(family, 6, predictors=predictors).set_index("formula")["conductivity_S_cm"]
    both = after.index.intersection(before.index)
    assert len(both) > 2
    assert (after[both] > 1.3 * before[both]).all()


# Once


def test_it_is_the_same_object_where_there_is_nothing_to_add(sigma):
    assert informed(sigma) is sigma
    add(phase="crystal")
    assert informed(sigma) is sigma
    withdraw(add(values=[1e-3], formulas=["LiAlCl2.5O0.75"]))
    assert informed(sigma) is sigma


def test_it_is_made_once_for_each_state_of_the_store(sigma):
    add()
    first = informed(sigma)
    assert first is not sigma
    assert informed(sigma) is first
    add(values=[6e-3], formulas=["LiAlCl2.4O0.8"])
    second = informed(sigma)
    assert second is not first
    assert len(second.residuals_) == 4 and len(first.residuals_) == 3
    assert len(sigma.residuals_) == 0


def test_training_on_own_results_keeps_what_they_were_worth(tables, quick, sigma, predictors):
    """The fit learns them as a paper's among many; the intervals stay as narrow, and nothing is told beyond them."""
    add()
    recipe = Recipe("conductivity", conditions=True)
    own = load("conductivity")
    own = own.take((own.rows["source"] == "lab").to_numpy())
    data = type(own)(own.property, own.measured.join([tables["conductivity"].measured, own.measured]))
    rows = recipe.rows(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trained = quick(recipe).fit(**rows.keywords(), **rows.names())
    assert sum(str(name).startswith("lab") for name in trained.known_references_) == 3
    known = informed(trained)
    assert len(known.residuals_) == 3
    assert informed(known) is known
    alone, before, after = (
        predictor.predict(OWN, {"temperature_C": 25.0}) for predictor in (trained, informed(sigma), known)
    )
    assert (after.ratio < 0.5 * alone.ratio).all()
    assert (after.ratio < 1.5 * before.ratio).all(), "the law of errors is another after the fit, and small ones vary"
    truth = np.log10([5e-3, 8e-3, 4e-3])
    assert (np.abs(after.target - truth) <= np.abs(alone.target - truth) + 0.05).all()
    ranked = rank([ALIKE, *OWN], predictors={**predictors, "conductivity": known}).sort_index()
    assert ranked["n_measured"].tolist() == [0, 1, 1, 1]
    add(values=[6e-3], formulas=["LiAlCl2.4O0.8"])
    later = informed(trained)
    assert later.known_formulas_[-1] == "LiAlCl2.4O0.8"
    assert len(later.residuals_) == 4
    assert informed(later) is later


def test_another_value_of_a_glass_that_was_learnt_counts(sigma):
    first = sigma.updated(OWN[:1], [5e-3])
    add(values=[5e-3], formulas=OWN[:1])
    assert informed(first) is first
    add(values=[5.5e-3], formulas=OWN[:1])
    assert len(informed(first).residuals_) == 2


def test_a_value_that_a_paper_published_already_is_not_told_twice(sigma, tables):
    """Recorded with its DOI, it is one of the paper's that the predictor has learnt."""
    rows = tables["conductivity"].rows
    row = rows[rows["doi"] == "10.1038/s41560-023-01356-y"].iloc[0]
    told = {"temperature_C": row["temperature_C"], "phase": row["phase"]}
    add(values=[row["value"]], formulas=[row["formula"]], doi=row["doi"], **told)
    assert informed(sigma) is sigma
    add(values=[2 * row["value"]], formulas=[row["formula"]], doi=row["doi"], **told)
    assert len(informed(sigma).residuals_) == 1


# No harm


def test_a_store_that_is_not_there_or_damaged_changes_nothing(sigma, home):
    assert not (home / "lab.sqlite").exists()
    assert informed(sigma) is sigma
    before = state(sigma)
    (home / "lab.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.warns(UserWarning, match="what the laboratory measured itself is not shown"):
        assert informed(sigma) is sigma
    assert state(sigma) == before


def test_what_was_judged_when_it_was_added_is_learnt_without_a_word(sigma, recwarn):
    add(values=[5e-3, 5e-6], formulas=[OWN[0], OWN[0]], sample=["A", "B"])
    told = informed(sigma)
    assert len(told.residuals_) == 2
    assert not [one for one in recwarn if "learnt as told" in str(one.message)]


def test_a_predictor_that_is_no_longer_used_is_let_go(predictors):
    add()
    for lean in (False, True):
        if lean:
            withdraw(add(values=[1e-3], formulas=["LiAlCl2.5O0.75"]))
        one = predictors["tg" if lean else "conductivity"].updated([], [])
        informed(one)
        seen = weakref.ref(one)
        del one
        gc.collect()
        assert seen() is None
