"""Heads of requests: of the cookies ours alone is passed on, as a name and a plain word."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "vitrion_session"


class Heads:
    """ASGI middleware, before all that reads a cookie: drops every other cookie than that of a session.

    Python's reader of quoted cookies costs the square of their length, and FastAPI asks it for every route: no cookie
    of a stranger reaches it. How long a head may be, `listening` sees to.

    Parameters
    ----------
    app
        What stands behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with one plain cookie, or none."""
        if scope["type"] == "http":
            told = [bytes(value).decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
            headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
            if ours := next(filter(None, map(cookie_of, told)), ""):
                headers.append((b"cookie", f"{COOKIE}={ours}".encode("latin-1")))
            scope["headers"] = headers
        await self.app(scope, receive, send)


def cookie_of(told: str) -> str:
    r"""Secret of a session in a header ``Cookie``, empty where there is none that is a plain word.

    Examples
    --------
    >>> cookie_of('other="\\""; vitrion_session=abc')
    'abc'
    """
    for pair in told.split(";"):
        name, _, value = pair.partition("=")
        if name.strip() == COOKIE:
            word = value.strip().strip('"')
            return "" if '"' in word or "\\" in word else word
    return ""
