"""The page and its files: plain HTML, CSS and JavaScript, and plotly.js out of the plotly package."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from .problems import problem

router = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parent
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
_WEEK = "max-age=604800"


@router.get("/")
async def page(request: Request) -> Response:
    """The page."""
    return served(request, "service.html")


def served(request: Request, name: str, status: int = 200, message: bytes = b"") -> Response:
    """A page of ours, with a message where there is one."""
    path = _HERE / "templates" / name
    plain, _, _ = _content(path, path.stat().st_mtime_ns)
    if b"{{message}}" not in plain:
        return _served(request, path, "no-cache")
    content = plain.replace(b"{{message}}", message).replace(b"{{hidden}}", b"" if message else b"hidden")
    return Response(content, status, {"cache-control": "no-store"}, "text/html; charset=utf-8")


@router.get("/static/plotly.min.js")
def plotly(request: Request) -> Response:
    """The drawing library of the page."""
    package = find_spec("plotly")
    folder = Path(str(package.origin)).parent if package is not None else _HERE
    return _served(request, folder / "package_data" / "plotly.min.js", _WEEK)


@router.get("/static/{name}")
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
        content = content.replace(b"{{version}}", version("vitrion").encode())
    return content, gzip.compress(content, 6, mtime=0), f'"{hashlib.sha256(content).hexdigest()[:32]}"'
