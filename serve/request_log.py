"""What the service writes on standard error: one JSON object a line, without secrets and without what was sent."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import warnings
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .settings import Settings

LONGEST = 900  # letters of a message; a line stays under 1 KB, and under 8 KB where an error has a traceback
REQUESTS = logging.getLogger("vitrion.requests")
_SECRETS = (
    (re.compile(r"(\b\w+://)[^/\s@]+@"), r"\1***@"),
    (re.compile(r"(?i)\b(password|passwd|token|secret|authorization|api[-_]?key)(\W{1,3})(?:bearer )?\S+"), r"\1\2***"),
    (re.compile(r"(?i)\bbearer \S+"), "bearer ***"),
    (re.compile(r"vitrion_[0-9a-f]{12}_[\w-]+"), "vitrion_***"),
)


class Line(logging.Formatter):
    """A record of the log as one line of JSON: ``at`` (UTC), ``level``, ``from``, ``said``, and what is told."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; line breaks and what a terminal would obey are escaped."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "said": hidden(record.getMessage())[:LONGEST],
            **getattr(record, "told", {}),
        }
        if record.exc_info and record.levelno >= logging.ERROR:
            told["traceback"] = hidden(self.formatException(record.exc_info))[-6000:]
        return json.dumps(told, default=str)


def hidden(text: str) -> str:
    """Text without passwords and keys.

    Examples
    --------
    >>> hidden("postgresql://lab:s3cret@db/vitrion is away")
    'postgresql://***@db/vitrion is away'
    """
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def begin(settings: Settings) -> None:
    """Write what happens from now on, from `settings.log_level` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    warnings.showwarning = warned
    root.setLevel(logging.WARNING)
    for name in ("vitrion", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(settings.log_level.upper())
    logging.getLogger("uvicorn.access").disabled = True  # ours has no query and no address


def warned(message: Warning | str, category: type[Warning], *place: object, **more: object) -> None:
    """Write what Python warns of as any other record, in place of `warnings.showwarning`."""
    logging.getLogger("vitrion.warnings").warning("%s: %s", category.__name__, message)


class Requests:
    """ASGI middleware that writes a line a request: method, route, status and time, and nothing of what was sent.

    Parameters
    ----------
    app
        What stands behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and say how it ended."""
        if scope["type"] != "http" or not REQUESTS.isEnabledFor(logging.INFO):
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def outward(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, outward)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            told = {"method": scope["method"], "route": route, "status": status}
            took = round(1000 * (time.perf_counter() - began), 1)
            REQUESTS.info("answered", extra={"told": {**told, "ms": took}})
