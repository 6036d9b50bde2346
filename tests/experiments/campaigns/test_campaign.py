"""A campaign keeps what it is told, forgets nothing, and proposes from what stands."""

import hashlib
import json
import math
import os
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd
import pytest
import vitrion
from vitrion.experiments.campaign_log import store as campaign_store
from vitrion.experiments.campaign_log.beliefs import contradictions
from vitrion.experiments.campaign_log.events import CampaignError
from vitrion.experiments.campaign_log.store import CampaignFileError
from vitrion.experiments.campaigns import plot as campaign_plot
from vitrion.experiments.campaigns import round as campaign_round
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.experiments.proposals.pool import Pool
from vitrion.experiments.registry import versions as registry
from vitrion.features import Composition, FormulaError, Fractions, Mixtures, Template

FAMILY, RANGE = "LiAlCl{4-2x}O{x}", "0:1.5:0.05"
CARD = {"version": 1, "sha256": "", "run_id": "", "fingerprint": ""}


def stand_in(candidates, batch, goal, results, pending, without, temperature_C, predictors, seed):
    """Proposals that hang on every bit of what they are made from."""
    pool = Pool.of(candidates)
    told = results.drop(columns="note").to_csv(float_format="%.17g") + ",".join(
        map(str, [*pending, temperature_C, seed])
    )
    random = np.random.default_rng(int(hashlib.sha256(told.encode()).hexdigest()[:12], 16))
    names = pool.formulas(range(len(pool)))
    gone = {Composition.parse(text) for text in [*pending, *without, *results["formula"]]}
    rows = [row for row in random.permutation(len(pool)) if Composition.parse(names[row]) not in gone][:batch]
    table = pd.DataFrame({"formula": [names[row] for row in rows]})
    table = pd.concat([table, pool.variables.iloc[rows].reset_index(drop=True)], axis=1)
    sigma = 10.0 ** random.normal(-3, 0.3, len(rows))
    believed = {"reason": "a draw", "p_goal": random.random(len(rows)), "conductivity_S_cm": sigma}
    believed |= {"conductivity_low_S_cm": sigma / 10, "conductivity_high_S_cm": sigma * 10}
    believed |= {"tg_C": -10.0, "tg_low_C": -60.0, "tg_high_C": 40.0, "cost_usd_per_kg": np.nan}
    table = table.assign(**believed)
    table.attrs["stop"] = ""
    return table


@pytest.fixture
def quick_proposals(monkeypatch):
    monkeypatch.setattr(campaign_round, "propose", stand_in)
    monkeypatch.setattr(campaign_round, "champions", dict)


@pytest.fixture
def laco(quick_proposals):
    return Campaign.new("laco", FAMILY, x=RANGE)


def file_of(name):
    return campaign_store.folder() / f"{name}.json"


def test_a_campaign_from_beginning_to_end(laco):
    assert vitrion.Campaign is Campaign
    first = laco.propose()
    assert len(first) == 4
    assert laco.pending() == first["formula"].tolist()
    one, other, failed, given_up = laco.pending()
    number = laco.record(one, conductivity_S_cm=1.2e-3, conductivity_error_S_cm=1e-4, tg_C=-12, note="pressed")
    assert number == 2
    laco.record(other, tg_C=-20)
    laco.record(failed, outcome="no glass formed")
    laco.abandon(given_up, note="no oxide left")
    assert laco.pending() == []
    results = laco.results()
    assert len(results) == 3
    assert given_up not in set(results["formula"])
    mine = results.set_index("formula").loc[one]
    assert mine["temperature_C"] == 25.0
    assert mine["phase"] == "glass"
    assert mine["conductivity_error_S_cm"] == 1e-4
    assert results.set_index("formula").loc[failed, "outcome"] == "no glass formed"
    assert not set(laco.propose()["formula"]) & set(first["formula"])
    assert Campaign.list() == ["laco"]
    assert "2 rounds, 3 results, 4 pending" in repr(Campaign.load("laco"))


