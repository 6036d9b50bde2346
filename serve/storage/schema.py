"""Which tables the database of the service has: brought up to date in steps, by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.pool import NullPool

from ...datasets.home import file_mode, private_file
from ...experiments.campaign_log.table import reason
from ..errors.refusals import WorkError
from .damage import mended

FOLDER = Path(__file__).parents[1] / "migrations"
TABLE = "vitrion_revision"  # MLflow, which may share the database, has the usual name
FIRST = "0001"  # of databases from before they were counted
LOCK = 5_641_843_127  # advisory lock of PostgreSQL while tables are made
PATIENCE_S = 120.0


class SchemaError(WorkError):
    """A database whose tables this version does not know, or cannot make."""


def upgrade(url: str) -> str:
    """Bring the tables of a database up to date, all steps or none; return the revision it has then.

    Parameters
    ----------
    url
        As SQLAlchemy writes it.
    """
    engine = _engine(url)
    try:
        with _alone(engine), engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text(f"SET LOCAL lock_timeout = '{PATIENCE_S:g}s'"))
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            return _upgraded(connection)
    except sa.exc.DBAPIError as error:
        if engine.dialect.name == "sqlite":
            raise SchemaError(mended(Path(str(engine.url.database)).name, reason(error))) from error
        said = f"the database of the service does not answer, or takes nothing: {reason(error)}"
        raise SchemaError(f"{said}; see to it, then start again") from error
    finally:
        engine.dispose()


def revisions() -> list[str]:
    """The revisions that this version knows, the newest first."""
    return [step.revision for step in _steps().walk_revisions()]


def present(connection: sa.Connection) -> str | None:
    """The revision of a database; None where it has no tables of ours."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection, opts={"version_table": TABLE}).get_current_revision()


def _upgraded(connection: sa.Connection) -> str:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext

    steps, known = _steps(), revisions()
    now = present(connection)
    if now is None and sa.inspect(connection).has_table("jobs"):
        MigrationContext.configure(connection, opts={"version_table": TABLE}).stamp(steps, FIRST)
        now = FIRST
    if now is not None and now not in known:
        raise SchemaError(
            f"the database has tables of revision {now[:20]!r}, and this Vitrion knows up to {known[0]}; "
            "start the newer Vitrion that made them, or restore a backup from before"
        )
    if now == known[0]:
        return now

    def wanted(revision: Any, context: Any) -> Any:
        return steps._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), steps, fn=wanted) as environment:
        environment.configure(connection=connection, transactional_ddl=True, version_table=TABLE)
        environment.run_migrations()
    return known[0]


def _steps() -> Any:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER)])


def _engine(url: str) -> sa.Engine:
    """An engine whose transactions hold the making of tables too, in SQLite as in PostgreSQL."""
    engine = sa.create_engine(url, poolclass=NullPool)
    if engine.dialect.name != "sqlite":
        return engine
    if engine.url.database:
        private_file(Path(engine.url.database))

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 60000")
        connection.execute("PRAGMA journal_mode = WAL")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def _alone(engine: sa.Engine) -> Iterator[None]:
    """Keep other processes on this machine waiting where the database cannot."""
    path = engine.url.database if engine.dialect.name == "sqlite" else None
    try:
        with FileLock(f"{path}.lock", timeout=PATIENCE_S, mode=file_mode(Path(path))) if path else nullcontext():
            yield
    except Timeout:
        raise SchemaError(
            f"another process has been making the tables of the service for {PATIENCE_S:g} s; end it, then start again"
        ) from None
