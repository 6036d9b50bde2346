"""The door of the service: refuses what is too much before it is read, counts, and sets the headers of safety."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..schemas.problems import problem
from ..settings import Settings
from .bodies import LONG, SMALL, UPLOADS, TooSlowError, is_api, is_multipart
from .metrics import Metrics
from .places import NAME, STREAM, WORKED_ON, Places, busy

OF_PLOTLY = "sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o="  # of the styles of maps, which it adds unasked
OF_BATCH_SHEET = "sha256-2CTRz5D+a1q7EX0Lm/40FOWHimZRoU54yEyRTC9SckQ="  # of the style of the page to print
POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' '{OF_PLOTLY}' '{OF_BATCH_SHEET}'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # with no-referrer a browser sends our own forms as from Origin: null
)
MB = 1_000_000
SHORT_MB = 4.0  # elsewhere, and where the length is not told beforehand
SLOWEST, STILL_S = 1_000, 10.0  # bytes a second of a body, over so many s
DRAINED, DRAIN_S = 4 * MB, 0.5  # of a body that is too large, so that who still sends it reads the answer


class TooLargeError(RuntimeError):
    """A body larger than is taken."""


class TooMuchError(RuntimeError):
    """A body for which there is no memory while others are held."""


class Door:
    """ASGI middleware; nothing of a request that it refuses is read.

    Parameters
    ----------
    app
        What stands behind it.
    settings
        How much is taken.
    metrics
        Where it counts.
    work
        Places of requests of the API; while none is left nothing more is read.
    """

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics, work: Places) -> None:
        self.app, self.settings, self.metrics, self.work = app, settings, metrics, work
        self.held = Places(MB * max(settings.most_waiting * SHORT_MB, 2 * settings.most_body_mb))  # bytes of bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif is_multipart(scope) and not _is_upload(scope):
            await self._no_file(scope, receive, send)
        elif is_api(scope) and not scope["path"].endswith(STREAM) and self.work.is_full:
            self.metrics.refused.labels("busy").inc()
            await busy(503, self.work, "", WORKED_ON)(scope, receive, _with_headers(send))
        else:
            limit = int(MB * self.settings.most_upload_mb) if _is_upload(scope) else self._limit(scope)
            await self._bounded(scope, receive, send, limit)

    async def _no_file(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._count(scope, 415, 0.0)
        detail = f"no file is taken here; send it to {' or '.join(UPLOADS)}, and elsewhere JSON"
        await problem(415, detail, headers={"connection": "close"})(scope, receive, _with_headers(send))

    def _limit(self, scope: Scope) -> int:
        """Most bytes of a body that is no file."""
        if not is_api(scope):
            return SMALL
        long = scope["path"] == LONG and b"content-length" in dict(scope["headers"])
        return int(MB * (self.settings.most_body_mb if long else min(self.settings.most_body_mb, SHORT_MB)))

    async def _bounded(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        """Pass a request on with at most so many bytes of a body, and count it."""
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if told.isdigit() and int(told[:20]) > limit:
            self._count(scope, 413, 0.0)
            await self._too_large(scope, receive, send, limit)
            return
        began, status, sent = time.perf_counter(), [500], [False]

        async def outward(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0], sent[0] = message["status"], True
            await guarded(message)

        guarded, coming = _with_headers(send), Coming(scope, receive, limit, None if _is_upload(scope) else self.held)
        try:
            await self.app(scope, coming, outward)
        except TooLargeError:
            if not sent[0]:
                status[0] = 413
                await self._too_large(scope, receive, send, limit)
        except TooMuchError:
            self.metrics.refused.labels("bodies").inc()
            detail = "too much is being sent at this time; try again in a second"
            headers = {"retry-after": "1", "connection": "close"}
            await problem(503, detail, headers=headers)(scope, receive, outward)
        except TooSlowError as error:
            if not sent[0]:
                await problem(408, str(error), headers={"connection": "close"})(scope, receive, outward)
        finally:
            coming.let_go()
            self._count(scope, status[0], time.perf_counter() - began)

    async def _too_large(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        """Answer at once, then take a little more of the body: a line that is cut while it sends loses the answer."""
        detail = f"the body is larger than {limit / MB:g} MB; split it, or send a long list as a file"
        if not is_api(scope):
            detail = f"the body is larger than {limit:,} bytes; what is sent here is short"

        async def unfinished(message: Message) -> None:
            await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

        await problem(413, detail, headers={"connection": "close"})(scope, receive, _with_headers(unfinished))
        taken = 0
        with contextlib.suppress(TimeoutError):  # the refusal was sent: who still sends is not waited for
            async with asyncio.timeout(DRAIN_S):
                while taken < DRAINED and (message := await receive())["type"] == "http.request":
                    taken += len(message.get("body", b""))
                    if not message.get("more_body", False):
                        break
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route: Any = scope.get("route")
        name = getattr(route, "path", "other")
        self.metrics.requests.labels(scope["method"], name, str(status)).inc()
        if not name.endswith(STREAM):
            self.metrics.seconds.labels(name).observe(seconds)


def _is_upload(scope: Scope) -> bool:
    return scope["path"] in UPLOADS and is_multipart(scope)


class Coming:
    """A body as it is received: up to a number of bytes, and not too slowly.

    Parameters
    ----------
    scope, receive
        Of the request.
    limit
        Most bytes.
    held
        Bytes of all bodies that are held in memory; None where they go to a file.
    """

    def __init__(self, scope: Scope, receive: Receive, limit: int, held: Places | None) -> None:
        self._scope, self._receive, self._limit, self._held = scope, receive, limit, held
        self._names: list[tuple[str, int]] = []
        self._taken, self._lately, self._until, self._done = 0, 0, 0.0, False

    async def __call__(self) -> Message:
        """Return what comes next; raises `TooLargeError`, `TooMuchError` and `TooSlowError`."""
        if self._done:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        if not self._until or self._lately >= SLOWEST * STILL_S:
            self._lately, self._until = 0, now + STILL_S
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise TooSlowError(f"less than {SLOWEST:,} bytes a second of the body came for {STILL_S:g} s") from None
        size = len(message.get("body", b""))
        self._taken, self._lately, self._done = self._taken + size, self._lately + size, not message.get("more_body")
        if self._taken > self._limit:
            raise TooLargeError
        if size and self._held is not None:
            name = str(self._scope.get(NAME, ""))
            if not self._held.take(name, size):
                raise TooMuchError
            self._names.append((name, size))
        return message

    def let_go(self) -> None:
        """Forget the body."""
        for name, size in self._names:
            self._held.leave(name, size)  # type: ignore[union-attr]
        self._names.clear()


def _with_headers(send: Send) -> Send:
    """Send with the headers of safety on every answer."""

    async def outward(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *HEADERS]}
        await send(message)

    return outward
