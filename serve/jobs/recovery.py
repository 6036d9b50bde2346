"""A thread that looks after the jobs of all processes: takes over from those that ended, stops what was cancelled."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Protocol

from ..storage.retries import lost
from ..storage.store import OPEN, Store
from . import queues
from .context import Shop
from .leases import FENCE_S, Presence
from .workflows import LOG

LOOK_S = 0.5
COUNT_S = 5.0  # between two counts of what was begun
EARLIER = "local"  # what the first release called itself
_LOG = logging.getLogger(__name__)


class Work(Protocol):
    """The jobs of this process, as far as they are looked after."""

    store: Store
    shop: Shop
    presence: Presence
    behind: bool

    def take_over(self, executors: Sequence[str]) -> None:
        """Put what processes that are gone had begun back into its queues."""

    def stop_work(self, job: str, kind: str) -> None:
        """End what works on a job."""

    def lay_down(self) -> None:
        """Stop what is worked on, so that it can go on later."""

    def put_away(self) -> None:
        """Lay all work down and leave the processes that work."""

    def set_to_work(self) -> None:
        """Enter among the processes that work, under a new name."""


class Keeper:
    """Looks every half second.

    Parameters
    ----------
    jobs
        Of this process.
    """

    def __init__(self, jobs: Work) -> None:
        self._jobs = jobs
        self._ended, self._lost_at, self._fenced, self._down = threading.Event(), 0.0, False, False
        self._idle: set[str] = set()
        self._counted_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="vitrion-keeper", daemon=True)

    def begin(self) -> None:
        """Look once, then on and on."""
        self._jobs.take_over([EARLIER, *self._jobs.presence.gone()])
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(10)

    def look(self) -> None:
        """Look once; where this process lost its place among the others, it takes a new one."""
        jobs = self._jobs
        if self._down or (jobs.presence.kept() and (self._fenced or jobs.shop.dropped)):
            self._anew()
        elif not jobs.presence.kept():
            self._without_lock()
        else:
            self._lost_at = 0.0
            for job, kind in list(jobs.shop.at_work.items()):
                found = None if kind == LOG else jobs.store.job(job)
                if kind != LOG and (found is None or found.state not in OPEN):
                    jobs.stop_work(job, kind)
            self._count()
            gone = jobs.presence.gone()
            if gone:
                _LOG.warning("%d process(es) ended with their work; it goes on here or elsewhere", len(gone))
            if gone or jobs.behind:
                jobs.take_over(gone)

    def _count(self) -> None:
        """Lay down what was taken out of a queue and is not at work at two counts: the database went away between."""
        if time.monotonic() - self._counted_at >= COUNT_S:
            idle = queues.begun(self._jobs.presence.id) - set(self._jobs.shop.at_work)
            self._jobs.shop.dropped |= idle & self._idle
            self._idle, self._counted_at = idle, time.monotonic()

    def _without_lock(self) -> None:
        self._lost_at = self._lost_at or time.monotonic()
        if not self._fenced and time.monotonic() - self._lost_at > FENCE_S:
            _LOG.warning("the database has been away for %g s: the work is laid down until it is back", FENCE_S)
            self._fenced = True
            self._jobs.lay_down()
        if not self._jobs.presence.again():
            self._fenced = True  # others took the jobs over
            self._jobs.lay_down()

    def _anew(self) -> None:
        """Come back under a new name, and let the old one's work go on."""
        self._down = True  # until all is done: where the database is away again, the next look begins anew
        self._jobs.put_away()
        self._jobs.set_to_work()
        self._jobs.take_over([EARLIER, *self._jobs.presence.gone()])
        self._down, self._fenced, self._lost_at = False, False, 0.0

    def _run(self) -> None:
        while not self._ended.wait(LOOK_S):
            try:
                self.look()
            except Exception as error:
                if lost(error):
                    _LOG.info("the database does not answer (%s); it is asked again", type(error).__name__)
                else:
                    _LOG.exception("looking after the jobs failed; it is tried again")
