"""Rankings and sweeps that were answered at once, kept under a number as results of jobs are."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ...datasets.home import private_folder, put
from ..errors.refusals import ConflictError, NotFoundError, nothing_called
from ..settings import Settings, job_folder
from ..storage.access_tables import JOB, OWNERS
from ..storage.store import DONE, JOBS, KEPT, STATES, Job, Store, now
from ..workers.list_ranking import VIEW
from .workflows import RANK

MB = 1_000_000
PACKED = f"{VIEW}.gz"
QUICKLY = 3  # level of gzip: an eighth of the size in a fifth of a second for 10,000 rows


class KeptAnswers:
    """Answers of one service, each with its owner; bounded in number, size and age.

    They are rows of jobs that are done: whose they are, how long they are kept and how they are deleted is as of jobs.

    Parameters
    ----------
    store, settings
        Of the service.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings

    def keep(self, answer: Job, body: bytes, owner: str = "") -> None:
        """Keep an answer and whose it is, and forget the oldest of its owner beyond what one may have.

        Parameters
        ----------
        answer
            With its number, kind (one of `KEPT`), name, models and number of rows; `told` has what was asked for.
        body
            The answer as JSON.
        owner
            Name of the key of who asked; empty where none is needed.
        """
        folder, packed = job_folder(answer.id), gzip.compress(body, QUICKLY, mtime=0)
        told = {**answer.told, "bytes": len(packed)}
        done = {"state": DONE, "progress": 1.0, "step": "done", "started": answer.created, "finished": now()}
        try:
            private_folder(folder)
            put(folder / PACKED, packed)
            self.store.add(Job(**{**vars(answer), **done, "told": told}), owner)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._forget_oldest(owner)

    def recent(self, owner: str | None, kinds: Sequence[str], limit: int) -> list[Job]:
        """Return what is kept, and the lists that were ranked as jobs, the newest first; of all for None."""
        among = None if owner is None else _owned(owner)
        return self.store.jobs(STATES, limit, among, kinds)

    def read(self, number: str) -> tuple[bytes, bool]:
        """Return the answer with this number as JSON, and whether it is packed by gzip."""
        job = self.store.job(number)
        if job is None:
            raise NotFoundError(nothing_called("job", number))
        if job.kind not in (*KEPT, RANK):
            raise ConflictError(f"the job {number} is a {job.kind}; only rankings and sweeps are shown here")
        if job.state != DONE:
            raise ConflictError(f"the ranking {number} is {job.state}; it is there when it is done")
        packed = job.kind in KEPT
        path = job_folder(number) / (PACKED if packed else VIEW)
        if not path.is_file():
            raise NotFoundError(f"the ranking {number} is gone; rank the list again")
        return path.read_bytes(), packed

    def _forget_oldest(self, owner: str) -> None:
        room = self.settings.most_kept_mb * MB
        for place, job in enumerate(self.store.jobs(STATES, 10 * self.settings.most_kept, _owned(owner), KEPT)):
            room -= _size(job.told)
            if place and (place >= self.settings.most_kept or room < 0):
                shutil.rmtree(job_folder(job.id), ignore_errors=True)
                self.store.forget(job.id)


def _size(told: Mapping[str, Any]) -> int:
    return int(told.get("bytes", 0))


def _owned(owner: str) -> sa.Select[str]:
    """What asks the database for the numbers of somebody's, or (empty) of those that are nobody's."""
    if owner:
        return sa.select(OWNERS.c.name).where((OWNERS.c.kind == JOB) & (OWNERS.c.owner == owner))
    return sa.select(JOBS.c.id).where(JOBS.c.id.not_in(sa.select(OWNERS.c.name).where(OWNERS.c.kind == JOB)))
