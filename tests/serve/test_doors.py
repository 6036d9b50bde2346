"""Every door for numbers refuses kelvin and S/cm for mS/cm, or names both readings; none lets them pass."""

import copy
import inspect
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import typer
import vitrion
from typer.testing import CliRunner
from vitrion.datasets import readings
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.experiments.task.goal import Goal, GoalError
from vitrion.experiments.task.judgement import Threshold
from vitrion.features.notices import collected, notice
from vitrion.serve.api.routes.predictions import check_temperatures
from vitrion.serve.cli import app
from vitrion.serve.cli.options import load_goal
from vitrion.serve.client import Client
from vitrion.serve.client.nouns import Campaigns
from vitrion.serve.errors.refusals import InputError
from vitrion.serve.schemas import requests as schemas
from vitrion.serve.service.predictions import Ask

FAMILY, RANGE, LACO = "LiAlCl{4-2x}O{x}", "0.5:1:0.25", "LiAlCl2.5O0.75"
VERBS = {
    "rank": lambda known, **told: vitrion.rank([LACO], predictors=known, **told),
    "sweep": lambda known, **told: vitrion.sweep(FAMILY, predictors=known, x=RANGE, **told),
    "propose": lambda known, **told: vitrion.propose(FAMILY, batch=1, predictors=known, x=RANGE, **told),
    "screen": lambda known, **told: vitrion.screen([LACO, "LiAlCl4"], top=1, predictors=known, **told),
    "Campaign.new": lambda known, **told: Campaign.new("doors", FAMILY, x=RANGE, **told),
}
RECORDS = ("Campaign.record",)  # of a measurement, whose temperature is judged with its composition
GOALLESS = ("compare", "explain")  # see `test_a_comparison_refuses_kelvin`
NOT_HERE = (
    "Client.rank",
    "Client.sweep",
    "Client.propose",
    "Client.campaigns.new",
    "Client.compare",
    "Client.explain",
)  # the service judges: see ROUTES
ROUTES = {
    "RankRequest": ("rank", {"candidates": [LACO]}),
    "SweepRequest": ("sweep", {"template": FAMILY, "variables": {"x": RANGE}}),
    "ProposeRequest": ("propose", {"template": FAMILY, "variables": {"x": RANGE}, "batch": 1}),
    "CampaignRequest": ("campaigns", {"name": "doors", "template": FAMILY, "variables": {"x": RANGE}}),
}
COMMANDS = {
    "rank": ["LIST"],
    "sweep": [FAMILY, "--var", f"x={RANGE}"],
    "propose": [FAMILY, "--var", f"x={RANGE}"],
    "screen": [FAMILY, "--var", f"x={RANGE}"],
    "campaign new": ["doors", FAMILY, "--var", f"x={RANGE}"],
    "explain": [LACO, "-p", "conductivity"],
    "compare": [LACO, "LiAlCl4"],
}
REFUSED = [
    ({"temperature_C": 298.15}, r"temperature_C = 298.15 looks like kelvin \(298.15 K is 25 degC\); give 25, or 298"),
    ({"temperature_C": 273.15}, r"looks like kelvin \(273.15 K is 0 degC\); give 0"),
    ({"temperature_C": np.float64(313.15)}, r"looks like kelvin \(313.15 K is 40 degC\); give 40"),
    ({"temperature_C": True}, "temperature_C = true; give degC"),
    ({"temperature_C": "25"}, "temperature_C = '25'; give degC"),
    ({"temperature_C": pd.NA}, "temperature_C = none is missing; give degC"),
    ({"temperature_C": np.inf}, "temperature_C = inf is not finite; give degC"),
    ({"goal": {"tg_C": 298.15}}, r"goal tg_C = 298.15 looks like kelvin \(298.15 K is 25 degC\); give 25"),
    ({"goal": {"conductivity_S_cm": 1}}, "goal conductivity_S_cm = 1 is more S/cm.*; 1 mS/cm is 0.001: give 0.001"),
    ({"goal": {"limits": {"liquidus": {"below": 433.15}}}}, "below = 433.15 looks like kelvin .*; give 160, or 433"),
]
DOUBTFUL = {"temperature_C": 300, "goal": {"tg_C": 300, "conductivity_S_cm": 0.1}}
NOTICES = {
    "goal conductivity_S_cm = 0.1 is taken for S/cm, more than any lithium or sodium glass is known to reach; "
    "if mS/cm is meant (0.1 mS/cm is 0.0001), give 0.0001",
    "goal tg_C = 300 is taken for degC; if kelvin is meant (300 K is 26.85 degC), give 26.85",
    "temperature_C = 300 is taken for degC; if kelvin is meant (300 K is 26.85 degC), give 26.85",
}


