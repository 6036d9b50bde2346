"""What the steps of jobs work with, and how a job ends: done, failed by its own fault, or laid down to go on later.

A database that went away is never a job's own fault: whatever of its books is written at that moment, by us or by DBOS,
the work is laid down, and taken up again at the last finished step when the database is back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from dbos import DBOS
from dbos._error import DBOSException

from ..errors.outcomes import explained
from ..errors.refusals import public
from ..settings import Settings, job_folder
from ..storage.retries import lost
from ..storage.store import DONE, FAILED, OPEN, Store
from ..workers.list_ranking import read_request
from ..workers.subprocesses import Trainings, Worker

P = ParamSpec("P")
T = TypeVar("T")


class StoppedError(RuntimeError):
    """A job that was cancelled while it worked."""


class ServerEndsError(BaseException):
    """The server ends: what was begun goes on when it starts again. DBOS records errors that are `Exception` alone."""


@dataclass
class Shop:
    """What the steps work with; `at_work` names the jobs that are worked on and their kinds.

    `worker` ranks long lists, `quick` those of one block.
    `books` is a process that speaks to MLflow alone: what waits for that holds nothing else up.
    `dropped` are those that were laid down because the database was away, and go on later.
    """

    store: Store
    settings: Settings
    worker: Worker
    quick: Worker
    books: Worker
    trainings: Trainings
    propose: Callable[[str, int | None, int], dict[str, Any]]
    renewed: Callable[[], None]
    at_work: dict[str, str] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def ranker(self, job: str) -> Worker:
        """The process that ranks the list of a job."""
        return self.quick if read_request(job_folder(job)).get("quick") else self.worker


_open: list[Shop] = []


def set_up(shop: Shop | None) -> None:
    """Give the steps what they work with, or take it away."""
    _open.clear()
    if shop is not None:
        _open.append(shop)


def shop_here() -> Shop:
    """What the steps work with; raises `ServerEndsError` where it was taken away."""
    if not _open:
        raise ServerEndsError
    return _open[0]


def step(work: Callable[P, T]) -> Callable[P, T]:
    """A step of DBOS, of which no lost database is kept as what came of it."""

    @wraps(work)
    def run(*told: P.args, **named: P.kwargs) -> T:
        with _laid_down_where_lost():
            return work(*told, **named)

    return DBOS.step()(run)


@contextmanager
def at_work(number: str, kind: str) -> Iterator[None]:
    """Work on a job, from its first word in the books to the last."""
    shop = shop_here()
    shop.at_work[number] = kind
    try:
        with _laid_down_where_lost():
            yield
    except ServerEndsError:
        shop.dropped.add(number)
        raise
    finally:
        shop.at_work.pop(number, None)


def through(job: str, work: Callable[[], dict[str, Any]]) -> bool:
    """Do the work of a job, and keep how it ended; return whether it is done. A job that was cancelled stays so."""
    shop = shop_here()
    if not shop.store.start(job):
        found = shop.store.job(job)
        if found is None or found.state != DONE:
            return False
        work()  # it ended between its last word and what follows: its steps are all kept, and told again
        return True
    try:
        ended = work()
    except StoppedError:
        return False
    except Exception as error:
        if lost(error) or isinstance(error, DBOSException):
            raise ServerEndsError from error
        shop.store.change(job, state=FAILED, error=public(explained(error)[0]))
        return False
    return shop.store.change(job, state=DONE, progress=1.0, **ended)


def stop_if_cancelled(job: str) -> None:
    """Raise `StoppedError` where a job was cancelled, or is no more."""
    found = shop_here().store.job(job)
    if found is None or found.state not in OPEN:
        raise StoppedError(job)


@contextmanager
def _laid_down_where_lost() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if lost(error):
            raise ServerEndsError from error
        raise
