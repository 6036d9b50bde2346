"""Long lists as jobs: files in, three formats out, progress, cancel, crash."""

import contextlib
import io
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import warnings

import httpx
import pandas as pd
import pytest
import vitrion
from vitrion.datasets import lab
from vitrion.experiments.ranking.rank import rank
from vitrion.experiments.ranking.ready import Informed
from vitrion.experiments.registry.loading import load
from vitrion.serve import request_log as journal
from vitrion.serve.settings import Settings, job_folder
from vitrion.serve.storage.store import CANCELLED, DONE, Job, Store, now
from vitrion.serve.workers import list_ranking as long_list
from vitrion.serve.workers import subprocesses as crew
from vitrion.serve.workers.worker import answer

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("kept_in")]
LIST = [f"Li{1 + n / 20:g}GaCl{4 - n / 100:g}O{n * 3 / 100:g}" for n in range(1, 30)]


def waited(http, number, states=("done", "failed", "cancelled"), seconds=120):
    until = time.monotonic() + seconds
    while (job := http.get(f"/api/v1/jobs/{number}").json())["state"] not in states:
        assert time.monotonic() < until, job
        time.sleep(0.05)
    return job


def test_a_file_in_three_formats_out(http):
    text = "name;formula\n" + "".join(f"s{n};{formula}\n" for n, formula in enumerate([*LIST, "LiAlCl2..5", LIST[0]]))
    answer = http.post("/api/v1/jobs", files={"file": ("mine.csv", text)}, data={"goal": json.dumps({"tg_C": 80})})
    assert answer.status_code == 202 and answer.headers["location"].endswith(answer.json()["id"])
    job = waited(http, answer.json()["id"])
    assert (job["state"], job["progress"], job["rows"], job["error"]) == ("done", 1.0, 31, "")
    assert job["models"] == {"tg": 8, "conductivity": 8} and job["expires"] > job["finished"]
    path = f"/api/v1/jobs/{job['id']}/result"
    table = pd.read_csv(io.StringIO(http.get(f"{path}?format=csv").text))
    expected = vitrion.rank([*LIST, "LiAlCl2..5", LIST[0]], {"tg_C": 80})
    assert table["formula"].tolist() == expected["formula"].tolist()
    assert table["name"].tolist() == [f"s{place}" for place in expected.index]
    assert table["pareto"].tolist()[:-1] == expected["pareto"].tolist()[:-1]
    parquet = pd.read_parquet(io.BytesIO(http.get(f"{path}?format=parquet").content))
    pd.testing.assert_series_equal(parquet["tg_C"], expected["tg_C"].reset_index(drop=True), rtol=1e-5)
    rows = http.get(f"{path}?format=json").json()["rows"]
    assert rows[-1]["error"] == '"LiAlCl2..5": ' + expected["error"].iloc[-1].partition(": ")[2]
    assert http.delete(f"/api/v1/jobs/{job['id']}").status_code == 204
    assert http.get(path).status_code == 404 and not job_folder(job["id"]).exists()


def test_the_same_json_as_for_rank_and_its_events(http):
    key = {"Idempotency-Key": "one"}
    first = http.post("/api/v1/jobs", json={"candidates": LIST[:20]}, headers=key)
    again = http.post("/api/v1/jobs", json={"candidates": LIST[:20]}, headers=key)
    assert again.json() == first.json() and again.headers["idempotent-replayed"] == "true"
    other = http.post("/api/v1/jobs", json={"candidates": LIST[:3]}, headers=key)
    assert other.status_code == 422 and "used for another request" in other.json()["detail"]
    number = first.json()["id"]
    with http.stream("GET", f"/api/v1/jobs/{number}/events") as stream:
        lines = list(stream.iter_lines())
    told = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    shares = [one["progress"] for one in told]
    assert shares == sorted(shares) and told[-1]["state"] == "done"
    assert [line for line in lines if line.startswith("event: ")][-1] == "event: end"
    assert http.get(f"/api/v1/rankings/{number}").json()["of"] == 20


