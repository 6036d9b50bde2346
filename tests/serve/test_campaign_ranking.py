"""Any composition after the results of a campaign: over HTTP, as a job, at the command line, and whose they are."""

import io
import json
import threading
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner
from vitrion import Campaign
from vitrion.datasets.catalogue import contents as catalogue
from vitrion.experiments.campaign_log import store as campaign_store
from vitrion.experiments.ranking.rank import rank
from vitrion.experiments.registry.loading import load
from vitrion.serve.cli import commands as cli
from vitrion.serve.client import Client
from vitrion.serve.client.transport import ServiceError
from vitrion.serve.settings import job_folder
from vitrion.serve.workers import list_ranking as long_list

pytestmark = pytest.mark.filterwarnings("ignore")
FAMILY = {"name": "laco", "template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0.4:1.1:0.1"}, "temperature_C": 30.0}
GOAL = {"conductivity_S_cm": 2e-3, "tg_C": 10.0}
RESULTS = {"LiAlCl2.8O0.6": (8e-4, -27.0), "LiAlCl2.6O0.7": (1.2e-3, -19.0), "LiAlCl2.4O0.8": (1.3e-3, -12.0)}
ASKED = ["LiAlCl2.7O0.65", "Li2Al2Cl5O1.5", "no formula", "NaAlCl4"]
NUMBERS = ["p_goal", "conductivity_S_cm", "conductivity_low_S_cm", "tg_C", "tg_high_C", "n_measured"]


def begun(http, **headers):
    assert http.post("/api/v1/campaigns", json=FAMILY | {"goal": GOAL}, headers=headers).status_code == 201
    for formula, (sigma, tg) in RESULTS.items():
        told = {"formula": formula, "conductivity_S_cm": sigma, "tg_C": tg}
        assert http.post("/api/v1/campaigns/laco/record", json=told, headers=headers).status_code == 201


def same(one, other):
    pd.testing.assert_frame_equal(
        one.set_index("input")[NUMBERS].astype(float).sort_index(),
        other.set_index("input")[NUMBERS].astype(float).sort_index(),
    )


@pytest.fixture
def client(http):
    begun(http)
    with Client("http://testserver", transport=http._transport) as told:
        yield told


def test_a_request_a_client_and_a_campaign_here_say_the_same(http, client):
    here = Campaign.load("laco").rank(ASKED, predictors=load())
    assert not here[NUMBERS[:-1]].equals(rank(ASKED, GOAL, 30.0, load())[NUMBERS[:-1]])
    answer = http.post("/api/v1/rank?figure=true", json={"candidates": ASKED, "campaign": "laco"}).json()
    same(pd.DataFrame(answer["rows"]), here)
    assert answer["models"] == {"tg": 8, "conductivity": 8} and answer["figure"]["data"] and answer["notes"] == []
    assert {row["temperature_C"] for row in answer["rows"] if not row["error"]} == {30.0}
    for there in (client.campaigns.load("laco").rank(ASKED), client.rank(ASKED, campaign="laco")):
        same(there, here)
        assert there["input"].sort_index().tolist() == ASKED
        assert there.attrs["temperature_C"] == 30.0
    easy, at = {"conductivity_S_cm": 1e-5, "tg_C": 200.0}, 60.0
    same(client.rank(ASKED, easy, at, campaign="laco"), Campaign.load("laco").rank(ASKED, easy, at, load()))
    table = pd.DataFrame({"formula": ASKED, "temperature_C": [60.0, None, 60.0, None]})
    warm = client.rank(table, campaign="laco").sort_index()
    assert warm["temperature_C"].dropna().tolist() == [60.0, 30.0, 30.0], "that of the campaign where none is given"
    with pytest.raises(ServiceError, match="leave predictors out"):
        client.campaigns.load("laco").rank(ASKED, predictors=load())


def test_a_campaign_is_read_beside_the_loop_of_the_server_whatever_its_goal(http, monkeypatch):
    """A database that holds its row back holds nobody else up."""
    goal = {"conductivity_S_cm": False, "tg_C": 10.0, "max_cost_usd_per_kg": 50.0}
    assert http.post("/api/v1/campaigns", json=FAMILY | {"goal": goal}).status_code == 201
    threads, usual = set(), campaign_store.read

    def read(name):
        threads.add(threading.current_thread().name.rpartition("_")[0])
        return usual(name)

    with monkeypatch.context() as patched:
        patched.setattr(campaign_store, "read", read)
        answer = http.post("/api/v1/rank", json={"candidates": ASKED, "campaign": "laco"})
        assert http.post("/api/v1/jobs", json={"candidates": ASKED, "campaign": "laco"}).status_code == 202
    assert threads and all(name.startswith("vitrion-") for name in threads), threads
    same(pd.DataFrame(answer.json()["rows"]), Campaign.load("laco").rank(ASKED, predictors=load()))


