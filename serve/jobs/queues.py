"""The queues of jobs, which DBOS keeps beside the steps of those that are worked on."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID
from dbos._error import DBOSAwaitedWorkflowCancelledError, DBOSException, DBOSWorkflowCancelledError

from ...datasets.home import home, private_file
from ...experiments.campaign_log.table import reason
from ..settings import Settings
from ..storage.damage import DamagedError, mended
from ..storage.retries import lost
from ..storage.store import Job
from . import workflows
from .workflows import LOG, QUICK, RANK, ROUND, TRAIN

ENDED = ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "SUCCESS")
_CANCELLED = (DBOSAwaitedWorkflowCancelledError, DBOSWorkflowCancelledError)
_POLL_S, _SLOW_POLL_S = 0.5, 1.0  # between two looks into a queue; each costs the processor some milliseconds


def open_all(settings: Settings, executor: str, works: object) -> None:
    """Open the queues.

    Parameters
    ----------
    settings
        Of the service.
    executor
        Name under which this process works.
    works
        Whether it takes jobs out of them too.
    """
    config: DBOSConfig = {
        "name": "vitrion",
        "system_database_url": settings.workflow_url,
        "application_version": "1",
        "executor_id": executor,
        "log_level": "ERROR",
        "serializer": DBOSPortableJSONSerializer(),
        "max_executor_threads": 16,
    }
    if not settings.database_url:
        private_file(home() / "workflows.db")
    logging.getLogger("dbos").addFilter(_is_no_cancellation)
    DBOS(config=config)
    if not works:
        DBOS.listen_queues([])
    try:
        DBOS.launch()
    except sa.exc.DatabaseError as error:
        if settings.database_url:
            raise
        raise DamagedError(mended("workflows.db", reason(error))) from error
    for name, each, in_all, poll_s in (
        (RANK, settings.jobs_at_once, None, _POLL_S),
        (QUICK, 1, None, _POLL_S),
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


def put(job: Job, turn: tuple[str, int] | None) -> None:
    """Put a job into its queue; one that is there already stays as it is.

    Parameters
    ----------
    job
        Of any kind.
    turn
        Its queue, and when it is due there; None for those of earlier releases, which come first.
    """
    told = job.told
    queue, due = turn or (job.kind, 0)
    with SetWorkflowID(job.id), SetEnqueueOptions(priority=due + 1):
        if job.kind == RANK:
            DBOS.enqueue_workflow(queue, workflows.rank, job.id)
        elif job.kind == TRAIN:
            DBOS.enqueue_workflow(queue, workflows.train, job.id, told["properties"], told["options"])
        else:
            DBOS.enqueue_workflow(
                queue, workflows.campaign_round, job.id, told["campaign"], told["batch"], told["seen"]
            )


def begun(executor: str) -> set[str]:
    """Numbers of what a process took out of the queues and did not end."""
    return {one.workflow_id for one in DBOS.list_workflows(executor_id=executor, status="PENDING", load_input=False)}


def forget_ended(days: float, but: Collection[str]) -> None:
    """Forget the steps of all that ended longer ago than some days, but those of some jobs."""
    before = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    ended = DBOS.list_workflows(status=list(ENDED), completed_before=before, load_input=False, load_output=False)
    if old := [one.workflow_id for one in ended if one.workflow_id not in but]:
        DBOS.delete_workflows(old)


@contextmanager
def spared() -> Iterator[list[str]]:
    """Work that is left to the keeper where the queues cannot be reached; its list has an entry where they were.

    Their database may be away, or they are just being opened anew.
    """
    reached: list[str] = []
    try:
        yield reached
        reached.append("reached")
    except Exception as error:
        if not (lost(error) or isinstance(error, DBOSException)):
            raise


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    """Whether a message of DBOS tells more than that a job was cancelled, which it calls an error."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or not issubclass(kind, _CANCELLED)