@pytest.mark.slow
@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_rankings_and_rounds_become_runs(house, opened):
    def runs():
        being_made = contextlib.suppress(sqlite3.OperationalError)
        with (
            being_made,
            contextlib.closing(sqlite3.connect(f"file:{house / 'mlflow.db'}?mode=ro", uri=True)) as database,
        ):
            return [name for (name,) in database.execute("select name from runs where status = 'FINISHED'")]
        return []

    with opened(track=1) as http:
        number = http.post("/api/v1/jobs", files={"file": ("mine.csv", "formula\nLiAlCl4\n")}).json()["id"]
        assert waited(http, number)["state"] == "done"
        family = {"name": "laco", "template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.25"}}
        assert http.post("/api/v1/campaigns", json=family).status_code == 201
        assert http.post("/api/v1/campaigns/laco/propose", json={"batch": 2}).json()["event"] == 1
        until = time.monotonic() + 120
        while len(runs()) < 3:
            assert time.monotonic() < until
            time.sleep(0.2)
    assert sorted(runs()) == ["laco", "laco round 1", "rank mine.csv at 25 C"]


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_a_list_that_cannot_be_read_fails_with_the_reason(http):
    number = http.post("/api/v1/jobs", files={"file": ("mine.csv", b"PK\x03\x04 no table")}).json()["id"]
    job = waited(http, number)
    assert job["state"] == "failed" and job["error"].startswith("mine.csv ")
    assert "broken workbook" in job["error"]
    answer = http.get(f"/api/v1/jobs/{number}/result")
    assert answer.status_code == 409 and "is failed" in answer.json()["detail"]
    assert http.post("/api/v1/jobs", files={"file": ("mine.exe", "x")}).status_code == 422
    for goal, words in (
        ("{", "is not JSON"),
        ("[" * 50_000, "goal is nested more than 20 deep"),
        ('"\\ud800"', "half of"),
        ('{"tg_C": ' + "9" * 5_000 + "}", "more than 4,300 digits"),
    ):
        told = http.post("/api/v1/jobs", files={"file": ("a.csv", "x")}, data={"goal": goal})
        assert told.status_code == 422 and words in told.json()["detail"], told.text


def test_work_that_takes_too_long_is_ended(monkeypatch):
    """One file does not hold the queue of all: the process that reads it is ended, and the next work begins anew."""
    monkeypatch.setattr(crew, "WORKER", ("-c", "import time; time.sleep(600)"))
    worker = crew.Worker()
    with pytest.raises(crew.SlowWorkError, match=r"not read within 0.5 s; split it into several files"):
        worker.ask("count_rows", within_s=0.5, folder="x")
    monkeypatch.setattr(crew, "WORKER", ("-c", "print('{\"done\": 7}', flush=True); input()"))
    assert worker.ask("count_rows", within_s=60.0, folder="x") == 7
    worker.close()


def test_a_list_is_finished_again_where_nobody_heard_that_it_was(house, tmp_path):
    told = {"goal": {}, "temperature_C": 25.0, "also": [], "models": {"tg": 8, "conductivity": 8}}
    (tmp_path / "candidates.csv").write_text("\n".join(["formula", *LIST]))
    long_list.write_request(tmp_path, {**told, "file": "candidates.csv", "name": "mine.csv"})
    assert [long_list.rank_block(str(tmp_path), block, 20) for block in range(2)] == [20, len(LIST) - 20]
    assert long_list.finish(str(tmp_path), 2) == len(LIST)
    first = {path.name: path.read_bytes() for path in tmp_path.glob("result.*")}
    assert long_list.finish(str(tmp_path), 2) == len(LIST)
    assert {path.name: path.read_bytes() for path in tmp_path.glob("result.*")} == first and len(first) == 3
    long_list.tidy(tmp_path, 2)
    long_list.tidy(tmp_path, 2)
    assert not list(tmp_path.glob("block-*"))


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_a_list_is_ranked_with_own_results_as_they_stood_at_its_beginning(house, tmp_path):
    told = {"goal": {}, "temperature_C": 25.0, "also": [], "models": {"tg": 8, "conductivity": 8}}
    own = pd.DataFrame({"formula": ["LiAlCl2.4O0.8"], "temperature_C": [25.0], "conductivity_S_cm": [3e-6]})
    answers = {}
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "candidates.csv").write_text("\n".join(["formula", *LIST]))
        long_list.write_request(tmp_path / name, {**told, "file": "candidates.csv", "name": "mine.csv"})
        long_list.rank_block(str(tmp_path / name), 0, 20)
        if name == "before":
            lab.add(own.assign(phase="glass"))
            long_list._predictors.cache_clear()  # as when the worker is another by now
        long_list.rank_block(str(tmp_path / name), 1, 20)
        long_list.finish(str(tmp_path / name), 2)
        answers[name] = pd.read_parquet(tmp_path / name / "result.parquet").set_index("input")["conductivity_S_cm"]
    loaded = load(("tg", "conductivity"))
    wanted = {"before": Informed(loaded), "after": loaded}
    for name, predictors in wanted.items():
        ranked = rank(LIST, predictors=predictors).set_index("input")["conductivity_S_cm"]
        assert answers[name].to_dict() == pytest.approx(ranked.to_dict(), rel=1e-12)
    assert answers["before"].to_dict() != answers["after"].to_dict()


