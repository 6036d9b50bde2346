"""Who comes in: the address that was asked for, where a request comes from, whose key it has, and what that allows.

Without keys the service is for this machine alone. A page of elsewhere, open in a browser of this machine, could still
ask it: so requests are refused whose ``Host`` is none of this machine's names (a foreign name that was made to lead
here) or, where they change something, whose ``Origin`` is another than the page's own.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..admission.metrics import Metrics
from ..admission.places import NAME
from ..admission.still import LINE, Still
from ..errors.refusals import BusyError, nothing_called, visible
from ..formatting.addresses import plain_address
from ..schemas.problems import nothing_at, problem
from ..security.keys import SCOPES, Key
from ..security.owners import Who
from ..security.permissions import ANYONE, Rule, Table
from ..security.rate_limit import Pace, neighbourhood
from ..settings import Settings
from ..storage.retries import GONE
from .heads import COOKIE, cookie_of

OURS = ("localhost", "127.0.0.1", "[::1]")
SAFE = ("GET", "HEAD", "OPTIONS")
MOST_FAILED = 10.0  # wrong keys that one address may try at once; then one in five seconds
FAILED_A_SECOND = 0.2
WHO, WRONG, ASKED = "vitrion.who", "vitrion.wrong_key", "vitrion.asked"
AWAY = "the database of the service does not answer, and without it no key can be looked up; try again in a moment"
_LOG = logging.getLogger(__name__)
Headers = Mapping[str, str]


class Access:
    """ASGI middleware; of a request that it refuses the body is not read.

    Parameters
    ----------
    app
        What stands behind it.
    settings
        Whether keys are asked for, which names are ours, and how often one may ask.
    metrics
        Where it counts.
    table
        What each route asks for.
    """

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics, table: Table) -> None:
        self.app, self.settings, self.metrics, self._table = app, settings, metrics, table
        self._hosts = {*OURS, *(name.strip().lower() for name in settings.hosts.split(",") if name.strip())}
        self._pace = Pace(settings.most_per_second, settings.most_burst)
        self._failed = Pace(FAILED_A_SECOND, MOST_FAILED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        scope[WRONG] = partial(self._wrong_key, _address(scope))
        try:
            refused = self._misdirected(scope, told) or self._foreign(scope, told) or await self._refused(scope, told)
        except (BusyError, *GONE) as error:
            _LOG.warning("a key could not be looked up: %s", type(error).__name__)
            refused = problem(503, AWAY, headers={"retry-after": "1"})
        if refused is not None or ASKED not in scope:
            await (refused or self.app)(scope, receive, send)
        else:
            await Still(scope.pop(ASKED), scope, receive, send).answer(self.app, _unknown(scope["path"]))

    def _misdirected(self, scope: Scope, told: Headers) -> Response | None:
        """Refuse what was sent to a name that is none of ours."""
        if self.settings.require_keys:
            if not self.settings.hosts or _name(told.get("host", "")) in self._hosts:
                return None
        elif _name(told.get("host", "")) in self._hosts and _is_here(scope):
            return None
        self.metrics.refused.labels("host").inc()
        name = visible(told.get("host", "no name"))
        return problem(421, f"{name} is no name of this service; ask 127.0.0.1, or name it with VITRION_HOSTS")

    def _foreign(self, scope: Scope, told: Headers) -> Response | None:
        """Refuse what changes something and comes from a page of elsewhere."""
        if scope["method"] in SAFE:
            return None
        origin, site = told.get("origin"), told.get("sec-fetch-site", "none")
        away = site not in ("same-origin", "none")
        if origin == "null":
            away = site != "same-origin"  # only a browser says that, and of our own page: a proxy took its Referer away
        elif origin is not None:
            scheme, _, host = origin.partition("://")
            away = away or scheme not in ("http", "https") or host.lower() != told.get("host", "").lower()
        elif COOKIE in told.get("cookie", "") and "sec-fetch-site" not in told and not _bearer(told):
            away = True  # browsers say where a request that changes something comes from
        if not away:
            return None
        self.metrics.refused.labels("origin").inc()
        return problem(403, "this request did not come from the page of this service; reload the page and try again")

    async def _refused(self, scope: Scope, told: Headers) -> Response | None:
        """Refuse who may not, or asks too often; else keep who asks."""
        found = self._table.find(scope["method"], scope["path"])
        who = await self._who(scope, told, found is not None and found[0].scope == ANYONE)
        if isinstance(who, Response):
            return who
        if found is None:
            return self._nothing(scope["method"], scope["path"]) if who is not None else _unknown(scope["path"])
        rule, parts = found
        if rule.scope == ANYONE:
            scope[WHO] = who or Who("", SCOPES[0])
            return None
        scope[WHO] = who
        return _unknown(scope["path"]) if who is None else await self._forbidden(scope, rule, parts, who)

    async def _forbidden(self, scope: Scope, rule: Rule, parts: Mapping[str, str], who: Who) -> Response | None:
        """Refuse what a key does not allow, and what is another's: as if it were not there."""
        if SCOPES.index(who.scope) < SCOPES.index(rule.scope):
            return problem(403, f"this needs a key for {rule.scope}s; yours is for {who.scope}s")
        if rule.kind and who.only is not None:
            owners: Any = scope["app"].state.desk.owners
            if await asyncio.to_thread(owners.whose, rule.kind, parts[rule.part]) != who.name:
                return problem(404, nothing_called(rule.kind, parts[rule.part]))
        return None

    async def _who(self, scope: Scope, told: Headers, is_open: bool) -> Who | Response | None:
        """Who asks, by key or cookie; None where nobody known does, and a refusal where it is too often.

        Where anyone may come, a session that has ended is no wrong key: who signs in again may still have its cookie.
        """
        if not self.settings.require_keys:
            return Who()
        address, secret, word = _address(scope), _bearer(told), cookie_of(told.get("cookie", ""))
        ring = scope["app"].state.desk.keys
        key, line = None, scope.get(LINE)
        if secret or word:
            look = partial(ring.find, secret) if secret else partial(ring.find_session, word)
            key = await asyncio.to_thread(look)
            if key is not None:
                scope[ASKED] = partial(_counts, look)
            elif (secret or not is_open) and (wait := self._wrong_key(address)):
                return _too_often(wait, "too many wrong keys came from your address")
        scope[NAME] = key.name if key is not None else f"address {address}"
        if line is not None and key is not None:
            line.lines.protect(line, key.name)
        if wait := self._pace.take(scope[NAME]):
            self.metrics.refused.labels("rate").inc()
            return _too_often(wait, f"more than {self.settings.most_per_second:g} requests a second came from you")
        return None if key is None else Who(key.name, key.scope, not secret)

    def _wrong_key(self, address: str) -> float:
        """Count a wrong key of an address; return how long it has to wait where there were too many, in s."""
        wait = self._failed.take(address)
        if wait:
            self.metrics.refused.labels("rate").inc()
        return wait

    def _nothing(self, method: str, path: str) -> Response:
        if allowed := self._table.methods(path):
            told = ", ".join(allowed)
            return problem(405, f"{visible(method)} is not possible here; {told} is", headers={"allow": told})
        return problem(404, nothing_at(path))


