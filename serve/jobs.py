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

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID

from ..datasets.home import home, private_file, private_folder, put
from . import workflows
from .crew import Trainings, Worker
from .keeper import Keeper
from .long_list import VIEW, write_request
from .presence import Presence
from .refusals import ConflictError, NotFoundError, nothing_called
from .settings import Settings, job_folder
from .store import CANCELLED, DONE, FAILED, OPEN, Job, Store, now
from .workflows import LOG, RANK, ROUND, TRAIN

SERVER, WORKER = "server", "worker"
LAY_DOWN_S = 20.0  # for what is worked on in this process when it ends
_POLL_S, _SLOW_POLL_S = 0.5, 1.0  # between two looks into a queue; each costs the processor some milliseconds
_ENDED = ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "SUCCESS")


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
        self.worker, self.clerk, self.books, self.trainings = Worker(), Worker(), Worker(), Trainings()

    def launch(self) -> None:
        """Begin to work: go on with what was not finished, and take what comes."""
        self.worker, self.clerk, self.books, self.trainings = Worker(), Worker(), Worker(), Trainings()
        self.shop = workflows.Shop(
            self.store, self.settings, self.worker, self.books, self.trainings, self._propose, self._renewed
        )
        self.presence = Presence(self.store, self.kind)
        self.presence.enter()
        workflows.set_up(self.shop)
        if not self.settings.database_url:
            private_file(home() / "workflows.db")
        config: DBOSConfig = {"name": "vitrion", "application_version": "1", "log_level": "ERROR"}
        config |= {"executor_id": self.presence.id, "system_database_url": self.settings.workflow_url}
        config |= {"serializer": DBOSPortableJSONSerializer(), "max_executor_threads": 16}
        logging.getLogger("dbos").addFilter(_is_no_cancellation)
        DBOS(config=config)
        if not (self.settings.work or self.kind == WORKER):
            DBOS.listen_queues([])
        DBOS.launch()
        for name, each, in_all, poll_s in (
            (RANK, self.settings.jobs_at_once, None, _POLL_S),
            (TRAIN, None, 1, _SLOW_POLL_S),
            (ROUND, None, 1, _POLL_S),
            (LOG, None, 1, _SLOW_POLL_S),
        ):
            DBOS.register_queue(
                name,
                worker_concurrency=each,
                global_concurrency=in_all,
                polling_interval_sec=poll_s,
                on_conflict="always_update",
            )
        self._keeper = Keeper(self)
        self._keeper.begin()

    def close(self) -> None:
        """Stop working; what is not finished goes on elsewhere, or at the next launch."""
        self._keeper.stop()
        self.lay_down()
        self.worker.close()
        self.clerk.close()
        self.books.close()
        until = time.monotonic() + LAY_DOWN_S
        while self.shop.at_work and time.monotonic() < until:
            time.sleep(0.02)
        DBOS.destroy()
        self.presence.leave(done=not self.shop.at_work)

    def lay_down(self) -> None:
        """Stop what is worked on, so that it can go on at its last finished step."""
        workflows.set_up(None)
        self.worker.stop()
        self.clerk.stop()
        self.books.stop()
        self.trainings.stop()

    def take_over(self, executors: Sequence[str]) -> None:
        """Put what processes that are gone had begun back into its queues, once, whoever else does."""
        DBOS._recover_pending_workflows(list(executors))
        for one in executors:
            if not DBOS.list_workflows(executor_id=one, status="PENDING", limit=1):
                self.presence.forget(one)
        self.reconcile()

    def reconcile(self) -> None:
        """Bring jobs that are open in step with what DBOS knows of them."""
        for job in self.store.jobs(OPEN, limit=10_000):
            self._reconcile(job)

    def stop_work(self, job: str, kind: str) -> None:
        """End what works on a job that was cancelled."""
        if kind == TRAIN:
            self.trainings.stop(job)
        elif kind == RANK:
            self.worker.stop()

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
            rows = {"block_rows": self.settings.block_rows, "file": f"candidates{ending}", "name": name}
            write_request(folder, {**told, **rows})
            return self._take(Job(number, RANK, name, told, now(), models=told["models"]), owner)
        except BaseException:
            if self.store.job(number) is None:
                shutil.rmtree(folder, ignore_errors=True)
            raise

    def train(self, properties: Sequence[str], options: Sequence[str] = (), owner: str = "") -> Job:
        """Take a training of some properties, with options of `vitrion train`."""
        told = {"properties": list(properties), "options": list(options)}
        return self._take(Job(new_number(), TRAIN, " and ".join(properties), told, now()), owner)

    def round(self, campaign: str, batch: int | None, seen: int, owner: str = "") -> Job:
        """Take a round of proposals in a campaign that has had so many events."""
        told = {"campaign": campaign, "batch": batch, "seen": seen}
        return self._take(Job(new_number(), ROUND, campaign, told, now()), owner)

    def remember(self, campaign: str, event: int) -> None:
        """Have a round of a campaign kept as a run of MLflow, by and by."""
        workflows.remember({"do": "log_round", "campaign": campaign, "event": event})

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
        DBOS.cancel_workflow(number)
        if number in self.shop.at_work:  # else another process does, which looks every second
            self.stop_work(number, job.kind)
        return self.find(number)

    def result(self, number: str, form: str) -> Path:
        """Return the file with the result of a job that ranked a list, in one of `long_list.FORMATS` or as ``view``."""
        job = self.find(number)
        if job.kind != RANK:
            raise ConflictError(f"the job {number} is a {job.kind}; only those that rank a list have a result to fetch")
        if job.state != DONE:
            raise ConflictError(f"the job {number} is {job.state}; its result is there when it is done")
        path = job_folder(number) / (VIEW if form == "view" else f"result.{form}")
        if not path.is_file():
            raise NotFoundError(f"the result of {number} is gone; rank the list again")
        return path

    def delete(self, number: str) -> None:
        """Forget a finished job and its files."""
        if self.find(number).state in OPEN:
            raise ConflictError(f"the job {number} is not finished; cancel it first")
        shutil.rmtree(job_folder(number), ignore_errors=True)
        self.store.forget(number)
        DBOS.delete_workflow(number)

    def sweep_out(self) -> None:
        """Forget jobs and idempotency keys that are too old."""
        for number in self.store.expired(self.settings.keep_days):
            with suppress(NotFoundError):  # another server forgot it
                self.delete(number)
        self.store.forget_keys(self.settings.keep_keys_days)

    def _take(self, job: Job, owner: str) -> Job:
        self.store.add(job, owner)
        self._enqueue(job)
        return job

    def _enqueue(self, job: Job) -> None:
        told = job.told
        with SetWorkflowID(job.id):
            if job.kind == RANK:
                DBOS.enqueue_workflow(RANK, workflows.rank, job.id)
            elif job.kind == TRAIN:
                DBOS.enqueue_workflow(TRAIN, workflows.train, job.id, told["properties"], told["options"])
            else:
                DBOS.enqueue_workflow(
                    ROUND, workflows.campaign_round, job.id, told["campaign"], told["batch"], told["seen"]
                )

    def _reconcile(self, job: Job) -> None:
        """Bring a job that was open when the server ended in step with what DBOS knows of it."""
        known = DBOS.get_workflow_status(job.id)
        if known is None:  # the server ended between keeping the job and putting it into its queue
            self._enqueue(job)
        elif known.status in _ENDED:
            why = f"the server ended while it worked on this, {workflows.MOST_RECOVERIES} times; it was given up"
            self.store.change(job.id, state=FAILED, error=why)


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    """Whether a message of DBOS tells more than that a job was cancelled, which it calls an error."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or "Cancelled" not in kind.__name__


def new_number() -> str:
    """A number that no job has."""
    return uuid.uuid4().hex[:20]
