"""`vitrion serve`: the service on this machine."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors.refusals import InputError
from ..formatting.addresses import plain_address
from ..terminal.console import say
from ..terminal.failures import told

if TYPE_CHECKING:
    from ..settings import Settings


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; 127.0.0.1: this machine alone.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port.")] = 8000,
) -> None:
    """Serve the page and the REST interface; everything is kept in the home folder.

    On another address than this machine's own it asks for keys: 'vitrion keys new' makes them.
    """
    with told():
        gc.disable()  # nothing that is made while it starts is garbage; `app` turns it on again
        try:
            from threadpoolctl import threadpool_limits

            from ..api.app import create_app
            from ..request_log import begin
            from ..settings import Settings
            from ..storage.damage import check
            from ..storage.schema import upgrade
            from .ending import Ending
        except ImportError as error:
            raise InputError(
                f"{error.name} is not installed; install it in the folder of the source: pip install '.[serve]'"
            ) from None
        from ...datasets.home import made

        threadpool_limits(1)  # requests run side by side; threads that wait for each other would only slow them
        settings = Settings.of_environment()
        made()
        check(settings)
        upgrade(settings.store_url)
        begin(settings)
        server = Ending(create_app(guarded(settings, host)), host, port, settings)
        say(f"Vitrion at http://{host}:{port} (stop with Ctrl+C)")
        server.run()


def guarded(settings: Settings, host: str) -> Settings:
    """Settings that ask for keys wherever others than this machine could come; refuses where there are none."""
    if is_loopback(host) and not settings.require_keys:
        return settings
    from .keys import opened

    with opened() as ring:
        if not ring.has_any:
            where = "with VITRION_REQUIRE_KEYS" if is_loopback(host) else f"on {host}, where others can reach it,"
            raise InputError(f"serving {where} needs an access key; make one with: vitrion keys new NAME --scope admin")
    return replace(settings, require_keys=1)


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    try:
        return plain_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