def verbs(name):
    """Public verbs of Python that have a parameter of this name."""
    owners = {"": vitrion, "Campaign.": Campaign, "Client.": Client, "Client.campaigns.": Campaigns}
    found = set()
    for prefix, owner in owners.items():
        for called in vitrion.__all__ if owner is vitrion else vars(owner):
            one = getattr(owner, called)
            if callable(one) and not inspect.isclass(one) and not called.startswith("_"):
                found |= {prefix + called} if name in inspect.signature(one).parameters else set()
    return found


def commands(group=None, before=""):
    """Command lines with a temperature."""
    for name, one in (group or typer.main.get_command(app)).commands.items():
        if hasattr(one, "commands"):
            yield from commands(one, f"{before}{name} ")
        elif any("--temperature" in option.opts for option in one.params):
            yield before + name


def test_no_door_is_missing_from_these_tables():
    assert verbs("temperature_C") == {*VERBS, *RECORDS, *GOALLESS, *NOT_HERE}
    assert verbs("goal") <= {*VERBS, *NOT_HERE}
    requests = [one for one in vars(schemas).values() if inspect.isclass(one) and issubclass(one, schemas.Strict)]
    asked = {one.__name__ for one in requests if {"goal", "temperature_C"} <= {*one.model_fields}}
    assert asked == {*ROUTES}
    measured = {one.__name__ for one in requests if "temperature_C" in one.model_fields} - asked
    assert measured == {"ResultRequest"}
    assert set(commands()) == {*COMMANDS}


def test_a_comparison_refuses_kelvin(predictors):
    with pytest.raises(ValueError, match="looks like kelvin"):
        vitrion.compare([LACO], 298.15, predictors)
    with pytest.raises(ValueError, match="looks like kelvin"):
        vitrion.explain([LACO], 298.15, predictors=predictors)


@pytest.mark.parametrize(("told", "words"), REFUSED)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_refuses_the_mark_of_another_unit(empty, predictors, verb, told, words):
    with pytest.raises(ValueError, match=words):
        VERBS[verb](predictors, **told)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_names_both_readings_once_and_changes_nothing(empty, predictors, verb):
    with pytest.warns(UserWarning, match="is taken for") as said:
        done = VERBS[verb](predictors, **DOUBTFUL)
    assert sorted(text for one in said if "is taken for" in (text := str(one.message))) == sorted(NOTICES)
    if verb == "Campaign.new":
        assert (done.state.temperature_C, done.goal.tg_C) == (300, 300)


def test_every_route_refuses_it_and_names_both_readings(http):
    for path, body in ROUTES.values():
        for told, words in [*REFUSED[:3], *REFUSED[7:]]:
            plain = {name: float(one) if isinstance(one, np.floating) else one for name, one in told.items()}
            answer = http.post(f"/api/v1/{path}", json={**body, **plain})
            assert answer.status_code == 422 and re.search(words, answer.json()["detail"]), "the words of Python"
        for wrong in (True, "25"):
            for name in {"temperature_C", "batch", "seed"} & {*body, "temperature_C"}:
                answer = http.post(f"/api/v1/{path}", json={**body, name: wrong})
                assert answer.status_code == 422 and "is no number; give one" in answer.json()["detail"]
        answer = http.post(f"/api/v1/{path}", json={**body, **DOUBTFUL}).json()
        assert set(answer["notes"]) == NOTICES and len(answer["notes"]) == 3


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_kelvin(house, tmp_path, command):
    path = tmp_path / "list.csv"
    path.write_text(f"formula\n{LACO}\n")
    told = [str(path) if one == "LIST" else one for one in COMMANDS[command]]
    done = CliRunner().invoke(app, [*command.split(), *told, "--temperature", "298.15"])
    assert done.exit_code == 2
    assert "looks like kelvin (298.15 K is 25 degC); give 25" in done.stderr.replace("\n", " ")
    hot = CliRunner().invoke(app, [*command.split(), *told, "--temperature", "300"])
    assert hot.exit_code == 0
    assert hot.stderr.count("300 is taken for degC; if kelvin is meant") == 1


