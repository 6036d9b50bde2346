"""The lines on which requests come: how many there may be, which go where there are too many, and which are late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from ..formatting.addresses import plain_address
from ..settings import Settings, networks

SHARE, OF_A_KEY = 4, 8  # an address has at most one in so many of the lines, and a key is kept as few
LOOK_S = 0.5  # between two looks
SOON_S, LAST_S = 15.0, 8.0  # for reading where others need the place; without any of it where the server ends


class Line(Protocol):
    """One line, as far as it matters which goes first."""

    address: str
    is_shared: bool
    key: str

    @property
    def waits(self) -> bool:
        """Whether some of a request has not come yet."""

    def cut(self) -> None:
        """End the line at once."""

    def is_late(self, now: float) -> bool:
        """Whether it took too long for what it is at."""


class Lines:
    """All lines that are open.

    A new one always finds a place while another can go: first the one that has waited for a request for longest, then
    the oldest without a key. A line whose request came with a key stays, up to an eighth of all lines for a key.

    Parameters
    ----------
    settings
        How many there may be, for how long each may wait, and which addresses are those of proxies.
    hurried
        Whether those that do not read what they asked for have to go soon.
    """

    def __init__(self, settings: Settings, hurried: Callable[[], bool]) -> None:
        self.most, self.head_s, self.send_s = settings.most_lines, settings.head_seconds, settings.send_seconds
        self.share, self.kept = max(self.most // SHARE, 1), max(self.most // OF_A_KEY, 1)
        self.ending, self._hurried, self._proxies = False, hurried, networks(settings.proxy)
        self._open: dict[str, dict[Line, None]] = {}
        self._keys: dict[str, int] = {}

    def __len__(self) -> int:
        return sum(map(len, self._open.values()))

    @property
    def patience_s(self) -> float:
        """Time for which a line may read too little of its answer, or nothing where the server ends, in s."""
        if self.ending:
            return min(self.send_s, LAST_S)
        return min(self.send_s, SOON_S) if self._hurried() else self.send_s

    def admit(self, line: Line) -> bool:
        """Take a line in; where there is no place, another goes, or this one."""
        mine = self._open.get(line.address, {})
        if len(mine) >= self.share and not line.is_shared:
            goes = _first(mine)
        elif len(self) >= self.most:
            goes = next(filter(None, map(_first, sorted(self._open.values(), key=len, reverse=True))), None)
        else:
            goes = line
        if goes is None:
            return False
        if goes is not line:
            goes.cut()
        self._open.setdefault(line.address, {})[line] = None
        return True

    def leave(self, line: Line) -> None:
        """Let a line go."""
        self.release(line)
        mine = self._open.get(line.address, {})
        mine.pop(line, None)
        if not mine:
            self._open.pop(line.address, None)

    def protect(self, line: Line, key: str) -> None:
        """Keep a line that is still open, and whose request came with a key of that name, from going before others."""
        is_open = line in self._open.get(line.address, {})
        if is_open and key and not line.key and self._keys.get(key, 0) < self.kept:
            line.key, self._keys[key] = key, self._keys.get(key, 0) + 1

    def release(self, line: Line) -> None:
        """Take a line whose request is answered as one of the last that go, and as one that may."""
        if line.key:
            self._keys[line.key] -= 1
            if not self._keys[line.key]:
                del self._keys[line.key]
            line.key = ""
        mine = self._open.get(line.address, {})
        if line in mine:
            mine[line] = mine.pop(line)

    async def watch(self) -> None:
        """Cut again and again what takes too long."""
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            for line in [one for mine in self._open.values() for one in mine]:
                if line.is_late(now):
                    line.cut()
            await asyncio.sleep(LOOK_S)

    def is_proxy(self, address: str) -> bool:
        """Whether behind an address there are many."""
        try:
            return bool(self._proxies) and any(plain_address(address) in one for one in self._proxies)
        except ValueError:
            return False


def _first(lines: Iterable[Line]) -> Line | None:
    """The line that goes first: the oldest of those that wait for a request, else of those without a key."""
    oldest = None
    for line in lines:
        if not line.key:
            if line.waits:
                return line
            oldest = oldest or line
    return oldest
