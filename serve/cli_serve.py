"""`vitrion serve`: the service on this machine."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .console import say
from .failures import told
from .refusals import InputError


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; 127.0.0.1: this machine alone.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port.")] = 8000,
) -> None:
    """Serve the page and the REST interface; everything is kept in the home folder."""
    with told():
        try:
            from threadpoolctl import threadpool_limits

            from .app import create_app
            from .ending import Ending
            from .journal import begin
            from .schema import upgrade
            from .settings import Settings
        except ImportError as error:
            raise InputError(f"{error.name} is not installed; install it with: pip install 'vitrion[serve]'") from None
        from ..datasets.home import made

        sys.setswitchinterval(0.001)  # answers that need no work do not wait for those that do
        threadpool_limits(1)  # requests run side by side; threads that wait for each other would only slow them
        settings = Settings.of_environment()
        made()
        upgrade(settings.store_url)
        begin(settings)
        server = Ending(create_app(settings), host, port, settings.stop_s)
        say(f"Vitrion at http://{host}:{port} (stop with Ctrl+C)")
        server.run()
