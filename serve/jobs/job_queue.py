"""Durable jobs: long lists, trainings and rounds of campaigns, in queues of their own."""

from __future__ import annotations

import logging
import shutil
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dbos import DBOS

from ...datasets.home import private_folder, put
from ..errors.refusals import ConflictError, NotFoundError, WorkError, nothing_called
from ..settings import Settings, job_folder
from ..storage.shares import Need, Shares
from ..storage.store import CANCELLED, DONE, FAILED, OPEN, Job, Store, now
from ..workers.list_ranking import write_request
from ..workers.subprocesses import Trainings, Worker
from . import context as shop
from . import queues, sweeping
from .leases import Presence
from .lengths import length_of
from .recovery import Keeper
from .workflows import MOST_RECOVERIES, QUICK, RANK, ROUND, TRAIN, remember_after

SERVER, WORKER = "server", "worker"
LAY_DOWN_S = 20.0  # for what is worked on in this process when it ends
_LOG = logging.getLogger(__name__)


class Jobs:
    """Jobs of one server: they wait in queues, go on after a crash, and can be cancelled.

    Parameters
    ----------
    store
        Where their state is kept.
    settings
        Of the service.
    propose
        Proposes in a campaign: its name, the number of melts and the number of events seen before.
    renewed
        Called when there may be new models.
    kind
        ``server``, which works on jobs unless the settings leave them to others, or ``worker``.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        propose: Callable[[str, int | None, int], dict[str, Any]],
        renewed: Callable[[], None],
        kind: str = SERVER,
    ) -> None:
        self.store, self.settings, self.kind = store, settings, kind
        self._propose, self._renewed = propose, renewed
        self._hire()

    def _hire(self) -> None:
        """Have processes that are started when they are first needed."""
        self.worker, self.quick, self.clerk, self.books = Worker(), Worker(), Worker(), Worker()
        self.trainings = Trainings()

    def launch(self) -> None:
        """Begin to work: go on with what was not finished, and take what comes."""
        self.set_to_work()
        self._keeper = Keeper(self)
        self._keeper.begin()

    def set_to_work(self) -> None:
        """Enter among the processes that work, under a new name, and open the queues."""
        self._hire()
        hands = (self.worker, self.quick, self.books, self.trainings)
        self.shop = shop.Shop(self.store, self.settings, *hands, self._propose, self._renewed)
        self.presence = Presence(self.store, self.kind)
        self.presence.enter()
        shop.set_up(self.shop)
        queues.open_all(self.settings, self.presence.id, self.settings.work or self.kind == WORKER)
        self.behind = False

    def close(self) -> None:
        """Stop working; what is not finished goes on elsewhere, or at the next launch."""
        self._keeper.stop()
        self.put_away()

    def put_away(self) -> None:
        """Lay all work down, close the queues and leave the processes that work; done twice it does no harm."""
        self.lay_down()
        for one in (self.worker, self.quick, self.clerk, self.books):
            one.close()
        until = time.monotonic() + LAY_DOWN_S
        while self.shop.at_work and time.monotonic() < until:
            time.sleep(0.02)
        DBOS.destroy()
        self.presence.leave(done=not self.shop.at_work)

    def lay_down(self) -> None:
        """Stop what is worked on, so that it can go on at its last finished step."""
        shop.set_up(None)
        for one in (self.worker, self.quick, self.clerk, self.books):
            one.stop()
        self.trainings.stop()

    def take_over(self, executors: Sequence[str]) -> None:
        """Put what processes that are gone had begun back into its queues, once, whoever else does."""
        DBOS._recover_pending_workflows(list(executors))
        for one in executors:
            if not DBOS.list_workflows(executor_id=one, status="PENDING", limit=1):
                self.presence.forget(one)
        self.reconcile()
        self.behind = False

    def reconcile(self) -> None:
        """Bring jobs that are open in step with what DBOS knows of them."""
        for job in self.store.jobs(OPEN, limit=10_000):
            self._reconcile(job)

    def stop_work(self, job: str, kind: str) -> None:
        """End what works on a job that was cancelled."""
        if kind == TRAIN:
            self.trainings.stop(job)
        elif kind == RANK:
            with suppress(WorkError):  # it was deleted
                self.shop.ranker(job).stop()

    def rank(self, content: bytes, ending: str, name: str, told: Mapping[str, Any], owner: str = "") -> Job:
        """Take a long list to rank.

        Parameters
        ----------
        content, ending
            Of the file of candidates.
        name
            What the user calls it.
        told
            ``goal``, ``temperature_C``, ``also`` and the versions of the ``models`` to use.
        owner
            Name of the key of who asks; empty where none is needed.
        """
        number = new_number()
        folder = job_folder(number)
        try:
            private_folder(folder)
            put(folder / f"candidates{ending}", content)
            length, size = length_of(content), self.settings.block_rows
            quick = length.is_short(size)
            rows = {"block_rows": size, "file": f"candidates{ending}", "name": name, "quick": quick}
            write_request(folder, {**told, **rows})
            need = Need(QUICK if quick else RANK, 1 + length.rows // 1000, len(content))
            return self._take(Job(number, RANK, name, told, now(), models=told["models"]), owner, need)
        except BaseException:
            if self.store.job(number) is None:
                shutil.rmtree(folder, ignore_errors=True)
            raise

    def train(self, properties: Sequence[str], options: Sequence[str] = (), owner: str = "") -> Job:
        """Take a training of some properties, with options of `vitrion train`."""
        told = {"properties": list(properties), "options": list(options)}
        return self._take(Job(new_number(), TRAIN, " and ".join(properties), told, now()), owner, Need(TRAIN))

    def round(self, campaign: str, batch: int | None, seen: int, owner: str = "") -> Job:
        """Take a round of proposals in a campaign that has had so many events."""
        told = {"campaign": campaign, "batch": batch, "seen": seen}
        return self._take(Job(new_number(), ROUND, campaign, told, now()), owner, Need(ROUND))

    def remember(self, campaign: str, event: int) -> None:
        """Have a round of a campaign, which stands already, kept as a run of MLflow, by and by."""
        remember_after({"do": "log_round", "campaign": campaign, "event": event})

    def find(self, number: str) -> Job:
        """Return a job by its number."""
        job = self.store.job(number)
        if job is None:
            raise NotFoundError(nothing_called("job", number))
        return job

    def cancel(self, number: str) -> Job:
        """Cancel a job at once; one that is finished stays as it is."""
        job = self.find(number)
        if not self.store.change(number, state=CANCELLED, step="cancelled"):
            raise ConflictError(f"the job {number} is {self.find(number).state} already; there is nothing to cancel")
        with queues.spared():  # who works on it looks at its row first
            DBOS.cancel_workflow(number)
        if number in self.shop.at_work:  # else another process does, which looks every second
            self.stop_work(number, job.kind)
        return self.find(number)

    def result(self, number: str, form: str) -> Path:
        """Return the file with the result of a job that ranked a list, in one of `list_ranking.FORMATS`."""
        job = self.find(number)
        if job.kind != RANK:
            raise ConflictError(f"the job {number} is a {job.kind}; only those that rank a list have a result to fetch")
        if job.state != DONE:
            raise ConflictError(f"the job {number} is {job.state}; its result is there when it is done")
        path = job_folder(number) / f"result.{form}"
        if not path.is_file():
            raise NotFoundError(f"the result of {number} is gone; rank the list again")
        return path

    def delete(self, number: str) -> None:
        """Forget a finished job and its files."""
        if self.find(number).state in OPEN:
            raise ConflictError(f"the job {number} is not finished; cancel it first")
        shutil.rmtree(job_folder(number), ignore_errors=True)
        with queues.spared():  # else its steps go the next time that is swept
            DBOS.delete_workflow(number)
        self.store.forget(number)

    def sweep_out(self) -> None:
        """Forget jobs that are too old, and all that was kept beside them."""
        for number in self.store.expired(self.settings.keep_days):
            with suppress(NotFoundError):  # another server forgot it
                self.delete(number)
        sweeping.sweep(self.store, self.settings)

    def _take(self, job: Job, owner: str, need: Need) -> Job:
        self.store.add(job, owner, need, Shares(self.settings.most_open_jobs, self.settings.most_disk_mb))
        with queues.spared() as reached:
            queues.put(job, self.store.turn(job.id))
        if not reached:  # it is kept, so it is taken: the keeper puts it into its queue
            _LOG.warning("the job %s waits for the database before it gets into its queue", job.id)
            self.behind = True
        return job

    def _reconcile(self, job: Job) -> None:
        """Bring a job that was open when the server ended in step with what DBOS knows of it."""
        known = DBOS.get_workflow_status(job.id)
        if known is None:  # the server ended between keeping the job and putting it into its queue
            queues.put(job, self.store.turn(job.id))
        elif known.status in queues.ENDED:
            why = f"the server ended while it worked on this, {MOST_RECOVERIES} times; it was given up"
            self.store.change(job.id, state=FAILED, error=why)


def new_number() -> str:
    """A number that no job has."""
    return uuid.uuid4().hex[:20]
