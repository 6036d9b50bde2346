"""A goal refuses what has a flag that it forbids, and tables say what is flagged."""

import pytest
from vitrion.experiments.proposals.propose import propose
from vitrion.experiments.ranking.rank import rank, sweep
from vitrion.experiments.screening.screen import screen
from vitrion.experiments.task.goal import Goal, GoalError
from vitrion.features import Fractions

NAMES = ["LiAlCl2.5O0.75", "LiAlCl4", "LiPbCl3", "LiBCl2.5O0.75", "ThCl4-LiCl", "Li6PS5Cl", "NaCl"]


def test_by_default_what_is_radioactive_or_needs_a_gas_is_refused():
    goal = Goal()
    assert goal.flags == ("radioactive", "gas")
    assert goal.refused(Fractions.of(NAMES)).tolist() == [False, False, False, True, True, False, False]
    assert not Goal(flags={"forbid": []}).refused(Fractions.of(NAMES)).any()


def test_a_table_of_a_file_and_of_a_dict(tmp_path):
    path = tmp_path / "goal.toml"
    path.write_text('tg_C = 0\n[flags]\nforbid = ["toxic", "volatile"]\n')
    goal = Goal.load(path)
    assert goal.flags == ("toxic", "volatile")
    path.write_text(goal.to_toml())
    assert Goal.load(path) == goal == Goal.of(goal.to_dict()) == Goal(tg_C=0, flags=["toxic", "volatile"])
    assert Goal.of({"flags": {}}) == Goal() == Goal.of(Goal().to_dict())
    nothing = Goal(flags=())
    path.write_text(nothing.to_toml())
    assert Goal.load(path) == nothing and Goal.of(nothing.to_dict()) == nothing


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"forbid": ["toxik"]}, r"goal flags forbid: 'toxik' is no flag \(toxic\?\); there are trace, gas, volatile"),
        ({"forbid": "toxic"}, "give a list of codes"),
        ({"allow": ["toxic"]}, "goal flags has allow; give forbid"),
        ("toxic", "give a list of codes"),
        ([3], "3 is no flag"),
    ],
)
def test_what_is_no_flag_is_refused(told, words):
    with pytest.raises(GoalError, match=words):
        Goal(flags=told)


def test_a_ranking_tells_flags_and_refuses_with_the_reason(predictors):
    told = rank(NAMES, predictors=predictors).set_index("input")
    assert told.loc["LiAlCl2.5O0.75", "flags"] == ""
    assert told.loc["LiPbCl3", "flags"] == "reduced_by_lithium, toxic"
    assert told.loc["LiBCl2.5O0.75", "flags"] == "gas" and told.loc["LiBCl2.5O0.75", "p_goal"] == 0
    assert "the goal forbids gas" in told.loc["LiBCl2.5O0.75", "note"]
    assert "the goal forbids radioactive" in told.loc["ThCl4-LiCl", "note"]
    assert told.loc["LiPbCl3", "p_goal"] > 0
    strict = rank(NAMES, Goal(flags=["toxic"]), predictors=predictors).set_index("input")
    assert strict.loc["LiPbCl3", "p_goal"] == 0 and strict.loc["LiBCl2.5O0.75", "p_goal"] > 0
    assert rank(["Xx"], predictors=predictors)["flags"].tolist() == [""]
    list_of_screen = screen(NAMES, top=3, predictors=predictors)
    assert list_of_screen["flags"].tolist() == rank(NAMES, predictors=predictors)["flags"].head(3).tolist()


def test_a_family_has_the_column_too(predictors):
    told = sweep("LiAlCl{4-2x}O{x}", predictors=predictors, x=[0.75, 1.0, 1.5])
    assert told["flags"].tolist() == ["", "licl_expected", "licl_expected"]


def test_forbidden_ones_are_not_proposed(predictors):
    with pytest.warns(UserWarning):
        told = propose(NAMES[:4], batch=4, predictors=predictors, goal={"flags": {"forbid": ["gas", "toxic"]}})
    assert set(told["formula"]) <= set(NAMES[:2]) and "flags" in told


def test_a_ranking_says_which_precursor_has_no_price(predictors):
    told = rank(["LiSnCl3", "LiPbCl3", "Li2TaCl6O", "LiAlCl4"], predictors=predictors).set_index("input")
    assert "cost not known: SnCl2 has no price" in told.loc["LiSnCl3", "note"]
    assert "cost not known: Pb has no precursor with a price, such as PbCl2" in told.loc["LiPbCl3", "note"]
    assert told.loc["Li2TaCl6O", "note"].startswith("not neutral") and told.loc["LiAlCl4", "cost_usd_per_kg"] > 0
    assert "cost" not in told.loc["LiAlCl4", "note"] + told.loc["Li2TaCl6O", "note"]
    limited = rank(["LiSnCl3"], Goal(max_cost_usd_per_kg=5), predictors=predictors)
    assert limited["note"][0].count("cost not known") == 1 and limited["p_goal"][0] > 0
