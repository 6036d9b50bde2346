"""What a job does, step by step: a killed server goes on after the last step that DBOS kept as done."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dbos import DBOS

from ..experiments.registry import champions
from .crew import LostWorkerError, Trainings, Worker
from .refusals import InputError
from .screening import read_request
from .settings import Settings, job_folder
from .store import DONE, FAILED, OPEN, Store

MOST_TRIES = 3  # of a step whose worker is lost
MOST_RECOVERIES = 20  # after which a job that takes the server down with it is given up
_FOLD = re.compile(r"fold (\d+) of (\d+)")


class StoppedError(RuntimeError):
    """A job that was cancelled while it worked."""


@dataclass
class Shop:
    """What the steps work with."""

    store: Store
    settings: Settings
    worker: Worker
    trainings: Trainings
    propose: Callable[[str, int | None, int], dict[str, Any]]
    renewed: Callable[[], None]


_open: list[Shop] = []


def set_up(shop: Shop | None) -> None:
    """Give the steps what they work with, or take it away."""
    _open.clear()
    if shop is not None:
        _open.append(shop)


def _shop() -> Shop:
    return _open[0]


@DBOS.step()
def count_rows(job: str) -> int:
    """Read the list of a job for the first time."""
    return _ask(job, {"do": "count"})


@DBOS.step()
def rank_block(job: str, block: int, rows: int) -> int:
    """Predict one block."""
    return _ask(job, {"do": "rank", "block": block, "rows": rows})


@DBOS.step()
def finish(job: str, blocks: int) -> int:
    """Put the blocks in order and write the result."""
    return _ask(job, {"do": "finish", "blocks": blocks})


@DBOS.workflow(name="rank", max_recovery_attempts=MOST_RECOVERIES)
def rank(job: str) -> None:
    """Rank a long list."""

    def work() -> dict[str, Any]:
        shop, size = _shop(), int(read_request(job_folder(job))["block_rows"])
        shop.store.change(job, step="reading the list", models=read_request(job_folder(job))["models"])
        rows = count_rows(job)
        blocks = -(-rows // size)
        shop.store.change(job, rows=rows)
        for block in range(blocks):
            done = f"{min(block * size, rows):,} of {rows:,} rows predicted"
            shop.store.change(job, step=done, progress=0.02 + 0.9 * block / blocks)
            rank_block(job, block, size)
        shop.store.change(job, step="putting all rows in order", progress=0.92)
        finish(job, blocks)
        return {"rows": rows, "step": f"{rows:,} rows ranked"}

    _through(job, work)


@DBOS.step()
def train_one(job: str, name: str, share: float, of: float) -> str:
    """Train one property in a process of its own; return what it said last."""
    shop = _shop()

    def told(line: str) -> None:
        found = _FOLD.search(line)
        more = {"progress": share + of * int(found[1]) / (int(found[2]) + 1)} if found else {}
        shop.store.change(job, step=line[:300], **more)

    code, last = shop.trainings.run(job, ["train", "--property", name], told)
    if code:
        _stop_if_cancelled(job)
        raise InputError(last or f"the training of {name} ended with exit code {code}")
    return last


@DBOS.workflow(name="train", max_recovery_attempts=MOST_RECOVERIES)
def train(job: str, properties: list[str]) -> None:
    """Train the models of some properties, one after the other."""

    def work() -> dict[str, Any]:
        before = {name: card.version for name, card in champions().items()}
        for number, name in enumerate(properties):
            train_one(job, name, number / len(properties), 1 / len(properties))
        _shop().renewed()
        after = {name: card.version for name, card in champions().items() if name in properties}
        new = [f"{name} version {version}" for name, version in after.items() if before.get(name) != version]
        words = f"{' and '.join(new)} in use now" if new else "no new model was promoted"
        return {"models": after, "step": words}

    _through(job, work)


@DBOS.step()
def propose(job: str, campaign: str, batch: int | None, seen: int) -> dict[str, Any]:
    """Propose in a campaign, once: a round that came after `seen` events is taken for ours."""
    return _shop().propose(campaign, batch, seen)


@DBOS.workflow(name="round", max_recovery_attempts=MOST_RECOVERIES)
def campaign_round(job: str, campaign: str, batch: int | None, seen: int) -> None:
    """Make one round of proposals in a campaign."""

    def work() -> dict[str, Any]:
        _shop().store.change(job, step=f"choosing the next melts of {campaign}", progress=0.1)
        done = propose(job, campaign, batch, seen)
        return {"models": done["models"], "rows": done["proposals"], "step": done["words"]}

    _through(job, work)


def _through(job: str, work: Callable[[], dict[str, Any]]) -> None:
    """Do the work of a job, and keep how it ended; a job that was cancelled stays so."""
    store = _shop().store
    if not store.start(job):
        return
    try:
        ended = work()
    except StoppedError:
        return
    except Exception as error:
        from .failures import explained

        store.change(job, state=FAILED, error=explained(error)[0])
        return
    store.change(job, state=DONE, progress=1.0, **ended)


def _ask(job: str, told: dict[str, Any]) -> int:
    """Have the worker do one thing for a job; a worker that was lost is replaced."""
    for _ in range(MOST_TRIES):
        _stop_if_cancelled(job)
        try:
            return _shop().worker.ask({**told, "folder": str(job_folder(job))})
        except LostWorkerError:
            continue
    _stop_if_cancelled(job)
    raise InputError(f"the worker was lost {MOST_TRIES} times at the same step; the list may need more memory")


def _stop_if_cancelled(job: str) -> None:
    found = _shop().store.job(job)
    if found is None or found.state not in OPEN:
        raise StoppedError(job)
