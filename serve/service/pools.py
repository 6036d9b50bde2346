"""Where the work of requests is done: a thread that ranks short lists together, and small pools for the rest."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from ..errors.refusals import BusyError
from ..storage.shares import ShareError
from .predictions import Ask, Service
from .quick import ranked_together
from .turns import Turns

SHORT = 64  # formulas up to which a list is ranked together with others
MOST_TOGETHER = 256  # formulas ranked at once
LONG_WAITING = 8  # long requests that may wait for their turn
LONG_THREADS = 2  # of which what is long takes one
SHORT_S = 2.0  # time up to which a piece of work is short
ASKING: ContextVar[str] = ContextVar("asking", default="")  # name of the key of who asks; empty where none is needed
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


@dataclass
class _Piece:
    work: Callable[[], Any]
    seconds: float
    answer: asyncio.Future[Any]


class Pool:
    """A bounded pool of threads, in which owners take turns and what is short does not wait for what is long.

    What does not find a place in its queue is refused, and what would take more than an owner's half of all places.
    Where there are several threads, one of them is left to what is short.

    Parameters
    ----------
    name
        Of its threads.
    threads
        How many work.
    waiting
        How many pieces of work may wait.
    clock
        Tells the time in seconds.
    """

    def __init__(self, name: str, threads: int, waiting: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"vitrion-{name}")
        self._threads, self._most = threads, threads + waiting
        self._turns: Turns[tuple[_Piece, str]] = Turns(clock)
        self._begun: list[tuple[str, float]] = []  # owner and seconds of what is at work
        self._stopped = False

    async def run(self, work: Callable[..., T], *arguments: Any, seconds: float = 0.0, **named: Any) -> T:
        """Do a piece of work in a thread of the pool; `seconds` is how long it is expected to take."""
        owner, taken = ASKING.get(), len(self._begun) + len(self._turns)
        if taken >= self._most:
            raise BusyError(f"{taken} requests like this are worked on or wait; try again in a second")
        ours = self._turns.of(owner) + sum(one == owner for one, _ in self._begun)
        if owner and ours >= max(1, self._most // 2):
            raise ShareError(
                f"{ours} requests of yours like this are worked on or wait; come again when one is answered"
            )
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._turns.add(owner, seconds, (_Piece(lambda: work(*arguments, **named), seconds, answer), owner))
        self._begin()
        return await answer

    def stop(self) -> None:
        """Take nothing more."""
        self._stopped = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self) -> None:
        """Give the threads that are free what is next."""
        while len(self._begun) < self._threads:
            long = sum(seconds > SHORT_S for _, seconds in self._begun)
            found = self._turns.next(SHORT_S if 0 < self._threads - 1 <= long else math.inf)
            if found is None:
                return
            piece, owner = found
            if piece.answer.done():  # who asked has gone
                continue
            if self._stopped:
                piece.answer.set_exception(BusyError("the server ends; ask again when it is back"))
                continue
            self._begun.append((owner, piece.seconds))
            done = piece.answer.get_loop().run_in_executor(self._pool, piece.work)
            done.add_done_callback(partial(self._ended, piece, owner))

    def _ended(self, piece: _Piece, owner: str, done: asyncio.Future[Any]) -> None:
        self._begun.remove((owner, piece.seconds))
        error = None if done.cancelled() else done.exception()
        if piece.answer.done():
            pass
        elif done.cancelled():
            piece.answer.cancel()
        elif error is not None:
            piece.answer.set_exception(error)
        else:
            piece.answer.set_result(done.result())
        self._begin()
