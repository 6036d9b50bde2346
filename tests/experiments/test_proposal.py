"""Proposals: distinct, neutral, reasoned, the same for the same input, other ones after results."""

import copy
from functools import partial

import numpy as np
import pandas as pd
import pytest
from vitrion import propose
from vitrion.datasets.grid import TableError
from vitrion.experiments.goal import GoalError
from vitrion.experiments.outcomes import Outcomes, success
from vitrion.experiments.pool import Pool
from vitrion.experiments.proposal import taught
from vitrion.experiments.ranking import COLUMNS, rank
from vitrion.features import Composition, FormulaError, Fractions, Ions, charge
from vitrion.models.conditions import ConditionError
from vitrion.models.temperature import ARRHENIUS

FAMILY, RANGE = "LiAlCl{4-2x}O{x}", "0:1.5:0.05"
RESULTS = pd.DataFrame(
    {
        "formula": ["LiAlCl3.2O0.4", "LiAlCl2.5O0.75", "LiAlCl2O", "LiAlCl1.6O1.2"],
        "conductivity_S_cm": [2e-4, 9e-4, 4e-4, 1e-5],
        "temperature_C": 25.0,
        "tg_C": [np.nan, -15.0, np.nan, 40.0],
    }
)


@pytest.fixture
def ask(predictors):
    def asked(candidates=FAMILY, **options):
        variables = {"x": RANGE} if candidates == FAMILY else {}
        return propose(candidates, predictors=predictors, **{**variables, **options})

    return asked


def test_four_different_neutral_compositions_with_reasons(ask):
    table = ask()
    assert list(table.columns) == ["formula", "x", "reason", *[name for name in COLUMNS if name != "formula"]]
    assert len({Composition.parse(formula) for formula in table["formula"]}) == 4
    assert charge.neutral(Fractions.of(table["formula"].tolist())).all()
    assert (table["reason"].str.len() > 10).all()
    assert table.attrs["stop"] == ""


def test_results_change_the_proposals_and_are_not_proposed_again(ask):
    first, later = ask(), ask(results=RESULTS)
    assert set(first["formula"]) != set(later["formula"])
    measured = {Composition.parse(formula) for formula in RESULTS["formula"]}
    assert not measured & {Composition.parse(formula) for formula in later["formula"]}
    best = later["x"].to_numpy()
    assert np.abs(best - 0.75).min() < 0.2, "the neighbourhood of the best measured is looked at"


def test_a_results_file_says_the_same(ask, tmp_path):
    path = tmp_path / "results.csv"
    RESULTS.to_csv(path, index=False)
    pd.testing.assert_frame_equal(ask(results=path), ask(results=RESULTS))


def test_the_order_of_results_and_the_way_to_write_them_say_nothing(ask):
    mixed = RESULTS.iloc[[2, 0, 3, 1]].assign(formula=["AlLiOCl2", "Cl3.2AlO0.4Li", "LiAlCl1.6O1.2", "LiAlCl2.5O0.75"])
    assert ask(results=mixed)["formula"].tolist() == ask(results=RESULTS)["formula"].tolist()


def test_a_seed_decides_chance(ask):
    drawn = [ask(acquisition="thompson", results=RESULTS, seed=seed)["formula"].tolist() for seed in (1, 1, 2, 3)]
    assert drawn[0] == drawn[1]
    assert len({tuple(one) for one in drawn}) > 1


@pytest.mark.parametrize("acquisition", ["improvement", "probability", "hypervolume", "thompson"])
def test_every_acquisition_gives_different_melts(ask, acquisition):
    assert ask(acquisition=acquisition, results=RESULTS)["formula"].nunique() == 4


def test_what_is_on_its_way_is_not_proposed(ask):
    waiting = ask(results=RESULTS)["formula"].tolist()
    assert not set(waiting) & set(ask(results=RESULTS, pending=waiting)["formula"])
    with pytest.warns(UserWarning, match="on the way, but no candidates here: Li3YCl6; they count all the same"):
        ask(results=RESULTS, pending=[waiting[0], "Li3YCl6"])


def test_a_failed_synthesis_turns_the_search_away(ask):
    failed = pd.DataFrame({"formula": ask()["formula"], "outcome": "no glass formed"})
    near = Fractions.of(["LiAlCl2.5O0.75", "Li3YCl6"])
    chances = success(near.matrix, Outcomes.of(pd.DataFrame({"formula": ["LiAlCl2.5O0.75"], "outcome": ["failed"]})))
    assert chances[0] < 0.5 < 0.85 < chances[1]
    assert not set(failed["formula"]) & set(ask(results=failed)["formula"])


