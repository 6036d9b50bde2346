"""Places of which each has a share: what is worked on at a time, and for whom."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..schemas.problems import problem
from ..settings import Settings
from .bodies import UPLOADS, is_api, is_multipart
from .metrics import Metrics

NAME = "vitrion.name"  # of who asks: that of a key, or an address; empty where no keys are needed
STREAM, LOGIN, MOST_LOGINS = "/events", "/login", 8  # at a time, once the form is there: nobody needs a key for it
WORKED_ON = "requests are worked on or wait"
SHARE = 3.0
SHORT = 0.75  # of all places: from there on who only holds one has to give it back


class Places:
    """Places of which nobody has more than a number of times what is left for others.

    Parameters
    ----------
    most
        How many there are.
    share
        One name may take a place while it has less than so many times the places that are free.

    Examples
    --------
    >>> places = Places(8)
    >>> [places.take("anna") for _ in range(7)], places.take("ben"), places.take("ben")
    ([True, True, True, True, True, True, False], True, True)
    """

    def __init__(self, most: float, share: float = SHARE) -> None:
        self.most, self.share, self.taken = most, share, 0.0
        self._of: dict[str, float] = {}

    @property
    def is_full(self) -> bool:
        """Whether there is no place left."""
        return self.taken >= self.most

    @property
    def is_short(self) -> bool:
        """Whether few places are left."""
        return self.taken >= SHORT * self.most

    def of(self, name: str) -> float:
        """Return how many a name has."""
        return self._of.get(name, 0.0)

    def take(self, name: str, size: float = 1.0) -> bool:
        """Take places for a name, unless there are too few or the name has its share; no name has none."""
        free = self.most - self.taken
        if free < size or (name and self.of(name) >= self.share * free):
            return False
        self.taken += size
        self._of[name] = self.of(name) + size
        return True

    def leave(self, name: str, size: float = 1.0) -> None:
        """Give places back."""
        self.taken -= size
        self._of[name] -= size
        if self._of[name] <= 0:
            del self._of[name]


class AtWork:
    """ASGI middleware behind which a request has a place of its kind; by now it is known whose it is, and all there.

    Only a file still comes while it has a place.

    Parameters
    ----------
    app
        What stands behind it.
    settings
        How many places there are.
    metrics
        Where it counts.
    work
        Places of requests of the API.
    """

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics, work: Places) -> None:
        self.app, self.metrics, self.work = app, metrics, work
        self.streams, self.uploads = Places(settings.most_streams), Places(settings.most_uploads)
        self.logins = Places(MOST_LOGINS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give a request a place, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name, taken = str(scope.get(NAME, "")), contextlib.ExitStack()
        with taken:
            for places, status, reason, what in self._kinds(scope):
                if not places.take(name):
                    self.metrics.refused.labels(reason).inc()
                    await busy(status, places, name, what)(scope, receive, send)
                    return
                taken.callback(places.leave, name)
            self.metrics.at_work.set(self.work.taken)
            await self.app(scope, receive, send)
        self.metrics.at_work.set(self.work.taken)

    def _kinds(self, scope: Scope) -> Iterator[tuple[Places, int, str, str]]:
        """The places that a request needs, and what they are for."""
        if scope["path"].endswith(STREAM):
            yield self.streams, 429, "streams", "event streams are open"
        elif is_api(scope):
            yield self.work, 503, "busy", WORKED_ON
            if scope["path"] in UPLOADS and is_multipart(scope):
                yield self.uploads, 503, "uploads", "files are being taken"
        elif scope["path"] == LOGIN and scope["method"] == "POST":
            yield self.logins, 503, "logins", "people are signing in"


def busy(status: int, places: Places, name: str, what: str) -> Response:
    """The refusal of who finds no place."""
    why = f"{places.taken:.0f} {what}"
    if not places.is_full:
        why += f", {places.of(name):.0f} of them for you, and the places that are left are for others"
    return problem(status, f"{why}; try again in a second", headers={"retry-after": "1"})
