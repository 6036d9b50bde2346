import itertools
import re

import numpy as np
import pandas as pd
import vitrion
from typer.testing import CliRunner
from vitrion.datasets.chemistry.flags import CODES, flags
from vitrion.experiments.task.goal import Goal
from vitrion.features import Composition, Fractions
from vitrion.serve.cli import app


def test_the_command_lists_all_flags():
    done = CliRunner().invoke(app, ["flags"])
    assert done.exit_code == 0
    assert all(f"\n{code} (" in f"\n{done.stdout}" for code in CODES)


def test_the_command_explains_compositions():
    done = CliRunner().invoke(app, ["flags", "LiBCl2.5O0.75", "LiAlCl4"])
    assert done.exit_code == 0
    assert "danger: gas: a halide that it needs" in done.stdout and "BCl3 boils at 12 °C" in done.stdout
    assert done.stdout.rstrip().endswith("LiAlCl4\n  no flags")
    assert CliRunner().invoke(app, ["flags", "LiAlCl2..5"]).exit_code == 2
    bad = CliRunner().invoke(app, ["flags", "LiCl", "xyz"])
    assert bad.exit_code == 2 and 'argument 2: "xyz"' in bad.stderr


def test_the_service_lists_and_explains(reading):
    told = reading.get("/api/v1/flags").json()["rows"]
    assert [flag["code"] for flag in told] == list(CODES)
    assert all(flag["reason"] and flag["source"] and flag["label"] and flag["severity"] for flag in told)
    mine = reading.get("/api/v1/flags", params={"formula": ["LiPbCl3", "LiAlCl4"]}).json()["rows"]
    assert [(flag["formula"], flag["code"]) for flag in mine] == [
        ("LiPbCl3", "reduced_by_lithium"),
        ("LiPbCl3", "toxic"),
    ]
    assert reading.get("/api/v1/flags", params={"formula": "LiAlCl2..5"}).status_code == 422


ONE_OF_EACH = {
    "trace": "Li0.001AlCl3.001",
    "gas": "LiBCl2.5O0.75",
    "volatile": "LiSbCl4",
    "no_vacancies": "Na3InCl6",
    "crystalline_conductor": "Li6PS5Cl",
    "electronic": "LiFeCl4",
    "reduced_by_lithium": "Li3InCl6",
    "toxic": "LiPbCl3",
    "radioactive": "LiUCl4O",
    "controlled": "LiThCl5",
    "oxidiser_and_fuel": "LiNO3-Li2S",
    "licl_expected": "LiAlCl2O",
}
CONDUCTOR = "Li3GaF6"  # 1.0e-4 S/cm at 24.7 °C, 10.1016/j.ensm.2020.02.018
OWN = "Na3AlF6"


def of_all_doors(formulas, http, celsius=25.0):
    """Codes of the flags of each formula by every door that shows them."""
    lines = CliRunner().invoke(app, ["flags", *formulas]).stdout.splitlines()
    explained = CliRunner().invoke(app, ["explain", *formulas, "-t", str(celsius)]).stdout.splitlines()
    rows = http.get("/api/v1/flags", params={"formula": formulas}).json()["rows"]
    body = {"candidates": formulas, "temperature_C": celsius}
    ranked = {row["input"]: row["flags"] for row in http.post("/api/v1/rank", json=body).json()["rows"]}
    compared = http.post("/api/v1/compare", json=body).json()["rows"]
    labels = {flag.label: flag.code for flag in flags()}
    noted = {row["formula"]: row["note"] for row in compared if row["virtue"] == "flags"}
    here = vitrion.rank(formulas, temperature_C=celsius).set_index("input")["flags"]
    plain = [Composition.parse(one).formula for one in formulas]
    return {
        "flags": [in_lines(lines, one) for one in formulas],
        "explain": [in_lines(explained, one) for one in plain],
        "rest": [[row["code"] for row in rows if row["formula"] == one] for one in formulas],
        "rank over rest": [list(filter(None, ranked[one].split(", "))) for one in formulas],
        "rank": [list(filter(None, here[one].split(", "))) for one in formulas],
        "compare": [[labels[word] for word in noted[one].split("; ") if word != "none"] for one in plain],
        "goal": [[code for code in CODES if forbids(code, one)] for one in formulas],
    }


def forbids(code, formula):
    """Whether a goal without that flag says so of a formula."""
    some = Fractions.of([formula])
    (remarks,) = Goal(flags=[code]).remarks(some, np.array(["inside"]), np.array([1.0]))
    return f"the goal forbids {code}" in remarks


def in_lines(lines, formula):
    """Codes in the lines below a formula, up to the next one."""
    rest = lines[lines.index(formula) + 1 :]
    own = list(itertools.takewhile(lambda line: line.startswith("  "), rest))
    found = (re.match(r"  (?:danger|caution|note): (\w+): ", line) for line in own)
    return [match[1] for match in found if match]


def test_every_door_says_the_same_flags(house, http):
    formulas = [*ONE_OF_EACH.values(), CONDUCTOR, "LiAlCl4", OWN]
    told = of_all_doors(formulas, http)
    first = told.pop("rank")
    for place, code in enumerate(ONE_OF_EACH):
        assert code in first[place], formulas[place]
    assert "no_vacancies" not in first[formulas.index(CONDUCTOR)] and "no_vacancies" in first[formulas.index(OWN)]
    for door, codes in told.items():
        assert codes == first, door
    warm = of_all_doors([CONDUCTOR, "Na3InCl6"], http, celsius=250.0)
    for door, codes in warm.items():
        assert ["no_vacancies" in one for one in codes] == [False, True], door


def test_what_the_laboratory_measured_to_conduct_loses_the_flag_at_every_door(house, http):
    rows = pd.DataFrame({"formula": [OWN], "conductivity_S_cm": [1e-4], "temperature_C": [25.0], "phase": ["crystal"]})
    vitrion.datasets.add(rows)
    for door, codes in of_all_doors([OWN], http).items():
        assert "no_vacancies" not in codes[0], door
