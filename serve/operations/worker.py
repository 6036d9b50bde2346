"""`vitrion worker`: a process that works on jobs, beside servers that share its database and home folder."""

from __future__ import annotations

import os
import signal
import threading

from ..errors.refusals import InputError
from ..terminal.console import say
from ..terminal.failures import told

NICENESS = 10  # a server that answers, or gets ready to, comes first


def worker() -> None:
    """Work on jobs of servers that share database and home; stops cleanly on SIGTERM, its jobs continue elsewhere."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with told():
        try:
            from ..jobs.job_queue import WORKER, Jobs
            from ..request_log import begin
            from ..service.campaigns import Campaigns
            from ..service.model_cache import InUse
            from ..settings import Settings
            from ..storage.damage import check
            from ..storage.store import Store
        except ImportError as error:
            raise InputError(
                f"{error.name} is not installed; install it in the folder of the source: pip install '.[serve]'"
            ) from None
        from ...datasets.home import made

        settings, ended = Settings.of_environment(), threading.Event()
        begin(settings)
        made()
        check(settings)
        store, models = Store(settings.store_url), InUse()
        campaigns = Campaigns(models)

        def propose(campaign: str, batch: int | None, seen: int) -> dict[str, object]:
            models.renew()
            return campaigns.round(campaign, batch, seen)

        jobs = Jobs(store, settings, propose, lambda: None, kind=WORKER)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        jobs.launch()
        say(f"Vitrion works on jobs as {jobs.presence.id} (stop with Ctrl+C)")
        ended.wait()
        jobs.close()
        store.close()
