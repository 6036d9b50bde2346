"""A server that ends in order: it takes nothing more, answers what it was asked, and lays its jobs down."""

from __future__ import annotations

import math
import socket
from types import FrameType
from typing import Any

from fastapi import FastAPI
from uvicorn import Config, Server

from .refusals import InputError

MOST_LINES = 1000  # connections that are open at a time


class Ending(Server):
    """The HTTP server.

    Parameters
    ----------
    app
        What answers; its ``state.ending`` is true from the moment on at which the end was asked for.
    host, port
        Where it listens.
    patience_s
        Time for requests that are being answered when it is told to end, in s; event streams end at once.
    """

    def __init__(self, app: FastAPI, host: str, port: int, patience_s: float) -> None:
        app.state.ending = False
        self._app, self._place = app, (host, port)
        options: dict[str, Any] = {
            "log_config": None,
            "access_log": False,
            "timeout_graceful_shutdown": math.ceil(patience_s),
        }
        options |= {"ws": "none", "limit_concurrency": MOST_LINES, "server_header": False}
        super().__init__(Config(app, host, port, **options))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, as SIGTERM and Ctrl+C ask for."""
        self._app.state.ending = True
        super().handle_exit(sig, frame)

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
