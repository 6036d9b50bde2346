"""Where the work of requests is done: a thread that ranks short lists together, and small pools for the rest."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from .quick import ranked_together
from .refusals import BusyError
from .service import Ask, Service

SHORT = 64  # formulas up to which a list is ranked together with others
MOST_TOGETHER = 256  # formulas ranked at once
LONG_WAITING = 8  # long requests that may wait for their turn
T = TypeVar("T")


@dataclass
class _Asked:
    candidates: Sequence[Any]
    ask: Ask
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[bytes]


class Batcher:
    """One thread that takes all short lists that wait and ranks them at once: what is fixed is paid once."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._waiting: deque[_Asked] = deque()
        self._something, self._stopped = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="vitrion-rank", daemon=True)
        self._thread.start()

    async def rank(self, candidates: Sequence[Any], ask: Ask) -> bytes:
        """The ranking of a short list as JSON."""
        loop = asyncio.get_running_loop()
        asked = _Asked(candidates, ask, loop, loop.create_future())
        self._waiting.append(asked)
        self._something.set()
        return await asked.answer

    def stop(self) -> None:
        """End the thread."""
        self._stopped = True
        self._something.set()

    def _run(self) -> None:
        while not self._stopped:
            self._something.wait()
            self._something.clear()
            while batch := self._next():
                self._do(batch)

    def _next(self) -> list[_Asked]:
        """The first that waits, and those that ask the same of their candidates."""
        batch: list[_Asked] = []
        size = 0
        while self._waiting and size < MOST_TOGETHER:
            if batch and self._waiting[0].ask != batch[0].ask:
                break
            one = self._waiting.popleft()
            if not one.answer.cancelled():
                batch.append(one)
                size += len(one.candidates)
        return batch

    def _do(self, batch: list[_Asked]) -> None:
        try:
            answers = ranked_together(self._service, [one.candidates for one in batch], batch[0].ask)
        except Exception as error:
            for one in batch:
                one.loop.call_soon_threadsafe(_fail, one.answer, error)
            return
        for one, answer in zip(batch, answers, strict=True):
            one.loop.call_soon_threadsafe(_give, one.answer, answer)


def _give(future: asyncio.Future[bytes], answer: bytes) -> None:
    if not future.done():
        future.set_result(answer)


def _fail(future: asyncio.Future[bytes], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


class Pool:
    """A bounded pool of threads: what does not find a place in its queue is refused.

    Parameters
    ----------
    name
        Of its threads.
    threads
        How many work.
    waiting
        How many pieces of work may wait.
    """

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"vitrion-{name}")
        self._most, self._taken = threads + waiting, 0

    async def run(self, work: Callable[..., T], *told: Any, **named: Any) -> T:
        """Do a piece of work in a thread of the pool."""
        if self._taken >= self._most:
            raise BusyError(f"{self._taken} requests like this are worked on or wait; try again in a second")
        self._taken += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*told, **named))
        finally:
            self._taken -= 1

    def stop(self) -> None:
        """Take nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
