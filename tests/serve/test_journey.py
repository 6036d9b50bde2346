"""The whole way over HTTP: list, ranking, campaign, proposals, results, training, other proposals."""

import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import vitrion
from vitrion.features.scalars import ScalarError
from vitrion.serve.client import Client
from vitrion.serve.client.transport import ServiceError, Wire
from vitrion.serve.workers import subprocesses as crew

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("kept_in")]
FAMILY = "LiAlCl{4-2x}O{x}"
TINY = str(Path(__file__).parent / "tiny_train.py")


@pytest.fixture
def client(http):
    with Client("http://testserver", transport=http._transport) as told:
        yield told


@pytest.mark.slow
def test_from_a_list_to_other_proposals(http, client, monkeypatch):
    monkeypatch.setattr(crew, "COMMAND", (TINY,))
    ranking = client.rank(["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl4", "no formula"])
    assert ranking.attrs["models"] == {"tg": 8, "conductivity": 8} and ranking["error"].iloc[-1]

    campaign = client.campaigns.new("laco", FAMILY, x="0:1.5:0.05", batch=3)
    first = campaign.propose()
    assert len(first) == 3 and first.attrs["event"] == 1
    for place, formula in enumerate(first["formula"]):
        campaign.record(formula, conductivity_S_cm=2.5e-4 * (place + 1), tg_C=10.0 + place)
    assert campaign.pending() == [] and len(campaign.results()) == 3
    before = client.rank(first["formula"].tolist())
    added = http.post("/api/v1/campaigns/laco/to-data", headers={"Idempotency-Key": "once"})
    assert added.status_code == 201, added.text

    said = []
    versions = client.train(progress=lambda share, words: said.append((share, words)))
    assert versions == {"tg": 1, "conductivity": 1}, str(said[-1])  # the first that MLflow counts in this home
    assert {share for share, _ in said} and said[-1][0] == 1.0
    until = time.monotonic() + 30
    while http.get("/ready").json()["models"] != versions:
        assert time.monotonic() < until
        time.sleep(0.1)
    after = client.rank(first["formula"].tolist())
    assert after.attrs["models"] == versions
    assert after["conductivity_S_cm"].max() < before["conductivity_S_cm"].max(), "the results were learnt"

    second = campaign.propose()
    assert not set(second["formula"]) & set(first["formula"])
    shown = http.get("/api/v1/campaigns/laco?figure=true").json()
    assert shown["rounds"] == 2 and shown["results"] == 3 and shown["figure"]["data"]


def test_campaigns_change_and_say_what_is_wrong(http, client):
    campaign = client.campaigns.new("laco", FAMILY, x="0:1.5:0.05", batch=2)
    with pytest.raises(ServiceError, match="a campaign called 'laco' already") as refused:
        client.campaigns.new("laco", FAMILY, x="0:1.5:0.05")
    assert refused.value.status == 409
    first = campaign.propose()
    best, other = first["formula"]
    event = campaign.record(best, conductivity_S_cm=1.1e-4)
    with pytest.raises(ServiceError):
        campaign.record(best, conductivity_S_cm=-1.0)
    campaign.correct(event, conductivity_S_cm=1.1e-3)
    campaign.abandon(other, note="crucible broke")
    assert campaign.results()["conductivity_S_cm"].tolist() == [1.1e-3]
    assert campaign.pending() == []
    campaign.withdraw(event)
    assert campaign.results().empty
    assert client.campaigns.list()["name"].tolist() == ["laco"]
    with pytest.raises(ServiceError, match="no campaign is called 'naco'"):
        client.campaigns.load("naco")
    assert http.post("/api/v1/campaigns", json={"name": "a b", "template": FAMILY}).status_code == 422


def test_what_was_given_comes_back_from_a_service_as_from_here(client):
    told = pd.DataFrame(
        {"formula": ["LiCl-0.25Al2O3-0.5AlCl3", "LiAlCl4", "LiAlCl2..5"], "temperature_C": [25.0, "warm", 25.0]}
    )
    for ranking in (client.rank(told), vitrion.rank(told)):
        assert ranking.columns[-1] == "input"
        assert ranking["input"].sort_index().tolist() == told["formula"].tolist()
        assert "warm" in ranking["error"][1], "sent as nothing, for it has an error of its own"


