"""How often somebody may ask: a store of turns that fills again with time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_network

from ..formatting.addresses import plain_address

MOST_KNOWN = 10_000  # names of whom the turns are counted; who has not asked for longest is forgotten


class Pace:
    """Turns by name.

    Parameters
    ----------
    a_second
        Turns that are added a second.
    most
        Turns that may be kept, and so used at once.
    clock
        Tells the time in seconds.

    Examples
    --------
    >>> pace = Pace(2.0, 1.0, clock=lambda: 0.0)
    >>> pace.take("anna"), pace.take("anna"), pace.take("ben")
    (0.0, 0.5, 0.0)
    """

    def __init__(self, a_second: float, most: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.a_second, self.most, self._clock = a_second, most, clock
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()  # turns left, and when that was

    def take(self, name: str) -> float:
        """Take a turn; return 0, or the time in seconds after which there is one where there is none now."""
        left = self._left(name)
        if left < 1.0:
            return (1.0 - left) / self.a_second
        self._keep(name, left - 1.0)
        return 0.0

    def wait(self, name: str) -> float:
        """Return how long to wait for a turn, in seconds, without taking one."""
        return max(1.0 - self._left(name), 0.0) / self.a_second

    def _left(self, name: str) -> float:
        left, when = self._known.get(name, (self.most, self._clock()))
        return min(left + (self._clock() - when) * self.a_second, self.most)

    def _keep(self, name: str, left: float) -> None:
        self._known[name] = (left, self._clock())
        self._known.move_to_end(name)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


@lru_cache(maxsize=MOST_KNOWN)
def neighbourhood(address: str) -> str:
    """Address under which somebody is counted: of IPv6 its first half, since the other half is anybody's to choose.

    Examples
    --------
    >>> neighbourhood("192.0.2.7"), neighbourhood("::ffff:192.0.2.7"), neighbourhood("2001:db8::7")
    ('192.0.2.7', '192.0.2.7', '2001:db8::/64')
    """
    try:
        told = plain_address(address)
    except ValueError:
        return address
    if not isinstance(told, IPv6Address):
        return str(told)
    return str(ip_network((int(told), 64), strict=False))
