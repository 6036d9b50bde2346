"""What a job does, step by step: a killed server goes on after the last step that DBOS kept as done."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dbos import DBOS

from ..experiments.campaign_table import TableAwayError
from ..experiments.registry import champions
from . import long_list
from .crew import READ_S, LostWorkerError, Trainings, Worker
from .failures import explained
from .patience import AwayError
from .refusals import ConflictError, InputError, WorkError, public
from .settings import Settings, job_folder
from .store import DONE, FAILED, OPEN, RUNNING, Store

RANK, TRAIN, ROUND, LOG = "rank", "train", "round", "log"  # queues
MOST_TRIES = 3  # of a step whose worker is lost
MOST_RECOVERIES = 20  # after which a job that takes the server down with it is given up
_FOLD = re.compile(r"fold (\d+) of (\d+)")


class StoppedError(RuntimeError):
    """A job that was cancelled while it worked."""


class ServerEndsError(BaseException):
    """The server ends: what was begun goes on when it starts again. DBOS records errors that are `Exception` alone."""


@dataclass
class Shop:
    """What the steps work with; `at_work` names the jobs that are worked on and their kinds.

    `books` is a process that speaks to MLflow alone: what waits for that holds nothing else up.
    `dropped` are those that were laid down because the database was away, and go on later.
    """

    store: Store
    settings: Settings
    worker: Worker
    books: Worker
    trainings: Trainings
    propose: Callable[[str, int | None, int], dict[str, Any]]
    renewed: Callable[[], None]
    at_work: dict[str, str] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def change(self, job: str, **values: Any) -> bool:
        """Change a job in the store; where that is away for long, the work is laid down, not failed."""
        try:
            return self.store.change(job, **values)
        except AwayError:
            raise ServerEndsError from None


_open: list[Shop] = []


def set_up(shop: Shop | None) -> None:
    """Give the steps what they work with, or take it away."""
    _open.clear()
    if shop is not None:
        _open.append(shop)


def _shop() -> Shop:
    if not _open:
        raise ServerEndsError
    return _open[0]


@DBOS.step()
def count_rows(job: str) -> int:
    """Read the list of a job for the first time."""
    return _ask(job, "count_rows", within_s=READ_S)


@DBOS.step()
def rank_block(job: str, block: int, rows: int) -> int:
    """Predict one block."""
    return _ask(job, "rank_block", block=block, rows=rows)


@DBOS.step()
def finish(job: str, blocks: int) -> int:
    """Put the blocks in order and write the result."""
    return _ask(job, "finish", blocks=blocks)


@DBOS.step()
def tidy(job: str, blocks: int) -> None:
    """Remove the blocks, once the result is known to be written."""
    long_list.tidy(job_folder(job), blocks)


@DBOS.workflow(name="rank", max_recovery_attempts=MOST_RECOVERIES)
def rank(job: str) -> None:
    """Rank a long list."""

    def work() -> dict[str, Any]:
        shop, size = _shop(), int(long_list.read_request(job_folder(job))["block_rows"])
        shop.change(job, step="reading the list", models=long_list.read_request(job_folder(job))["models"])
        rows = count_rows(job)
        blocks = -(-rows // size)
        shop.change(job, rows=rows)
        for block in range(blocks):
            done = f"{min(block * size, rows):,} of {rows:,} rows predicted"
            shop.change(job, step=done, progress=0.02 + 0.9 * block / blocks)
            rank_block(job, block, size)
        shop.change(job, step="putting all rows in order", progress=0.92)
        finish(job, blocks)
        tidy(job, blocks)
        return {"rows": rows, "step": f"{rows:,} rows ranked"}

    if _through(job, RANK, work):
        remember({"do": "log_ranking", "job": job})


@DBOS.step()
def train_one(job: str, name: str, options: list[str], share: float, of: float) -> str:
    """Train one property in a process of its own; return what became of it."""
    shop, outcome = _shop(), ""

    def told(line: str) -> None:
        nonlocal outcome
        if line.startswith((f"{name} version ", f"{name}: not trained: ")):
            outcome = line
        found = _FOLD.search(line)
        more = {"progress": share + of * int(found[1]) / (int(found[2]) + 1)} if found else {}
        shop.change(job, step=public(line)[:300], **more)

    code, last = shop.trainings.run(job, ["train", "--property", name, *options], told)
    if code:
        _stop_if_cancelled(job)
        raise WorkError(last or f"the training of {name} ended with exit code {code}")
    return outcome or last


@DBOS.workflow(name="train", max_recovery_attempts=MOST_RECOVERIES)
def train(job: str, properties: list[str], options: list[str]) -> None:
    """Train the models of some properties, one after the other; the gate decides which of them answer."""

    def work() -> dict[str, Any]:
        each = 1 / len(properties)
        outcomes = [train_one(job, name, options, place * each, each) for place, name in enumerate(properties)]
        _shop().renewed()
        after = {name: card.version for name, card in champions().items() if name in properties}
        return {"models": after, "step": "; ".join(outcomes)}

    _through(job, TRAIN, work)


@DBOS.step()
def propose(job: str, campaign: str, batch: int | None, seen: int) -> dict[str, Any]:
    """Propose in a campaign, once: a round that came after `seen` events is taken for ours."""
    try:
        return _shop().propose(campaign, batch, seen)
    except TableAwayError:
        raise ServerEndsError from None


@DBOS.workflow(name="round", max_recovery_attempts=MOST_RECOVERIES)
def campaign_round(job: str, campaign: str, batch: int | None, seen: int) -> None:
    """Make one round of proposals in a campaign."""

    def work() -> dict[str, Any]:
        _shop().change(job, step=f"choosing the next melts of {campaign}", progress=0.1)
        done = propose(job, campaign, batch, seen)
        told.append(done)
        return {"models": done["models"], "rows": done["proposals"], "step": done["words"]}

    told: list[dict[str, Any]] = []
    if _through(job, ROUND, work) and told[0]["event"] is not None:
        remember({"do": "log_round", "campaign": campaign, "event": told[0]["event"]})


@DBOS.step()
def log(told: dict[str, Any]) -> None:
    """Keep something in MLflow; the server goes on without where that fails."""
    for _ in range(MOST_TRIES):
        try:
            _shop().books.ask(**told)
            return
        except LostWorkerError:
            logging.getLogger(__name__).info("the process beside the server was lost; it is asked again")
        except (InputError, ConflictError, WorkError) as error:
            logging.getLogger(__name__).warning("MLflow did not take it: %s", error)
            return
    logging.getLogger(__name__).warning(
        "MLflow did not take it: the process beside the server was lost %d times", MOST_TRIES
    )


@DBOS.workflow(name="log", max_recovery_attempts=MOST_RECOVERIES)
def log_later(told: dict[str, Any]) -> None:
    """Keep a ranking or a round in MLflow, behind all that people wait for."""
    log(told)


def remember(told: dict[str, Any]) -> None:
    """Have a ranking or a round kept in MLflow as a run, by and by.

    Parameters
    ----------
    told
        A verb of the clerk as ``do``, and what is told to it.
    """
    if _shop().settings.track:
        DBOS.enqueue_workflow(LOG, log_later, told)


def _through(job: str, kind: str, work: Callable[[], dict[str, Any]]) -> bool:
    """Do the work of a job, and keep how it ended; return whether it is done. A job that was cancelled stays so."""
    shop = _shop()
    shop.at_work[job] = kind
    try:
        if not shop.change(job, state=RUNNING, **shop.store.begun()):
            return False
        try:
            ended = work()
        except StoppedError:
            return False
        except Exception as error:
            shop.change(job, state=FAILED, error=public(explained(error)[0]))
            return False
        return shop.change(job, state=DONE, progress=1.0, **ended)
    except ServerEndsError:
        shop.dropped.add(job)
        raise
    finally:
        shop.at_work.pop(job, None)


def _ask(job: str, do: str, **told: Any) -> int:
    """Have the worker do one thing for a job; a worker that was lost is replaced."""
    for _ in range(MOST_TRIES):
        _stop_if_cancelled(job)
        try:
            return int(_shop().worker.ask(do, folder=str(job_folder(job)), **told))
        except LostWorkerError:
            logging.getLogger(__name__).info("the worker was lost at job %s; the step is done again", job)
    _stop_if_cancelled(job)
    raise InputError(f"the worker was lost {MOST_TRIES} times at the same step; the list may need more memory")


def _stop_if_cancelled(job: str) -> None:
    try:
        found = _shop().store.job(job)
    except AwayError:
        raise ServerEndsError from None
    if found is None or found.state not in OPEN:
        raise StoppedError(job)