def test_a_contradicted_result_meets_nothing(ask):
    good = RESULTS.assign(conductivity_S_cm=[2e-4, 2e-3, 4e-4, 1e-5])
    again = good[good["conductivity_S_cm"] == 2e-3].assign(conductivity_S_cm=2e-8, sample="other")
    assert ask(results=pd.concat([good, again], ignore_index=True)).attrs["stop"] == ""


def test_what_others_measured_far_from_the_goal_is_left_out(predictors):
    """A composition that the literature knows for a poor conductor is no melt, nor one in which nothing moves."""
    known = rank(predictors["conductivity"].known_formulas_[:60].tolist(), predictors=predictors)
    poor = known[known["neutral"].fillna(False) & (known["p_goal"] < 0.001)]["formula"].iloc[0]
    family = ["LiAlCl2.5O0.75", "LiAlCl2.4O0.8", "LiAlCl2O", "LiAlCl3O0.5"]
    asked = partial(propose, predictors=predictors, acquisition="thompson", goal={"explore": 50.0})
    for seed in range(4):
        chosen = asked([poor, "AlCl3", *family], batch=4, seed=seed)["formula"]
        assert set(chosen) == set(family)
    assert poor in asked([poor, *family[:2]], batch=3)["formula"].tolist()


def test_a_temperature_that_is_none_is_refused_at_once(ask):
    with pytest.raises(ConditionError, match="temperature_C = -400; give degC between -100 and 500"):
        ask(temperature_C=-400)


def test_it_says_when_the_goal_is_met(ask):
    good = RESULTS.assign(conductivity_S_cm=[2e-4, 2e-3, 4e-4, 1e-5])
    assert ask(results=good).attrs["stop"] == "the goal is met by LiAlCl2.5O0.75"
    assert ask(results=RESULTS).attrs["stop"] == ""


def test_a_goal_met_by_what_is_no_candidate_is_told_as_such(ask):
    met = pd.DataFrame({"formula": ["NaTaCl4O"], "conductivity_S_cm": 2e-3, "temperature_C": 25.0, "tg_C": 10.0})
    assert ask(results=met).attrs["stop"] == "the goal is met by NaTaCl4O (no candidate here)"


def test_what_is_on_its_way_does_not_meet_the_goal(ask):
    good = RESULTS.assign(conductivity_S_cm=[2e-4, 2e-3, 4e-4, 1e-5])
    assert ask(results=good, pending=["LiAlCl2.4O0.8"]).attrs["stop"] == "the goal is met by LiAlCl2.5O0.75"
    assert ask(results=RESULTS, pending=["LiAlCl2.4O0.8"]).attrs["stop"] == ""


def test_a_goal_met_in_two_rows_written_in_two_ways(ask):
    rows = {"formula": ["LiAlCl2.5O0.75", "Li4Al4Cl10O3"], "conductivity_S_cm": [2e-3, np.nan], "tg_C": [np.nan, -15.0]}
    assert "the goal is met" in ask(results=pd.DataFrame(rows | {"temperature_C": 25.0})).attrs["stop"]


def test_a_crystal_says_nothing_of_the_glass(ask):
    rows = {"formula": ["LiAlCl2.5O0.75"], "conductivity_S_cm": [5e-3], "temperature_C": [25.0], "phase": ["crystal"]}
    rows["outcome"] = ["crystallised"]
    told = Outcomes.of(pd.DataFrame(rows))
    assert len(told.of_property("conductivity", 25.0)[0]) == 0
    assert success(Fractions.of(["LiAlCl2.5O0.75"]).matrix, told)[0] < 0.5


def test_many_results_in_another_order_say_the_same(ask):
    x = np.round(np.arange(0.1, 1.3, 0.1), 2)
    names = [f"LiAlCl{4 - 2 * value:.1f}O{value:.1f}" for value in x]
    table = pd.DataFrame(
        {"formula": names, "conductivity_S_cm": 10 ** (-3 - np.square(x - 0.7)), "temperature_C": 25.0}
    )
    pd.testing.assert_frame_equal(ask(results=table), ask(results=table.iloc[::-1].reset_index(drop=True)))


def test_a_balance_tells_the_melts_of_a_batch_apart(ask, predictors):
    table = propose(FAMILY, x="0.6:0.9:0.002", batch=8, results=RESULTS, predictors=predictors)
    matrix = Fractions.of(table["formula"].tolist()).matrix
    apart = np.abs(matrix[:, None] - matrix[None]).max(axis=2)[np.triu_indices(8, 1)]
    assert apart.min() >= 1e-3


def test_it_says_when_nothing_is_left(ask):
    table = ask(["LiAlCl3.2O0.4", "LiAlCl2O"], results=RESULTS)
    assert table.empty
    assert "no candidate is left" in table.attrs["stop"]