def test_results_are_read_as_a_table_of_the_lab(laco):
    from vitrion.datasets.results.table import from_frame

    laco.record("LiAlCl2.5O0.75", conductivity_S_cm=1.5e-3, tg_C=-17, sample="a")
    laco.record("LiAlCl3O0.5", outcome="crystallised")
    table = laco.results().drop(columns=["conductivity_error_S_cm", "tg_error_C"])
    assert len(from_frame(table).good(keep_good=False)) == 3


def detour(campaign, right):
    """Wrong values, corrected, and a result that was never one; the same results at the end."""
    for place, (formula, told) in enumerate(reversed(right)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wrong = {name: value * 1.5 if isinstance(value, float) else value for name, value in told.items()}
            if place % 3 == 0:
                extra = campaign.record("LiAlCl3.9O0.05", tg_C=-31.0)
                campaign.record(formula, **told)
                campaign.withdraw(extra)
            elif place % 3 == 1:
                number = campaign.record("LiAlCl3.8O0.1", outcome="no glass formed")
                campaign.correct(number, formula=formula, **{"outcome": None, **told})
            else:
                number = campaign.record(formula, **wrong)
                campaign.correct(number, **{name: value * 1.1 for name, value in wrong.items()})
                campaign.correct(number, **told)


RIGHT = [
    ("LiAlCl2.5O0.75", {"conductivity_S_cm": 1.52e-3, "tg_C": -16.8}),
    ("LiAlCl3O0.5", {"conductivity_S_cm": 6.1e-4}),
    ("LiAlCl2O", {"conductivity_S_cm": 9.7e-4, "conductivity_error_S_cm": 1e-4}),
    ("LiAlCl3.6O0.2", {"tg_C": -28.5, "tg_error_C": 2.0}),
    ("LiAlCl3O0.5", {"conductivity_S_cm": 7.1e-4, "sample": "again"}),
]


@pytest.mark.parametrize("rounds", [0, 1])
def test_corrected_history_proposes_as_if_it_had_been_right_at_once(quick_proposals, rounds):
    straight, other = (Campaign.new(name, FAMILY, x=RANGE, seed=7) for name in ("straight", "other"))
    for campaign in (straight, other):
        for _ in range(rounds):
            campaign.propose()
    for formula, told in RIGHT:
        straight.record(formula, **told)
    detour(other, RIGHT)
    pd.testing.assert_frame_equal(straight.results(), other.results(), check_exact=True)
    for _ in range(2):
        pd.testing.assert_frame_equal(straight.propose(), other.propose(), check_exact=True)


def test_a_round_proposed_from_a_wrong_value_can_be_taken_back(laco):
    other = Campaign.new("other", FAMILY, x=RANGE)
    laco.record("LiAlCl2.5O0.75", conductivity_S_cm=1.5e-4)
    wrong = laco.propose()
    with pytest.warns(UserWarning, match="event 2 was proposed before this correction"):
        laco.correct(1, conductivity_S_cm=1.5e-3)
    laco.withdraw(wrong.attrs["event"])
    other.record("LiAlCl2.5O0.75", conductivity_S_cm=1.5e-3)
    again, right = laco.propose(), other.propose()
    pd.testing.assert_frame_equal(again, right, check_exact=True)
    assert again["formula"].tolist() != wrong["formula"].tolist()


def test_corrected_history_with_the_models_themselves(predictors, monkeypatch):
    straight, other = (Campaign.new(name, FAMILY, x="0:1.5:0.25", batch=2) for name in ("straight", "other"))
    straight.record("LiAlCl2.5O0.75", conductivity_S_cm=1.52e-3, tg_C=-16.8)
    straight.record("LiAlCl4", conductivity_S_cm=1.2e-6)
    other.record("LiAlCl4", conductivity_S_cm=1.2e-3)
    other.record("LiAlCl2.5O0.75", conductivity_S_cm=1.52e-3, tg_C=-16.8)
    other.correct(1, conductivity_S_cm=1.2e-6)
    first, second = straight.propose(predictors=predictors), other.propose(predictors=predictors)
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert straight.state.events[-1].told["proposals"] == other.state.events[-1].told["proposals"]
    assert not {"LiAlCl2.5O0.75", "LiAlCl4"} & set(first["formula"])
    monkeypatch.setattr("vitrion.experiments.ranking.ready.load_predictor", predictors.__getitem__)
    before, after = (
        one.predict(["LiAlCl3.8O0.1"]).target[0]
        for one in (predictors["conductivity"], straight.predictor("conductivity"))
    )
    assert before != after
    straight.abandon(first["formula"][0])
    assert first["formula"][0] not in set(straight.propose(batch=4, predictors=predictors)["formula"])


def test_a_corrected_outcome_and_a_value_taken_out(laco):
    number = laco.record("LiAlCl2O", conductivity_S_cm=1e-3, tg_C=-5)
    laco.correct(number, tg_C=None, conductivity_S_cm=None, outcome="no glass")
    assert laco.results()[["outcome", "phase"]].to_numpy().tolist() == [["no glass formed", ""]]
    with pytest.raises(CampaignError, match="event 1 says so already"):
        laco.correct(number, outcome="no glass formed")
    laco.withdraw(2)
    assert laco.results()["tg_C"].tolist() == [-5.0]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"conductivity_S_cm": 5.0}, "no solid of its class conducts better"),
        ({"conductivity_S_cm": -1e-3}, "lies between"),
        ({"conductivity_S_cm": "1,2e-3"}, "decimal comma"),
        ({"conductivity_S_cm": math.inf}, "is not finite"),
        ({"tg_C": 900}, "no known chloride-rich glass"),
        ({"tg_C": 256.15}, "kelvin"),
        ({"outcome": "boom"}, "is no outcome"),
        ({"outcome": "withdrawn"}, "with"),
        ({"outcome": "no glass formed", "tg_C": -10}, "mend the one or the other"),
        ({}, "nothing was found"),
        ({"conductivity_error_S_cm": 1e-4}, "without conductivity_S_cm"),
        ({"conductivity_S_cm": 1e-3, "conductivity_error_S_cm": -1}, "standard error"),
        ({"conductivity_S_cm": 1e-3, "conductivity_error_S_cm": 0.1}, "in the unit of the value"),
        ({"conductivity_S_cm": 1e-3, "temperature_C": 298.15}, "looks like|kelvin"),
    ],
)
def test_values_that_cannot_be_are_refused_and_nothing_is_kept(laco, told, words):
    with pytest.raises(CampaignError, match=words):
        laco.record("LiAlCl2.5O0.75", **told)
    assert laco.state.events == ()


