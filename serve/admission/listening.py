"""One line on which requests come: how large a head may be, how long it may take, and until when answers are read."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ..schemas.problems import problem
from ..security.rate_limit import neighbourhood
from .admission import HEADERS
from .connections import Lines
from .still import LINE
from .unread import Unread, held

MOST_PATH, MOST_HEADER, MOST_HEAD = 8_192, 16_384, 32_768  # bytes of path and query, of one header, of all of them
MOST_PIPELINED = 16  # requests that wait on a line for the answer to the one before
A_CHUNK = 17  # bytes of a body in chunks that may come with each byte of its content
DRAIN_S, DRAINED = 1.0, 64_000_000  # for what still comes after a refusal, and how much


class Line(HttpToolsProtocol):
    """One line: it ends where its head is too large, where that comes too slowly, or where nobody reads the answer.

    Parameters
    ----------
    lines
        All of them.
    told
        As the server of uvicorn tells it.
    """

    def __init__(self, lines: Lines, **told: Any) -> None:
        super().__init__(**told)
        self.lines, self.address, self.is_shared, self.key = lines, "", False, ""
        self.url, self.headers = b"", []
        self._since = self._heard = 0.0
        self._in_head, self._begun, self._refused = True, False, False
        self._head = self._beside = self._body = 0
        self._unread = Unread()

    @property
    def waits(self) -> bool:
        """Whether some of a request has not come yet."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def cut(self) -> None:
        """End the line at once."""
        self.lines.leave(self)
        self.transport.abort()

    def is_late(self, now: float) -> bool:
        """Whether it took too long for what it is at."""
        if self._refused:
            return now - self._since > DRAIN_S
        if waiting := self.transport.get_write_buffer_size():
            late = self._unread.is_still if self.lines.ending else self._unread.is_late
            return late(now, waiting + held(self.transport), self.lines.patience_s)
        self._unread.forget()
        if self.cycle is None or self.cycle.response_complete:
            return now - self._since > self.lines.head_s
        unsent = self.cycle.more_body and not self.cycle.response_started
        return self.lines.ending and unsent and now - self._heard > self.lines.patience_s

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, where there is a place."""
        super().connection_made(transport)
        self._since = self._heard = self.loop.time()
        address = self.client[0] if self.client else ""
        self.address, self.is_shared = neighbourhood(address), self.lines.is_proxy(address)
        if not self.lines.admit(self):
            self._answer(503, "too many lines are open; try again in a second")

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self.lines.leave(self)
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        """Go on: most of what waited to be sent was read."""
        self._unread.forget()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it is more beside the content of bodies than a request may have."""
        if self._refused:
            self._head += len(data)
            if self._head > DRAINED:
                self.cut()
            return
        was_head, self._begun, self._body, self._heard = self._in_head, False, 0, self.loop.time()
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and not self._begun:
            self._head += len(data)
        elif not (was_head or self._in_head):
            self._beside = max(self._beside + len(data) - A_CHUNK * self._body, 0)
        if self._beside > MOST_HEAD or len(self.pipeline) > MOST_PIPELINED:
            self.cut()
        elif self._head > MOST_HEAD:
            self._refuse()

    def _refuse(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self.cut()  # an answer is on its way, and another cannot come between
            return
        status = 414 if len(self.url) > MOST_PATH else 431
        self.url, self._refused, self._since = b"", True, self.loop.time()
        self.headers.clear()
        self._unset_keepalive_if_required()
        self._answer(status, TOO_LARGE[status])

    def _answer(self, status: int, words: str) -> None:
        """Answer what no application sees; what still comes is taken for a moment, so that the answer is read."""
        answer = problem(status, words)
        lines = [f"HTTP/1.1 {status} Refused", "connection: close", f"content-length: {len(answer.body)}"]
        lines += [f"{name.decode()}: {value.decode()}" for name, value in (*answer.raw_headers[1:], *HEADERS)]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + bytes(answer.body))
        self.transport.write_eof() if self._refused else self.transport.close()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        cast(dict[str, Any], self.scope)[LINE] = self
        self._in_head, self._begun, self._head, self._beside = True, True, 0, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes after a body is none."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand a request on, or refuse it."""
        self._in_head, app = False, self.app
        if status := _excess(len(self.url), self.headers):
            self.app, self.url = cast(Any, _refusing(status)), b"/"
            self.headers.clear()
        super().on_headers_complete()
        self.app = app

    def on_body(self, body: bytes) -> None:
        """Take some of a body."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the head of the next request."""
        self._in_head, self._begun, self._head = True, True, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._since = self.loop.time()
        self.lines.release(self)
        super().on_response_complete()


TOO_LARGE = {
    414: f"path and query are longer than {MOST_PATH:,} bytes; send what is long in the body",
    431: f"the headers are larger than {MOST_HEAD:,} bytes, or one than {MOST_HEADER:,}; send fewer or smaller ones",
}


def _excess(path: int, headers: list[tuple[bytes, bytes]]) -> int:
    """Status of the refusal of a head; 0 where it is not too large."""
    if path > MOST_PATH:
        return 414
    sizes = [len(name) + len(value) for name, value in headers]
    return 431 if sum(sizes) > MOST_HEAD or max(sizes, default=0) > MOST_HEADER else 0


def _refusing(status: int) -> Any:
    """An application that refuses a head."""

    async def refusal(scope: Scope, receive: Receive, send: Send) -> None:
        answer = problem(status, TOO_LARGE[status], headers={"connection": "close"})
        answer.raw_headers.extend(HEADERS)
        await answer(scope, receive, send)

    return refusal
