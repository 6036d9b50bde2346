"""Two servers and two workers on one database: jobs are shared, none is done twice, the ended leave theirs."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest
import sqlalchemy as sa
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.serve.jobs.leases import EXECUTORS, Presence
from vitrion.serve.jobs.recovery import Keeper
from vitrion.serve.settings import Settings
from vitrion.serve.storage.store import Store

pytestmark = pytest.mark.filterwarnings("ignore")
PATIENCE_S = 180
LIST = [f"Li{1 + n / 3000:g}GaCl{4 + n / 3000:g}" for n in range(1, 31)]


def started(*command, **environment):
    told = os.environ | {"VITRION_TRACK": "0", "VITRION_BLOCK_ROWS": "10", **environment}
    return subprocess.Popen([sys.executable, "-m", "vitrion", *command], env=told, stdin=subprocess.DEVNULL)


def until(work, seconds=PATIENCE_S):
    end = time.monotonic() + seconds
    while not (found := work()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def ready(base):
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"{base}/ready").status_code == 200
    return False


@pytest.fixture
def crowd(house, kept_in):
    """Two servers that leave jobs to two workers."""
    places, processes = [], []
    for _ in range(2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            places.append(f"http://127.0.0.1:{free.getsockname()[1]}")
    try:
        for place in places:
            processes.append(started("serve", "--port", place.rpartition(":")[2], VITRION_WORK="0"))
        processes += [started("worker") for _ in range(2)]
        for place in places:
            until(lambda place=place: ready(place))
        yield places, processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("kept_in", ["postgresql"], indirect=True)
def test_jobs_are_shared_and_done_once(crowd, house):
    (first, second), processes = crowd
    assert os.getpriority(os.PRIO_PROCESS, processes[0].pid) < os.getpriority(os.PRIO_PROCESS, processes[2].pid)
    family = {"name": "laco", "template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.25"}, "batch": 1}
    assert httpx.post(f"{first}/api/v1/campaigns", json=family).status_code == 201
    numbers = []
    for place in range(6):
        key = {"Idempotency-Key": f"list-{place}"}
        one = httpx.post(f"{(first, second)[place % 2]}/api/v1/jobs", json={"candidates": LIST}, headers=key)
        again = httpx.post(f"{(second, first)[place % 2]}/api/v1/jobs", json={"candidates": LIST}, headers=key)
        assert again.json()["id"] == one.json()["id"], "the key is known to both servers"
        numbers.append(one.json()["id"])
    numbers.append(httpx.post(f"{second}/api/v1/campaigns/laco/rounds", json={}).json()["id"])
    kept = Store(Settings.of_environment().store_url)
    until(lambda: any(job.state == "running" for job in kept.jobs()))
    processes[2].kill()  # one worker dies at work, the other is told to end
    until(lambda: sum(job.state == "done" for job in kept.jobs()) >= 2)
    processes[3].send_signal(signal.SIGTERM)
    assert processes[3].wait(60) == 0
    processes.append(started("worker"))
    until(lambda: all(job.state == "done" for job in kept.jobs()))
    assert sorted(job.id for job in kept.jobs()) == sorted(numbers)
    for number in numbers[:-1]:
        assert len(httpx.get(f"{second}/api/v1/jobs/{number}/result").json()["rows"]) == len(LIST)
    assert [event.kind for event in Campaign.load("laco").state.events] == ["proposed"]
    waiting = httpx.post(f"{first}/api/v1/jobs", json={"candidates": LIST * 20}).json()["id"]
    until(lambda: kept.job(waiting).state == "running")
    assert httpx.post(f"{second}/api/v1/jobs/{waiting}/cancel").json()["state"] == "cancelled"
    last = httpx.post(f"{first}/api/v1/jobs", json={"candidates": LIST}).json()["id"]
    until(lambda: kept.job(last).state == "done")
    assert kept.job(waiting).state == "cancelled"
    kept.close()


def test_a_process_is_gone_when_its_lock_is_free(database, empty, monkeypatch):
    empty.mkdir()
    monkeypatch.setattr("vitrion.serve.jobs.leases._ServerHold.grace_s", 0.3)
    kept = Store(database)
    mine, other, left = (Presence(kept, "worker") for _ in range(3))
    for one in (mine, other, left):
        one.enter()
    assert mine.kept() and mine.gone() == [] and len(mine.known()) == 3
    left.leave()
    assert mine.gone() == [left.id], "it said that it laid its work down"
    other._hold.give_back()
    until(lambda: other.id in mine.gone(), 5)
    mine.forget(other.id)
    mine.forget(left.id)
    assert mine.gone() == [] and set(mine.known()) == {mine.id}
    kept.close()


def test_a_server_that_lost_its_place_comes_back_under_another_name(house, fresh_postgresql, monkeypatch, opened):
    monkeypatch.setenv("VITRION_DATABASE_URL", fresh_postgresql)
    with opened() as http:
        jobs = http.app.state.desk.jobs
        before = jobs.presence.id
        with jobs.store.engine.begin() as connection:  # as if others had taken its jobs over
            connection.execute(EXECUTORS.delete())
            connection.execute(sa.text("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"))
        until(lambda: jobs.presence.id != before and jobs.presence.id in jobs.presence.known(), 60)
        number = http.post("/api/v1/jobs", json={"candidates": LIST}).json()["id"]
        until(lambda: http.get(f"/api/v1/jobs/{number}").json()["state"] == "done")
        assert set(jobs.presence.known()) == {jobs.presence.id}
    assert isinstance(jobs._keeper, Keeper)
