"""How samples were made, through every door: command line here and with --server, REST, client and page."""

import io
import json
from importlib import resources

import pandas as pd
import pytest
from typer.testing import CliRunner
from vitrion import Campaign
from vitrion.datasets.results.conditions import NAMES, NUMBERS
from vitrion.serve.cli import commands as cli
from vitrion.serve.client import Client
from vitrion.serve.schemas.requests import ResultRequest

pytestmark = pytest.mark.filterwarnings("ignore")
LACO, NACO = "LiAlCl2.5O0.75", "NaAlCl2.5O0.75"
MADE = {"milling_h": 12.0, "anneal_C": 150.0, "atmosphere": "Ar", "date": "2026-11-30"}
TABLE = f"formula,Tg (°C),Sample,Milling (h),furnace\n{LACO},-16.8,a,12,F3\n{NACO},-25.5,b,,F4\n"


def run(*words, code=0):
    done = CliRunner().invoke(cli.app, list(map(str, words)))
    assert done.exit_code == code, done.output
    return done


def rows(text):
    return pd.read_csv(io.StringIO(text))


@pytest.fixture
def laco(empty):
    return Campaign.new("laco", "LiAlCl{4-2x}O{x}", x="0:1.5:0.25")


@pytest.fixture
def server(http, monkeypatch):
    """The words that send a command to the service."""
    usual = Client.__init__

    def reach(self, url, **more):
        usual(self, "http://testserver", transport=http._transport)

    monkeypatch.setattr(Client, "__init__", reach)
    return ("--server", "http://testserver")


def recorded_and_filtered(folder, *where):
    """What the commands on a campaign and on the store keep, show and filter; `where` names a service or none."""
    run("campaign", "new", "laco", "LiAlCl{4-2x}O{x}", "--var", "x=0:1.5:0.25", *where)
    options = [part for name, value in MADE.items() for part in ("--with", f"{name}={value}")]
    run("campaign", "record", "laco", LACO, "--tg", "-16.8", *options, "--with", "furnace=F3", *where)
    run("campaign", "correct", "laco", 1, "--with", "anneal_C=160", "--with", "furnace=", *where)
    (folder / "results.csv").write_text(TABLE, encoding="utf-8")
    said = run("campaign", "record", "laco", "--table", folder / "results.csv", *where).stderr
    assert said.count("kept, not learnt from: Milling (h), furnace") == 1
    table = rows(run("campaign", "show", "laco", *where).stdout)
    assert table["anneal_C"].tolist()[:2] == [150, 160] and table["furnace"].fillna("").tolist() == [
        "F3",
        "",
        "F3",
        "F4",
    ]
    kept = rows(run("campaign", "show", "laco", "--where", "milling_h=12", "--where", "sample=a", *where).stdout)
    assert kept["event"].tolist() == [3]
    assert "is no filter" in run("campaign", "show", "laco", "--where", "oven=3", *where, code=2).stderr
    said = run("data", "add", folder / "results.csv", *where).stderr
    assert said.count("kept, not learnt from") == 1
    shown = rows(run("data", "show", "lab", "--where", "furnace=F4", *where).stdout)
    assert shown["formula"].tolist() == [NACO] and shown["sample"].tolist() == ["b"]
    assert "is no filter" in run("data", "show", "lab", "--where", "oven=3", *where, code=2 if not where else 1).stderr


def test_the_command_line(empty, tmp_path):
    recorded_and_filtered(tmp_path)


def test_the_command_line_with_a_service(server, tmp_path):
    recorded_and_filtered(tmp_path, *server)


def test_export_as_a_table_is_read_again(laco, tmp_path):
    laco.record(LACO, tg_C=-16.8, conditions={"furnace": "F3"}, **MADE)
    run("campaign", "export", "laco", "-o", tmp_path / "out.csv", "-o", tmp_path / "out.json")
    run("campaign", "import", tmp_path / "out.json", "--name", "again")
    pd.testing.assert_frame_equal(Campaign.load("again").results(), laco.results())
    run("data", "add", tmp_path / "out.csv")
    shown = rows(run("data", "show", "lab").stdout)
    assert shown[[*MADE, "furnace"]].to_numpy().tolist() == [[*MADE.values(), "F3"]]


def test_rest_and_client(server, http):
    client = Client("")
    campaign = client.campaigns.new("laco", "LiAlCl{4-2x}O{x}", x="0:1.5:0.25")
    answer = http.post(
        "/api/v1/campaigns/laco/record", json={"formula": LACO, "tg_C": -16.8, **MADE, "conditions": {"furnace": "F3"}}
    )
    assert answer.status_code == 201, answer.json()
    campaign.correct(1, anneal_C=160.0, atmosphere=None)
    campaign.record(NACO, tg_C=-25.5, milling_rpm=500, conditions={"furnace": "F4"})
    results = campaign.results().set_index("formula")
    assert results.loc[LACO, "anneal_C"] == 160 and "atmosphere" not in results
    assert results.loc[NACO, "milling_rpm"] == 500 and results["furnace"].to_dict() == {LACO: "F3", NACO: "F4"}
    told = http.get("/api/v1/campaigns/laco").json()
    assert told["conditions"] == ["milling_h", "milling_rpm", "anneal_C", "atmosphere", "date", "furnace"]
    assert told["history"][-1]["furnace"] == "F4" and told["recorded"][0]["conditions"]["furnace"] == "F3"
    assert http.post("/api/v1/campaigns/laco/to-data", json={}).status_code == 201
    assert client.data.rows("lab", where=["furnace=F4"])["formula"].tolist() == [NACO]
    wrong = http.post("/api/v1/campaigns/laco/record", json={"formula": LACO, "tg_C": -16.8, "milling_h": "long"})
    assert wrong.status_code == 422 and "milling_h" in wrong.json()["detail"]
    client.data.add(pd.DataFrame({"formula": [LACO], "Tg (°C)": [-16.0], "Pressure (MPa)": [350]}))
    assert client.data.rows("lab", where=["pressure_MPa=350"])["given"].tolist() == [-16.0]


def test_requests_and_the_form_of_the_page_have_every_condition():
    assert set(NAMES) < set(ResultRequest.model_fields)
    page = (resources.files("vitrion.serve") / "pages" / "static" / "result_form.js").read_text(encoding="utf-8")
    listed = json.loads(page.partition("const MADE = ")[2].partition(";")[0])
    assert {name for name, _, _ in listed} == set(NAMES)
    assert {name for name, _, numeric in listed if numeric} == set(NUMBERS)


def test_the_page_of_a_campaign_shows_them(laco, tmp_path):
    laco.record(LACO, tg_C=-16.8, sample="a", **MADE)
    run("campaign", "show", "laco", "-o", tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "milling_h 12; anneal_C 150; atmosphere Ar; date 2026-11-30" in html
