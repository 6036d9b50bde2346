"""What the service remembers: jobs and idempotency keys, as rows of a database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from .access_tables import JOB, OWNERS
from .claims import ANSWERS, TABLES, Claims
from .retries import alone, patient
from .schema import upgrade
from .shares import TURNS, Need, Shares, enter, forget_turn

QUEUED, RUNNING, DONE, FAILED, CANCELLED = STATES = ("queued", "running", "done", "failed", "cancelled")
OPEN = (QUEUED, RUNNING)
WORKED = ("rank", "train", "round")  # kinds of jobs
KEPT = RANKING, SWEEP = ("ranking", "sweep")  # kinds of answers given at once that are kept like results of jobs
TAKEN = 202  # status of the answer that a job is begun with

JOBS = sa.Table(
    "jobs",
    TABLES,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(12), nullable=False, index=True),
    sa.Column("progress", sa.Float, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer),
    sa.Column("models", sa.Text, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("created", sa.String(32), nullable=False, index=True),
    sa.Column("started", sa.String(32)),
    sa.Column("finished", sa.String(32)),
)


@dataclass(frozen=True)
class Job:
    """A job as it stands.

    Parameters
    ----------
    id, kind, name
        Its number, what it does (one of `WORKED`, or of `KEPT`), and what it is about.
    state, progress, step
        One of `STATES`, the share that is done (0 to 1), and what it does now, in words.
    told
        What was asked for, with the ``notes`` on it.
    rows
        Rows of its result; None where that is not known yet.
    models
        Version of each model that it uses, by property.
    error
        Why it failed, in one sentence.
    created, started, finished
        Times in UTC as ISO 8601 writes them.
    """

    id: str
    kind: str
    name: str
    told: Mapping[str, Any]
    created: str
    state: str = QUEUED
    progress: float = 0.0
    step: str = "waiting for its turn"
    rows: int | None = None
    models: Mapping[str, int] | None = None
    error: str = ""
    started: str | None = None
    finished: str | None = None


def now() -> str:
    """The time in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Store(Claims):
    """The database of the service; every method is one transaction, and may be called from any thread.

    Parameters
    ----------
    url
        As SQLAlchemy writes it.
    """

    def __init__(self, url: str) -> None:
        upgrade(url)
        self.engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _prepared)

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()

    @patient
    def add(self, job: Job, owner: str = "", need: Need | None = None, shares: Shares | None = None) -> None:
        """Keep a new job, whose it is and its turn, all or none; one that is kept already stays as it is.

        Parameters
        ----------
        job, owner
            The job, and the name of the key of who asks; empty where none is needed.
        need, shares
            What it needs, and how much one key may have; else it has no turn, and comes first.
        """
        row = vars(job) | {"told": json.dumps(job.told), "models": json.dumps(job.models or {})}
        with suppress(sa.exc.IntegrityError), alone(self.engine) as connection:  # it is kept already
            connection.execute(JOBS.insert().values(**row))
            if owner:
                connection.execute(OWNERS.insert().values(kind=JOB, name=job.id, owner=owner))
            if need is not None and shares is not None:
                enter(connection, JOBS, job.id, owner, need, shares)

    @patient
    def job(self, number: str) -> Job | None:
        """Return a job by its number, None where there is none."""
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(JOBS).where(JOBS.c.id == number)).mappings().first()
        return None if row is None else _job(row)

    @patient
    def jobs(
        self,
        states: Sequence[str] = STATES,
        limit: int = 100,
        among: sa.Select[str] | None = None,
        kinds: Sequence[str] = WORKED,
    ) -> list[Job]:
        """Return jobs in some states, the newest first; `among` asks for the numbers of those that may be shown."""
        some = JOBS.c.state.in_(states) & JOBS.c.kind.in_(kinds)
        asked = sa.select(JOBS).where(some).order_by(JOBS.c.created.desc(), JOBS.c.id)
        if among is not None:
            asked = asked.where(JOBS.c.id.in_(among))
        with self.engine.connect() as connection:
            return [_job(row) for row in connection.execute(asked.limit(limit)).mappings()]

    def change(self, number: str, **values: Any) -> bool:
        """Change a job that is not finished; return whether it was."""
        if "models" in values:
            values["models"] = json.dumps(values["models"])
        if "notes" in values:
            found = self.job(number)
            values["told"] = json.dumps({**(found.told if found else {}), "notes": values.pop("notes")})
        if values.get("state") in (DONE, FAILED, CANCELLED):
            values["finished"] = now()
        return self._change(JOBS.c.id == number, values)

    @patient
    def _change(self, one: sa.ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        with self.engine.begin() as connection:
            if connection.execute(JOBS.update().where(one & JOBS.c.state.in_(OPEN)).values(**values)).rowcount:
                return True
            if "finished" not in values:
                return False
            # An earlier try may have been kept, and its answer lost.
            ours = (JOBS.c.state == values["state"]) & (JOBS.c.finished == values["finished"])
            return connection.execute(sa.select(JOBS.c.id).where(one & ours)).first() is not None

    def start(self, number: str) -> bool:
        """Say that a job is at work, again perhaps; return whether it may be."""
        return self.change(number, state=RUNNING, **self.begun())

    @staticmethod
    def begun() -> dict[str, Any]:
        """What changes when a job is begun, or taken up again."""
        return {"started": sa.func.coalesce(JOBS.c.started, now())}

    @patient
    def forget(self, number: str) -> None:
        """Leave a finished job out, whose it was, and the idempotency keys that stand for it; its turn counts on."""
        taken = sa.select(ANSWERS.c.key, ANSWERS.c.body).where(ANSWERS.c.status == TAKEN)
        gone = (JOBS.c.id == number) & JOBS.c.state.not_in(OPEN)
        with alone(self.engine) as connection:
            keys = [row[0] for row in connection.execute(taken) if number.encode() in bytes(row[1])]
            connection.execute(ANSWERS.delete().where(ANSWERS.c.key.in_(keys)))
            if (job := connection.execute(sa.select(JOBS).where(gone)).mappings().first()) is not None:
                connection.execute(JOBS.delete().where(gone))
                connection.execute(OWNERS.delete().where((OWNERS.c.kind == JOB) & (OWNERS.c.name == number)))
                forget_turn(connection, number, job["started"] is not None, job["state"] == CANCELLED)

    @patient
    def turn(self, number: str) -> tuple[str, int] | None:
        """Return in which queue a job waits and when it is due there; None where it has no turn."""
        with self.engine.connect() as connection:
            found = connection.execute(sa.select(TURNS.c.queue, TURNS.c.starts).where(TURNS.c.job == number)).first()
        return None if found is None else (found[0], found[1])

    @patient
    def weigh(self, number: str, size: int) -> None:
        """Keep how many bytes the files of a job have."""
        with self.engine.begin() as connection:
            connection.execute(TURNS.update().where(TURNS.c.job == number).values(bytes=size))

    @patient
    def expired(self, days: float) -> list[str]:
        """Return the numbers of jobs that ended longer ago than some days."""
        limit = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
        asked = sa.select(JOBS.c.id).where(JOBS.c.finished.is_not(None) & (JOBS.c.finished < limit))
        with self.engine.connect() as connection:
            return list(connection.execute(asked).scalars())

    @patient
    def counts(self) -> dict[str, int]:
        """Return the number of jobs in each state."""
        asked = sa.select(JOBS.c.state, sa.func.count()).where(JOBS.c.kind.in_(WORKED)).group_by(JOBS.c.state)
        with self.engine.connect() as connection:
            found: dict[str, int] = dict(connection.execute(asked).all())
        return {state: found.get(state, 0) for state in STATES}


def _job(row: sa.RowMapping) -> Job:
    return Job(**{**row, "told": json.loads(row["told"]), "models": json.loads(row["models"])})


def _prepared(connection: Any, record: Any) -> None:
    """Let readers and a writer work side by side, and wait for each other instead of failing."""
    cursor = connection.cursor()
    for line in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {line}")
    cursor.close()
