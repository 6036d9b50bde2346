"""Who is next where several wait: owners in turn, and of each owner what is short first."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

MOST_KNOWN = 10_000  # owners of whom it is remembered when it was their turn
T = TypeVar("T")


class Turns(Generic[T]):
    """What waits, by owner.

    The turn is that owner's whose last one is longest ago. Of what one owner waits for, the first is what was asked
    earliest, counting each second that it is expected to take as a second later: nothing waits for ever.

    Parameters
    ----------
    clock
        Tells the time in seconds.

    Examples
    --------
    >>> turns = Turns(clock=lambda: 0.0)
    >>> for owner, seconds, item in (("anna", 60, "A"), ("anna", 1, "a"), ("anna", 60, "A2"), ("ben", 60, "B")):
    ...     turns.add(owner, seconds, item)
    >>> [turns.next() for _ in range(5)]
    ['a', 'B', 'A', 'A2', None]
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: dict[str, list[tuple[float, int, float, T]]] = {}
        self._last: OrderedDict[str, int] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def of(self, owner: str) -> int:
        """Number of what an owner waits for."""
        return len(self._waiting.get(owner, ()))

    def add(self, owner: str, seconds: float, item: T) -> None:
        """Let something wait.

        Parameters
        ----------
        owner
            Whose it is.
        seconds
            How long it is expected to take.
        item
            What is to be done.
        """
        self._count += 1
        self._waiting.setdefault(owner, []).append((self._clock() + seconds, self._count, seconds, item))

    def next(self, most_s: float = math.inf) -> T | None:
        """Take what is next, and is expected to take at most so many seconds; None where nothing like that waits."""
        fitting = {
            owner: [one for one in waiting if one[2] <= most_s]
            for owner, waiting in self._waiting.items()
            if any(one[2] <= most_s for one in waiting)
        }
        if not fitting:
            return None
        owner = min(fitting, key=lambda name: (self._last.get(name, 0), min(one[1] for one in fitting[name])))
        first = min(fitting[owner])
        self._waiting[owner].remove(first)
        if not self._waiting[owner]:
            del self._waiting[owner]
        self._count += 1
        self._last[owner] = self._count
        self._last.move_to_end(owner)
        while len(self._last) > MOST_KNOWN:
            self._last.popitem(last=False)
        return first[3]
