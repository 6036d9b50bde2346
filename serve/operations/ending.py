"""A server that ends in order: it takes nothing more, answers what it was asked, and lays its jobs down."""

from __future__ import annotations

import asyncio
import math
import socket
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import Any

from fastapi import FastAPI
from uvicorn import Config, Server

from ..admission.connections import Lines
from ..admission.listening import Line
from ..errors.refusals import InputError
from ..formatting.addresses import every_form
from ..settings import Settings, networks

SPARE = 256  # files that may be open beside the lines


class Ending(Server):
    """The HTTP server.

    Parameters
    ----------
    app
        What answers; its ``state.ending`` is true from the moment on at which the end was asked for.
    host, port
        Where it listens.
    settings
        How many lines it has, how long they may take, which proxies it believes, and the time for requests that are
        being answered when it is told to end; event streams end at once, and lines that nobody reads soon.
    """

    def __init__(self, app: FastAPI, host: str, port: int, settings: Settings) -> None:
        app.state.ending = False
        self._app, self._place = app, (host, port)
        self.lines = Lines(replace(settings, most_lines=_room(settings.most_lines)), lambda: app.state.work.is_short)
        options: dict[str, Any] = {
            "log_config": None,
            "access_log": False,
            "timeout_graceful_shutdown": math.ceil(settings.stop_s),
            "http": partial(Line, self.lines),
            "proxy_headers": bool(settings.proxy),
            "forwarded_allow_ips": every_form(networks(settings.proxy)),
        }
        options |= {"ws": "none", "server_header": False}
        super().__init__(Config(app, host, port, **options))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, as SIGTERM and Ctrl+C ask for."""
        self._app.state.ending = True
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and look after the lines."""
        await super().startup(sockets)
        self._watch = asyncio.create_task(self.lines.watch())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing more, and wait for what is being answered."""
        self.lines.ending = True
        try:
            await super().shutdown(sockets)
        finally:
            self._watch.cancel()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until the end; raises `InputError` where nothing can listen there."""
        host, port = self._place
        try:
            bound = sockets or [_bound(host, port)]
        except OSError as error:
            said = f"{host}:{port} cannot be listened on ({error.strerror}); end what listens there, or give another"
            raise InputError(f"{said} --port") from None
        super().run(sockets=bound)


def _bound(host: str, port: int) -> socket.socket:
    """A socket that has the place already, so that it is known before the models are loaded."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    place = socket.socket(family, socket.SOCK_STREAM)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((host, port))
    except BaseException:
        place.close()
        raise
    return place


def _room(lines: int) -> int:
    """How many lines there can be, with as many files open as this process may have."""
    try:
        import resource
    except ImportError:  # such as Windows, which has no such limit
        return lines
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = lines + SPARE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(min(lines, soft - SPARE), 1)
    return lines
