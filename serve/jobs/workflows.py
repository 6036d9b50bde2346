"""What a job does, step by step: a killed server goes on after the last step that DBOS kept as done."""

from __future__ import annotations

import logging
from typing import Any

from dbos import DBOS

from ...experiments.registry.versions import champions
from ..errors.refusals import ConflictError, InputError, WorkError, public
from ..settings import job_folder
from ..workers import list_ranking as long_list
from ..workers.subprocesses import READ_S, LostWorkerError
from .context import ServerEndsError, at_work, shop_here, step, stop_if_cancelled, through
from .training_report import Line

RANK, TRAIN, ROUND, LOG = "rank", "train", "round", "log"  # queues
QUICK = "quick"  # queue of lists of one block, which wait for no long one
MOST_TRIES = 3  # of a step whose worker is lost
MOST_RECOVERIES = 20  # after which a job that takes the server down with it is given up


@step
def count_rows(job: str) -> int:
    """Read the list of a job for the first time."""
    return _ask(job, "count_rows", within_s=READ_S)


@step
def rank_block(job: str, block: int, rows: int) -> int:
    """Predict one block."""
    return _ask(job, "rank_block", block=block, rows=rows)


@step
def finish(job: str, blocks: int) -> int:
    """Put the blocks in order and write the result."""
    return _ask(job, "finish", blocks=blocks)


@step
def tidy(job: str, blocks: int) -> None:
    """Remove the blocks, once the result is known to be written."""
    long_list.tidy(job_folder(job), blocks)


@DBOS.workflow(name="rank", max_recovery_attempts=MOST_RECOVERIES)
def rank(job: str) -> None:
    """Rank a long list."""

    def work() -> dict[str, Any]:
        shop, size = shop_here(), int(long_list.read_request(job_folder(job))["block_rows"])
        shop.store.change(job, step="reading the list", models=long_list.read_request(job_folder(job))["models"])
        rows = count_rows(job)
        blocks = -(-rows // size)
        shop.store.change(job, rows=rows, notes=long_list.notes_of(job_folder(job)))
        for block in range(blocks):
            done = f"{min(block * size, rows):,} of {rows:,} rows predicted"
            shop.store.change(job, step=done, progress=0.02 + 0.9 * block / blocks)
            rank_block(job, block, size)
        shop.store.change(job, step="putting all rows in order", progress=0.92)
        finish(job, blocks)
        tidy(job, blocks)
        shop.store.weigh(job, sum(one.stat().st_size for one in job_folder(job).iterdir()))
        return {"rows": rows, "step": f"{rows:,} rows ranked"}

    with at_work(job, RANK):
        if through(job, work):
            remember({"do": "log_ranking", "job": job})


@step
def train_one(job: str, name: str, options: list[str], share: float, of: float) -> str:
    """Train one property in a process of its own; return what became of it."""
    shop, outcome = shop_here(), ""

    def report(text: str) -> None:
        nonlocal outcome
        line = Line.read(text)
        if line.outcome:
            outcome = line.text
        more = {"progress": share + of * line.done / (line.of + 1)} if line.of else {}
        shop.store.change(job, step=public(line.text)[:300], **more)

    code, last = shop.trainings.run(job, ["train", "--property", name, "--progress", "json", *options], report)
    if code:
        stop_if_cancelled(job)
        raise WorkError(Line.read(last).text or f"the training of {name} ended with exit code {code}")
    return outcome or Line.read(last).text


@DBOS.workflow(name="train", max_recovery_attempts=MOST_RECOVERIES)
def train(job: str, properties: list[str], options: list[str]) -> None:
    """Train the models of some properties, one after the other; the gate decides which of them answer."""

    def work() -> dict[str, Any]:
        each = 1 / len(properties)
        outcomes = [train_one(job, name, options, place * each, each) for place, name in enumerate(properties)]
        shop_here().renewed()
        after = {name: card.version for name, card in champions().items() if name in properties}
        return {"models": after, "step": "; ".join(outcomes)}

    with at_work(job, TRAIN):
        through(job, work)


@step
def propose(job: str, campaign: str, batch: int | None, seen: int) -> dict[str, Any]:
    """Propose in a campaign, once: a round that came after `seen` events is taken for ours."""
    return shop_here().propose(campaign, batch, seen)


@DBOS.workflow(name="round", max_recovery_attempts=MOST_RECOVERIES)
def campaign_round(job: str, campaign: str, batch: int | None, seen: int) -> None:
    """Make one round of proposals in a campaign."""

    def work() -> dict[str, Any]:
        shop_here().store.change(job, step=f"choosing the next samples of {campaign}", progress=0.1)
        done = propose(job, campaign, batch, seen)
        told.append(done)
        return {"models": done["models"], "rows": done["proposals"], "step": done["words"]}

    told: list[dict[str, Any]] = []
    with at_work(job, ROUND):
        if through(job, work) and told[0]["event"] is not None:
            remember({"do": "log_round", "campaign": campaign, "event": told[0]["event"]})


@step
def log(told: dict[str, Any]) -> None:
    """Keep something in MLflow; the server goes on without where that fails."""
    for _ in range(MOST_TRIES):
        try:
            shop_here().books.ask(**told)
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
    with at_work(str(DBOS.workflow_id), LOG):
        log(told)


def remember(told: dict[str, Any]) -> None:
    """Have a ranking or a round kept in MLflow as a run, by and by.

    Parameters
    ----------
    told
        A verb of the clerk as ``do``, and what is told to it.
    """
    if shop_here().settings.track:
        DBOS.enqueue_workflow(LOG, log_later, told)


def remember_after(told: dict[str, Any]) -> None:
    """Have what a request has changed kept in MLflow, if the queues can be reached: the change stands either way.

    Parameters
    ----------
    told
        As in `remember`.
    """
    try:
        remember(told)
    except (Exception, ServerEndsError) as error:
        why = "%s is not kept in MLflow: its queue cannot be reached (%s)"
        logging.getLogger(__name__).warning(why, told, type(error).__name__)


def _ask(job: str, do: str, **told: Any) -> int:
    """Have the worker do one thing for a job; a worker that was lost is replaced."""
    for _ in range(MOST_TRIES):
        stop_if_cancelled(job)
        try:
            return int(shop_here().ranker(job).ask(do, folder=str(job_folder(job)), **told))
        except LostWorkerError:
            logging.getLogger(__name__).info("the worker was lost at job %s; the step is done again", job)
    stop_if_cancelled(job)
    raise InputError(f"the worker was lost {MOST_TRIES} times at the same step; the list may need more memory")