@pytest.mark.parametrize(
    "told",
    [
        {"tg_C": 256.35},
        {"conductivity_S_cm": 0.2},
        {"conductivity_S_cm": 1e-3, "temperature_C": 303.15},
    ],
)
def test_who_insists_has_plausible_values_taken(laco, told):
    """Every refusal of a reading names how to insist, and that works for a record, a table and a correction."""
    with pytest.raises(CampaignError, match="insist with --trust-units"):
        laco.record("LiAlCl2.5O0.75", **told)
    with pytest.raises(ValueError, match="insist with --trust-units"):
        laco.record_table(pd.DataFrame([{"formula": "LiAlCl2.5O0.75", "temperature_C": 25.0} | told]))
    assert laco.record("LiAlCl2.5O0.75", trust_units=True, **told) == 1
    table = pd.DataFrame([{"formula": "LiAlCl2.5O0.75", "sample": "B", "temperature_C": 25.0} | told])
    assert laco.record_table(table, trust_units=True) == [2]
    laco.record("LiAlCl2O", tg_C=-12.0)
    assert laco.correct(3, trust_units=True, **told) == 4
    for name, value in told.items():
        assert laco.results()[name].dropna().tolist().count(value) == 3
    with pytest.raises(CampaignError, match="finite"):
        laco.record("LiAlCl2O", tg_C=math.inf, trust_units=True)


