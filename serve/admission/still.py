"""Whether a key still counts while its request is answered: else nothing more is taken, and nothing more is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOK_S = 2.0  # between two looks
LINE = "vitrion.line"  # in the scope: the line on which a request came, where the server tells it
END_S = 1.0  # for the end of a stream, before its line is cut


class Still:
    """One request that is answered as long as its key counts.

    Parameters
    ----------
    counts
        Looks whether it does.
    scope, receive, send
        Of the request.
    """

    def __init__(self, counts: Callable[[], Awaitable[bool]], scope: Scope, receive: Receive, send: Send) -> None:
        self._counts, self._scope, self._receive, self._send = counts, scope, receive, send
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._watch: asyncio.Task[None] | None = None
        self._looked = self._loop.time()
        self._ended = self._begun = self._has_length = self._halted = False

    async def answer(self, app: ASGIApp, refusal: ASGIApp) -> None:
        """Answer by an application; where the key counts no longer, end that, or refuse if nothing was told yet.

        What is worked on is not broken off, only what is sent or received: whatever was begun is done or not.
        """
        timer = self._loop.call_later(LOOK_S, self._begin)
        try:
            await app(self._scope, self._inward, self._outward)
        except asyncio.CancelledError:
            if not self._halted or self._task is None:
                raise
            self._task.uncancel()
            await self._end(refusal)
        finally:
            timer.cancel()
            if self._watch is not None:
                self._watch.cancel()

    async def _end(self, refusal: ASGIApp) -> None:
        line: Any = self._scope.get(LINE)
        if not self._begun:
            await refusal(self._scope, self._receive, self._send)
            return
        if not self._has_length:
            with contextlib.suppress(TimeoutError):  # who does not take the end has the line cut below
                async with asyncio.timeout(END_S):
                    await self._send({"type": "http.response.body", "body": b"", "more_body": False})
                    return
        if line is not None:
            line.cut()

    def _begin(self) -> None:
        self._watch = self._loop.create_task(self._look_on())

    async def _look_on(self) -> None:
        """End what is being sent without waiting for more of it."""
        while not await self._is_over():
            await asyncio.sleep(LOOK_S)
        while not self._begun:  # it ends when it sends something
            await asyncio.sleep(LOOK_S)
        self._halt()

    async def _is_over(self) -> bool:
        if not self._ended and self._loop.time() - self._looked >= LOOK_S:
            self._looked = self._loop.time()
            self._ended = not await self._counts()
        return self._ended

    def _halt(self) -> None:
        if self._task is not None and not self._halted:
            self._halted = True
            self._task.cancel()

    async def _go_on(self) -> None:
        """Return while the key counts; else never."""
        if await self._is_over():
            self._halt()
            await asyncio.Event().wait()

    async def _inward(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            await self._go_on()
        return message

    async def _outward(self, message: Message) -> None:
        await self._go_on()
        if message["type"] == "http.response.start":
            self._begun = True
            self._has_length = any(name == b"content-length" for name, _ in message["headers"])
        await self._send(message)