@pytest.mark.parametrize(
    "scalar", [np.float64(25), np.int64(25), np.float32(25), np.array(25), np.array(25.0), Decimal(25), 25]
)
def test_every_scalar_is_a_number(empty, predictors, scalar):
    right = vitrion.rank([LACO], Goal(tg_C=25.0), 25.0, predictors)
    pd.testing.assert_frame_equal(vitrion.rank([LACO], Goal(tg_C=scalar), scalar, predictors), right)
    assert Threshold("tg", below=scalar) == Threshold("tg", below=25.0)
    assert Campaign.new("c", FAMILY, x=RANGE, batch=np.int64(4), seed=np.array(3)).state.batch == 4
    assert Ask.of(None, scalar).temperature_C == 25.0
    swept = vitrion.sweep("LiAlCl{4-2x}O{x}", scalar, predictors=predictors, x=[np.float32(0.5), Decimal("0.75")])
    assert swept["x"].tolist() == [0.5, 0.75]


@pytest.mark.parametrize(
    ("name", "value", "reading"),
    [
        ("activation_energy", 30, "30 kJ/mol is 0.311 eV"),
        ("activation_energy", 330, "330 meV is 0.33 eV"),
        ("density", 2000, "2000 kg/m3 is 2 g/cm3"),
        ("youngs_modulus", 50000, "50000 MPa is 50 GPa"),
        ("conductivity", 1000, "1000 uS/cm is 0.001: give 0.001"),
    ],
)
def test_limits_in_another_unit_are_refused_with_their_reading(name, value, reading):
    with pytest.raises(GoalError, match=reading):
        Threshold(name, **{"above" if name == "conductivity" else "below": value})


def test_what_was_kept_is_not_judged_again(recwarn):
    assert Goal.kept({"tg_C": 298.15}).thresholds[1].below == 298.15
    with readings.trusting():
        assert readings.temperature(298.15) == 298.15
    assert not recwarn.list


def test_predictions_and_results_are_judged_too(predictors):
    with pytest.raises(ValueError, match=r"looks like kelvin \(298.15 K is 25 degC\)"):
        predictors["conductivity"].predict([LACO], {"temperature_C": 298.15})
    with pytest.raises(ValueError, match=r"looks like kelvin \(303.15 K is 30 degC\)"):
        copy.deepcopy(predictors["conductivity"]).update([LACO], [1.5e-3], {"temperature_C": [303.15]})
    with pytest.raises(ValueError, match="temperature_C = true; give degrees Celsius"):
        predictors["conductivity"].predict([LACO], {"temperature_C": True})
    with pytest.warns(UserWarning, match=r"if kelvin is meant \(300 K is 26.85 degC\)"):
        predictors["conductivity"].predict([LACO], {"temperature_C": 300})


