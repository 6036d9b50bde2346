"""The door of the service: refuses what is too much before it is read, counts, and sets the headers of safety."""

from __future__ import annotations

import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
    (b"referrer-policy", b"no-referrer"),
)
_ALWAYS = ("/health", "/ready", "/metrics")
_STREAM = "/events"
MB = 1_000_000


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
        self._at_work, self._streams = 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path.endswith(_STREAM):
            await self._stream(scope, receive, send)
        elif path in _ALWAYS or not path.startswith("/api/"):
            await self._through(scope, receive, send)
        elif self._at_work >= self.settings.most_waiting:
            await self._refuse(scope, receive, send, 503, "busy", f"{self._at_work} requests are worked on or wait")
        else:
            self._at_work += 1
            self.metrics.at_work.set(self._at_work)
            try:
                await self._through(scope, receive, send)
            finally:
                self._at_work -= 1
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

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, status: int, reason: str, why: str) -> None:
        self.metrics.refused.labels(reason).inc()
        answer = problem(status, f"{why}; try again in a second", headers={"retry-after": "1"})
        await answer(scope, receive, _with_headers(send))

    async def _through(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with a bounded body, and count it."""
        limit = int(MB * (self.settings.most_upload_mb if _is_upload(scope) else self.settings.most_body_mb))
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if told.isdigit() and int(told) > limit:
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
        finally:
            self._count(scope, status[0], time.perf_counter() - began)

    async def _too_large(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        detail = f"the body is larger than {limit / MB:g} MB; split it, or upload a file to /api/v1/jobs"
        await problem(413, detail, headers={"connection": "close"})(scope, receive, _with_headers(send))

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route: Any = scope.get("route")
        name = getattr(route, "path", "other")
        self.metrics.requests.labels(scope["method"], name, str(status)).inc()
        if not name.endswith(_STREAM):
            self.metrics.seconds.labels(name).observe(seconds)


def _is_upload(scope: Scope) -> bool:
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return bool(kind.startswith(b"multipart/"))


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
