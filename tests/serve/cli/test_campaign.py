"""`vitrion campaign` as a person or a script meets it."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner
from vitrion.experiments.campaigns import round as campaign_round
from vitrion.experiments.campaigns import tracking as campaign_runs
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.experiments.proposals.pool import Pool
from vitrion.serve.cli import app
from vitrion.serve.formatting import campaign_tables

TRACK = campaign_runs.track_round
FAMILY = ("LiAlCl{4-2x}O{x}", "--var", "x=0:1.5:0.25")


def stand_in(candidates, batch, results, pending, without, **_):
    """Proposals in the order of the grid, of what is neither measured nor on its way."""
    pool = Pool.of(candidates)
    gone = {*pending, *without, *results["formula"]}
    names = [name for name in pool.formulas(range(len(pool))) if name not in gone][:batch]
    table = pd.DataFrame({"formula": names, "reason": "fills a gap", "p_goal": 0.25, "verdict": "inside"})
    sigma = {"conductivity_S_cm": 1e-3, "conductivity_low_S_cm": 1e-4, "conductivity_high_S_cm": 1e-2}
    table = table.assign(**sigma, tg_C=-10.0, tg_low_C=-60.0, tg_high_C=40.0, cost_usd_per_kg=np.nan)
    table.attrs["stop"] = "nothing is left" if not names else ""
    return table


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(campaign_round, "propose", stand_in)
    monkeypatch.setattr(campaign_runs, "track_round", lambda name, event: None)
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments, **options):
        result = CliRunner().invoke(app, ["campaign", *map(str, arguments)], **options)
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


@pytest.fixture
def laco(run):
    assert run("new", "laco", *FAMILY).exit_code == 0
    return Campaign.load("laco")


def sentence(result):
    lines = [line for line in result.stderr.splitlines() if line.startswith("vitrion: ")]
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_from_new_to_show(run, laco):
    result = run("propose", "laco", "--batch", 2)
    assert result.exit_code == 0
    assert pd.read_csv(io.StringIO(result.stdout))["formula"].tolist() == ["LiAlCl4", "LiAlCl3.5O0.25"]
    assert "kept as event 1" in result.stderr
    assert run("record", "laco", "LiAlCl4", "--conductivity", "1.2e-6", "--tg", "-12", "--at", "30").exit_code == 0
    assert run("record", "laco", "LiAlCl3.5O0.25", "--failed", "no glass").exit_code == 0
    assert "corrected as event 4" in run("correct", "laco", 2, "--conductivity", "1.4e-6", "--clear", "tg").stderr
    table = pd.read_csv(io.StringIO(run("show", "laco").stdout))
    assert table["kind"].tolist() == ["proposed", "proposed", "measured", "failed", "corrected"]
    assert table["reason"].iloc[-1] == "corrects event 2"
    assert table["found_tg_C"].isna().tolist() == [True, True, False, True, True]
    assert table["conductivity_held"].iloc[-1] == False  # noqa: E712 - from a CSV
    assert laco.results()["conductivity_S_cm"].max() == 1.4e-6


def test_show_on_a_terminal_fits_and_marks_what_did_not_hold(run, laco):
    run("propose", "laco")
    run("record", "laco", "LiAlCl4", "--conductivity", "1e-6")
    result = run("show", "laco", "-o", "history.csv")
    assert result.exit_code == 0
    assert "waiting for: LiAlCl3.5O0.25" in result.stdout
    assert "0.0010 ×" in result.stdout
    assert "best 0.0010 mS/cm, 3.0 decades below the goal" in result.stdout
    assert len(pd.read_csv("history.csv")) == 5


def test_show_as_a_page(run, laco, tmp_path):
    page = tmp_path / "laco.html"
    assert run("show", "laco", "-o", page).exit_code == 0
    text = page.read_text()
    assert "<title>Campaign laco</title>" in text
    assert "predicted (90 %)" in text
    assert "inside</dt>" not in text


@pytest.mark.parametrize(
    ("goal", "words"),
    [("conductivity_S_cm = false", "goal: Tg at most 25 °C"), ("tg_C = false", "goal: at least 1.0 mS/cm")],
)
def test_show_with_a_goal_that_leaves_out_a_limit(run, tmp_path, goal, words):
    (tmp_path / "goal.toml").write_text(goal)
    assert run("new", "free", *FAMILY, "--goal", "goal.toml").exit_code == 0
    run("record", "free", "LiAlCl4", "--conductivity", "1e-6")
    result = run("show", "free", "-o", "history.csv")
    assert result.exit_code == 0
    assert words in result.stdout


def test_abandoned_withdrawn_and_stopped(run, laco):
    run("propose", "laco", "--batch", 100)
    waiting = laco.pending()
    assert run("record", "laco", waiting[0], "--abandoned", "--note", "no oxide").exit_code == 0
    assert laco.pending() == waiting[1:]
    assert laco.results().empty
    assert "withdrawn as event 3" in run("withdraw", "laco", 2).stderr
    assert laco.pending() == waiting
    result = run("propose", "laco")
    assert result.exit_code == 0
    assert "you may stop: nothing is left" in result.stderr


def test_tables_in_and_out(run, laco, tmp_path):
    (tmp_path / "in.csv").write_text("formula,tg_C,tg_error_C\nLiAlCl4,-20,2\nLiAlCl2O,-10,\n")
    assert "recorded 2 results as events 1 to 2" in run("record", "laco", "--table", "in.csv").stderr
    assert run("export", "laco", "-o", "out.csv").exit_code == 0
    table = pd.read_csv(tmp_path / "out.csv").set_index("formula")
    assert table.loc["LiAlCl4", "note"] == "Tg ± 2 K"
    added = CliRunner().invoke(app, ["data", "add", "out.csv"])
    assert "added 2 facts" in added.stderr
    (tmp_path / "bad.csv").write_text("formula,tg_C\nLiAlCl3O0.5,-20\nXy,-10\n")
    result = run("record", "laco", "--table", "bad.csv")
    assert result.exit_code == 2
    assert "1 of 2 rows cannot be taken" in sentence(result)
    assert "--keep-good" not in sentence(result)
    assert len(laco.state.events) == 2


def test_export_and_import(run, laco, tmp_path):
    run("propose", "laco")
    text = run("export", "laco").stdout
    assert json.loads(text)["name"] == "laco"
    assert run("export", "laco", "-o", "laco.json").exit_code == 0
    assert (tmp_path / "laco.json").read_text() == text
    assert "imported copy" in run("import", "laco.json", "--name", "copy").stderr
    assert "imported again" in run("import", "-", "--name", "again", input=text).stderr
    listed = pd.read_csv(io.StringIO(run("list").stdout))
    assert listed["name"].tolist() == ["again", "copy", "laco"]
    assert listed["pending"].tolist() == [4, 4, 4]
    assert listed["candidates"][0] == "LiAlCl{4-2x}O{x} with x=0:1.5:0.25"


def test_a_list_of_candidates(run, tmp_path):
    (tmp_path / "list.csv").write_text("formula\nLiAlCl4\nLi..\nNaAlCl4\n")
    result = run("new", "listed", "--candidates", "list.csv")
    assert result.exit_code == 0
    assert "left out: row 3 of list.csv" in result.stderr
    assert Campaign.load("listed").state.candidates == {"formulas": ["LiAlCl4", "NaAlCl4"]}


def test_list_of_none_and_of_a_damaged_one(run, laco, tmp_path):
    path = tmp_path / "home" / "campaigns" / "laco.json"
    path.write_text("{")
    result = run("list")
    assert result.exit_code == 1
    assert "left as it is" in result.stderr
    result = run("show", "laco")
    assert result.exit_code == 1
    assert "cannot be read as a campaign" in sentence(result)
    path.unlink()
    assert run("list").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["new", "x"], "give a template"),
        (["new", "laco", *FAMILY], "already"),
        (["new", "../x", *FAMILY], "no name of a campaign"),
        (["new", "x", "LiAlCl{4-2x}O{x}"], "no values of x; give a range, such as --var x=0:1.5:0.05"),
        (["new", "x", "LiAlCl{4-2x}O{x}", "--var", "x=0:1"], "not a range"),
        (["new", "x", "LiCl{name}", "--var", "name=1:1:1"], "name is taken"),
        (["new", "x", "--candidates", "none.csv"], "does not exist"),
        (["new", "x", *FAMILY, "--goal", "none.toml"], "is not a file"),
        (["new", "x", *FAMILY, "--temperature", "nan"], "is missing; give degC"),
        (["propose", "naco"], "no campaign is called 'naco'"),
        (["propose", "laco", "-o", "x.html"], "ending"),
        (["record", "laco"], "give a FORMULA"),
        (["record", "laco", "LiAlCl4"], "nothing was found"),
        (["record", "laco", "LiAlCl..", "--tg", "-1"], "a point at column 7"),
        (["record", "laco", "LiAlCl4", "--conductivity", "7"], "lies between"),
        (["record", "laco", "LiAlCl4", "--conductivity", "0.9"], "give S/cm for a conductivity"),
        (["record", "laco", "LiAlCl4", "--failed", "glass"], "'glass' is no failure of a melt; write one of no glass"),
        (["record", "laco", "LiAlCl4", "--abandoned"], "not waiting for a result"),
        (["record", "laco", "LiAlCl4", "--abandoned", "--tg", "-1"], "goes without values"),
        (["record", "laco", "--table", "none.csv"], "is not there"),
        (["correct", "laco", "1", "--tg", "-1"], "there is no event 1"),
        (["correct", "laco", "1", "--clear", "colour"], "there is no such value"),
        (["withdraw", "laco", "1"], "there is no event 1"),
        (["export", "laco", "-o", "x.txt"], "ending"),
        (["import", "none.json"], "is not a file"),
    ],
)
def test_bad_input_ends_with_2_and_one_sentence(run, laco, arguments, words):
    import re

    result = run(*arguments)
    assert result.exit_code == 2
    assert re.search(words, sentence(result)), sentence(result)
    assert laco.state.events == ()


def test_wrong_numbers_are_refused_by_usage(run, laco):
    assert run("record", "laco", "LiAlCl4", "--tg", "cold").exit_code == 2
    assert run("propose", "laco", "--batch", 0).exit_code == 2


def test_tables_for_a_terminal(run, laco):
    from rich.console import Console

    table = laco.propose()
    laco.record("LiAlCl4", conductivity_S_cm=1e-6)
    for width in (80, 100, 140):
        console = Console(width=width, file=io.StringIO())
        console.print(campaign_tables.proposals_table(table, 25.0))
        console.print(campaign_tables.history_table(laco.history()))
        console.print(campaign_tables.plain_table(campaign_tables.listing([laco])))
        assert max(map(len, console.file.getvalue().splitlines())) <= width


def test_a_round_is_tracked_but_where_it_is_not_wanted(run, monkeypatch):
    rounds = []
    monkeypatch.setattr(campaign_runs, "track_round", lambda name, event: rounds.append((name, event)))
    run("new", "laco", *FAMILY)
    assert run("propose", "laco", "--batch", 1).exit_code == 0
    assert run("propose", "laco", "--batch", 1, "--no-track").exit_code == 0
    assert rounds == [("laco", 1)]


def test_a_round_that_cannot_be_tracked_is_kept(run, monkeypatch):
    monkeypatch.setattr(campaign_runs, "track_round", TRACK)
    monkeypatch.setattr(campaign_runs, "log_round", lambda state, event: 1 / 0)
    run("new", "laco", *FAMILY)
    result = run("propose", "laco")
    assert result.exit_code == 0
    assert "MLflow did not take it (ZeroDivisionError: division by zero)" in " ".join(result.stderr.split())
    assert "kept as event 1" in result.stderr