def test_a_round_as_a_job_is_made_once(http, client):
    client.campaigns.new("laco", FAMILY, x="0:1.5:0.05", batch=2)
    desk = http.app.state.desk
    job = client.wire.post("campaigns/laco/rounds", {})
    done = client.jobs.wait(job["id"])
    assert done["rows"] == 2 and done["models"] == {"tg": 8, "conductivity": 8}
    assert desk.campaigns.round("laco", None, 0)["words"].startswith("2 melts proposed as event 1")
    assert len(client.campaigns.load("laco").state.events) == 1


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_the_client_is_patient_and_tells_what_was_refused(http, client, monkeypatch):
    import httpx

    tries = []

    def busy(request):
        tries.append(request)
        if len(tries) < 3:
            return httpx.Response(503, json={"detail": "busy"}, headers={"retry-after": "0"})
        return httpx.Response(200, json={"rows": [], "models": {}, "places": []})

    assert len(Client("http://x", transport=httpx.MockTransport(busy)).rank(["LiAlCl4"])) == 0
    assert len(tries) == 3

    def lost(request):
        tries.append(request)
        raise httpx.ConnectError("gone")

    tries.clear()
    with pytest.raises(ServiceError, match="does not answer") as refused:
        Client("http://x", patience_s=0.5, transport=httpx.MockTransport(lost)).campaigns.new("a", FAMILY, x="0:1:1")
    assert refused.value.status == 0 and len({one.headers["idempotency-key"] for one in tries}) == 1 < len(tries)
    tries.clear()
    for change in (lambda one: one.models.promote("tg", 1), lambda one: one.models.rollback("tg")):
        with pytest.raises(ServiceError, match="does not answer"):
            change(Client("http://x", patience_s=0.5, transport=httpx.MockTransport(lost)))
        assert len({one.headers["idempotency-key"] for one in tries}) == 1 < len(tries)
        tries.clear()
    with pytest.raises(ServiceError, match="the goal has tgC"):
        client.rank(["LiAlCl4"], goal={"tgC": 1})


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_long_lists_of_a_client_are_jobs(http, client, monkeypatch, tmp_path):
    monkeypatch.setattr("vitrion.serve.client.rankings.AT_ONCE", 2)
    asked = ["LiAlCl4", "LiAlCl2.5O0.75", "NaAlCl4", None]
    ranking = client.rank(asked)
    assert ranking.index.tolist() == [*sorted(range(3), key=lambda place: -ranking["p_goal"].get(place, 0)), 3]
    file = tmp_path / "list.csv"
    file.write_text("formula,mine\nLiAlCl4,a\nNaAlCl4,b\n")
    assert set(client.rank(file, goal={"tg_C": 50})["mine"]) == {"a", "b"}


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_the_server_never_imports_mlflow():
    code = "import vitrion.serve.api.app, sys; print({'mlflow', 'dask', 'matminer'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
    heavy = "{'fastapi', 'dbos', 'uvicorn', 'sqlalchemy', 'pandas'}"
    code = f"import vitrion.serve.cli, vitrion.serve.client, sys; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_an_address_without_a_scheme_and_values_that_are_not_known():
    import httpx

    def answer(request):
        return httpx.Response(200, json={"url": str(request.url), "body": request.content.decode()})

    wire = Wire("localhost:8000/", None, 1.0, httpx.MockTransport(answer))
    with pytest.raises(ScalarError, match="conductivity_S_cm = nan is missing; give a number, or leave it out"):
        wire.post("campaigns/laco/record", {"formula": "LiCl", "conductivity_S_cm": float("nan"), "tg_C": -10.0})
    told = wire.post("campaigns/laco/record", {"formula": "LiCl", "tg_C": -10.0})
    assert told["url"] == "http://localhost:8000/api/v1/campaigns/laco/record"
    assert told["body"] == '{"formula":"LiCl","tg_C":-10.0}'


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_a_client_answers_as_python_does_with_index_temperatures_and_own_columns(client, tmp_path):
    index = pd.MultiIndex.from_tuples([("B", 7), ("A", 7), ("A", 7)], names=["batch", "melt"])
    table = pd.DataFrame(
        {"compound": ["LiAlCl4", "LiAlCl2.5O0.75", "LiAlCl4"], "T (°C)": [60, None, "hot"]}, index=index
    )
    here, there = vitrion.rank(table), client.rank(table)
    pd.testing.assert_frame_equal(here, there, check_dtype=False, rtol=1e-9)
    assert there.index.equals(here.index) and there["temperature_C"].tolist()[:2] == here["temperature_C"].tolist()[:2]
    assert sorted(there["temperature_C"].tolist()[:2]) == [25.0, 60.0] and "'hot'" in there["error"].iloc[2]
    with pytest.raises(ServiceError, match="2 temperatures for 1 candidates"):
        client.wire.post("rank", {"candidates": ["LiCl"], "temperatures_C": [25, 60]})
    file = tmp_path / "list.parquet"
    own = {"run": [20260101001, None, 20260101003], "sample": ["007", "NaN", ""]}
    pq.write_table(pa.table({"formula": table["compound"].tolist(), "temperature_C": [60.0, None, 100.0], **own}), file)
    ranked = client.rank(file).sort_values("sample", ignore_index=True)
    assert ranked["run"].tolist() == [20260101003, 20260101001, pd.NA]
    assert ranked["sample"].tolist() == ["", "007", "NaN"] and ranked["temperature_C"].tolist() == [100.0, 60.0, 25.0]
    assert ranked.attrs["temperature_C"] is None
