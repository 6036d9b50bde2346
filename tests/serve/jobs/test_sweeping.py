"""What is swept out leaves nothing: no row in any table, no file, no step; and a home may be moved with open jobs."""

import os
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from filelock import FileLock
from vitrion.datasets.home import home
from vitrion.serve.jobs import queues
from vitrion.serve.jobs import recovery as keeper
from vitrion.serve.jobs.job_queue import Jobs
from vitrion.serve.security.keys import Keyring
from vitrion.serve.settings import Settings, job_folder
from vitrion.serve.storage.access_tables import OWNERS
from vitrion.serve.storage.store import TAKEN, Store

pytestmark = pytest.mark.filterwarnings("ignore")
ASKED = {"goal": {}, "temperature_C": 25.0, "also": [], "models": {"tg": 8, "conductivity": 8}}


class Ranker:
    """A process beside the server that ranks as fast as it is asked, and whose books take all."""

    def __init__(self):
        self.told = []

    def ask(self, do, **told):
        self.told.append((do, told))
        if do == "finish":
            (Path(told["folder"]) / "result.json").write_text("{}")
        return 3

    def stop(self):
        """Nothing to end."""

    close = stop


@pytest.fixture
def begun(empty, monkeypatch):
    """Begin to work on jobs in the present home; close what was begun."""
    for module, name, seconds in ((keeper, "LOOK_S", 0.05), (queues, "_POLL_S", 0.05), (queues, "_SLOW_POLL_S", 0.05)):
        monkeypatch.setattr(module, name, seconds)
    monkeypatch.setattr("vitrion.serve.jobs.job_queue.Worker", Ranker)
    begun = []

    def begin(**told):
        home().mkdir(exist_ok=True)
        settings = Settings(database_url=os.environ.get("VITRION_DATABASE_URL", ""), **told)
        jobs = Jobs(Store(settings.store_url), settings, lambda *asked: {}, lambda: None)
        jobs.launch()
        begun.append(jobs)
        return jobs

    yield begin
    for jobs in begun:
        jobs.close()
        jobs.store.close()


def until(work):
    end = time.monotonic() + 60
    while not (found := work()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def counted(jobs):
    """Number of rows of every table of every database, and all files of the home but those of databases and locks."""
    urls = {jobs.settings.store_url, jobs.settings.workflow_url.replace("postgresql://", "postgresql+psycopg://")}
    rows = {}
    for url in urls:
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            for schema in sa.inspect(engine).get_schema_names():
                for name in [] if schema == "information_schema" else sa.inspect(engine).get_table_names(schema):
                    table = sa.table(name, schema=schema)
                    asked = sa.select(sa.func.count()).select_from(table)
                    rows[engine.url.database, schema, name] = connection.execute(asked).scalar()
        engine.dispose()
    files = {path.relative_to(home()).as_posix() for path in home().rglob("*") if path.is_file()}
    return rows, {name for name in files if ".db" not in name}


def test_of_a_job_that_was_swept_out_nothing_is_left(begun, kept_in):
    jobs = begun(keep_days=1e-9)
    before = counted(jobs)
    job = jobs.rank(b"formula\nLiAlCl4\n", ".csv", "mine.csv", ASKED, "anna")
    jobs.store.claim("key", "digest", "me")
    jobs.store.answer("key", TAKEN, f'{{"id": "{job.id}"}}'.encode(), "me")
    jobs.store.claim("another", "digest", "me")
    ring = Keyring(jobs.store.engine)
    ring.open_session(ring.new("anna", "viewer", 1)[0], 1e-9)
    until(lambda: jobs.store.job(job.id).state == "done")
    until(lambda: ("log_ranking", {"job": job.id}) in jobs.books.told)
    until(lambda: not queues.begun(jobs.presence.id))
    time.sleep(0.05)
    between = counted(jobs)
    assert sum(between[0].values()) > sum(before[0].values()) + 8 and len(between[1]) > len(before[1])
    jobs.sweep_out()
    after, kept = counted(jobs), {"access_keys": 1, "answers": 1}
    assert {place[-1]: n - before[0][place] for place, n in after[0].items() if n != before[0][place]} == kept
    assert after[1] == before[1] and jobs.store.claim("another", "digest", "you")[2] == b"me"
    assert not list((home() / "jobs").iterdir())


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_what_earlier_releases_left_behind_is_swept_out_too(begun, kept_in):
    jobs = begun()
    with jobs.store.engine.begin() as connection:
        connection.execute(OWNERS.insert().values(kind="job", name="a" * 20, owner="anna"))
    old, young, lock, held = (
        home() / name for name in ("jobs/old", "jobs/young", "executors/a.lock", "executors/b.lock")
    )
    old.mkdir(parents=True)
    young.mkdir()
    lock.touch()
    with FileLock(held):
        for path in (old, lock, held):
            os.utime(path, (1.0, 1.0))
        jobs.sweep_out()
        assert held.exists(), "somebody holds it"
    assert not old.exists() and young.exists() and not lock.exists()
    assert jobs.presence.known() == {jobs.presence.id: "server"} and jobs.presence.kept()
    with jobs.store.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(OWNERS)).scalar() == 0


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_a_home_is_moved_with_its_jobs(begun, kept_in, empty, monkeypatch):
    jobs = begun(work=0)
    job = jobs.rank(b"formula\nLiAlCl4\n", ".csv", "mine.csv", ASKED, "anna")
    jobs.close()
    for path in (one for one in home().rglob("*") if one.is_file()):
        assert str(empty).encode() not in path.read_bytes(), f"{path.name} names the folder of the home"
    empty.rename(empty.with_name("elsewhere"))
    monkeypatch.setenv("VITRION_HOME", str(empty.with_name("elsewhere")))
    jobs = begun()
    until(lambda: jobs.store.job(job.id).state == "done")
    until(lambda: ("log_ranking", {"job": job.id}) in jobs.books.told)
    assert (job_folder(job.id) / "result.json").exists() and not empty.exists()
    for path in home().glob("*.db*"):
        assert str(home()).encode() not in path.read_bytes(), path.name