@pytest.mark.parametrize(
    ("formula", "celsius", "words"),
    [
        (LACO, 256.35, r"256.35 degC: a Tg of 256.35 degC is high .*it looks like K \(-16.8 degC\)"),
        (LACO, 256.0, r"a Tg of 256 degC is high .*if kelvin is meant, it is -17.15 degC"),
        ("Na2O-2SiO2", 500.0, ""),
    ],
)
def test_update_names_a_tg_in_kelvin_and_leaves_a_silicate_alone(predictors, formula, celsius, words, recwarn):
    copy.deepcopy(predictors["tg"]).update([formula], [celsius])
    said = " ".join(str(one.message) for one in recwarn if "kelvin" in str(one.message) or "looks" in str(one.message))
    assert re.search(words, said) if words else not said


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"tg_C": 256.35}, r"looks like K \(-16.8 degC\): give S/cm for a conductivity, degC for a Tg"),
        ({"conductivity_S_cm": 1.52}, r"looks like mS/cm \(0.00152 S/cm\)"),
        ({"conductivity_S_cm": 1e-3, "temperature_C": 303.15}, "look like kelvin"),
        ({"tg_C": True}, "tg_C = true; give the number that was measured"),
        ({"tg_C": pd.NA}, "tg_C = none is missing; give the number"),
        ({"tg_C": float("nan"), "conductivity_S_cm": 1e-3}, "tg_C = nan is missing; give the number"),
        ({"conductivity_S_cm": 1e-3, "conductivity_error_S_cm": True}, "conductivity_error_S_cm = true; give"),
        ({"conductivity_S_cm": "1,5e-3"}, "has a decimal comma; write 1.5e-3"),
    ],
)
def test_records_refuse_what_no_measurement_is(empty, values, words):
    campaign = Campaign.new("records", FAMILY, x=RANGE)
    with pytest.raises(ValueError, match=words):
        campaign.record(LACO, **values)
    assert campaign.results().empty
    assert campaign.record(LACO, conductivity_S_cm=np.float32(1e-3), tg_C=np.array(-16.8)) == 1
    assert campaign.correct(np.int64(1), tg_C=Decimal("-17")) == 2
    assert campaign.results()["conductivity_S_cm"].tolist() == pytest.approx([1e-3])
    assert campaign.results()["tg_C"].tolist() == [-17.0]


def test_the_client_sends_scalars_as_numbers(http):
    told = {"temperature_C": np.float32(60.0), "goal": {"tg_C": np.int64(25)}}
    with Client("http://testserver", transport=http._transport) as client:
        swept = client.sweep(FAMILY, x=np.array([0.5, 0.75]), **told)
        assert swept["x"].tolist() == [0.5, 0.75]
        assert len(client.propose(FAMILY, batch=np.int64(1), seed=np.array(2), x=[Decimal("0.5"), 1], **told)) == 1
        campaign = client.campaigns.new("sent", FAMILY, x=RANGE, batch=np.int64(2), temperature_C=Decimal(60))
        assert (campaign.state.batch, campaign.state.temperature_C) == (2, 60.0)
        campaign.record(LACO, conductivity_S_cm=np.float32(1e-3))
        for wrong in (float("nan"), pd.NA, np.inf):
            with pytest.raises(ValueError, match=r"tg_C = .*; give a number, or leave it out"):
                campaign.record(LACO, tg_C=wrong)
        with pytest.raises(ValueError, match="temperature_C = nan is missing; give degC between"):
            client.rank([LACO], temperature_C=np.nan)
        with pytest.warns(UserWarning, match="temperature_C = 300 is taken for degC"):
            client.rank([LACO], temperature_C=300)


def test_a_goal_is_judged_at_the_temperature_at_which_it_counts(predictors, tmp_path):
    """Superionic solids conduct 1 S/cm at 400 degC, and none does at 25 degC: there it is mS/cm."""
    goal, path = {"conductivity_S_cm": 1}, tmp_path / "goal.toml"
    path.write_text("conductivity_S_cm = 1\n")
    doors = (
        lambda at: len(vitrion.rank([LACO], goal, at, predictors)),
        lambda at: len(vitrion.rank([LACO, LACO], goal, [25.0, at], predictors)),
        lambda at: len(vitrion.sweep(FAMILY, at, goal, predictors, x=RANGE)),
        lambda at: [notice(one) or one for one in Ask.of(goal, at).notes],
        lambda at: load_goal(path, at),
    )
    for door in doors:
        with collected() as said:
            assert door(400.0)
        assert "at 400 degC, where superionic crystals alone reach it; if mS/cm is meant" in " ".join(said)
        with pytest.raises(ValueError, match=r"conducts at 25 degC; .*give 0.001, or up to 3 where it counts at 100"):
            door(25.0)
    with pytest.raises(ValueError, match="conducts at 400 degC"):
        Ask.of({"conductivity_S_cm": 4}, 400.0)


def test_one_temperature_and_one_each_in_a_request_are_refused():
    both = schemas.RankRequest(candidates=[LACO], temperature_C=25.0, temperatures_C=[60.0])
    with pytest.raises(InputError, match="both given; leave one out"):
        check_temperatures(both)
    check_temperatures(schemas.RankRequest(candidates=[LACO], temperatures_C=[60.0]))
