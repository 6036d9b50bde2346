"""What is left of jobs, keys and processes that are no more: rows, steps, folders and locks that belong to nothing."""

from __future__ import annotations

import shutil
import time

import sqlalchemy as sa

from ...datasets.home import home
from ..settings import Settings
from ..storage.access_tables import JOB, OWNERS, SESSIONS
from ..storage.retries import patient
from ..storage.shares import forget_passed
from ..storage.store import JOBS, Store, now
from . import leases as presence
from . import queues

YOUNG_S = 86_400.0  # age of a folder up to which its job may be about to be kept


def sweep(store: Store, settings: Settings) -> None:
    """Forget what belongs to no job, no key and no process any more, and idempotency keys that are too old.

    Parameters
    ----------
    store
        The database of the service.
    settings
        For how long things are kept.
    """
    store.forget_keys(settings.keep_keys_days)
    rows = _Rows(store.engine)
    rows.sweep()
    numbers = rows.numbers()
    queues.forget_ended(settings.keep_days, numbers)
    for folder in (home() / "jobs").glob("*"):
        if folder.name not in numbers and time.time() - folder.stat().st_mtime > YOUNG_S:
            shutil.rmtree(folder, ignore_errors=True)
    presence.forget_locks(store)


class _Rows:
    """Rows of the database that belong to others."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @patient
    def sweep(self) -> None:
        """Leave out owners of jobs that are no more, turns that were passed, and sessions that ended."""
        with self.engine.begin() as connection:
            orphans = (OWNERS.c.kind == JOB) & OWNERS.c.name.not_in(sa.select(JOBS.c.id))
            connection.execute(OWNERS.delete().where(orphans))
            forget_passed(connection, JOBS)
            connection.execute(SESSIONS.delete().where(SESSIONS.c.expires < now()))

    @patient
    def numbers(self) -> set[str]:
        """The numbers of all jobs."""
        with self.engine.connect() as connection:
            return set(connection.execute(sa.select(JOBS.c.id)).scalars())
