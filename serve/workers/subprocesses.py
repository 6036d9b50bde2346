"""Processes that work for the server, by lines; none outlives it.

One ranks long lists, one reads the data and judges models, one speaks to MLflow, one trains.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..errors.outcomes import raised
from ..errors.refusals import InputError, WorkError

WORKER = ("-m", "vitrion.serve.workers.worker")
COMMAND = ("-m", "vitrion.serve.cli.attached")  # the command line, bound to this process
IDLE_S = 120.0  # after which the worker is let go, with the memory of its models


READ_S = 120.0  # within which a file of a client has to be read


class LostWorkerError(WorkError):
    """A worker that ended before it answered: it was killed, or ran out of memory."""


class SlowWorkError(InputError):
    """Work that was ended because it took longer than what was given may take."""


class Worker:
    """A process that does what it is told (see `worker`), started when first needed and let go when it has no work."""

    def __init__(self) -> None:
        self._turn, self._closed = threading.Lock(), False
        self._process: subprocess.Popen[str] | None = None
        self._timer: threading.Timer | None = None

    def ask(self, do: str, within_s: float | None = None, **told: Any) -> Any:
        """Have a verb done and return what comes of it; one caller at a time.

        Raises `InputError` where what was told is to blame, `SlowWorkError` where it took longer than `within_s`
        seconds, `ConflictError` where it cannot be done as things stand, and `LostWorkerError` where the process was
        lost.
        """
        with self._turn:
            process, late = self._started(), threading.Event()
            with _ending(process, within_s, late):
                try:
                    process.stdin.write(json.dumps({"do": do, **told}) + "\n")
                    process.stdin.flush()
                    line = process.stdout.readline()
                except (OSError, ValueError):
                    line = ""
            if not line and late.is_set():
                self.stop()
                raise SlowWorkError(f"what was given was not read within {within_s:g} s; split it into several files")
            if not line:
                self.stop()
                raise LostWorkerError("the worker ended before it answered")
            self._rest()
        said = json.loads(line)
        if "done" in said:
            return said["done"]
        raise raised(said)

    def close(self) -> None:
        """End the process at once, and start no other."""
        self._closed = True
        self.stop()

    def stop(self) -> None:
        """End the process at once, whatever it does."""
        process, self._process = self._process, None
        if self._timer is not None:
            self._timer.cancel()
        if process is not None:
            ended(process)

    def _started(self) -> Any:
        if self._closed:
            raise LostWorkerError("the server ends")
        if self._timer is not None:
            self._timer.cancel()
        if self._process is None or self._process.poll() is not None:
            self._process = started(WORKER)
        return self._process

    def _rest(self) -> None:
        self._timer = threading.Timer(IDLE_S, self._let_go)
        self._timer.daemon = True
        self._timer.start()

    def _let_go(self) -> None:
        if self._turn.acquire(blocking=False):
            try:
                self.stop()
            finally:
                self._turn.release()


@contextmanager
def _ending(process: subprocess.Popen[str], within_s: float | None, late: threading.Event) -> Iterator[None]:
    """End a process where what is done with it takes longer than a time in s, and set the event."""

    def end() -> None:
        late.set()
        ended(process)

    timer = threading.Timer(within_s or 0.0, end)
    timer.daemon = True
    if within_s is not None:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


class Trainings:
    """Command lines at work in processes of their own, by job."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def run(self, job: str, arguments: Sequence[str], told: Callable[[str], None]) -> tuple[int, str]:
        """Run ``python -m vitrion`` to its end; return its exit code and the last line that it said.

        Parameters
        ----------
        job
            Whose it is: `stop` ends it.
        arguments
            Of the command line.
        told
            Called with each line that it says.
        """
        process = started([*COMMAND, *arguments], subprocess.STDOUT)
        self._processes[job] = process
        last = ""
        try:
            for line in process.stdout or ():
                if text := line.strip():
                    last = text
                    told(text)
            return process.wait(), last
        finally:
            self._processes.pop(job, None)
            ended(process)

    def stop(self, job: str | None = None) -> None:
        """End the process of a job at once, or all of them."""
        for name, process in list(self._processes.items()):
            if job in (None, name):
                ended(process)


def started(arguments: Sequence[str], stderr: int | None = None) -> subprocess.Popen[str]:
    """A Python process that reads and writes lines, alone in a group of its own, so that none of its own is left."""
    return subprocess.Popen(  # noqa: S603 - our own modules
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str]) -> None:
    """Kill a process with all that it started, and wait for its end."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                process.kill()
        else:
            process.kill()
    process.wait()
