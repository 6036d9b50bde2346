"""Campaigns in a database server, where ``VITRION_DATABASE_URL`` names one: a row each, changed under its lock."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache

import sqlalchemy as sa

VARIABLE = "VITRION_DATABASE_URL"
PATIENCE_S = 60
GONE = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError)  # of a server that went away
_QUOTED, _PATH = re.compile(r"""(["']).*?\1"""), re.compile(r"(?<!\w)/\S+")
_LOCK = 5_641_843_127  # the one under which the service makes its tables
CAMPAIGNS = sa.Table(
    "campaigns",
    sa.MetaData(),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("changed", sa.String(32), nullable=False),
)


class TableAwayError(RuntimeError):
    """A database server that does not answer, or that keeps a row locked."""


def address() -> str:
    """The address of the database server, as SQLAlchemy takes it."""
    return os.environ[VARIABLE].replace("postgresql://", "postgresql+psycopg://", 1)


def names() -> list[str]:
    """Names of all campaigns."""
    with _begun() as connection:
        return list(connection.execute(sa.select(CAMPAIGNS.c.name).order_by(CAMPAIGNS.c.name)).scalars())


def read(name: str) -> str | None:
    """What is kept of a campaign; None where there is none."""
    with _begun() as connection:
        return connection.execute(sa.select(CAMPAIGNS.c.state).where(CAMPAIGNS.c.name == name)).scalar()


def heads(length: int, name: str | None = None) -> dict[str, str]:
    """The first characters of what is kept of all campaigns, or of one of them, by name."""
    asked = sa.select(CAMPAIGNS.c.name, sa.func.substr(CAMPAIGNS.c.state, 1, length))
    with _begun() as connection:
        rows = connection.execute(asked if name is None else asked.where(CAMPAIGNS.c.name == name)).all()
    return {row[0]: row[1] for row in rows}


def create(name: str, state: str) -> bool:
    """Keep a new campaign; return whether there was none of that name."""
    try:
        with _begun() as connection:
            connection.execute(CAMPAIGNS.insert().values(name=name, state=state, changed=_now()))
    except sa.exc.IntegrityError:
        return False
    return True


def change(name: str, step: Callable[[str | None], str | None]) -> None:
    """Apply a step to what is kept at this moment, and keep the outcome; None leaves it as it is.

    The row is locked from reading to writing, so that no event of another process is lost.
    """
    with _begun() as connection:
        row = sa.select(CAMPAIGNS.c.state).where(CAMPAIGNS.c.name == name).with_for_update()
        new = step(connection.execute(row).scalar())
        if new is not None:
            told = CAMPAIGNS.update().where(CAMPAIGNS.c.name == name)
            connection.execute(told.values(state=new, changed=_now()))


@contextmanager
def _begun() -> Iterator[sa.Connection]:
    try:
        with _engine(address()).begin() as connection:
            yield connection
    except GONE as error:
        said = f"the database of the campaigns does not answer ({reason(error)}); try again in a moment"
        raise TableAwayError(said) from error


def reason(error: sa.exc.DBAPIError) -> str:
    """What a database says of an error, on one line; its address, the path of its socket too, is nobody's business."""
    lines = str(error.orig).strip().splitlines() or [type(error).__name__]
    return _PATH.sub("it", _QUOTED.sub("it", lines[0].rpartition("failed: ")[2]))[:200]


@lru_cache(maxsize=4)
def _engine(url: str) -> sa.Engine:
    """The engine of an address, with the table made if it is not there."""
    told = {"options": f"-c lock_timeout={PATIENCE_S}s"}
    engine = sa.create_engine(url, pool_pre_ping=True, pool_size=2, connect_args=told)
    with engine.begin() as connection:
        if not sa.inspect(connection).has_table(CAMPAIGNS.name):
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            CAMPAIGNS.create(connection, checkfirst=True)
    return engine


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
