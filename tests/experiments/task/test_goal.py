import dataclasses
import json
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from vitrion.experiments.task.goal import Goal, GoalError, Threshold
from vitrion.features import Fractions

ROOT = Path(__file__).parents[3]


def test_default():
    assert (Goal().conductivity_S_cm, Goal().tg_C, Goal().minimum_verdict) == (1e-3, 25.0, "outside")
    assert Goal.load(ROOT / "examples" / "goal.toml") == Goal()


@pytest.mark.parametrize(
    "bad",
    [
        {"conductivity_S_cm": 0},
        {"conductivity_S_cm": -1e-3},
        {"conductivity_S_cm": "1e-3"},
        {"conductivity_S_cm": float("nan")},
        {"conductivity_S_cm": 1e3},
        {"conductivity_S_cm": True},
        {"tg_C": float("nan")},
        {"tg_C": -300},
        {"tg_C": float("inf")},
        {"max_cost_usd_per_kg": 0},
        {"forbidden": "Ta"},
        {"forbidden": ("Xx",)},
        {"forbidden": ("ta",)},
        {"forbidden": (3,)},
        {"required": "Li"},
        {"required": ("Xx",)},
        {"required": ("Li",), "forbidden": ("Li",)},
        {"explore": -1},
        {"explore": True},
        {"explore": float("nan")},
        {"explore": float("inf")},
        {"minimum_verdict": "near"},
        {"minimum_verdict": None},
        {"tg_C": False},
        {"conductivity_S_cm": False},
        {"max_cost_usd_per_kg": None},
        {"weights": {"tg": 0}},
        {"weights": {"tg": "2"}},
        {"weights": {"tg": True}},
        {"weights": {"tg": float("inf")}},
        {"weights": {"liquidus": 2}},
        {"weights": [2, 1]},
        {"weights": {"tg": 2}, "tg_C": None},
        {"weights": {"liquidus": 2}, "limits": (Threshold("liquidus", below=160, weight=3),)},
        {"limits": {"tg": {"above": 0}}},
        {"limits": (Threshold("liquidus", below=160), Threshold("liquidus", above=60))},
        {"limits": Threshold("liquidus", below=160)},
        {"limits": ["liquidus"]},
    ],
)
def test_bad_values(bad):
    name = next(iter(bad))
    with pytest.raises(GoalError, match=f"goal {name}( =|:| has| holds)"):
        Goal(**bad)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tg_C = ", "cannot be read"),
        ("tg = 20", "has tg; a goal has conductivity_S_cm"),
        ('tg_C = "cold"', "goal tg_C = 'cold'"),
        ('forbidden = "Ta"', "goal forbidden = 'Ta'"),
        ("forbidden = 3", "goal forbidden = 3"),
        ("forbidden = [[3]]", "goal forbidden: 3 is no symbol of an element; give symbols from H to Lr"),
        ("[tg_C]\nx = 1", "goal tg_C = "),
        ("[minimum_verdict]\nx = 1", "goal minimum_verdict = "),
        ("tg_C = true", "goal tg_C = true; give a number of degC above -273.15 and up to 3000, or None"),
        ("tg_C = false\nconductivity_S_cm = false", "the goal has no limit; give conductivity_S_cm, tg_C or one in"),
        ("weights = 2", "goal weights = 2; give a table of numbers by property"),
        ("[weights]\nliquidus = 2", "has liquidus, without a limit; weigh conductivity or tg"),
        ("[limits]\nliquidus = 160", "goal limits.liquidus = 160; give below or above"),
        ("[limits.liquidus]\nunder = 160", "goal limits.liquidus = "),
        ("[limits.liquidus]", "limit on liquidus has neither below nor above"),
        ("[limits.softness]\nbelow = 3", "limit on 'softness'; give one on tg, conductivity"),
        ("[limits.tg]\nbelow = 3", "holds tg; its limit is tg_C"),
        ('[limits.liquidus]\nbelow = "low"', "limit on liquidus, below = 'low'; give a number of degC"),
    ],
)
def test_bad_files(tmp_path, text, said):
    path = tmp_path / "goal.toml"
    path.write_text(text)
    with pytest.raises(GoalError, match=said):
        Goal.load(path)


def test_missing_file(tmp_path):
    with pytest.raises(GoalError, match=r"none\.toml cannot be read"):
        Goal.load(tmp_path / "none.toml")


def test_whole_file(tmp_path):
    path = tmp_path / "goal.toml"
    path.write_text(
        'conductivity_S_cm = 0.005\ntg_C = 0\nforbidden = ["Ta", "Hf"]\n'
        'minimum_verdict = "edge"\nmax_cost_usd_per_kg = 50'
    )
    assert Goal.load(path) == Goal(0.005, 0, ("Ta", "Hf"), "edge", 50)


def test_forbidden_elements():
    held = Goal(forbidden=("Ta", "Hf")).refused(Fractions.of(["LiTaCl6", "Li2HfCl6", "LiAlCl4"]))
    assert held.tolist() == [True, True, False]
    assert Goal().refused(Fractions.of(["LiTaCl6"])).tolist() == [False]
    assert Goal(forbidden=("Ta",)).refused(Fractions.of([])).shape == (0,)