def test_a_goal_that_refuses_all_is_told(ask):
    table = ask(goal={"required": ["Na"]})
    assert table.empty
    assert "refuses every candidate" in table.attrs["stop"]


def test_the_goal_refuses_candidates(ask):
    names = ["LiAlCl2.5O0.75", "LiTaCl5O0.5", "LiZrCl5"]
    assert ask(names, goal={"forbidden": ["Ta"]}, batch=3)["formula"].tolist().count("LiTaCl5O0.5") == 0


@pytest.mark.parametrize("acquisition", ["improvement", "probability", "thompson"])
def test_a_goal_of_other_limits(predictors, acquisition):
    liquidus = copy.copy(predictors["tg"])
    liquidus.property = "liquidus"
    known = {**predictors, "liquidus": liquidus}
    for goal in (
        {"tg_C": None},
        {"conductivity_S_cm": None},
        {"tg_C": None, "conductivity_S_cm": None, "limits": {"liquidus": {"below": 20}}},
        {"limits": {"liquidus": {"below": 20, "weight": 3}}, "weights": {"tg": 0.5}},
    ):
        for results in (None, RESULTS):
            told = propose(FAMILY, 3, goal, results, predictors=known, acquisition=acquisition, x="0:1.5:0.1", seed=1)
            assert told["formula"].nunique() == 3
            assert ("liquidus_C" in told) == ("limits" in goal)


def test_a_limit_left_out_does_not_keep_the_goal_from_being_met(ask):
    assert "the goal is met" not in ask(results=RESULTS).attrs["stop"]
    assert "the goal is met by" in ask(results=RESULTS, goal={"conductivity_S_cm": None, "tg_C": 20}).attrs["stop"]


def test_a_pool_of_formulas_and_a_space(ask):
    with pytest.warns(UserWarning, match="1 unread, 1 not neutral, 1 twice"):
        table = ask(["LiAlCl2.5O0.75", "Xx", "LiCl7", "LiTaCl6", "TaLiCl6"], batch=4)
    assert set(table["formula"]) == {"LiAlCl2.5O0.75", "LiTaCl6"}
    space = Ions({"Li": 1, "Al": 3}, {"O": -2, "Cl": -1}, steps=8)
    assert charge.neutral(Fractions.of(ask(space)["formula"].tolist())).all()


def test_predictors_stay_as_they_are(ask, predictors):
    before = {name: one.predict(["LiAlCl2.4O0.8"]).mean for name, one in predictors.items()}
    pupil = taught(predictors["conductivity"], Outcomes.of(RESULTS))
    assert pupil.predict(["LiAlCl2.4O0.8"]).mean != before["conductivity"]
    ask(results=RESULTS)
    assert all(one.predict(["LiAlCl2.4O0.8"]).mean == before[name] for name, one in predictors.items())


def test_conductivities_at_other_temperatures_are_moved():
    warm = Outcomes.of(pd.DataFrame({"formula": ["LiAlCl4"], "conductivity_S_cm": [1e-3], "temperature_C": [60.0]}))
    _, target, _ = warm.of_property("conductivity", 25.0)
    assert -3.8 < target[0] < -3.5


def test_one_sample_at_many_temperatures_is_one_result():
    arrhenius = [
        {"formula": "LiAlCl2O", "sample": "a", "temperature_C": t, "conductivity_S_cm": 1e-4} for t in (30, 60, 90)
    ]
    other = {"formula": "LiAlCl2O", "sample": "b", "temperature_C": 60, "conductivity_S_cm": 1e-4}
    rows, targets, noise = Outcomes.of(pd.DataFrame([*arrhenius, other])).of_property("conductivity", 25.0)
    assert len(rows) == 2
    assert targets.max() == pytest.approx(-4 - ARRHENIUS * (1000 / 298.15 - 1000 / 303.15))
    far, near = noise[np.argsort(targets)]
    assert far == pytest.approx(0.5 * (1000 / 298.15 - 1000 / 333.15))
    assert near < far / 5


def test_what_was_measured_elsewhere_is_said(ask):
    table = ask(["LiAlCl2.5O0.75", "LiAlCl2.6O0.7"], batch=2).set_index("formula")
    same = table["nearest_distance"].astype(float) < 1e-6
    assert table["reason"].str.contains("measured before").eq(same).all()


def test_standard_errors_are_read():
    told = RESULTS.assign(conductivity_error_S_cm=[1e-4, 1e-4, np.nan, np.nan])
    _, _, noise = Outcomes.of(told).of_property("conductivity", 25.0)
    assert sorted(noise) == pytest.approx([0, 0, 1e-4 / 9e-4 / np.log(10), 1e-4 / 2e-4 / np.log(10)])


