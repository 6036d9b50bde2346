"""What people see of compositions that were measured."""

import json

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from vitrion.datasets import lab
from vitrion.experiments.ranking.measured import MEASURED
from vitrion.experiments.ranking.rank import rank
from vitrion.experiments.task.goal import Goal
from vitrion.serve.formatting.measured import counted_words, measured_lines, measured_words
from vitrion.serve.formatting.summary import show_ranking
from vitrion.serve.pages import reports

NAMES = ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl2.47O0.765", "LiGaCl2O", "nonsense"]
VIGLAS = "10.1038/s41560-023-01356-y"


@pytest.fixture
def ranking(predictors, tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "home"))
    crystal = pd.DataFrame({"formula": ["LiGaCl2O"], "temperature_C": [60.0], "conductivity_S_cm": [2.5e-3]})
    lab.add(crystal.assign(phase="crystal"))
    return rank(NAMES, predictors=predictors)


def test_measured_rows_say_so_and_a_crystal_that_it_is_one(ranking):
    words = {row["formula"]: measured_words(row) for row in ranking.to_dict("records")}
    assert list(map(words.get, NAMES)) == [
        "measured 1.52 mS/cm at 30 °C, glass; Tg −16.8 °C",
        "measured 1.33 mS/cm at 30 °C, glass; Tg −25.5 °C",
        "",
        "measured as a crystal",
        "",
    ]
    notes = dict(zip(ranking["formula"], ranking["note"], strict=True))
    assert "known as a crystal: 2.5 mS/cm at 60 °C; predicted as a glass" in notes["LiGaCl2O"]
    assert not any("known as" in notes[name] for name in NAMES if name != "LiGaCl2O")
    assert measured_words({"formula": "LiAlCl4"}) == "", "a row kept before these columns were"


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (Goal(), 2),
        (Goal(conductivity_S_cm=1.4e-3), 1),
        (Goal(tg_C=-20.0), 1),
        (Goal(tg_C=None, conductivity_S_cm=1e-3), 2),
        (Goal(forbidden=("Na",)), 1),
        (Goal(tg_C=None, conductivity_S_cm=2e-3), 0),
    ],
)
def test_measured_rows_that_meet_the_goal_are_counted(predictors, ranking, goal, met):
    table = rank(NAMES, goal, predictors=predictors)
    word = "meets" if met == 1 else "meet"
    assert counted_words(table, goal) == ("3", f"of 4 are measured, {met} {word} the goal")


def test_a_limit_on_what_is_not_measured_is_not_met(ranking):
    assert counted_words(ranking, Goal(limits={"liquidus": {"below": 900}}))[1].endswith("0 meet the goal")


def test_terminal_and_page_show_it_and_older_rankings_are_shown_without(ranking):
    console = Console(width=100, record=True, force_terminal=False)
    show_ranking(console, ranking, Goal(), 25.0, 10, ())
    text = console.export_text()
    assert "LiAlCl2.5O0.75: measured 1.52 mS/cm at 30 °C, glass; Tg −16.8 °C" in text
    assert text.rstrip().endswith("3 of 4 are measured, 2 meet the goal")
    page = reports.ranking_page(ranking, Goal(), 25.0, "list.csv")
    assert "of 4 are measured, 2 meet the goal" in page
    data = json.loads(page.split('id="data">')[1].split("</script>")[0])
    places = [column["key"] for column in data["columns"]]
    row = data["rows"][ranking["formula"].tolist().index("LiAlCl2.5O0.75")]
    assert row[places.index("__measured")] == "measured 1.52 mS/cm at 30 °C, glass; Tg −16.8 °C"
    assert row[places.index("measured_doi")] == VIGLAS
    shown = {column["key"] for column in data["columns"] if not column.get("hidden")}
    assert not any("measured" in name or name.endswith("_verdict") for name in shown)
    old = ranking[[name for name in ranking if "measured" not in name and not name.endswith("_verdict")]]
    assert "are measured" not in reports.ranking_page(old, Goal(), 25.0, "list.csv")
    show_ranking(console, old, Goal(), 25.0, 10, ())
    assert "measured" not in console.export_text()


def test_the_terminal_says_more_of_a_crystal_and_of_few_laboratories(ranking):
    told = ranking[["formula", *MEASURED]].assign(note="")
    told.loc[told["formula"] == "NaAlCl2.5O0.75", "note"] = (
        "Tg edge, conductivity inside; Tg interval from 23 laboratories; conductivity interval from 1 laboratory"
    )
    lines = measured_lines(told)
    assert "LiGaCl2O: measured 2.5 mS/cm at 60 °C, crystal" in lines, "where no note is shown"
    few = "Tg interval from 23 laboratories; conductivity interval from 1 laboratory"
    assert f"NaAlCl2.5O0.75: measured 1.33 mS/cm at 30 °C, glass; Tg −25.5 °C; {few}" in lines
    assert not any(line.startswith("LiAlCl2.47") for line in lines)


def test_a_missing_value_is_no_number():
    assert measured_words({"measured_conductivity_S_cm": None, "measured_tg_C": np.nan, "measured_phase": ""}) == ""
