"""A thread that looks after the jobs of all processes: takes over from those that ended, stops what was cancelled."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from .patience import GONE, AwayError
from .presence import FENCE_S
from .store import OPEN

if TYPE_CHECKING:
    from .jobs import Jobs

LOOK_S = 0.5
EARLIER = "local"  # what the first release called itself
_LOG = logging.getLogger(__name__)


class Keeper:
    """Looks every half second.

    Parameters
    ----------
    jobs
        Of this process.
    """

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._ended, self._lost_at, self._fenced = threading.Event(), 0.0, False
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
        if not jobs.presence.kept():
            self._without_lock()
        elif self._fenced or jobs.shop.dropped:
            self._anew()
        else:
            self._lost_at = 0.0
            for job, kind in list(jobs.shop.at_work.items()):
                found = jobs.store.job(job)
                if found is None or found.state not in OPEN:
                    jobs.stop_work(job, kind)
            if gone := jobs.presence.gone():
                _LOG.warning("%d process(es) ended with their work; it goes on here or elsewhere", len(gone))
                jobs.take_over(gone)

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
        self._jobs.close()
        self._jobs.launch()

    def _run(self) -> None:
        while not self._ended.wait(LOOK_S):
            try:
                self.look()
            except (AwayError, *GONE) as error:
                _LOG.info("the database does not answer (%s); it is asked again", type(error).__name__)
            except Exception:
                _LOG.exception("looking after the jobs failed; it is tried again")
