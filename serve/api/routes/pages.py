"""The page and its files: plain HTML, CSS and JavaScript, and plotly.js out of the plotly package."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from functools import lru_cache
from html import escape
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ....datasets.tables.grid import ENDINGS
from ....datasets.tables.headers import formula_names
from ....experiments.task.acquisitions import ACQUISITIONS
from ...schemas.problems import MEDIA, problem
from ...security.keys import VIEWER
from ...security.permissions import ANYONE, requires

router = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parents[2] / "pages"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
_WEEK = "max-age=604800"
PAGES = ("/", "/login", "/logout")  # what a browser asks for and shows


@router.get("/")
@requires(VIEWER)
async def page(request: Request) -> Response:
    """The page."""
    return served(request, "service.html")


def served(request: Request, name: str) -> Response:
    """A page of ours."""
    return _served(request, _HERE / "templates" / name, "no-cache")


def filled(name: str, status: int = 200, message: str = "", at: str = "") -> Response:
    """A page of ours with a message where there is one, and the place to which it leads."""
    path = _HERE / "templates" / name
    plain, _, _ = _content(path, path.stat().st_mtime_ns)
    words = {"message": escape(message), "hidden": "" if message else "hidden", "at": escape(at)}
    content = re.sub(rb"{{(\w+)}}", lambda found: words[found[1].decode()].encode(), plain)
    return Response(content, status, {"cache-control": "no-store"}, "text/html; charset=utf-8")


class Refusals:
    """ASGI middleware that tells who asked for a page with a browser on a page what was refused, not as JSON.

    Parameters
    ----------
    app
        What stands behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its refusal as a page."""
        accepted = dict(scope.get("headers", ())).get(b"accept", b"")
        if scope["type"] != "http" or scope["path"] not in PAGES or b"text/html" not in accepted:
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        parts: list[bytes] = []

        async def outward(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and (b"content-type", MEDIA.encode()) in message["headers"]:
                start = message
            elif start is None:
                await send(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    await _as_page(scope, receive, send, start, json.loads(b"".join(parts)))

        await self.app(scope, receive, outward)


async def _as_page(scope: Scope, receive: Receive, send: Send, start: Message, told: dict[str, Any]) -> None:
    """A refusal as a page, with its status and its other headers."""
    answer = of_refusal(scope["path"], start["status"], str(told["detail"]))
    answer.raw_headers.extend(
        (name, value) for name, value in start["headers"] if name not in (b"content-type", b"content-length")
    )
    await answer(scope, receive, send)


def of_refusal(path: str, status: int, detail: str) -> Response:
    """The page that says why something was refused; to sign in one may try again at once."""
    return filled("login.html" if path == "/login" else "refused.html", status, detail[:1].upper() + detail[1:] + ".")


@router.get("/static/plotly.min.js")
@requires(ANYONE)
def plotly(request: Request) -> Response:
    """The drawing library of the page."""
    package = find_spec("plotly")
    folder = Path(str(package.origin)).parent if package is not None else _HERE
    return _served(request, folder / "package_data" / "plotly.min.js", _WEEK)


@router.get("/static/{name}")
@requires(ANYONE)
async def static(name: str, request: Request) -> Response:
    """A file of the page."""
    path = _HERE / "static" / name
    if path.parent != _HERE / "static" or path.suffix not in _KINDS or not path.is_file():
        return problem(404, f"the page has no file {name[:60]!r}")
    return _served(request, path, "no-cache")


def _served(request: Request, path: Path, cache: str) -> Response:
    plain, packed, mark = _content(path, path.stat().st_mtime_ns)
    headers = {"etag": mark, "cache-control": cache, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    kind = f"{_KINDS[path.suffix]}; charset=utf-8"
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers=headers | {"content-encoding": "gzip"}, media_type=kind)
    return Response(plain, headers=headers, media_type=kind)


@lru_cache(maxsize=32)
def _content(path: Path, written: int) -> tuple[bytes, bytes, str]:
    """Bytes of a file, the same packed, and its mark; kept until it is written again."""
    content = path.read_bytes()
    if path.suffix == ".html":
        told = {"version": version("vitrion"), "formula_names": " ".join(formula_names()), "endings": ",".join(ENDINGS)}
        told["acquisitions"] = json.dumps({name: one.words for name, one in ACQUISITIONS.items()})
        for name, text in told.items():
            content = content.replace(f"{{{{{name}}}}}".encode(), escape(text).encode())
    return content, gzip.compress(content, 6, mtime=0), f'"{hashlib.sha256(content).hexdigest()[:32]}"'
