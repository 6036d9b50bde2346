"""`vitrion propose` and `vitrion backtest` as a person meets them, the choice itself replaced."""

import sys
import types

import pandas as pd
import pytest
from typer.testing import CliRunner
from vitrion.experiments import proposals
from vitrion.experiments.ranking.rank import rank
from vitrion.serve.cli import app

FAMILY = ("LiAlCl{4-2x}O{x}", "--var", "x=0:1.5:0.05")


@pytest.fixture
def asked(monkeypatch, models):
    """What `propose` was called with; it answers with two proposals."""
    calls = []

    def propose(candidates, batch=4, goal=None, results=None, pending=(), temperature_C=25.0, **rest):
        calls.append({"candidates": candidates, "batch": batch, "results": results, "pending": pending} | rest)
        ranked = rank(["LiAlCl2.5O0.75", "LiAlCl2.4O0.8"])
        table = pd.concat([ranked[["formula"]], ranked.drop(columns="formula")], axis=1)
        table.insert(1, "x", [0.75, 0.8])
        table.insert(2, "reason", ["highest chance", "fills the gap between x = 0.6 and 0.9"])
        table.attrs["stop"] = "the goal is met by LiAlCl2.5O0.75" if results is not None else ""
        return table

    module = types.ModuleType("vitrion.experiments.proposals.propose")
    module.propose = propose
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(proposals, "propose", module, raising=False)
    return calls


def invoke(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert "Traceback" not in result.output
    return result


def test_a_table_with_reasons(asked, tmp_path):
    out = tmp_path / "next.csv"
    result = invoke("propose", *FAMILY, "--batch", 2, "-o", out)
    assert result.exit_code == 0, result.stderr
    table = pd.read_csv(out)
    assert table.columns[:3].tolist() == ["formula", "x", "reason"]
    assert ": fills the gap between x = 0.6 and 0.9" in result.stdout
    assert asked[0]["batch"] == 2
    assert asked[0]["x"] == "0:1.5:0.05"


def test_results_pending_and_the_end(asked, tmp_path):
    results = tmp_path / "measured.csv"
    results.write_text("formula,conductivity_S_cm,temperature_C\nLiAlCl2.5O0.75,2e-3,25\n")
    result = invoke("propose", *FAMILY, "--results", results, "--pending", "LiAlCl2O", "--seed", 7)
    assert result.exit_code == 0, result.stderr
    assert "consider stopping here" in result.stderr
    assert asked[0]["seed"] == 7
    assert list(asked[0]["pending"]) == ["LiAlCl2O"]
    assert result.stdout.startswith("formula,x,reason,")


def test_a_list_in_place_of_a_family(asked, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("formula\nLiAlCl2.5O0.75\nLiTaCl6\n")
    assert invoke("propose", "--candidates", path).exit_code == 0
    assert asked[0]["candidates"] == ["LiAlCl2.5O0.75", "LiTaCl6"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "one of the two"),
        ((*FAMILY, "--candidates", "x.csv"), "one of the two"),
        ((*FAMILY, "--results", "nowhere.csv"), "is not a file"),
        ((*FAMILY, "--temperature", "9999"), "give degC between -100 and 500"),
        ((*FAMILY, "-o", "next.docx"), "ending is not known"),
        (("LiAlCl{4-2x}O{x}", "--var", "seed=0:1:1"), "taken"),
    ],
)
def test_bad_input(asked, arguments, message):
    result = invoke("propose", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not asked


def test_a_backtest_needs_its_folder(tmp_path):
    result = invoke("backtest", "halides", "--write", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "make it first" in result.stderr
