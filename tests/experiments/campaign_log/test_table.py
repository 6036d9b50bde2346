"""Campaigns in a PostgreSQL server: as in files, and no event lost whoever writes at the same time."""

import subprocess
import sys

import pytest
import sqlalchemy as sa
from vitrion.experiments.campaign_log import store as campaign_store
from vitrion.experiments.campaign_log import table as campaign_table
from vitrion.experiments.campaign_log.events import CampaignError
from vitrion.experiments.campaign_log.store import CampaignFileError
from vitrion.experiments.campaigns.campaign import Campaign

pytestmark = pytest.mark.filterwarnings("ignore")
WRITER = """
import sys, warnings
from vitrion.experiments.campaigns.campaign import Campaign
warnings.simplefilter("ignore")
for number in range(15):
    Campaign.load("laco").record("LiAlCl2.5O0.75", tg_C=-17 + number, sample=f"{sys.argv[1]}-{number}")
"""


@pytest.fixture
def served(fresh_postgresql, tmp_path, monkeypatch):
    """Campaigns are in a server, and the home folder is not even there."""
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VITRION_DATABASE_URL", fresh_postgresql)
    yield fresh_postgresql
    campaign_table._engine(campaign_table.address()).dispose()


def test_a_campaign_in_a_server_is_as_in_a_file(served, tmp_path):
    assert Campaign.list() == []
    laco = Campaign.new("laco", "LiAlCl{4-2x}O{x}", x="0:1.5:0.05")
    event = laco.record("LiAlCl2.5O0.75", tg_C=-16.8)
    laco.correct(event, tg_C=-16.9)
    assert Campaign.list() == ["laco"] and not (tmp_path / "home").exists()
    assert Campaign.load("laco").results()["tg_C"].tolist() == [-16.9]
    with pytest.raises(CampaignError, match="there is a campaign 'laco' already"):
        Campaign.new("laco", "LiAlCl{4-2x}O{x}", x="0:1.5:0.05")
    with pytest.raises(CampaignError, match="no campaign is called 'naco'; there are laco"):
        Campaign.load("naco").record("LiAlCl4", tg_C=1.0)
    with pytest.raises(CampaignError, match="is no name of a campaign"):
        campaign_store.read("../laco")
    text = laco.to_json()
    assert Campaign.from_json(text, "copy").state.events == laco.state.events
    with pytest.raises(CampaignError):
        laco.record("LiAlCl2.5O0.75", tg_C=float("nan"))
    assert len(laco.state.events) == 2


@pytest.mark.slow
def test_several_processes_lose_no_event(served):
    Campaign.new("laco", "LiAlCl{4-2x}O{x}", x="0:1.5:0.05")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name]) for name in "abc"]
    assert [writer.wait(300) for writer in writers] == [0, 0, 0]
    events = Campaign.load("laco").state.events
    assert [event.number for event in events] == list(range(1, 46))
    assert {event.told["values"]["sample"] for event in events} == {f"{w}-{n}" for w in "abc" for n in range(15)}


def test_damage_and_absence_are_named(served, postgresql):
    laco = Campaign.new("laco", "LiAlCl{4-2x}O{x}", x="0:1.5:0.05")
    with campaign_table._engine(campaign_table.address()).begin() as connection:
        connection.execute(sa.text("update campaigns set state = left(state, 40)"))
    with pytest.raises(CampaignFileError, match="the campaign 'laco' of the database cannot be read"):
        laco.record("LiAlCl2.5O0.75", tg_C=-16.8)
    postgresql.psql(f"DROP DATABASE {sa.make_url(served).database} WITH (FORCE);")
    with pytest.raises(campaign_table.TableAwayError, match="the database of the campaigns does not answer"):
        laco.state  # noqa: B018