def test_what_is_to_be_noticed_of_a_list_reaches_who_sent_it(http):
    """Notes on the goal and on the list, in every answer on the job; nothing of them is a warning of Python."""
    text = "formula,temperature_C\n" + "".join(f"{one},298\n" for one in LIST[:9]) + "\n\nLiAlCl4,298\n"
    form = {"files": {"file": ("warm.csv", text)}, "data": {"goal": json.dumps({"tg_C": 300})}}
    taken = http.post("/api/v1/jobs", **form).json()
    assert ["tg_C = 300" in note for note in taken["notes"]] == [True]
    job = waited(http, taken["id"])
    assert job["state"] == "done" and job["rows"] == 10
    of_goal, blank, kelvin = job["notes"]
    assert of_goal == taken["notes"][0] and "2 blank lines in warm.csv" in blank
    assert "temperature_C = 298 is taken for degC" in kelvin and "298 K is 24.85 degC" in kelvin
    assert http.get(f"/api/v1/rankings/{job['id']}").json()["notes"] == job["notes"]
    assert http.get("/api/v1/jobs").json()["rows"][0]["notes"] == job["notes"]


def test_no_notice_of_a_worker_is_a_warning_of_python(tmp_path, caplog):
    (tmp_path / "candidates.csv").write_text("formula,temperature_C\nLiAlCl4,298\n")
    long_list.write_request(tmp_path, {"file": "candidates.csv", "name": "mine.csv", "notes": ["before"]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert answer({"do": "count_rows", "folder": str(tmp_path)}) == {"done": 1}
        assert "is taken for degC" in " ".join(long_list.notes_of(tmp_path)[1:])
    journal.warned(UserWarning("what a library says"), UserWarning, "list.py", 60)
    assert caplog.messages == ["UserWarning: what a library says"]


def test_cancel_works_at_once(http, monkeypatch):
    worker = http.app.state.desk.jobs.worker
    monkeypatch.setattr(crew, "WORKER", ("-c", "import time; time.sleep(600)"))
    number = http.post("/api/v1/jobs", json={"candidates": LIST}).json()["id"]
    waiting = http.post("/api/v1/jobs", json={"candidates": LIST}).json()["id"]
    waited(http, number, ("running",))
    while worker._process is None:
        time.sleep(0.02)
    process, began = worker._process, time.monotonic()
    assert http.post(f"/api/v1/jobs/{number}/cancel").json()["state"] == "cancelled"
    process.wait(5)
    assert time.monotonic() - began < 5
    assert http.get(f"/api/v1/jobs/{waiting}").json()["state"] in ("queued", "running")
    assert http.post(f"/api/v1/jobs/{waiting}/cancel").json()["state"] == "cancelled"
    assert http.post(f"/api/v1/jobs/{number}/cancel").status_code == 409
    assert http.get(f"/api/v1/jobs/{number}").json()["state"] == "cancelled"


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_a_list_in_json_is_told_of_in_the_words_of_rank(http):
    asked = {"candidates": ["LiAlCl4", "LiAlCl2..5", "NaAlCl4", "Li2Al2Cl8", None]}
    number = http.post("/api/v1/jobs", json=asked).json()["id"]
    assert waited(http, number)["state"] == "done"
    rows = http.get(f"/api/v1/jobs/{number}/result").json()["rows"]
    told = http.post("/api/v1/rank", json=asked).json()
    assert [row.pop("place") for row in rows] == told["places"]
    for row, right in zip(rows, told["rows"], strict=True):
        assert {name: row[name] for name in ("formula", "note", "error")} == {
            name: right[name] for name in ("formula", "note", "error")
        }
    assert sum("ranked above it" in row["note"] for row in rows) == 1


def test_a_lost_worker_is_replaced(http):
    desk = http.app.state.desk
    number = http.post("/api/v1/jobs", json={"candidates": LIST}).json()["id"]
    while desk.jobs.worker._process is None:
        time.sleep(0.02)
    desk.jobs.worker._process.kill()
    assert waited(http, number)["state"] == "done"


def test_old_jobs_and_keys_are_forgotten(house, opened):
    store = Store(Settings.of_environment().store_url)
    store.add(Job("a" * 20, "rank", "old", {}, now()))
    store.change("a" * 20, state=DONE)
    store.claim("key", "digest")
    time.sleep(0.01)
    with opened(keep_days=1e-9, keep_keys_days=1e-9) as http:
        until = time.monotonic() + 10
        while http.get("/api/v1/jobs").json()["rows"] and time.monotonic() < until:
            time.sleep(0.05)
        assert http.get("/api/v1/jobs").json() == {"rows": []}
    assert store.claim("key", "other") is None
    store.close()


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_a_store_keeps_what_a_job_may_do(database):
    store = Store(database)
    store.add(Job("1", "rank", "list", {"goal": None}, now()))
    assert store.start("1") and store.job("1").state == "running"
    assert store.change("1", state=CANCELLED) and not store.change("1", state=DONE)
    assert not store.start("1") and store.job("1").state == "cancelled" and store.job("1").finished
    assert store.job("2") is None
    assert store.claim("k", "a") is None and store.claim("k", "b") == ("a", None, b"")
    store.answer("k", 201, b"{}")
    assert store.claim("k", "a") == ("a", 201, b"{}")
    store.release("k")
    assert store.claim("k", "b") is None
    assert store.counts() == {"queued": 0, "running": 0, "done": 0, "failed": 0, "cancelled": 1}
    store.close()


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_a_command_line_ends_with_the_process_that_started_it():
    process = crew.started([*crew.COMMAND, "campaign", "import", "-"], subprocess.STDOUT)
    time.sleep(0.5)
    process.stdin.close()
    assert process.wait(60) != 0
    said = []
    assert crew.Trainings().run("job", ["--version"], said.append)[0] == 0
    assert said == [f"vitrion {vitrion.__version__}"]


def serving(port, **environment):
    told = os.environ | {"VITRION_TRACK": "0"} | {name.upper(): str(value) for name, value in environment.items()}
    command = [sys.executable, "-m", "vitrion", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=told, start_new_session=True)
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 200:
                return process
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    process.kill()
    raise AssertionError("the server did not get ready")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kept_in", "how"), [("sqlite", signal.SIGKILL), ("postgresql", signal.SIGTERM)], indirect=["kept_in"]
)
def test_a_server_that_ended_goes_on_at_the_last_finished_step(house, how):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    process = serving(port, vitrion_block_rows=200)
    try:
        many = [f"Li{1 + n / 3000:g}GaCl{4 + n / 3000:g}" for n in range(1, 2001)]
        with httpx.Client(base_url=base) as http:
            number = http.post("/api/v1/jobs", json={"candidates": many}).json()["id"]
            until = time.monotonic() + 120
            while not (job_folder(number) / "block-00001.parquet").exists() and time.monotonic() < until:
                time.sleep(0.01)
            os.kill(process.pid, how)
            process.wait()
        done = {path.name: path.stat().st_mtime_ns for path in job_folder(number).glob("block-*")}
        assert done and not (job_folder(number) / "result.csv").exists()
        process = serving(port, vitrion_block_rows=200)
        seen = {}
        with httpx.Client(base_url=base) as http:
            while (job := http.get(f"/api/v1/jobs/{number}").json())["state"] in ("queued", "running"):
                for path in job_folder(number).glob("block-*"):
                    seen.setdefault(path.name, path.stat().st_mtime_ns)
                time.sleep(0.05)
            assert (job["state"], job["rows"]) == ("done", 2000)
            assert len(http.get(f"/api/v1/jobs/{number}/result").json()["rows"]) == 2000
        assert seen["block-00000.parquet"] == done["block-00000.parquet"], "a finished block was predicted again"
    finally:
        process.terminate()
        process.wait(30)
