"""The append-only local store of a lab's own facts: SQLite through SQLAlchemy, one version for each addition.

Nothing is ever changed or deleted: triggers in the file refuse it, whoever asks. An addition is one transaction, so a
process killed in the middle of one leaves the store as it was, and additions of several processes follow each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from ..home import home, private_file, private_folder, sqlite_url
from . import conditions
from .rows import content_keys

FORMAT = 1
WAIT_SECONDS = 60.0
METADATA = sa.MetaData()

ADDITIONS = sa.Table(
    "additions",
    METADATA,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("added_at", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("facts", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
FACTS = sa.Table(
    "facts",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", sa.ForeignKey("additions.version"), nullable=False),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("quantity", sa.Text, nullable=False),
    sa.Column("formula", sa.Text, nullable=False),
    *(sa.Column(name, sa.Float) for name in ("value", "given", "temperature_C")),
    *(
        sa.Column(name, sa.Text, nullable=False)
        for name in ("unit", "given_unit", "phase", "outcome", "sample", "method")
    ),
    sa.Column("doi", sa.Text, nullable=False),
    sa.Column("year", sa.Integer),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("author", "confidence", "note")),
    sa.Column("supersedes", sa.ForeignKey("facts.id"), unique=True),
    sa.Column("content", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
CONDITIONS = sa.Table(  # of those facts that have some; stores of before have no such table until something is added
    "conditions",
    METADATA,
    sa.Column("fact", sa.ForeignKey("facts.id"), primary_key=True),
    sa.Column(conditions.COLUMN, sa.Text, nullable=False),
)
TRIGGERS = [
    f"CREATE TRIGGER IF NOT EXISTS no_{verb}_of_{table} BEFORE {verb.upper()} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} are never changed: add a row that supersedes'); END"
    for table in ("additions", "facts", "conditions")
    for verb in ("update", "delete")
]


class StoreError(ValueError):
    """A store that cannot be read, or facts that do not fit what it holds."""


def default_path() -> Path:
    """Return where the lab's own store lies: ``lab.sqlite`` in the home folder."""
    return home() / "lab.sqlite"


@contextmanager
def transaction(path: Path, write: bool = False) -> Iterator[sa.Connection]:
    """Yield a connection in one transaction that is committed at the end, or not at all.

    A writing one makes the file if need be and keeps other writers waiting, for up to a minute.
    """
    if write:
        try:
            private_folder(path.parent)
            private_file(path)
        except OSError as error:
            raise StoreError(f"{path} cannot be made ({error.strerror}); name a folder in VITRION_HOME") from None
    engine = _engine(path, "IMMEDIATE" if write else "DEFERRED")
    try:
        with engine.begin() as connection:
            _prepare(connection, path, write)
            yield connection
    except sa.exc.DatabaseError as error:
        raise StoreError(f"{path}: {error.orig}; {_mend(str(error.orig))}") from error
    finally:
        engine.dispose()


def _mend(fault: str) -> str:
    if "full" in fault:
        return "make room on that disk, then do it again"
    if "locked" in fault:
        return "another process is adding to it: try again when that has ended"
    if "readonly" in fault or "unable to open" in fault:
        return "check that you may write there, or name another folder in VITRION_HOME"
    return "restore the file from a backup, or move it away to start a new one"


def _engine(path: Path, kind: str) -> sa.Engine:
    engine = sa.create_engine(sqlite_url(path), poolclass=NullPool, connect_args={"timeout": WAIT_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # so that this module, not the driver, begins transactions
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine


def _prepare(connection: sa.Connection, path: Path, write: bool) -> None:
    """Make the tables of a new store; refuse one of another format."""
    found = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if found > FORMAT:
        raise StoreError(f"{path} has format {found}, and this Vitrion reads up to {FORMAT}; use a newer Vitrion")
    if not write:
        return
    METADATA.create_all(connection)
    for trigger in TRIGGERS:
        connection.exec_driver_sql(trigger)
    connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")


def append(
    connection: sa.Connection, facts: Sequence[Mapping[str, Any]], file: str, sha256: str, note: str = ""
) -> int:
    """Append facts as one addition and return its version."""
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    addition = {"added_at": at, "file": file, "sha256": sha256, "facts": len(facts), "note": note}
    result = connection.execute(ADDITIONS.insert().values(addition))
    version = int((result.inserted_primary_key or (0,))[0])
    made = [fact.get(conditions.COLUMN) or "" for fact in facts]
    plain = [{name: value for name, value in fact.items() if name != conditions.COLUMN} for fact in facts]
    rows = [{**fact, "version": version, "content": key} for fact, key in zip(plain, content_keys(facts), strict=True)]
    connection.execute(FACTS.insert(), rows)
    last = int(connection.execute(sa.select(sa.func.max(FACTS.c.id))).scalar_one())
    kept = [{"fact": last - len(made) + place, conditions.COLUMN: text} for place, text in enumerate(made, 1) if text]
    if kept:
        connection.execute(CONDITIONS.insert(), kept)
    return version


def additions(path: Path) -> pd.DataFrame:
    """Return one row an addition, oldest first; an empty table where there is no store."""
    return _table(path, ADDITIONS)


def facts(path: Path, version: int | None = None) -> pd.DataFrame:
    """Return every fact, oldest first, as of a version (the latest if not given).

    Returns
    -------
    DataFrame
        The columns of the table and ``conditions``, as JSON; ``superseded_by``: the number of the fact that corrects
        this one, or missing; and
        ``origin``: the version with which the first of a chain of corrections came.
    """
    table, made = _table(path, FACTS), _table(path, CONDITIONS).set_index("fact")[conditions.COLUMN]
    table[conditions.COLUMN] = table["id"].map(made).fillna("").astype(object)
    table = table[table["version"] <= version] if version is not None else table
    later = table.dropna(subset=["supersedes"]).set_index("supersedes")["id"]
    origin: dict[int, int] = {}
    for number, version_, old in table[["id", "version", "supersedes"]].itertuples(index=False, name=None):
        origin[number] = version_ if pd.isna(old) else origin[old]
    superseded = table["id"].map(later).astype("Int64")
    return table.assign(superseded_by=superseded, origin=list(origin.values())).reset_index(drop=True)


def current(path: Path, version: int | None = None) -> pd.DataFrame:
    """Return the facts that stand: not superseded, and not withdrawals themselves."""
    table = facts(path, version)
    return table[table["superseded_by"].isna() & (table["quantity"] != "withdrawal")].reset_index(drop=True)


def _table(path: Path, table: sa.Table) -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    if path.exists():
        with transaction(path) as connection:
            if sa.inspect(connection).has_table(table.name):
                rows = [
                    tuple(row) for row in connection.execute(sa.select(table).order_by(sa.asc(next(iter(table.c)))))
                ]
    frame = pd.DataFrame(rows, columns=[column.name for column in table.c])
    floats = [column.name for column in table.c if isinstance(column.type, sa.Float)]
    numbers = [column.name for column in table.c if isinstance(column.type, sa.Integer)]
    return frame.astype({**dict.fromkeys(floats, "float64"), **dict.fromkeys(numbers, "Int64")})
