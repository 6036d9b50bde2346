"""What the routes share: the parts of one server, and answers that are given once for a key."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from starlette.responses import Response

from ..admission.metrics import Metrics
from ..errors.refusals import BusyError
from ..formatting.rows import dumped
from ..jobs.job_queue import Jobs
from ..jobs.kept_answers import KeptAnswers
from ..schemas.problems import problem
from ..security.keys import Keyring
from ..security.owners import Owners
from ..security.owners import of as asker
from ..service.campaigns import Campaigns
from ..service.model_cache import InUse
from ..service.pools import ASKING, Batcher, Pool
from ..service.predictions import Service
from ..settings import Settings
from ..storage.store import Store

JSON = "application/json"
AGAIN_S = 2.0  # between two tries to keep what a key stands for
_LOG = logging.getLogger(__name__)


@dataclass
class Desk:
    """The parts of one server.

    `short` ranks short lists together; `long` takes what needs the processor for longer, `data` what reads all
    measurements, `light` the rest. `begun` are the claims of keys that are worked on here, `keeping` the tasks that
    wait for the database to keep what came of them.
    """

    settings: Settings
    models: InUse
    service: Service
    campaigns: Campaigns
    store: Store
    jobs: Jobs
    kept: KeptAnswers
    metrics: Metrics
    keys: Keyring
    owners: Owners
    short: Batcher
    long: Pool
    data: Pool
    light: Pool
    begun: set[str] = field(default_factory=set)
    keeping: set[asyncio.Task[None]] = field(default_factory=set)


async def of(request: Request) -> Desk:
    """The parts of the server that answers a request; a coroutine, since others are sent to a thread."""
    found: Desk = request.app.state.desk
    who = request.scope.get("vitrion.who")
    ASKING.set(who.name if who is not None else "")
    return found


AtDesk = Annotated[Desk, Depends(of)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        description="Any text of your own: a request that is sent again with the same key is done once.",
    ),
]


def answered(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON as a response; bytes are JSON already. A job that was taken is told with its place."""
    told = dict(headers or {})
    if status == 202:
        job = json.loads(content) if isinstance(content, bytes) else content
        told["location"] = f"/api/v1/jobs/{job['id']}"
    return Response(content if isinstance(content, bytes) else dumped(content), status, told, JSON)


async def once(
    request: Request, desk: Desk, key: str | None, told: bytes, work: Callable[[], Awaitable[Response]]
) -> Response:
    """Do what a request asks for, or give the answer that its key stands for already.

    Where who began it is gone, nobody knows whether it was done: it is not done again under that key, and said so.

    Parameters
    ----------
    request, desk, key
        The request, and its idempotency key if it has one.
    told
        What distinguishes it from others to the same path: its body.
    work
        Does it.
    """
    if key is None:
        return await work()
    asked = f"{request.method} {request.url.path} {key} {asker(request).name}"
    place = hashlib.sha256(asked.encode(errors="replace")).hexdigest()
    digest = hashlib.sha256(told).hexdigest()
    claim, later = f"{desk.jobs.presence.id} {uuid.uuid4().hex}", False
    desk.begun.add(claim)
    try:
        known, lost = await _claimed(desk, place, digest, claim)
        if known is not None:
            return _again(key, digest, *known, lost)
        try:
            answer = await work()
        except Exception:
            later = await _kept(desk, claim, desk.store.release, place, claim)
            raise
        later = await _kept(desk, claim, desk.store.answer, place, answer.status_code, bytes(answer.body), claim)
        return answer
    finally:
        if not later:
            desk.begun.discard(claim)


async def _claimed(
    desk: Desk, place: str, digest: str, claim: str
) -> tuple[tuple[str, int | None, bytes] | None, bool]:
    """Take a key; else return what it stands for, and whether nobody works on it any more."""
    lost: bytes | None = None
    while True:
        known = await desk.light.run(desk.store.claim, place, digest, claim)
        if known is None or known[1] is not None:
            return known, False
        if known[2] == lost:
            return known, True
        other = known[2].decode(errors="replace")
        if other in desk.begun or await desk.light.run(_works_elsewhere, desk, other):
            return known, False
        lost = known[2]  # looked at again: it may have been answered between the two looks


def _works_elsewhere(desk: Desk, claim: str) -> bool:
    by, here = claim.partition(" ")[0], desk.jobs.presence
    return by != here.id and here.works(by)


async def _kept(desk: Desk, claim: str, keep: Callable[..., None], *told: Any) -> bool:
    """Keep what came of a request; while the database is away, by and by. Return whether that is still to come."""
    try:
        await desk.light.run(keep, *told)
    except BusyError:
        _LOG.warning("what came of a request with a key cannot be kept now; it is tried again")
        task = asyncio.create_task(_kept_later(desk, claim, keep, *told))
        desk.keeping.add(task)
        task.add_done_callback(desk.keeping.discard)
        return True
    return False


async def _kept_later(desk: Desk, claim: str, keep: Callable[..., None], *told: Any) -> None:
    try:
        while True:
            await asyncio.sleep(AGAIN_S)
            with suppress(BusyError):
                await desk.light.run(keep, *told)
                return
    finally:
        desk.begun.discard(claim)


def _again(key: str, digest: str, before: str, status: int | None, body: bytes, lost: bool) -> Response:
    """What is said to a request whose key is taken."""
    if before != digest:
        return problem(422, f"the key {key!r} was used for another request; take a new one")
    if status is not None:
        return answered(body, status, {"idempotent-replayed": "true"})
    if not lost:
        return problem(409, f"the request with the key {key!r} is being worked on", headers={"retry-after": "1"})
    why = f"the server ended while it worked on the request with the key {key!r}: whether it was done is not known"
    return problem(409, f"{why}; look for what it should have made, and only where that is missing send a new key")
