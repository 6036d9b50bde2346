import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pytest
from vitrion.experiments.goal import Goal, GoalError
from vitrion.features import Fractions

ROOT = Path(__file__).parents[2]


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
        {"tg_C": None},
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
    ],
)
def test_bad_values(bad):
    name = next(iter(bad))
    with pytest.raises(GoalError, match=f"goal {name} = "):
        Goal(**bad)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tg_C = ", "cannot be read"),
        ("tg = 20", "has tg; a goal has conductivity_S_cm"),
        ('tg_C = "cold"', "goal tg_C = 'cold'"),
        ('forbidden = "Ta"', "goal forbidden = 'Ta'"),
        ("forbidden = 3", "goal forbidden = 3"),
        ("forbidden = [[3]]", "goal forbidden = "),
        ("[tg_C]\nx = 1", "goal tg_C = "),
        ("[minimum_verdict]\nx = 1", "goal minimum_verdict = "),
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