def test_required_elements():
    goal, batch = Goal(required=("Li", "O")), Fractions.of(["LiAlCl2.5O0.75", "LiAlCl4", "NaAlCl4"])
    assert goal.refused(batch).tolist() == [False, True, True]
    told = goal.remarks(batch, np.array(["inside"] * 3), np.ones(3))
    assert told == [[], ["the goal requires O"], ["the goal requires Li", "the goal requires O"]]
    assert Goal(required=("Li",)).refused(Fractions.of([])).shape == (0,)


@pytest.mark.parametrize(
    ("least", "far"), [("inside", [False, True, True]), ("edge", [False, False, True]), ("outside", [False] * 3)]
)
def test_minimum_verdict(least, far):
    assert Goal(minimum_verdict=least).too_far(np.array(["inside", "edge", "outside"])).tolist() == far


def test_a_field_that_no_goal_has_is_refused_in_the_words_of_a_file():
    with pytest.raises(GoalError, match=r"the goal has tgC; a goal has conductivity_S_cm, tg_C"):
        Goal(tgC=3)
    goal = Goal(5e-4, tg_C=60)
    assert (goal.conductivity_S_cm, goal.tg_C) == (5e-4, 60)
    assert dataclasses.replace(goal, tg_C=25) == pickle.loads(pickle.dumps(Goal(5e-4)))


def test_the_whole_goal_of_the_guide(tmp_path):
    text = (ROOT / "docs" / "howto" / "goals.md").read_text(encoding="utf-8").split("## A goal file with every line")[1]
    path = tmp_path / "goal.toml"
    path.write_text(re.search("```toml\n(.*?)```", text, re.DOTALL)[1], encoding="utf-8")
    goal = Goal.load(path)
    liquidus, flags = (Threshold("liquidus", below=160),), ("toxic", "volatile")
    weights = {"conductivity": 2}
    assert goal == Goal(5e-4, None, ("Ta", "Hf"), "edge", 50, ("Li",), 1, weights, liquidus, flags)
    assert Goal.of(goal.to_dict()) == goal


def test_limits_and_weights_of_a_file(tmp_path):
    path = tmp_path / "goal.toml"
    path.write_text(
        "tg_C = false\n[weights]\nconductivity = 2\nliquidus = 0.5\n[limits.youngs_modulus]\nabove = 5\n"
        "[limits.liquidus]\nbelow = 160\n[limits.activation_energy]\nbelow = 0.4\nweight = 3"
    )
    told = (
        Threshold("liquidus", below=160.0),
        Threshold("youngs_modulus", above=5.0),
        Threshold("activation_energy", below=0.4, weight=3.0),
    )
    goal = Goal.load(path)
    assert goal == Goal(tg_C=None, weights={"liquidus": 0.5, "conductivity": 2}, limits=told)
    assert goal == Goal(tg_C=None, weights={"liquidus": 0.5, "conductivity": 2}, limits=told[::-1])
    assert set(goal.properties) == {"conductivity", "liquidus", "youngs_modulus", "activation_energy"}
    assert {limit.property: limit.weight for limit in goal.thresholds} == {
        "conductivity": 2,
        "liquidus": 0.5,
        "youngs_modulus": 1,
        "activation_energy": 3,
    }


@pytest.mark.parametrize(
    ("goal", "properties"),
    [
        (Goal(tg_C=None), ("conductivity",)),
        (Goal(conductivity_S_cm=None), ("tg",)),
        (Goal(None, None, limits={"liquidus": {"below": 160}}), ("liquidus",)),
    ],
)
def test_one_limit_is_a_goal(goal, properties):
    assert goal.properties == properties


WHOLE = [
    Goal(),
    Goal(None, 60, ["Ta"], "edge", 50, ("Li", "O"), 0),
    Goal(tg_C=None, weights={"conductivity": np.float32(0.25)}),
    Goal(1e-6, np.int64(-40), limits={"liquidus": {"below": 160, "weight": 2}, "youngs_modulus": {"above": 1 / 3}}),
    Goal(None, None, explore=2.5, weights={"activation_energy": 7}, limits=[Threshold("activation_energy", below=0.3)]),
]


@pytest.mark.parametrize("goal", WHOLE)
def test_a_goal_comes_back_from_json_and_toml(goal, tmp_path):
    path = tmp_path / "goal.toml"
    path.write_text(goal.to_toml(), encoding="utf-8")
    assert Goal.load(path) == goal == Goal.of(goal.to_dict())
    assert Goal.of(json.loads(json.dumps(goal.to_dict(), allow_nan=False))) == goal
    again = pickle.loads(pickle.dumps(goal))
    assert (again, hash(again), again.thresholds) == (goal, hash(goal), goal.thresholds)


def test_a_goal_names_its_acquisition():
    told = Goal(acquisition="thompson")
    assert Goal.of(told.to_dict()) == told
    assert 'acquisition = "thompson"' in told.to_toml()
    assert "acquisition" not in Goal().to_dict(), "goals that were kept before have none"
    with pytest.raises(GoalError, match="goal acquisition = 'luck'; use one of improvement, probability"):
        Goal(acquisition="luck")
    with pytest.raises(GoalError, match="weighs two limits, the goal has 1"):
        Goal(tg_C=None, acquisition="hypervolume")
