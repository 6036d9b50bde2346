"""Databases of the home folder that are damaged, locked or read-only: named at the start, with what to do."""

import contextlib
import gc
import sqlite3

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from typer.testing import CliRunner
from vitrion.serve.cli import commands as cli
from vitrion.serve.errors import outcomes as errors
from vitrion.serve.jobs.job_queue import Jobs
from vitrion.serve.settings import Settings
from vitrion.serve.storage import damage
from vitrion.serve.storage.damage import DamagedError
from vitrion.serve.storage.store import Store

pytestmark = pytest.mark.filterwarnings("ignore")
NAMES = ("service.db", "workflows.db")
DO = {"service.db": "no access keys, no jobs and no owners", "workflows.db": "open jobs begin anew then"}


@pytest.fixture
def kept(empty):
    """A home with both databases, as a server leaves them."""
    empty.mkdir()
    store = Store(Settings().store_url)
    jobs = Jobs(store, Settings(track=0), lambda *told: {}, lambda: None)
    jobs.launch()
    jobs.close()
    store.close()
    for name in NAMES:
        with contextlib.closing(sqlite3.connect(empty / name)) as database:
            database.execute("PRAGMA journal_mode = DELETE")
    return empty


def scribbled(path):
    """A page in the middle that is overwritten."""
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\xa5" * 4096
    path.write_bytes(content)


def torn(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 7])


def foreign(path):
    path.write_bytes(b"this is no database at all" * 400)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("harm", [scribbled, torn, foreign])
def test_a_damaged_database_is_named_with_what_to_do(kept, name, harm):
    damage.check(Settings())
    harm(kept / name)
    before = (kept / name).read_bytes()
    with pytest.raises(DamagedError, match=f"^{name} is damaged .*restore it from a backup") as refused:
        damage.check(Settings())
    assert DO[name] in str(refused.value) and str(kept) not in str(refused.value)
    assert (kept / name).read_bytes() == before
    damage.check(Settings(database_url="postgresql://lab/x"))  # beside a database server they have no part


@pytest.mark.parametrize("name", NAMES)
def test_a_locked_database_and_one_that_is_read_only_are_named(kept, name):
    with contextlib.closing(sqlite3.connect(kept / name, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DamagedError, match=f"^{name} is locked by another process .*end what works with it"):
            damage.check(Settings(), 0.1)
    usual = sqlite3.connect

    def connected(path, **told):
        return usual(f"file:{path}?mode=ro", uri=True, **told) if path.name == name else usual(path, **told)

    with pytest.raises(DamagedError, match=f"^{name} cannot be written .*VITRION_HOME"):
        damage.check(Settings(), connect=connected)


@pytest.mark.parametrize(
    ("command", "name"), [("serve", "workflows.db"), ("worker", "service.db"), ("keys", "service.db")]
)
def test_commands_end_with_that_sentence(kept, command, name):
    foreign(kept / name)
    done = CliRunner().invoke(cli.app, [command, *(["list"] if command == "keys" else [])])
    assert done.exit_code == 1 and f"{name} is damaged (file is not a database)" in done.stderr.replace("\n", " ")
    assert DO[name] in done.stderr.replace("\n", " ") and "should not have happened" not in done.stderr


def test_a_start_reads_each_database_once(kept, monkeypatch):
    read, usual = [], damage._check

    class Started:
        def __init__(self, app, *told):
            self.app = app

        def run(self):
            with TestClient(self.app):
                read.append("open")

    monkeypatch.setattr(damage, "_check", lambda path, *more: read.append(path.name) or usual(path, *more))
    monkeypatch.setattr("vitrion.serve.operations.ending.Ending", Started)
    monkeypatch.setenv("VITRION_TRACK", "0")
    done = CliRunner().invoke(cli.app, ["serve"])
    gc.enable()
    assert done.exit_code == 0 and read == [*NAMES, "open"], (done.output, read)


def test_tables_that_are_not_ours_are_named_too(empty):
    """A whole file, in which another program keeps other things under the same names."""
    empty.mkdir()
    with contextlib.closing(sqlite3.connect(empty / "workflows.db")) as database:
        database.execute("create table workflow_status (x)")
    store = Store(Settings().store_url)
    jobs = Jobs(store, Settings(), lambda *told: {}, lambda: None)
    with pytest.raises(DamagedError, match=r"^workflows\.db is damaged"):
        jobs.launch()
    jobs.put_away()
    store.close()


def test_damage_that_comes_while_it_runs_is_named():
    error = sa.exc.DatabaseError("select 1", {}, sqlite3.DatabaseError("database disk image is malformed"))
    said, code = errors.explained(error)
    assert "a database of the home folder is damaged (database disk image is malformed)" in said and code == 1