def test_what_is_recorded_counts_in_the_next_answer(http, client):
    asked = {"candidates": ["LiAlCl2.7O0.65"], "campaign": "laco"}
    before = http.post("/api/v1/rank", json=asked).json()["rows"][0]
    told = {"formula": "LiAlCl2.7O0.65", "conductivity_S_cm": 1e-5, "tg_C": 60.0}
    event = http.post("/api/v1/campaigns/laco/record", json=told).json()["events"][0]
    after = http.post("/api/v1/rank", json=asked).json()["rows"][0]
    assert after["conductivity_S_cm"] < before["conductivity_S_cm"] and after["measured_tg_C"] == 60.0
    http.post("/api/v1/campaigns/laco/withdraw", json={"event": event})
    assert http.post("/api/v1/rank", json=asked).json()["rows"][0] == before
    plain = http.post("/api/v1/rank", json={"candidates": ["LiAlCl2.7O0.65"], "temperature_C": 30.0}).json()["rows"][0]
    assert plain["conductivity_S_cm"] != before["conductivity_S_cm"], "others are asked without its results"


def test_what_cannot_be_is_refused(http, client):
    def asked(**told):
        answer = http.post("/api/v1/rank", json={"candidates": ASKED, **told})
        return answer.status_code, answer.json()["detail"]

    assert asked(campaign="naco")[0] == 404 and "no campaign is called 'naco'" in asked(campaign="naco")[1]
    assert asked(campaign="a b")[0] == asked(campaign="")[0] == asked(campaign=3)[0] == 422
    assert asked(campaign="laco", goal={"tgC": 3})[0] == 422
    file = {"file": ("list.csv", "formula\nLiAlCl4\n")}
    for path, told in (
        ("jobs", {"json": {"candidates": ASKED, "campaign": "naco"}}),
        ("jobs", {"files": file, "data": {"campaign": "naco"}}),
    ):
        assert http.post(f"/api/v1/{path}", **told).status_code == 404
    assert http.post("/api/v1/jobs", files=file, data={"campaign": "../x"}).status_code == 422


@pytest.mark.parametrize("kind", ["json", "file"])
def test_a_job_has_the_results_as_they_stood_when_it_was_taken(http, client, tmp_path, monkeypatch, kind):
    monkeypatch.setattr("vitrion.serve.client.rankings.AT_ONCE", 2)
    here = Campaign.load("laco").rank(ASKED, predictors=load())
    (tmp_path / "list.csv").write_text("\n".join(["formula", *ASKED]) + "\n")
    said = []
    there = client.rank(
        ASKED if kind == "json" else tmp_path / "list.csv", campaign="laco", progress=lambda *told: said.append(told)
    )
    same(there, here)
    assert said[-1][0] == 1.0
    job = http.get("/api/v1/jobs").json()["rows"][0]["id"]
    told = long_list.read_request(job_folder(job))
    assert told["campaign"] == "laco" and told["temperature_C"] == 30.0 and told["goal"]["tg_C"] == 10.0
    assert {row["formula"] for row in told["results"]} == set(RESULTS)
    http.post("/api/v1/campaigns/laco/record", json={"formula": ASKED[0], "conductivity_S_cm": 1e-6})
    long_list._predictors.cache_clear()
    assert long_list.rank_block(str(job_folder(job)), 0, 10) == len(ASKED)
    assert long_list.finish(str(job_folder(job)), 1) == len(ASKED)
    same(pd.read_parquet(job_folder(job) / "result.parquet"), here)


