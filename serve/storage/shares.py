"""Whose turn it is among jobs, and how much of the queues and of the disk is one key's share.

Each job is due at a time that no clock tells: it counts work done, of each queue for itself. A job starts where the
present one of its queue started, or where the last one of its owner ends, whichever is later, and ends as much later
as it is expected to cost. What starts first is worked on first, by servers and workers alike: so who has forty jobs
waits after each of them for one of every other's.

What an owner has had outlives his jobs: of those that are deleted one row of each owner and queue stays, until the
queue has passed it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ..errors.refusals import BusyError
from .access_tables import TABLES

MB = 1_000_000
LATEST = 2**31 - 2  # of a queue's times
TURNS = sa.Table(
    "turns",
    TABLES,
    sa.Column("job", sa.String(40), primary_key=True),
    sa.Column("queue", sa.String(12), nullable=False),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
    sa.Column("starts", sa.Integer, nullable=False),
    sa.Column("ends", sa.Integer, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
)


class ShareError(BusyError):
    """More than one's share of what all have; the message says how much is one's own, and how to come by more."""


class OpenJobsError(ShareError):
    """More than one's share of open jobs, which may take hours."""

    retry_s = None


class RoomError(ShareError):
    """More than one's share of the disk, which no waiting makes larger."""

    retry_s = None


@dataclass(frozen=True)
class Need:
    """What a job needs.

    Parameters
    ----------
    queue
        In which it waits.
    cost
        What it is expected to cost, in thousands of rows to rank.
    bytes
        Of its files.
    """

    queue: str
    cost: int = 1
    bytes: int = 0


@dataclass(frozen=True)
class Shares:
    """What one key may have at a time; without keys nothing is counted.

    Parameters
    ----------
    open_jobs
        Jobs that wait or are worked on.
    disk_mb
        Files of all jobs that are kept, in MB.
    """

    open_jobs: int
    disk_mb: float


def enter(connection: sa.Connection, jobs: sa.Table, job: str, owner: str, need: Need, shares: Shares) -> None:
    """Give a new job its turn, in the transaction that keeps it; raises `ShareError` where its owner has enough.

    Parameters
    ----------
    connection
        Alone among those that do this.
    jobs
        The table of jobs.
    job, owner, need
        The job.
    shares
        Of each owner.
    """
    if owner:
        _check(connection, TURNS.join(jobs, TURNS.c.job == jobs.c.id), jobs, owner, need, shares)
    known, begins = TURNS.outerjoin(jobs, TURNS.c.job == jobs.c.id), jobs.c.started.is_not(None)
    deleted = jobs.c.id.is_(None)

    def asked(what: Any, *where: sa.ColumnElement[bool]) -> int:
        found = connection.execute(sa.select(what).select_from(known).where(TURNS.c.queue == need.queue, *where))
        return int(found.scalar() or 0)

    begun = asked(sa.func.max(TURNS.c.starts), begins | deleted)
    waiting = asked(sa.func.min(TURNS.c.starts), jobs.c.state == "queued", jobs.c.id != job)
    own = asked(sa.func.max(TURNS.c.ends), TURNS.c.owner == owner, (jobs.c.state != "cancelled") | begins | deleted)
    starts = min(max(begun, waiting - 1, own), LATEST)  # just before those that wait, where none is known to be begun
    ends = min(starts + need.cost, LATEST)
    row = {"job": job, "queue": need.queue, "owner": owner, "starts": starts, "ends": ends, "bytes": need.bytes}
    connection.execute(TURNS.insert().values(**row))


def forget_turn(connection: sa.Connection, job: str, begun: bool, cancelled: bool) -> None:
    """Leave out the turn of a job that is deleted, but not that its owner had it.

    Parameters
    ----------
    connection
        Alone among those that do this, or give turns.
    job
        The job.
    begun, cancelled
        Whether it was worked on, and whether it was cancelled; if only that, it had no turn.
    """
    turn = connection.execute(sa.select(TURNS).where(TURNS.c.job == job)).mappings().first()
    connection.execute(TURNS.delete().where(TURNS.c.job == job))
    if turn is None or (cancelled and not begun):
        return
    kept = hashlib.sha256(f"{turn['queue']} {turn['owner']}".encode()).hexdigest()[:40]
    before = connection.execute(sa.select(TURNS.c.starts, TURNS.c.ends).where(TURNS.c.job == kept)).first() or (0, 0)
    starts = max(before[0], turn["starts"] if begun else 0)
    connection.execute(TURNS.delete().where(TURNS.c.job == kept))
    row = {"job": kept, "starts": starts, "ends": max(before[1], turn["ends"]), "bytes": 0}
    connection.execute(TURNS.insert().values(**{**turn, **row}))


def forget_passed(connection: sa.Connection, jobs: sa.Table) -> None:
    """Leave out what is kept of deleted jobs where others of the queue were begun later, or it has none."""
    later, none = TURNS.alias("later"), TURNS.c.job.not_in(sa.select(jobs.c.id))
    there = sa.select(later.c.job).join(jobs, later.c.job == jobs.c.id).where(later.c.queue == TURNS.c.queue)
    begun = there.where(jobs.c.started.is_not(None), later.c.starts >= TURNS.c.ends)
    passed = begun.correlate(TURNS).exists() | ~there.correlate(TURNS).exists()
    connection.execute(TURNS.delete().where(none, passed))


def _check(connection: sa.Connection, known: sa.Join, jobs: sa.Table, owner: str, need: Need, shares: Shares) -> None:
    """Refuse what is more than an owner's share."""
    of = sa.select(sa.func.count()).select_from(known).where(TURNS.c.owner == owner)
    count = int(connection.execute(of.where(jobs.c.state.in_(("queued", "running")))).scalar() or 0)
    if count >= shares.open_jobs:
        how = "wait until some are done, or cancel some (POST /api/v1/jobs/NUMBER/cancel)"
        raise OpenJobsError(
            f"{count} jobs of {owner} wait or are worked on, and {shares.open_jobs} are a key's share; {how}"
        )
    weight = sa.select(sa.func.sum(TURNS.c.bytes)).select_from(known).where(TURNS.c.owner == owner)
    kept = int(connection.execute(weight).scalar() or 0)
    if need.bytes and kept + need.bytes > shares.disk_mb * MB:
        how = "delete some that are done (DELETE /api/v1/jobs/NUMBER)"
        what = f"the jobs of {owner} keep {kept / MB:,.1f} MB, and with {need.bytes / MB:,.1f} MB more they would have"
        raise RoomError(f"{what} more than a key's share of {shares.disk_mb:,g} MB; {how}")
