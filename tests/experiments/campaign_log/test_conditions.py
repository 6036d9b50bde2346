"""What a campaign keeps of how samples were made, and does not learn from."""

import json

import numpy as np
import pandas as pd
import pytest
from vitrion import Campaign
from vitrion.experiments.campaign_log.events import CampaignError, Event
from vitrion.experiments.campaign_log.store import decode, encode
from vitrion.experiments.campaign_log.values import as_table

FAMILY, LACO = "LiAlCl{4-2x}O{x}", "LiAlCl2.5O0.75"
MADE = {"milling_h": 12, "milling_rpm": 500, "melt_C": 170, "anneal_C": 150, "anneal_h": 2, "pressure_MPa": 350}
MADE |= {"atmosphere": "Ar", "operator": "AB", "date": "2026-11-30"}


@pytest.fixture
def campaign(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "home"))
    return Campaign.new("laco", FAMILY, x="0:1.5:0.25")


def test_a_result_keeps_them(campaign):
    campaign.record(LACO, tg_C=-16.8, sample="a", conditions={"furnace": 3}, **MADE)
    row = campaign.results().iloc[0]
    assert {name: row[name] for name in MADE} == MADE and row["furnace"] == "3" and row["sample"] == "a"
    history = campaign.history()
    assert json.loads(history["conditions"].iloc[-1]) == {**MADE, "furnace": "3"} and history["sample"].iloc[-1] == "a"


def test_a_correction_changes_one_of_them(campaign):
    number = campaign.record(LACO, tg_C=-16.8, milling_h=12, atmosphere="Ar", conditions={"furnace": "3"})
    campaign.correct(number, milling_h=14, atmosphere=None)
    row = campaign.results().iloc[0]
    assert row["milling_h"] == 14 and row["furnace"] == "3" and "atmosphere" not in row and row["tg_C"] == -16.8
    with pytest.raises(CampaignError, match="says so already"):
        campaign.correct(number, milling_h=14)
    campaign.correct(number, milling_h=None, conditions={"furnace": None})
    assert "milling_h" not in campaign.results()
    campaign.withdraw(campaign.state.events[-1].number)
    assert campaign.results()["milling_h"].tolist() == [14]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"milling_h": "long"}, "LiAlCl2.5O0.75, milling_h: 'long' is not a number"),
        ({"miling_h": 3}, "miling_h is nothing that a result says; use conductivity_S_cm"),
        ({"conditions": ["x"]}, "give values by name"),
        ({"conditions": {"tg_K": 250}}, "tg_K: no condition"),
        ({"conditions": {"furnace": {"a": 1}}}, "furnace: no condition"),
    ],
)
def test_what_is_no_condition(campaign, told, words):
    with pytest.raises(CampaignError, match=words):
        campaign.record(LACO, tg_C=-16.8, **told)


def test_a_table_keeps_all_its_columns(campaign):
    table = pd.DataFrame({"formula": [LACO], "Tg (°C)": [-16.8], "Milling (h)": [12], "furnace": ["3"]})
    with pytest.warns(UserWarning, match="kept, not learnt from: Milling .h., furnace") as told:
        campaign.record_table(table)
    assert sum("learnt from" in str(one.message) for one in told) == 1
    assert campaign.results()[["milling_h", "furnace"]].to_numpy().tolist() == [[12.0, "3"]]


def test_export_and_import_keep_them(campaign):
    campaign.record(LACO, tg_C=-16.8, conditions={"furnace": "3"}, **MADE)
    again = Campaign.from_json(campaign.to_json(), "again")
    pd.testing.assert_frame_equal(again.results(), campaign.results())


def test_nothing_learns_from_them(campaign):
    campaign.record(LACO, tg_C=-16.8, **MADE)
    stands = [one for one in campaign.state.events if one.kind == "measured"]
    table = as_table([])
    assert not set(MADE) & set(table.columns) and len(stands) == 1


def test_a_campaign_of_before_opens(campaign):
    campaign.record(LACO, tg_C=-16.8)
    text = encode(campaign.state)
    assert "conditions" not in text
    state = decode(text)
    assert state.events == campaign.state.events and "milling_h" not in campaign.results()


@pytest.mark.parametrize("made", [["x"], {"a": True}, {"a": None}, {"a": [1]}, {"a": np.inf}])
def test_an_event_with_other_conditions_is_refused(made):
    plain = {"event": 1, "kind": "measured", "at": "2026-11-30", "formula": LACO}
    with pytest.raises(CampaignError, match="has conditions that are no numbers and texts by name"):
        Event.of({**plain, "values": {"tg_C": -16.8, "conditions": made}})