def test_a_campaign_of_somebody_else_is_not_there(house, opened):
    with opened(require_keys=1, block_rows=7) as http:
        ring = http.app.state.desk.keys
        anna, ben, root, looker = (
            {"authorization": f"Bearer {ring.new(name, scope, 1)[1]}"}
            for name, scope in (("anna", "researcher"), ("ben", "researcher"), ("root", "admin"), ("eve", "viewer"))
        )
        begun(http, **anna)
        asked = {"candidates": ASKED, "campaign": "laco"}
        mine, all_seeing = (http.post("/api/v1/rank", json=asked, headers=who) for who in (anna, root))
        assert mine.status_code == all_seeing.status_code == 200 and mine.json() == all_seeing.json()
        nobodys = http.post("/api/v1/rank", json=asked | {"campaign": "naco"}, headers=ben)
        for who in (ben, looker):
            refused = http.post("/api/v1/rank", json=asked, headers=who)
            assert refused.status_code == nobodys.status_code == 404
            assert refused.json()["detail"].replace("laco", "naco") == nobodys.json()["detail"]
        assert http.post("/api/v1/jobs", json=asked, headers=ben).status_code == 404
        file = {"file": ("list.csv", "formula\nLiAlCl4\n")}
        refused = http.post("/api/v1/jobs", files=file, data={"campaign": "laco"}, headers=ben)
        assert refused.status_code == 404
        assert http.post("/api/v1/jobs", json=asked, headers=anna).status_code == 202


@pytest.fixture
def run(house, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("vitrion.experiments.campaigns.tracking.track_round", lambda name, event: None)

    def invoke(*words, code=0):
        done = CliRunner().invoke(cli.app, [str(word) for word in words])
        assert done.exit_code == code and "Traceback" not in done.output, done.output
        return done

    return invoke


def table(done):
    return pd.read_csv(io.StringIO(done.stdout))


@pytest.fixture
def told(run):
    Path("goal.toml").write_text("conductivity_S_cm = 2e-3\ntg_C = 10.0\n")
    run("campaign", "new", "laco", FAMILY["template"], "--var", "x=0.4:1.1:0.1", "--goal", "goal.toml", "-t", "30")
    for formula, (sigma, tg) in RESULTS.items():
        run("campaign", "record", "laco", formula, "--conductivity", sigma, "--tg", tg)
    return run


def test_at_the_command_line(told):
    here = Campaign.load("laco").rank(ASKED[:2], predictors=load())
    after = table(told("rank", *ASKED[:2], "--campaign", "laco"))
    same(after, here)
    assert after["temperature_C"].eq(30.0).all()
    own = table(told("rank", *ASKED[:2], "--campaign", "laco", "-t", "60"))
    assert own["temperature_C"].eq(60.0).all()
    assert (own["conductivity_S_cm"] > after["conductivity_S_cm"]).all()
    plain = table(told("rank", *ASKED[:2]))
    assert "temperature_C" not in plain and plain["p_goal"].max() > after["p_goal"].max(), "of a lower goal"
    told("rank", *ASKED[:2], "--campaign", "laco", "-o", "after.html")
    assert "after the results of laco" in Path("after.html").read_text()
    assert "no campaign" in told("rank", "LiAlCl4", "--campaign", "naco", code=2).stderr
    assert "--campaign" in told("rank", "LiAlCl4", "--campaign", "laco", "--scheduler", "local:1", code=2).stderr


def test_at_the_command_line_against_a_service(http, client, monkeypatch, tmp_path):
    usual = Client.__init__
    monkeypatch.setattr(
        Client, "__init__", lambda self, url: usual(self, "http://testserver", transport=http._transport)
    )
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli.app, ["rank", *ASKED[:2], "--campaign", "laco", "--server", "http://testserver"])
    assert done.exit_code == 0, done.output
    same(table(done), Campaign.load("laco").rank(ASKED[:2], predictors=load()))
    done = CliRunner().invoke(cli.app, ["rank", "LiAlCl4", "--campaign", "naco", "--server", "http://testserver"])
    assert done.exit_code == 1 and "no campaign is called 'naco'" in done.stderr


def test_a_campaign_says_how_much_its_results_narrow(http, client, monkeypatch, tmp_path):
    shown = http.get("/api/v1/campaigns/laco").json()
    words = [one.words for one in Campaign.load("laco").widths(load())]
    assert [one["words"] for one in shown["intervals"]] == words
    assert [one["words"] for one in shown["intervals"]] == [one.words for one in client.campaigns.load("laco").widths()]
    assert client.campaigns.load("laco").intervals()["unit"].tolist() == ["decades", "K"]
    assert all(one["after"] < one["before"] and one["results"] == 3 for one in shown["intervals"])
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli.app, ["campaign", "show", "laco", "-o", "laco.html"])
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    assert words[0].startswith("interval of conductivity: ") and words[0].endswith(" decades after 3 results")
    assert all(sentence in text for sentence in words)
    page = (tmp_path / "laco.html").read_text()
    assert all(sentence.partition(": ")[2] in page for sentence in words)


