"""Bodies of requests: read within a time, and looked at before anything parses them."""

from __future__ import annotations

import asyncio
import math
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import problem
from .settings import Settings

LONG = "/api/v1/jobs"  # where a list in JSON may be long
UPLOADS = (LONG, "/api/v1/data/file")  # where a file may come
SMALL, SMALL_S = 4_000, 5.0  # bytes of a body beside the API, such as a form to sign in, and its time in s
MOST_ENTRIES, MOST_LONG = 100_000, 1_000_000  # commas in a body, and in one with a long list
UPLOADS_LAST = 10.0  # times the time of a body, for files
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))
_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_HALF = re.compile(rb"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


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
            if wrong := unreadable(body, self.settings.most_nesting, most):
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


def unreadable(body: bytes, most_nesting: int, most_entries: int = MOST_ENTRIES) -> str:
    r"""Why bytes cannot be a request in JSON that is taken; empty where they may be one.

    Examples
    --------
    >>> unreadable(b'{"a": "[[["}', 2)
    ''
    >>> unreadable(b'[[[]]]', 2)
    'the body is nested more than 2 deep, or a bracket is not closed; send flat JSON'
    """
    if b"\0" in body or body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "the body is not UTF-8; send JSON in UTF-8"
    if b"\\u" in body and _HALF.search(_PAIR.sub(b"", body)):
        return "the body has half of a character (a lone surrogate such as \\ud800); send whole characters"
    if body.count(b",") > most_entries:
        return f"the body has more than {most_entries:,} entries; send less at once, or a file"
    if body.count(b"[") + body.count(b"{") <= most_nesting:
        return ""  # the parser tells what else is wrong with it
    brackets = _TEXT.sub(b"", body).translate(None, _OTHERS) if b'"' in body else body.translate(None, _OTHERS)
    for _ in range(most_nesting):
        if not brackets:
            return ""
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    wrong = f"the body is nested more than {most_nesting} deep, or a bracket is not closed; send flat JSON"
    return wrong if brackets else ""


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
