"""`vitrion explain` at the terminal, with small predictors trained on real rows."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
import vitrion.experiments.ranking.ready
from sklearn.ensemble import HistGradientBoostingRegressor
from typer.testing import CliRunner
from vitrion.datasets import lab, load
from vitrion.experiments.ranking.rank import rank
from vitrion.models.blend import BlendedRegressor
from vitrion.models.design.conditions import NAMES
from vitrion.models.design.nearness import nearness
from vitrion.models.predictor import Predictor
from vitrion.models.process import FamilyProcess
from vitrion.serve.cli import app
from vitrion.serve.formatting.measured import measured_words

DOI = "10.1038/s41560-023-01356-y"


def small(name):
    data = load(name, lab=False)
    near, own = nearness(data.fractions) >= 1, (data.rows["doi"] == DOI).to_numpy()
    draw = np.random.default_rng(0)
    rows = [draw.choice(np.flatnonzero(mask & ~own), 150, replace=False) for mask in (near, ~near)]
    data = data.take(np.sort(np.concatenate([np.flatnonzero(own), *rows])))
    conditional = name == "conductivity"
    boosting = HistGradientBoostingRegressor(max_iter=20, max_leaf_nodes=7)
    blend = BlendedRegressor(len(NAMES) if conditional else 0, boosting, FamilyProcess(n_steps=5))
    predictor = Predictor(name, conditions=conditional, regressor=blend, n_folds=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return predictor.fit(
            data.fractions,
            data.values,
            data.groups,
            data.conditions if conditional else None,
            formulas=data.rows["formula"],
            references=data.rows["group"],
        )


@pytest.fixture(scope="module")
def champions():
    return {name: small(name) for name in ("tg", "conductivity")}


@pytest.fixture
def run(champions, monkeypatch):
    monkeypatch.setattr(vitrion.experiments.ranking.ready, "load_predictor", champions.__getitem__)

    def invoke(*arguments):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = CliRunner().invoke(app, ["explain", *arguments])
        assert "Traceback" not in result.output
        return result

    return invoke


def test_interval_verdict_reasons_and_analogues(run, champions):
    result = run("LiAlCl2.5O0.75")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "LiAlCl2.5O0.75"
    assert lines[1] == f"  measured 1.52 mS/cm at 30 °C, glass; Tg −16.8 °C; {DOI}"
    mean = champions["tg"].predict(["LiAlCl2.5O0.75"]).mean[0]
    assert f"  glass transition temperature: {mean:.0f} degC (90%: " in result.stdout
    assert re.search(
        r"ionic conductivity at 25 degC, glass: \S+ S/cm \(90%: \S+ to \S+, from \d+ laborator(y|ies)\), "
        "(inside|at the edge of)",
        result.stdout,
    )
    assert "against LiAlCl4 (its parent halide; predicted " in result.stdout
    assert re.search(r"^      [+-]\d+ K  network and bridges: bridging O per Al 0.75 instead of 0", result.stdout, re.M)
    assert f"0.00 away  LiAlCl2.5O0.75: -16.8 degC; {DOI}" in result.stdout
    assert re.search(rf"0.00 away  LiAlCl2.5O0.75: 0.00152 S/cm at 30 degC, glass.*; {DOI}", result.stdout)
    assert "not what causes what" in result.stdout


def test_it_says_what_was_measured_as_a_ranking_does(run, champions, tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path))
    crystal = pd.DataFrame({"formula": ["LiGaCl2O"], "temperature_C": [60.0], "conductivity_S_cm": [2.5e-3]})
    lab.add(crystal.assign(phase="crystal"))
    names = ["LiAlCl2.5O0.75", "LiGaCl2O", "LiAlCl2.47O0.765"]
    lines = run(*names).stdout.splitlines()
    for row in rank(names, predictors=champions).to_dict("records"):
        words, below = measured_words(row, beside_note=False), lines[lines.index(row["formula"]) + 1]
        assert below.startswith(f"  {words}") if words else "measured" not in below
    assert "  measured 2.5 mS/cm at 60 °C, crystal; predicted as a glass; lab" in lines
    alone = run("LiAlCl2.5O0.75", "-p", "tg").stdout.splitlines()
    assert alone[1] == f"  measured Tg −16.8 °C; {DOI}"


def test_what_the_laboratory_added_is_in_it_at_once(run, champions, monkeypatch, tmp_path):
    """In value, reasons and analogues; and the prediction is the one that a ranking would show."""
    monkeypatch.setenv("VITRION_HOME", str(tmp_path))
    asked = "LiAlCl2.7O0.65", "-p", "conductivity", "--against", "Na2Si2O5"
    before = run(*asked).stdout
    assert "of your laboratory" not in before
    formulas = ["LiAlCl2.65O0.675", "LiAlCl2.9O0.55"]
    own = {"formula": formulas, "temperature_C": 25.0, "phase": "glass", "conductivity_mS_cm": [9.0, 6.0]}
    lab.add(pd.DataFrame(own))
    after = run(*asked).stdout
    pupil = champions["conductivity"].updated(formulas, [9e-3, 6e-3])
    assert f"25 degC, glass: {pupil.predict(['LiAlCl2.7O0.65']).mean[0]:.2e} S/cm" in after
    assert re.search(r"^      [+-]\d\.\d\d decades  own results: 2 of your laboratory$", after, re.M)
    assert re.search(r"away  LiAlCl2.65O0.675: 0.009 S/cm at 25 degC, glass; lab$", after, re.M)


def test_options(run):
    result = run(
        "LiAlCl4",
        "NaAlCl4",
        "-p",
        "conductivity",
        "-t",
        "60",
        "--against",
        "LiGaCl4",
        "--nearest",
        "1",
        "--phase",
        "crystal",
    )
    assert result.exit_code == 0, result.stderr
    assert "glass transition" not in result.stdout
    assert result.stdout.count("ionic conductivity at 60 degC, crystal: ") == 2
    assert result.stdout.count("against LiGaCl4 (as asked; predicted ") == 2
    assert result.stdout.count(" away  ") == 2


@pytest.mark.parametrize("arguments", [["Ne"], ["LiAlCl4", "--against", "Ne"]])
def test_an_element_without_data_is_bad_input(run, arguments):
    result = run(*arguments)
    assert result.exit_code == 2 and '"Ne": no oxidation state or Shannon radius is known for Ne' in result.stderr


def test_a_number_that_rounds_to_nothing_has_no_sign():
    from vitrion.datasets.properties import PROPERTIES
    from vitrion.serve.cli.explain import _number

    assert [_number(value, PROPERTIES["tg"]) for value in (-0.4, 0.4, -0.6)] == ["0", "0", "-1"]


def test_against_itself(run):
    result = run("LiAlCl4", "-p", "tg", "--against", "LiAlCl4")
    assert "no difference" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["LiAlCl2..5"], "LiAlCl2..5"),
        (["LiAlCl4", "--against", "Xx2"], "Xx"),
        (["LiAlCl4", "-t", "-400"], "cannot be"),
        (["LiAlCl4"] * 101, "101 formulas; give at most 100"),
    ],
)
def test_bad_input(run, arguments, told):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert told in result.stderr


def test_what_has_no_tg_gets_no_reasons_for_one(run):
    told, other = (run(formula, "--property", "tg").output for formula in ("CCl4", "LiAlCl4"))
    assert "none (element or molecular liquid or gas" in told and "    against " not in told
    assert "    against " in other


def test_nothing_asked(run):
    assert run().exit_code == 2


def test_no_model_yet(monkeypatch, tmp_path):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path))
    result = CliRunner().invoke(app, ["explain", "LiAlCl4"])
    assert result.exit_code == 1
    assert "make one with 'vitrion train'" in result.stderr
