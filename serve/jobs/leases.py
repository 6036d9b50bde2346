"""Which processes work on jobs: each holds a lock that its end gives back, whatever the clocks say.

Beside SQLite the lock is on a file of the home folder; beside PostgreSQL it is of a connection, which a process may
lose and still live. So such a process gives up its work after `FENCE_S`, and others take its jobs after `GRACE_S`.
"""

from __future__ import annotations

import os
import socket
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from filelock import FileLock, Timeout

from ...datasets.home import file_mode, home, private_folder
from ..storage.retries import GONE, patient
from ..storage.store import Store, now

FENCE_S, GRACE_S = 4.0, 8.0
YOUNG_S = 60.0  # age of a lock up to which its process may be about to be known
LEFT = "left"  # in place of its kind, for a process that laid its work down
EXECUTORS = sa.Table(
    "executors",
    sa.MetaData(),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("since", sa.String(32), nullable=False),
)


class _Hold(Protocol):
    grace_s: float

    def take(self, executor: str) -> bool: ...
    def kept(self) -> bool: ...
    def free(self, executor: str) -> bool: ...
    def give_back(self) -> None: ...


class Presence:
    """A process among those that work on the jobs of one database.

    Parameters
    ----------
    store
        The database that they share.
    kind
        ``server`` or ``worker``.
    """

    def __init__(self, store: Store, kind: str) -> None:
        self.engine, self.kind = store.engine, kind
        self.id = uuid.uuid4().hex[:20]
        self._hold: _Hold = _FileHold() if self.engine.dialect.name == "sqlite" else _ServerHold(self.engine)
        self._free_since: dict[str, float] = {}

    @patient
    def enter(self) -> None:
        """Take the lock, and say that there is a process more."""
        if not self._hold.take(self.id):
            raise sa.exc.OperationalError("", {}, RuntimeError("the lock of this process is taken"))
        row = {"id": self.id, "kind": self.kind, "host": socket.gethostname(), "pid": os.getpid(), "since": now()}
        with self.engine.begin() as connection:
            connection.execute(EXECUTORS.delete().where(EXECUTORS.c.id == self.id))  # of a try whose answer was lost
            connection.execute(EXECUTORS.insert().values(**row))

    def leave(self, done: bool = True) -> None:
        """Give the lock back; where all its work is laid down, say so, and others take it over at once."""
        if done:
            told = EXECUTORS.update().where(EXECUTORS.c.id == self.id).values(kind=LEFT)
            with suppress(*GONE), self.engine.begin() as connection:
                connection.execute(told)
        self._hold.give_back()

    def again(self) -> bool:
        """Take a lock that was lost again; return whether others left the jobs of this process alone meanwhile."""
        self._free_since.clear()
        return self._hold.take(self.id) and self.id in self.known()

    def kept(self) -> bool:
        """Whether this process still has its lock."""
        return self._hold.kept()

    def forget(self, executor: str) -> None:
        """Leave out a process that works no more."""
        with self.engine.begin() as connection:
            connection.execute(EXECUTORS.delete().where(EXECUTORS.c.id == executor))

    def known(self) -> dict[str, str]:
        """All processes that said that they work, and what they are: ``server``, ``worker`` or ``left``."""
        with self.engine.connect() as connection:
            return dict(connection.execute(sa.select(EXECUTORS.c.id, EXECUTORS.c.kind)).all())

    @patient
    def works(self, executor: str) -> bool:
        """Whether a process works still, as far as is known; one that ended is forgotten within seconds."""
        return self.known().get(executor, LEFT) != LEFT

    def gone(self) -> list[str]:
        """Processes that ended: those that said so, and those whose lock has been free for long enough."""
        others, at = {one: kind for one, kind in self.known().items() if one != self.id}, time.monotonic()
        free = {one for one in others if self._hold.free(one)}
        self._free_since = {one: self._free_since.get(one, at) for one in free}
        long = {one for one, since in self._free_since.items() if at - since >= self._hold.grace_s}
        return sorted(long | {one for one in free if others[one] == LEFT})


def forget_locks(store: Store) -> None:
    """Remove locks on files that nobody holds and no process is known by: it was killed as it entered or left."""
    with store.engine.connect() as connection:
        known = set(connection.execute(sa.select(EXECUTORS.c.id)).scalars())
    for path in _path("").parent.glob("*.lock"):
        if path.stem not in known and time.time() - path.stat().st_mtime > YOUNG_S:
            _FileHold().free(path.stem)


class _FileHold:
    """A lock on a file, which the end of a process gives back at once."""

    grace_s = 0.0

    def __init__(self) -> None:
        self._lock: FileLock | None = None

    def take(self, executor: str) -> bool:
        path = _path(executor)
        private_folder(path.parent)
        self._lock = FileLock(path, mode=file_mode(path))
        self._lock.acquire(timeout=0)
        return True

    def kept(self) -> bool:
        return self._lock is not None

    def free(self, executor: str) -> bool:
        path = _path(executor)
        try:
            with FileLock(path, timeout=0, mode=file_mode(path)):
                path.unlink(missing_ok=True)
                return True
        except Timeout:
            return False

    def give_back(self) -> None:
        if self._lock is not None:
            Path(self._lock.lock_file).unlink(missing_ok=True)
            self._lock.release()
            self._lock = None


class _ServerHold:
    """An advisory lock of PostgreSQL, which the end of its connection gives back."""

    grace_s = GRACE_S

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: Any = None

    def take(self, executor: str) -> bool:
        self.give_back()
        self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return bool(self._connection.execute(sa.select(sa.func.pg_try_advisory_lock(_number(executor)))).scalar())

    def kept(self) -> bool:
        try:
            self._connection.execute(sa.select(1))
        except (*GONE, AttributeError, sa.exc.InvalidRequestError):
            return False
        return True

    def free(self, executor: str) -> bool:
        number = _number(executor)
        if not self._connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar():
            return False
        self._connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))
        return True

    def give_back(self) -> None:
        if self._connection is not None:
            with suppress(Exception):  # whatever a lost connection raises: its end is what is wanted
                self._connection.invalidate()  # closes it, and with it the lock
            with suppress(Exception):  # as above, and the pool makes another
                self._connection.close()
            self._connection = None


def _path(executor: str) -> Path:
    return home() / "executors" / f"{executor}.lock"


def _number(executor: str) -> int:
    return int(executor[:15], 16)