def test_a_campaign_of_a_home_without_models_is_shown_without(empty, opened):
    with opened(ready=False) as http:
        begun(http)
        assert http.get("/api/v1/campaigns/laco").json()["intervals"] == []
        assert http.post("/api/v1/rank", json={"candidates": ASKED, "campaign": "laco"}).status_code in (409, 503)


def test_results_that_are_added_change_the_next_ranking_at_once(run, tmp_path):
    """From the table of a laboratory to other numbers, without a training; and back where they are withdrawn."""
    names = ["LiAlCl2.6O0.7", "LiAlCl2.64O0.68", "SiO2"]
    before = table(run("rank", *names)).set_index("input")
    (tmp_path / "results.csv").write_text(
        "formula,temperature_C,conductivity_mS_cm,tg_C,phase\n"
        "LiAlCl2.6O0.7,25,0.003,95,glass\nLiAlCl2.5O0.75,25,0.004,100,glass\n"
    )
    said = run("data", "add", "results.csv")
    assert "version 1" in said.stderr
    after = table(run("rank", *names)).set_index("input")
    assert after["n_measured"].tolist() != before["n_measured"].tolist()
    for name in names[:2]:  # the one that was measured, and one beside it
        assert after.loc[name, "conductivity_S_cm"] < 0.5 * before.loc[name, "conductivity_S_cm"]
        assert after.loc[name, "tg_C"] > before.loc[name, "tg_C"] + 20.0
        assert after.loc[name, "p_goal"] < before.loc[name, "p_goal"]
        width = after.loc[name, "tg_high_C"] - after.loc[name, "tg_low_C"]
        assert width < 0.8 * (before.loc[name, "tg_high_C"] - before.loc[name, "tg_low_C"])
    assert after.loc["LiAlCl2.6O0.7", "measured_doi"] == "lab"
    explained = run("explain", "LiAlCl2.6O0.7").stdout.splitlines()
    assert explained[1] == "  measured 0.003 mS/cm at 25 °C, glass; Tg 95 °C; lab"
    numbers = ["p_goal", "conductivity_S_cm", "tg_C"]
    facts = catalogue.show("lab")
    gone = pd.DataFrame({"formula": facts["formula"], "supersedes": facts["fact"], "outcome": "withdrawn"})
    gone.to_csv("withdrawn.csv", index=False)
    run("data", "add", "withdrawn.csv")
    assert table(run("rank", *names)).set_index("input")[numbers].equals(before[numbers])


def test_results_of_a_table_are_learnt_by_the_proposals(run, tmp_path):
    family = ("LiAlCl{4-2x}O{x}", "--var", "x=0.4:1.1:0.05", "--batch", "3")
    before = table(run("propose", *family))
    (tmp_path / "measured.csv").write_text(
        "formula,temperature_C,conductivity_S_cm,tg_C\nLiAlCl2.6O0.7,25,3e-6,95\nLiAlCl2.5O0.75,25,4e-6,100\n"
    )
    after = table(run("propose", *family, "--results", "measured.csv"))
    assert not set(after["formula"]) & {"LiAlCl2.6O0.7", "LiAlCl2.5O0.75"}
    assert after["conductivity_S_cm"].max() < 0.5 * before["conductivity_S_cm"].max()
    run("campaign", "new", "laco", *family[:3])
    run("campaign", "record", "laco", "--table", "measured.csv")
    ranked = table(run("rank", *after["formula"], "--campaign", "laco")).set_index("formula")
    for name in ("p_goal", "conductivity_S_cm", "tg_low_C"):
        assert after.set_index("formula")[name].to_dict() == pytest.approx(ranked[name].to_dict(), rel=1e-6)


def test_the_words_of_a_form_are_documented(reading):
    told = reading.get("/api/v1/openapi.json").json()
    assert "campaign" in told["components"]["schemas"]["RankRequest"]["properties"]
    form = told["paths"]["/api/v1/jobs"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert "campaign" in form["properties"] and json.dumps(told)