def test_standard_errors_in_a_file_are_read(tmp_path):
    path = tmp_path / "results.csv"
    told = RESULTS.assign(conductivity_error_S_cm=[1e-4, 1e-4, np.nan, np.nan])
    told.to_csv(path, index=False)
    in_file, in_memory = Outcomes.of(path).of_property("conductivity", 25.0), Outcomes.of(told)
    assert in_file[2].tolist() == in_memory.of_property("conductivity", 25.0)[2].tolist()
    told.assign(conductivity_error_S_cm="much").to_csv(path, index=False)
    with pytest.raises(TableError, match=r"results.csv row 2, conductivity_error_S_cm: 'much' is no standard error"):
        Outcomes.of(path)


def test_a_glass_at_two_temperatures_may_repeat_its_outcome():
    told = pd.DataFrame({"formula": ["LiAlCl2O"] * 2, "conductivity_S_cm": [1e-3, 4e-3], "temperature_C": [25, 60]})
    facts = Outcomes.of(told.assign(outcome="glass")).facts
    assert facts["value"].dropna().tolist() == [1e-3, 4e-3]
    with pytest.raises(TableError, match=r"2 of 2 rows|1 of 2 rows"):
        Outcomes.of(told.assign(outcome="glass", conductivity_S_cm=1e-3, temperature_C=25))


def test_refused_results_give_advice_that_helps_here(tmp_path):
    with pytest.raises(TableError) as caught:
        Outcomes.of(pd.DataFrame({"formula": ["LiAlCl2O", "LiAlCl4"], "tg_C": [-5.0, 9e9]}))
    assert "1 of 2 rows cannot be taken; mend what is wrong, or leave it out" in str(caught.value)
    path = tmp_path / "results.csv"
    path.write_text("formula,conductivity_S_cm,temperature_C\nLiAlCl2O,1e-3,298.15\nLiAlCl4,1e-6,298.15\n")
    with pytest.raises(TableError, match=r"name it temperature_K, or record it in a campaign with --trust-units$"):
        Outcomes.of(path)


def test_what_is_not_read_of_results_is_told(tmp_path):
    path = tmp_path / "results.csv"
    RESULTS.assign(colour="white").to_csv(path, index=False)
    with pytest.warns(UserWarning, match="results: columns that are not read: colour"):
        Outcomes.of(path)
    with pytest.warns(UserWarning, match="results: columns that are not read: colour"):
        Outcomes.of(RESULTS.assign(colour="white"))


def test_members_of_a_family_that_are_left_out_are_counted():
    with pytest.warns(UserWarning, match="30 of 31 points left out: 30 not neutral"):
        assert len(Pool.of("LiAlCl{4-x}O{x}", x=RANGE)) == 1
    with pytest.warns(UserWarning, match="20 of 61 points left out: 20 with a negative amount"):
        assert len(Pool.of(FAMILY, x="0:3:0.05")) == 41


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"batch": 0}, GoalError, "from 1 to 100"),
        ({"batch": True}, GoalError, "from 1 to 100"),
        ({"acquisition": "luck"}, GoalError, "use one of"),
        ({"seed": -1}, GoalError, "whole number"),
        ({"acquisition": "hypervolume", "goal": {"tg_C": None}}, GoalError, "weighs two limits, the goal has 1"),
        ({"candidates": ["LiCl7"]}, FormulaError, "charge-neutral"),
        ({"candidates": []}, FormulaError, "no candidate"),
        ({"candidates": ["LiCl"], "x": "0:1:0.1"}, FormulaError, "belong to a template"),
        ({"results": pd.DataFrame({"formula": ["LiCl"]})}, TableError, "results"),
        ({"results": RESULTS.assign(tg_error_C=-1.0)}, TableError, "no standard error"),
        ({"results": RESULTS.assign(tg_error_C="abc")}, TableError, "no standard error"),
        ({"pending": ["LiCl", "Xx"]}, FormulaError, '^pending: "Xx"'),
    ],
)
def test_bad_input(ask, options, error, message):
    with pytest.raises(error, match=message):
        ask(**options)


def test_pool_of_a_large_grid_knows_exact_formulas():
    pool = Pool.of("Li{1-y}Na{y}AlCl{4-2x}O{x}", x="0:1.5:0.01", y="0:1:0.01")
    assert len(pool) == 151 * 101
    row = int(np.flatnonzero((pool.variables["x"] == 0.75) & (pool.variables["y"] == 0.5))[0])
    assert Composition.parse(pool.formulas([row])[0]) == Composition.parse("Li0.5Na0.5AlCl2.5O0.75")
