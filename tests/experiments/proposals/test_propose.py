"""Proposals: distinct, neutral, reasoned, the same for the same input, other ones after results."""

import copy

import numpy as np
import pandas as pd
import pytest
from vitrion import propose
from vitrion.datasets.tables.grid import TableError
from vitrion.experiments.proposals.pool import Pool
from vitrion.experiments.proposals.propose import taught
from vitrion.experiments.ranking.rank import COLUMNS, rank
from vitrion.experiments.task.acquisitions import ACQUISITIONS
from vitrion.experiments.task.goal import GoalError
from vitrion.experiments.task.outcomes import Outcomes, success
from vitrion.features import Composition, FormulaError, Fractions, Ions, charge
from vitrion.models.design.conditions import ConditionError
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


@pytest.mark.parametrize("acquisition", ACQUISITIONS)
def test_every_acquisition_gives_different_melts(ask, acquisition):
    told = ask(acquisition=acquisition, results=RESULTS)["formula"]
    assert told.nunique() == 4
    assert ask(goal={"acquisition": acquisition}, results=RESULTS)["formula"].tolist() == told.tolist()


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


LACO = "LiAlCl2.5O0.75"


def named(table):
    """Which proposals are called reference samples."""
    return table["reason"].str.startswith("reference sample: ")


@pytest.mark.parametrize("acquisition", ["improvement", "probability", "thompson"])
def test_what_is_measured_is_proposed_as_the_reference_sample_alone(predictors, acquisition):
    """Of all that others measured, one at most is in a batch, and its reason says what it is for."""
    first = predictors["conductivity"]
    ranked = rank(sorted(set(first.known_formulas_[:300].tolist())), predictors=predictors)
    known = ranked[ranked["neutral"].fillna(False) & (ranked["n_measured"].fillna(0) > 0)]["formula"].head(20)
    family = [f"LiAlCl{4 - 2 * x:.1f}O{x:.1f}" for x in (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.1)]
    for seed in range(3):
        table = propose([LACO, *known, *family], 4, predictors=predictors, acquisition=acquisition, seed=seed)
        assert len(table) == 4
        measured = table["n_measured"] > 0
        assert measured.sum() <= 1
        assert (named(table) == measured).all()


def test_the_reference_sample_is_named_with_what_is_known_of_it(predictors):
    goal = {"explore": 0.0}
    table = propose([LACO, "LiAlCl3.6O0.2", "LiAlCl1.2O1.4"], 3, goal, predictors=predictors).set_index("formula")
    reason = table.loc[LACO, "reason"]
    assert reason.startswith(
        "reference sample: 1.52 mS/cm at 30 °C (glass) and Tg −16.8 °C measured elsewhere (10.1038/"
    )
    assert reason.endswith("yours tells how your samples compare")


def test_there_is_no_second_reference_once_one_is_made_or_on_its_way(predictors, ask):
    names = [LACO, "NaAlCl2.5O0.75", *[f"LiAlCl{4 - 2 * x:.1f}O{x:.1f}" for x in (0.3, 0.5, 0.7, 0.9, 1.1)]]
    goal = {"explore": 0.0, "conductivity_S_cm": 1e-5, "tg_C": 200}
    first = propose(names, 7, goal, predictors=predictors)
    assert named(first).sum() == 1
    made = pd.DataFrame({"formula": first[named(first)]["formula"], "conductivity_S_cm": 1e-6, "temperature_C": 25.0})
    for told in ({"results": made}, {"pending": made["formula"].tolist()}):
        later = propose(names, 5, goal, predictors=predictors, **told)
        assert len(later) == 5
        assert not named(later).any()
        assert not (later["n_measured"] > 0).any()


def test_a_batch_of_one_is_no_reference(predictors):
    for candidates in ([LACO, "LiAlCl3.6O0.2"], [LACO]):
        table = propose(candidates, 1, predictors=predictors)
        assert table["formula"].tolist() == candidates[1:]
    assert table.attrs["stop"] == "no candidate is left that the goal allows and that was not measured"


def test_a_poor_composition_that_others_measured_is_no_sample(predictors):
    """What the literature knows for a poor conductor is left out, and the batch is smaller for it."""
    known = rank(predictors["conductivity"].known_formulas_[:60].tolist(), predictors=predictors)
    poor = known[known["neutral"].fillna(False) & (known["p_goal"] < 0.001)]["formula"].iloc[0]
    with pytest.warns(UserWarning, match="2 samples where 3 were asked for: 1 is measured already"):
        table = propose([poor, "LiAlCl2.4O0.8", "LiAlCl3O0.5"], 3, predictors=predictors)
    assert poor not in table["formula"].tolist()


def test_a_glass_whose_tg_alone_is_known_comes_after_what_is_new(predictors):
    data = rank(predictors["tg"].known_formulas_.tolist(), predictors=predictors)
    half = data[data["measured_conductivity_S_cm"].isna() & data["neutral"].fillna(False) & (data["n_measured"] > 0)]
    glass, new = half["formula"].iloc[0], ["LiAlCl2.4O0.8", "LiAlCl3O0.5"]
    assert set(propose([glass, *new], 2, predictors=predictors)["formula"]) == set(new)
    table = propose([glass, *new], 3, predictors=predictors).set_index("formula")
    assert (
        f"Tg {half['measured_tg_C'].iloc[0]:.3g} °C is measured already".replace("-", "−") in table.loc[glass, "reason"]
    )
    assert not named(table.reset_index()).any()