async def _counts(look: Callable[[], Key | None]) -> bool:
    """Whether a key counts; while the database does not say it, it does as before."""
    try:
        return await asyncio.to_thread(look) is not None
    except (BusyError, *GONE):
        return True


def _too_often(wait: float, why: str) -> Response:
    told = {"retry-after": str(math.ceil(wait))}
    return problem(429, f"{why}; come again in {math.ceil(wait)} s", headers=told)


def _unknown(path: str) -> Response:
    if path == "/":
        return RedirectResponse("/login", 303)
    words = (
        "this needs an access key: send 'Authorization: Bearer KEY', or sign in at /login; 'vitrion keys new' makes one"
    )
    return problem(401, words, headers={"www-authenticate": "Bearer"})


def _name(host: str) -> str:
    """Name in a header ``Host``, without the port."""
    return host.lower() if host.endswith("]") else host.lower().rpartition(":")[0] or host.lower()


def _address(scope: Scope) -> str:
    """From where a request comes, as it is counted."""
    return neighbourhood(str((scope.get("client") or ("",))[0]))


def _bearer(told: Headers) -> str:
    """Secret of a key in a header ``Authorization``; empty where there is none, or another kind of word."""
    kind, _, secret = told.get("authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""


def _is_here(scope: Scope) -> bool:
    """Whether a request came in by an address of this machine alone, as far as that is told."""
    try:
        return plain_address(str((scope.get("server") or ("",))[0])).is_loopback
    except ValueError:
        return True
