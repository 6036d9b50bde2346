"""Tables that grow in steps: from nothing, from the previous release, by several at once; a newer one is refused."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from vitrion.experiments.campaign_log import table as campaign_table
from vitrion.serve.errors.refusals import WorkError
from vitrion.serve.jobs import leases as presence
from vitrion.serve.storage import access_tables, schema, store
from vitrion.serve.storage.store import Store

OLD = (Path(__file__).parents[1] / "data" / "release-0.1.0.sql").read_text(encoding="utf-8")
MANY = 4


def filled(url):
    """A database as the previous release left it."""
    engine = sa.create_engine(url)
    script = OLD
    if engine.dialect.name == "postgresql":
        script = OLD.replace("BLOB", "BYTEA").replace("X'7B7D'", r"'\x7b7d'")
    lines = [line.strip() for line in script.split(";\n") if "TRANSACTION" not in line and "COMMIT" not in line]
    with engine.begin() as connection:
        for line in filter(None, lines):
            connection.exec_driver_sql(line)
    engine.dispose()


def differences(url):
    engine = sa.create_engine(url)
    known = sa.MetaData()
    for table in (
        presence.EXECUTORS,
        store.JOBS,
        store.ANSWERS,
        campaign_table.CAMPAIGNS,
        *access_tables.TABLES.sorted_tables,
    ):
        table.to_metadata(known)
    with engine.connect() as connection:
        options = {"include_object": lambda thing, name, kind, *_: name != schema.TABLE}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), known)
    engine.dispose()
    return found


def test_the_steps_make_the_tables_that_the_code_names(database):
    newest = schema.revisions()[0]
    assert schema.upgrade(database) == newest and schema.upgrade(database) == newest
    assert differences(database) == []


def test_what_the_previous_release_kept_is_kept(database):
    filled(database)
    kept = Store(database)
    assert [job.state for job in kept.jobs()] == ["failed", "queued", "done"]
    assert kept.job("0" * 20).told == {"goal": None}
    assert kept.claim("POST /api/v1/jobs one", "b" * 64) == ("a" * 64, 202, b"{}")
    kept.close()
    assert differences(database) == []


def test_a_newer_database_is_refused_and_left_alone(database):
    schema.upgrade(database)
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE vitrion_revision SET version_num = '9999'")
    with pytest.raises(schema.SchemaError, match="revision '9999', and this Vitrion knows up to 00"):
        Store(database)
    with engine.connect() as connection:
        assert schema.present(connection) == "9999"
    engine.dispose()
    assert issubclass(schema.SchemaError, WorkError)


@pytest.mark.parametrize("old", [False, True], ids=["empty", "previous release"])
def test_several_first_starts_at_once(database, old):
    if old:
        filled(database)
    code = f"from vitrion.serve.storage import schema; print(schema.upgrade({database!r}))"
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(MANY)
    ]
    said = [process.communicate(timeout=120) for process in processes]
    assert [out.strip() for out, _ in said] == [schema.revisions()[0]] * MANY, said
    assert differences(database) == []


def test_a_step_that_breaks_leaves_the_tables_as_they_were(database, monkeypatch):
    from vitrion.serve.migrations import v0002_executors

    filled(database)
    steps = schema._steps()
    step = steps.get_revision("0002").module
    assert step.revision == v0002_executors.revision
    usual = step.upgrade

    def broken():
        usual()
        raise RuntimeError("power went")

    monkeypatch.setattr(step, "upgrade", broken)
    monkeypatch.setattr(schema, "_steps", lambda: steps)
    with pytest.raises(RuntimeError, match="power went"):
        schema.upgrade(database)
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {"answers", "jobs"}
    engine.dispose()
    monkeypatch.undo()
    assert schema.upgrade(database) == schema.revisions()[0]


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "service.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(schema.SchemaError, match="not a database"):
        schema.upgrade(f"sqlite:///{path}")
    with pytest.raises(sqlite3.DatabaseError), sqlite3.connect(path) as connection:
        connection.execute("select 1 from jobs")
