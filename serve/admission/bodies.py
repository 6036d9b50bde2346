"""Bodies of requests: read within a time, and looked at before anything parses them."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Iterator

import numpy as np
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..schemas.problems import problem
from ..settings import Settings

LONG = "/api/v1/jobs"  # where a list in JSON may be long
UPLOADS = (LONG, "/api/v1/data/file", "/api/v1/data/preview")  # where a file may come
SMALL, SMALL_S = 4_000, 5.0  # bytes of a body beside the API, such as a form to sign in, and its time in s
MOST_ENTRIES, MOST_LONG = 100_000, 1_000_000  # commas in a body, and in one with a long list
UPLOADS_LAST = 10.0  # times the time of a body, for files
PIECE = 2**17  # bytes looked at before others get their turn; the longest text that is taken has fewer
_OTHERS = bytes(set(range(256)) - set(b'"[]{}'))
_STEPS = np.array([(byte in b"[{") - (byte in b"]}") for byte in range(256)], dtype=np.int32)
_HALF = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)


class TooSlowError(RuntimeError):
    """A body that did not come in time."""


class Bodies:
    """ASGI middleware, the last before the routes: bodies but files are read whole, and refused where no JSON is so.

    Parameters
    ----------
    app
        What stands behind it.
    settings
        How deep JSON may be nested, and how long a body may take.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body, or refuse it."""
        if scope["type"] != "http" or not _has_body(scope):
            await self.app(scope, receive, send)
        elif is_multipart(scope):
            await self.app(scope, _timed(receive, UPLOADS_LAST * self.settings.body_seconds), send)
        else:
            body = await _whole(receive, min(self.settings.body_seconds, math.inf if is_api(scope) else SMALL_S))
            most = MOST_LONG if scope["path"] == LONG else MOST_ENTRIES
            told = (body, self.settings.most_nesting, most)
            if wrong := await asyncio.to_thread(unreadable, *told) if len(body) > PIECE else unreadable(*told):
                complaint = {"row": None, "where": "body", "message": wrong}
                await problem(422, wrong, [complaint])(scope, receive, send)
            else:
                await self.app(scope, _again(body, receive), send)


def is_multipart(scope: Scope) -> bool:
    """Whether a request says that its body is a form with files."""
    return _header(scope, b"content-type").strip().lower().startswith(b"multipart/")


def is_api(scope: Scope) -> bool:
    """Whether a request is of the API, and not of the page beside it."""
    return str(scope["path"]).startswith("/api/")


def unreadable(body: bytes, most_nesting: int, most_entries: int = MOST_ENTRIES, what: str = "the body") -> str:
    r"""Why bytes cannot be a request in JSON that is taken; empty where they may be one; `what` they are called.

    Examples
    --------
    >>> unreadable(b'{"a": "[[["}', 2)
    ''
    >>> unreadable(b'[[[]]]', 2)
    'the body is nested more than 2 deep; send flat JSON'
    """
    if b"\0" in body or body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return f"{what} is not UTF-8; send JSON in UTF-8"
    if body.count(b",") > most_entries:
        return f"{what} has more than {most_entries:,} entries; send less at once, or a file"
    if b"\\u" not in body and body.count(b"[") + body.count(b"{") <= most_nesting:
        return ""  # the parser tells what else is wrong with it
    inside, depth = False, 0
    for piece in _pieces(body):
        escapes = piece.replace(rb"\\", b"  ")  # as long as before: what stood apart stays apart
        if b"\\u" in escapes and _HALF.search(escapes):
            return f"{what} has half of a character (a lone surrogate such as \\ud800); send whole characters"
        parts = escapes.replace(rb"\"", b"").translate(None, _OTHERS).split(b'"')
        steps = _STEPS[np.frombuffer(b"".join(parts[inside::2]), dtype=np.uint8)]
        if depth + int(np.cumsum(steps).max(initial=0)) > most_nesting:
            return f"{what} is nested more than {most_nesting} deep; send flat JSON"
        inside, depth = inside ^ (len(parts) % 2 == 0), depth + int(steps.sum())
    return ""


def _pieces(body: bytes) -> Iterator[bytes]:
    """A body cut where no escape is: behind a quotation mark, or behind as many backslashes as make pairs."""
    start = 0
    while start < len(body):
        end = start + PIECE
        if end < len(body):
            mark = body.rfind(b'"', start, end)
            end = mark + 1 if mark >= 0 else end
            part = body[start:end]
            end += (len(part) - len(part.rstrip(b"\\"))) % 2
        yield body[start:end]
        start = end


async def _whole(receive: Receive, seconds: float) -> bytes:
    """All of a body, which has to come in a time."""
    parts: list[bytes] = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise TooSlowError(f"the body did not come within {seconds:g} s") from None


def _again(body: bytes, receive: Receive) -> Receive:
    """What gives a body that was read once more, and then what comes after it."""
    given = False

    async def inward() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return inward


def _timed(receive: Receive, seconds: float) -> Receive:
    """What is received of a body, up to a time; what comes after the body may take longer."""
    until, done = asyncio.get_running_loop().time() + seconds, False

    async def inward() -> Message:
        nonlocal done
        if done:
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise TooSlowError(f"the file did not come within {seconds:g} s") from None
        done = not message.get("more_body", False)
        return message

    return inward


def _has_body(scope: Scope) -> bool:
    return bool(_header(scope, b"transfer-encoding")) or _header(scope, b"content-length") not in (b"", b"0")


def _header(scope: Scope, name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key == name), b"")