def test_reasons_say_what_is_expected_and_what_is_learnt(ask):
    table = ask(results=RESULTS)
    for row in table.to_dict("records"):
        expected = f"expected {1e3 * row['conductivity_S_cm']:.2g} mS/cm and Tg {row['tg_C']:.0f} °C".replace("-", "−")
        assert expected in row["reason"]
        chance = "below 1 %" if row["p_goal"] < 0.01 else f"{100 * row['p_goal']:.0f} %"
        assert f"{chance} to meet the goal" in row["reason"]
        assert "; tells " in row["reason"]
    best = table["reason"].str.contains("highest chance of the new samples")
    assert best.sum() == 1
    reference = table["reason"].str.startswith("reference sample")  # whose chance may be higher
    assert table["p_goal"][best].item() == table["p_goal"][~reference].max()
    alike = ask(x="0.7:0.8:0.02", batch=2)
    assert alike["reason"].str.contains("tells how far off all predictions are").any()


def test_what_is_learnt_lies_around_the_sample(ask):
    """After results a further one tells of its neighbours and not of the other end of the family."""
    table = ask(results=RESULTS)
    spans = table["reason"].str.extract(r"tells of x = ([\d.]+) to ([\d.]+)").astype(float)
    assert spans.notna().all(axis=1).any()
    known = spans.notna().all(axis=1)
    assert (spans[0][known] <= table["x"][known]).all()
    assert (table["x"][known] <= spans[1][known]).all()
    assert (spans[1][known] - spans[0][known]).max() < 1.4


def test_near_duplicates_do_not_fill_a_batch(predictors):
    """Members within 1 at.% of each other in every element are one; the batch is smaller, and it is said why."""
    with pytest.warns(UserWarning, match=r"where 6 were asked for: \d+ others lie within 1 at.% of these"):
        table = propose(FAMILY, x="0.66:0.74:0.002", batch=6, predictors=predictors)
    matrix = Fractions.of(table["formula"].tolist()).matrix
    assert 2 <= len(table) < 6
    assert np.abs(matrix[:, None] - matrix[None]).max(axis=2)[np.triu_indices(len(table), 1)].min() > 0.01
    names = ["LiAlCl2.5O0.75", "LiAlCl2.498O0.751", "LiTaCl6", "LiTaCl5.98O0.01"]
    assert len(propose(names[2:], 2, predictors=predictors)) == 1


def test_the_chance_of_a_batch_counts_the_shared_error(ask):
    table = ask(results=RESULTS)
    chances = table["p_goal"].to_numpy(dtype=float)
    independent = 1 - np.prod(1 - chances)
    assert chances.max() <= table.attrs["p_batch"] < independent


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


def test_rows_stand_as_they_were_chosen_and_rank_tells_the_order_of_their_chances(ask):
    whole, part = ask(batch=4, results=RESULTS), ask(batch=2, results=RESULTS)
    assert whole["formula"].tolist()[:2] == part["formula"].tolist()
    assert sorted(whole["rank"]) == [1, 2, 3, 4]
    assert whole.sort_values("rank")["p_goal"].is_monotonic_decreasing


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


def test_it_says_when_nothing_is_left(ask):
    with pytest.warns(UserWarning, match="no samples where 4 were asked for: 2 are measured already"):
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
        table = ask(["LiAlCl2.5O0.75", "Xx", "LiCl7", "LiGaCl2.3O0.85", "GaLiCl2.3O0.85"], batch=4)
    assert set(table["formula"]) == {"LiAlCl2.5O0.75", "LiGaCl2.3O0.85"}
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
    with pytest.warns(UserWarning, match="results: not learnt from: colour"):
        Outcomes.of(path)
    with pytest.warns(UserWarning, match="results: not learnt from: colour"):
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


def test_it_says_when_nothing_left_has_a_chance_together(ask):
    """A family of which every measured member conducts nothing is at its end, however many members are left."""
    x = np.round(np.arange(0.1, 1.5, 0.2), 1)
    names = [f"LiAlCl{4 - 2 * value:.1f}O{value:.1f}" for value in x]
    poor = pd.DataFrame({"formula": names, "conductivity_S_cm": 1e-9, "temperature_C": 25.0, "tg_C": 120.0})
    stop = ask(results=poor, goal={"conductivity_S_cm": 1e-2, "tg_C": 0.0}).attrs["stop"]
    assert stop == "the chance that any candidate left meets the goal is below 5 %"
    assert ask(results=RESULTS).attrs["stop"] == ""


def test_the_chance_of_any_counts_the_error_that_all_share(predictors):
    """Between the highest chance of one and what independent errors would promise of all."""
    from vitrion.experiments.proposals.goal_search import CandidateSearch
    from vitrion.experiments.task.acquisition import log_probability
    from vitrion.experiments.task.goal import Goal

    pool, outcomes = Pool.of(FAMILY, x=RANGE), Outcomes.of(RESULTS)
    every = pool.joined(outcomes.fractions)
    search = CandidateSearch(every, Goal(), 25.0, predictors, 0)
    told, left = search.results(outcomes, len(pool)), np.ones(len(pool), dtype=bool)
    pairs = zip(search.search.surrogates, told, search.limits, strict=True)
    alone = np.exp(sum(log_probability(one.tell(r.rows, r.targets, r.noise), limit) for one, r, limit in pairs))
    chance = search.chance_of_any(told, left)
    best = alone[: len(pool)].max()
    assert best - 0.02 <= chance < 1 - np.prod(1 - alone[: len(pool)])
    assert search.chance_of_any(
        told, left & (np.arange(len(pool)) == int(alone[: len(pool)].argmax()))
    ) == pytest.approx(best, abs=0.03)
