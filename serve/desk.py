"""What the routes share: the parts of one server, and answers that are given once for a key."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from starlette.responses import Response

from .campaigns import Campaigns
from .in_use import InUse
from .jobs import Jobs
from .keyring import Keyring
from .metrics import Metrics
from .owners import Owners
from .owners import of as asker
from .problems import problem
from .rows import dumped
from .service import Service
from .settings import Settings
from .store import Store
from .work import Batcher, Pool

JSON = "application/json"


@dataclass
class Desk:
    """The parts of one server.

    `short` ranks short lists together; `long` takes what needs the processor for longer, `data` what reads all
    measurements, `light` the rest.
    """

    settings: Settings
    models: InUse
    service: Service
    campaigns: Campaigns
    store: Store
    jobs: Jobs
    metrics: Metrics
    keys: Keyring
    owners: Owners
    short: Batcher
    long: Pool
    data: Pool
    light: Pool


async def of(request: Request) -> Desk:
    """The parts of the server that answers a request; a coroutine, since others are sent to a thread."""
    found: Desk = request.app.state.desk
    return found


AtDesk = Annotated[Desk, Depends(of)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=100,
        description="Any text of your own: a request that is sent again with the same key is done once.",
    ),
]


def answered(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON as a response; bytes are JSON already."""
    return Response(content if isinstance(content, bytes) else dumped(content), status, headers, JSON)


async def once(
    request: Request, desk: Desk, key: str | None, told: bytes, work: Callable[[], Awaitable[Response]]
) -> Response:
    """Do what a request asks for, or give the answer that its key stands for already.

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
    known = await desk.light.run(desk.store.claim, place, digest)
    if known is not None:
        return _again(key, digest, *known)
    try:
        answer = await work()
    except BaseException:
        await desk.light.run(desk.store.release, place)
        raise
    await desk.light.run(desk.store.answer, place, answer.status_code, bytes(answer.body))
    return answer


def _again(key: str, digest: str, before: str, status: int | None, body: bytes) -> Response:
    if before != digest:
        return problem(422, f"the key {key!r} was used for another request; take a new one")
    if status is None:
        return problem(409, f"the request with the key {key!r} is being worked on", headers={"retry-after": "1"})
    return answered(body, status, {"idempotent-replayed": "true"})
