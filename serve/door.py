"""The door of the service: refuses what is too much before it is read, counts, and sets the headers of safety."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .bodies import LONG, SMALL, UPLOADS, TooSlowError, is_api, is_multipart
from .metrics import Metrics
from .problems import problem
from .settings import Settings

OF_PLOTLY = "sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o="  # of the styles of maps, which it adds unasked
POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' '{OF_PLOTLY}'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # with no-referrer a browser sends our own forms as from Origin: null
)
_STREAM = "/events"
_LOGIN, MOST_LOGINS = "/login", 8  # at a time: nobody needs a key for it
MB = 1_000_000
SHORT_MB = 4.0  # elsewhere, and where the length is not told beforehand
DRAINED, DRAIN_S = 4 * MB, 0.5  # of a body that is too large, so that who still sends it reads the answer


class TooLargeError(RuntimeError):
    """A body larger than is taken."""


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
    """

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app, self.settings, self.metrics = app, settings, metrics
        self._at_work, self._streams, self._uploads, self._logins = 0, 0, 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, login = scope["path"], scope["path"] == _LOGIN and scope["method"] == "POST"
        if is_multipart(scope) and not _is_upload(scope):
            await self._no_file(scope, receive, send)
        elif path.endswith(_STREAM):
            await self._stream(scope, receive, send)
        elif not (is_api(scope) or login):
            await self._through(scope, receive, send)
        elif login and self._logins >= MOST_LOGINS:
            await self._refuse(scope, receive, send, 503, "logins", f"{self._logins} people are signing in")
        elif self._at_work >= self.settings.most_waiting:
            await self._refuse(scope, receive, send, 503, "busy", f"{self._at_work} requests are worked on or wait")
        else:
            self._at_work, self._logins = self._at_work + 1, self._logins + login
            self.metrics.at_work.set(self._at_work)
            try:
                await self._through(scope, receive, send)
            finally:
                self._at_work, self._logins = self._at_work - 1, self._logins - login
                self.metrics.at_work.set(self._at_work)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._streams >= self.settings.most_streams:
            await self._refuse(scope, receive, send, 429, "streams", f"{self._streams} event streams are open")
            return
        self._streams += 1
        try:
            await self._through(scope, receive, send)
        finally:
            self._streams -= 1

    async def _no_file(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._count(scope, 415, 0.0)
        detail = f"no file is taken here; send it to {' or '.join(UPLOADS)}, and elsewhere JSON"
        await problem(415, detail, headers={"connection": "close"})(scope, receive, _with_headers(send))

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, status: int, reason: str, why: str) -> None:
        self.metrics.refused.labels(reason).inc()
        answer = problem(status, f"{why}; try again in a second", headers={"retry-after": "1"})
        await answer(scope, receive, _with_headers(send))

    async def _through(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with a bounded body; of files only some at a time."""
        if not _is_upload(scope):
            await self._bounded(scope, receive, send, self._limit(scope))
        elif self._uploads >= self.settings.most_uploads:
            await self._refuse(scope, receive, send, 503, "uploads", f"{self._uploads} files are being taken")
        else:
            self._uploads += 1
            try:
                await self._bounded(scope, receive, send, int(MB * self.settings.most_upload_mb))
            finally:
                self._uploads -= 1

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

        guarded = _with_headers(send)
        try:
            await self.app(scope, _bounded(receive, limit), outward)
        except TooLargeError:
            if not sent[0]:
                status[0] = 413
                await self._too_large(scope, receive, send, limit)
        except TooSlowError as error:
            if not sent[0]:
                status[0] = 408
                await problem(408, str(error), headers={"connection": "close"})(scope, receive, guarded)
        finally:
            self._count(scope, status[0], time.perf_counter() - began)

    async def _too_large(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        """Answer at once, then take a little more of the body: a line that is cut while it sends loses the answer."""
        detail = f"the body is larger than {limit / MB:g} MB; split it, or upload a file to /api/v1/jobs"
        if not is_api(scope):
            detail = f"the body is larger than {limit:,} bytes; what is sent here is short"

        async def unfinished(message: Message) -> None:
            await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

        await problem(413, detail, headers={"connection": "close"})(scope, receive, _with_headers(unfinished))
        taken = 0
        with contextlib.suppress(TimeoutError):
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
        if not name.endswith(_STREAM):
            self.metrics.seconds.labels(name).observe(seconds)


def _is_upload(scope: Scope) -> bool:
    return scope["path"] in UPLOADS and is_multipart(scope)


def _bounded(receive: Receive, limit: int) -> Receive:
    """What is received, up to a number of bytes."""
    taken = 0

    async def inward() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise TooLargeError
        return message

    return inward


def _with_headers(send: Send) -> Send:
    """Send with the headers of safety on every answer."""

    async def outward(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *HEADERS]}
        await send(message)

    return outward