def test_formulas(laco):
    with pytest.raises(FormulaError, match="second decimal point"):
        laco.record("LiAlCl2..5", tg_C=-10)
    with pytest.warns(UserWarning, match="NaAlCl2.5O0.75 is not among the candidates of laco"):
        laco.record("NaAlCl2.5O0.75", tg_C=-25.5)
    with pytest.warns(UserWarning, match="not neutral|not among"):
        laco.record("LiAlCl2.5O", tg_C=-25.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        laco.record("Li4Al4Cl10O3", tg_C=-16.8)
    assert "LiAlCl2.5O0.75" in set(laco.results()["formula"])


def test_the_same_result_twice_is_refused_unless_it_is_another_melt(laco):
    laco.record("LiAlCl2O", conductivity_S_cm=1e-3)
    with pytest.raises(CampaignError, match="event 1 says the same of LiAlCl2O"):
        laco.record("Li2Al2Cl4O2", conductivity_S_cm=1e-3, tg_C=-5)
    laco.record("LiAlCl2O", conductivity_S_cm=1e-3, sample="B")
    laco.record("LiAlCl2O", conductivity_S_cm=1e-3, temperature_C=60)
    assert len(laco.results()) == 3


def test_a_crystal_measured_at_two_temperatures_keeps_its_outcome(laco):
    laco.record("LiAlCl2O", conductivity_S_cm=1e-6, outcome="crystallised")
    laco.record("LiAlCl2O", conductivity_S_cm=4e-6, temperature_C=60, outcome="crystallised")
    assert laco.results()["outcome"].tolist() == ["crystallised"] * 2
    with pytest.raises(CampaignError, match="says the same of LiAlCl2O"):
        laco.record("LiAlCl2O", outcome="crystallised")


def test_a_slip_of_the_decimal_point_is_doubted(laco):
    laco.record("LiAlCl2O", conductivity_S_cm=1.1e-4)
    with pytest.warns(UserWarning, match="event 1 tells another conductivity of LiAlCl2O"):
        laco.record("LiAlCl2O", conductivity_S_cm=1.1e-3)


def test_a_round_of_fewer_than_were_asked_for_is_told(quick_proposals):
    with pytest.warns(UserWarning, match="30 of 31 points left out: 30 not neutral"):
        few = Campaign.new("few", "LiAlCl{4-x}O{x}", x=RANGE)
    with pytest.warns(UserWarning, match="1 sample where 4 were asked for: no more are left"):
        few.propose()


def test_events_that_cannot_be_changed(laco):
    laco.propose()
    pending = laco.pending()
    laco.record(pending[0], tg_C=-5)
    laco.correct(2, tg_C=-6)
    for number, words in (
        (99, "there is no event 99"),
        (1, "is proposed and cannot be corrected"),
        (3, "correct event 2"),
    ):
        with pytest.raises(CampaignError, match=words):
            laco.correct(number, tg_C=-7)
    with pytest.raises(CampaignError, match="use conductivity_S_cm"):
        laco.correct(2, density=2.0)
    laco.withdraw(2)
    for step in (lambda: laco.withdraw(2), lambda: laco.correct(2, tg_C=-7)):
        with pytest.raises(CampaignError, match="withdrawn by 4"):
            step()
    assert laco.results().empty
    assert laco.pending() == pending
    with pytest.raises(CampaignError, match="not waiting for a result"):
        laco.abandon("NaCl")
    number = laco.abandon(pending[1])
    with pytest.raises(CampaignError, match="abandoned already"):
        laco.abandon(pending[1])
    laco.withdraw(number)
    assert laco.pending() == pending


def test_a_correction_stands_when_an_earlier_one_is_withdrawn(laco):
    formula = laco.propose(track=False)["formula"][0]
    number = laco.record(formula, conductivity_S_cm=1e-3, temperature_C=25.0)
    first = laco.correct(number, temperature_C=60.0)
    laco.correct(number, conductivity_S_cm=5e-3, temperature_C=60.0)
    laco.withdraw(first)
    assert laco.results()[["conductivity_S_cm", "temperature_C"]].iloc[0].tolist() == [5e-3, 60.0]


def test_a_table_is_recorded_whole_or_not_at_all(laco, tmp_path):
    path = tmp_path / "results.csv"
    path.write_text(
        "formula,conductivity_mS_cm,temperature_C,tg_C,tg_error_C,outcome,note\n"
        "LiAlCl2.5O0.75,1.52,30,-16.8,1.5,,\nLiAlCl2O,,,,,failed,white powder\n"
    )
    assert laco.record_table(path) == [1, 2]
    table = laco.results().set_index("formula")
    assert table.loc["LiAlCl2.5O0.75", ["conductivity_S_cm", "tg_error_C", "phase"]].tolist() == [1.52e-3, 1.5, "glass"]
    assert table.loc["LiAlCl2O", ["outcome", "note"]].tolist() == ["no glass formed", "white powder"]
    bad = pd.DataFrame({"formula": ["LiAlCl3O0.5", "Xy"], "tg_C": [-20.0, -20.0]})
    with pytest.raises(ValueError, match="Xy"):
        laco.record_table(bad)
    assert len(laco.state.events) == 2
    frame = pd.DataFrame({"formula": ["LiAlCl3O0.5"], "tg_C": [-20.0], "tg_error_C": [2.0]})
    laco.record_table(frame)
    assert laco.results()["tg_error_C"].notna().sum() == 2


def test_history_tells_what_was_believed_what_was_found_and_the_regret(laco):
    table = laco.propose()
    good, bad = table["formula"][0], table["formula"][1]
    believed = table["conductivity_S_cm"][0]
    with pytest.warns(UserWarning, match="far outside"):
        laco.record(bad, conductivity_S_cm=1e-7, tg_C=-12)
    laco.record(good, conductivity_S_cm=believed * 2, tg_C=60)
    laco.correct(3, tg_C=-10)
    history = laco.history()
    assert list(history["event"]) == [1, 1, 1, 1, 2, 3, 4]
    laco.withdraw(2)
    assert laco.history()[["kind", "formula", "reason"]].iloc[-1].tolist() == ["withdrawn", bad, "takes back event 2"]
    assert history["kind"].tolist()[-3:] == ["measured", "measured", "corrected"]
    assert history["standing"].tolist()[-3:] == ["stands", "corrected by 4", "stands"]
    assert history["believed_conductivity_S_cm"].iloc[-1] == believed
    assert history["conductivity_held"].tolist()[-3:] == [False, True, True]
    assert history["tg_held"].tolist()[-3:] == [True, False, True]
    assert history["conductivity_held"].isna().sum() == 4
    assert history["best_conductivity_S_cm"].tolist()[-3:] == [1e-7, 1e-7, believed * 2]
    assert history["regret_decades"].iloc[-1] == 0
    assert history["regret_decades"].iloc[-2] == pytest.approx(math.log10(believed * 2 / 1e-7))
    assert history["to_goal_decades"].iloc[-2] == pytest.approx(4.0)
    assert history["round"].tolist()[:4] == [1, 1, 1, 1]


def test_results_that_are_hard_to_believe_are_taken_with_a_word(laco):
    first = laco.propose()["formula"].iloc[0]
    with pytest.warns(UserWarning, match="conductivity of .* far outside"):
        laco.record(first, conductivity_S_cm=1e-9)
    with pytest.warns(UserWarning, match="event 2 tells another conductivity"):
        laco.record(first, conductivity_S_cm=1e-3, sample="again")
    assert len(laco.results()) == 2
    with pytest.warns(
        UserWarning, match=r"event 2 tells another outcome .* event 3 tells another outcome|another outcome"
    ):
        laco.record(first, outcome="crystallised")
    told = contradictions(laco.state)
    assert told[0].startswith(f"events 2 and 3 contradict each other on the conductivity of {first}")
    assert [sentence.split(" contradict")[0] for sentence in told] == [
        "events 2 and 3",
        "events 2 and 4",
        "events 3 and 4",
    ]
    laco.withdraw(2)
    laco.withdraw(4)
    assert contradictions(laco.state) == []


def test_what_is_found_of_a_crystal_tells_nothing_of_a_belief_about_the_glass(laco):
    first = laco.propose()["formula"].iloc[0]
    laco.record(first, conductivity_S_cm=1e-9, phase="crystal", outcome="crystallised")
    assert laco.history()["conductivity_held"].isna().all()


def test_progress_is_drawn_from_what_stands(laco):
    one, other, failed, given_up = laco.propose()["formula"]
    wrong = laco.record(one, conductivity_S_cm=2e-4, tg_C=-12)
    laco.record(other, conductivity_S_cm=9e-4, temperature_C=25.0)
    laco.record(failed, outcome="no glass formed")
    laco.correct(wrong, conductivity_S_cm=4e-4)
    table = campaign_plot.melts(laco.state)
    assert table["kind"].tolist() == ["measured", "measured", "failed", "proposed"]
    assert table["formula"].tolist() == [one, other, failed, given_up]
    assert table["conductivity_S_cm"].tolist()[:2] == pytest.approx([4e-4, 9e-4])
    assert table["best_S_cm"].tolist()[:3] == pytest.approx([4e-4, 9e-4, 9e-4])
    assert (table["low_S_cm"] < table["high_S_cm"]).all()
    figure = campaign_plot.progress_lines(laco.state)
    assert {trace.name for trace in figure.data} == {"predicted (90 %)", "measured", "no glass", "best so far"}
    drawn = next(trace for trace in figure.data if trace.name == "measured" and trace.yaxis == "y")
    assert list(drawn.y) == pytest.approx([0.4, 0.9])


def test_history_of_nothing(laco):
    assert laco.history().empty
    assert laco.results().empty
    assert not laco.is_worth_retraining


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_colleagues_may_read_what_its_owner_lets_them(laco):
    assert file_of("laco").stat().st_mode & 0o777 == 0o600
    file_of("laco").chmod(0o664)
    laco.record("LiAlCl2O", tg_C=-5)
    assert file_of("laco").stat().st_mode & 0o777 == 0o664


def test_candidates_left_out_are_told_once(quick_proposals):
    with pytest.warns(UserWarning, match="1 of 3 candidates left out"):
        campaign = Campaign.new("listed", ["LiAlCl4", "LiCl2", "NaAlCl4"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        campaign.propose(2)
        campaign.record("LiAlCl4", tg_C=-20)


def test_goals_that_leave_out_a_limit_or_have_further_ones(quick_proposals):
    for name, goal in (
        ("soft", {"conductivity_S_cm": None}),
        ("any", {"tg_C": None, "limits": {"liquidus": {"below": 160}}, "weights": {"liquidus": 2.0}}),
    ):
        campaign = Campaign.new(name, FAMILY, x=RANGE, goal=goal)
        assert campaign.goal == vitrion.Goal(**goal)
        campaign.record("LiAlCl2O", conductivity_S_cm=1e-4, tg_C=90)
        last = campaign.history().iloc[-1]
        assert math.isnan(last["to_goal_decades"]) == (name == "soft")
        assert math.isnan(last["best_conductivity_S_cm"]) == (name == "soft")
        assert Campaign.from_json(campaign.to_json(), name=f"{name}-copy").goal == campaign.goal


def test_retraining(laco, monkeypatch):
    card = registry.Champion(property="tg", created="2000-01-01T00:00:00+00:00", **CARD)
    monkeypatch.setattr("vitrion.experiments.campaigns.history.champions", lambda: {"tg": card})
    for formula in laco.propose()["formula"][:3]:
        laco.record(formula, tg_C=90.0)
    assert "half of the last 3 values lie outside" in laco.why_retrain
    for formula in laco.propose(batch=5)["formula"]:
        laco.record(formula, tg_C=-10.0)
    assert laco.is_worth_retraining
    assert "8 results came since the models were made" in laco.why_retrain
    assert "vitrion train" in laco.why_retrain
    late = registry.Champion(property="tg", created="2999-01-01T00:00:00+00:00", **CARD)
    monkeypatch.setattr("vitrion.experiments.campaigns.history.champions", lambda: {"tg": late})
    assert not laco.is_worth_retraining


def test_json_there_and_back(laco):
    laco.propose()
    laco.record(laco.pending()[0], conductivity_S_cm=0.1 + 0.2 - 0.299)
    text = laco.to_json()
    assert Campaign.from_json(text).to_json() == text
    copy = Campaign.from_json(text, name="copy")
    pd.testing.assert_frame_equal(copy.results(), laco.results(), check_exact=True)
    pd.testing.assert_frame_equal(copy.propose(), laco.propose(), check_exact=True)
    with pytest.raises(CampaignError, match="already"):
        Campaign.from_json(text)
    for odd, words in (
        ("{}", "not a campaign"),
        ("[" * 100_000, "not JSON"),
        (text.replace('"format": 1', '"format": 3'), "format 3, this version reads 1 and 2; update vitrion"),
        (text.replace('"batch": 4', '"batch": NaN'), "NaN"),
        (text.replace('"event": 2', '"event": 3'), "event 3 stands where event 2"),
        (text.replace(FAMILY, "LiXx{x}"), "candidates cannot be made"),
        (text.replace('"tg_C": 25.0', '"tg_C": "x"'), "goal"),
        (text.replace('"name": "laco"', '"name": "../x"'), "no name of a campaign"),
        (text.replace('"phase": "glass"', '"phase": 7'), "phase = 7, which it cannot be"),
        (text.replace('"phase": "glass"', '"colour": "red"'), "colour, which no result says"),
        (text.replace('"tg_C": -10.0', '"tg_C": 1e999'), "tg_C = inf, which it cannot be"),
        (text.replace('"temperature_C": 25.0, "phase"', '"phase"'), "without a temperature"),
        (text.replace('"temperature_C": 25.0,\n', '"temperature_C": 900.0,\n'), "temperature_C = 900"),
        (text.replace('"formula": "Li', '"formula": "?Li'), "event 1"),
    ):
        with pytest.raises(CampaignError, match=words):
            Campaign.from_json(odd)


@pytest.mark.parametrize(
    "candidates",
    [
        Template.parse(FAMILY).grid(x=[0.5, 0.75, 1.0]),
        Mixtures(("LiCl", "AlCl3", "Li2O"), steps=6, most=3),
        ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl4", "LiGaCl4"],
        pd.DataFrame({"formula": ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl4"]}),
    ],
    ids=["grid", "mixtures", "list", "frame"],
)
def test_candidates_of_every_kind_are_kept(quick_proposals, candidates):
    Campaign.new("kept", candidates, goal={"forbidden": ["Ta"], "tg_C": 60}, temperature_C=60, batch=3)
    kept = Campaign.load("kept")
    assert kept.goal == vitrion.Goal(forbidden=("Ta",), tg_C=60)
    table = kept.propose()
    assert len(table) == 3
    assert len(Fractions.of(table["formula"].tolist())) == 3


@pytest.mark.parametrize(
    ("candidates", "options", "words"),
    [
        ("LiXx{x}", {"x": "0:1:0.5"}, "no element"),
        (FAMILY, {}, "values are missing for x"),
        (["LiCl2"], {}, "neutral"),
        (["LiCl", "Li.."], {}, "row 1"),
        ([], {}, "no candidates"),
        (FAMILY, {"x": RANGE, "batch": 0}, "batch = 0; give"),
        (FAMILY, {"x": RANGE, "seed": -1}, "seed = -1; give"),
        (FAMILY, {"x": RANGE, "temperature_C": math.nan}, "temperature_C = nan is missing; give degC"),
        (FAMILY, {"x": RANGE, "goal": {"tgC": 3}}, "a goal has"),
    ],
)
def test_campaigns_that_cannot_begin(candidates, options, words):
    with pytest.raises(ValueError, match=words):
        Campaign.new("none", candidates, **options)
    assert Campaign.list() == []


@pytest.mark.parametrize("name", ["", "a" * 65, "../up", "a/b", "a.b", "é", "-a", "a b", "a\n", 7, "a\x00"])
def test_names_that_cannot_be(name):
    with pytest.raises(CampaignError, match="no name of a campaign"):
        Campaign.new(name, ["LiCl"])
    with pytest.raises(CampaignError, match="no name of a campaign"):
        Campaign.load(name)


def test_a_name_that_is_taken_or_unknown(laco):
    with pytest.raises(CampaignError, match="already"):
        Campaign.new("laco", ["LiCl"])
    with pytest.raises(CampaignError, match="no campaign is called 'naco'; there are laco"):
        Campaign.load("naco")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"kind": "other"}', b"[]", b"null", b"1e999"])
def test_a_damaged_file_is_told_and_left_as_it_is(laco, content):
    file_of("laco").write_bytes(content)
    for step in (lambda: laco.record("LiAlCl2O", tg_C=-5), laco.propose, lambda: Campaign.load("laco")):
        with pytest.raises(CampaignFileError, match="left as it is"):
            step()
    assert file_of("laco").read_bytes() == content
    assert Campaign.list() == ["laco"]


def test_a_file_under_a_wrong_name_is_told(laco):
    file_of("laco").rename(file_of("naco"))
    with pytest.raises(CampaignFileError, match="holds the campaign 'laco'"):
        Campaign.load("naco")


WRITER = """
import sys
from vitrion.experiments.campaign_log import store
print("ready", flush=True)
for number in range(int(sys.argv[2])):
    told = {"tg_C": -5.0, "sample": f"{sys.argv[1]}-{number}"}
    store.change("laco", lambda state: state.and_event("measured", formula="LiAlCl2O", values=told))
"""


def writer(name, count):
    command = [sys.executable, "-c", WRITER, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_lose_no_event(laco):
    running = [writer(name, 40) for name in ("a", "b")]
    for process in running:
        _, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
    assert len(laco.state.events) == 80
    assert laco.results()["sample"].nunique() == 80


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_killed_while_writing_leaves_the_old_file_or_the_new_one(laco):
    seen = 0
    for kill in range(10):
        process = writer(f"k{kill}", 10_000)
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.02 + 0.015 * kill)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        events = laco.state.events
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        assert len(events) >= seen
        seen = len(events)
    laco.record("LiAlCl3O0.5", tg_C=-20)
    assert len(laco.state.events) == seen + 1
    assert not list(campaign_store.folder().glob("*.part")) + list(campaign_store.folder().glob(".*.part"))
    assert json.loads(file_of("laco").read_text())["kind"] == "vitrion campaign"


def test_a_round_is_made_anew_when_something_happens_meanwhile(laco, monkeypatch):
    calls = []

    def slow(*arguments, **options):
        calls.append(options["results"])
        if len(calls) == 1:
            Campaign.load("laco").record("LiAlCl2O", tg_C=-5)
        return stand_in(*arguments, **options)

    monkeypatch.setattr(campaign_round, "propose", slow)
    table = laco.propose()
    assert [len(results) for results in calls] == [0, 1]
    assert table.attrs["event"] == 2
    assert "LiAlCl2O" not in set(table["formula"])
