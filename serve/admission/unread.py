"""What a client has not read yet of its answers, and whether it reads too little of it."""

from __future__ import annotations

import asyncio
import contextlib
import struct

SLOWEST = 1_000  # bytes a second that a client has to read


class Unread:
    """What waits on one line to be read, as it is looked at from time to time.

    The system takes megabytes of an answer at once, and then nothing more until much of that has arrived: what it
    still holds is counted too, or who reads steadily would seem to read nothing for a minute.
    """

    def __init__(self) -> None:
        self._since = self._moved = 0.0
        self._left = self._read = 0

    def forget(self) -> None:
        """Begin anew at the next look: all that waited, or most of it, was read."""
        self._since = 0.0

    def is_late(self, now: float, left: int, patience: float) -> bool:
        """Whether less than `SLOWEST` was read over a time.

        Parameters
        ----------
        now
            Time of this look, in s.
        left
            Bytes that are not read yet.
        patience
            Time in s over which it is counted.
        """
        self._look(now, left)
        if self._read >= SLOWEST * patience:
            self._since, self._read = now, 0
        return now - self._since > patience

    def is_still(self, now: float, left: int, patience: float) -> bool:
        """Whether nothing at all was read for a time; parameters as of `is_late`."""
        self._look(now, left)
        return now - self._moved > patience

    def _look(self, now: float, left: int) -> None:
        if not self._since:
            self._since, self._moved, self._read = now, now, 0
        elif left < self._left:
            self._moved, self._read = now, self._read + self._left - left
        self._left = left


def held(transport: asyncio.Transport) -> int:
    """Bytes that a client has not taken yet of what the system has; 0 where the system does not tell."""
    try:
        from fcntl import ioctl
        from termios import TIOCOUTQ
    except ImportError:  # such as Windows
        return 0
    line = transport.get_extra_info("socket")
    if line is None:
        return 0
    with contextlib.suppress(OSError):  # the line is closed, or this is a system that does not tell
        return int(struct.unpack("i", ioctl(line.fileno(), TIOCOUTQ, b"\0" * struct.calcsize("i")))[0])
    return 0
