"""`vitrion keys`: who may use the service, and for what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors.refusals import InputError
from ..terminal.console import say, to_stdout
from ..terminal.failures import told

if TYPE_CHECKING:
    from ..security.keys import Keyring

app = typer.Typer(help="Access keys of the service of this home folder.", no_args_is_help=True)


@app.callback()
def _keys() -> None:
    """Access keys of the service of this home folder."""


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="Whom it stands for; a later key of the same name sees the same things.")],
    scope: Annotated[
        str, typer.Option("--scope", help="viewer, researcher, trainer or admin; each may what those before it may.")
    ] = "researcher",
    days: Annotated[float, typer.Option("--days", help="Days for which it counts.")] = 365.0,
) -> None:
    """Make a key and print its secret, which is shown this once."""
    with told(), opened() as ring:
        key, secret = ring.new(name, scope, days)
        say(f"{key.id}: {key.scope} {key.name}, until {key.expires[:10]}; keep this secret, it is not shown again:")
        typer.echo(secret)


@app.command("list")
def list_keys() -> None:
    """List the keys, without their secrets."""
    with told(), opened() as ring:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD)
        for title in ("id", "name", "scope", "state", "created", "expires"):
            table.add_column(title)
        for key in ring.all():
            cells = (key.id, key.name, key.scope, key.state, key.created[:10], key.expires[:10])
            table.add_row(*(Text(cell) for cell in cells))
        to_stdout().print(table)


@app.command("revoke")
def revoke(key: Annotated[str, typer.Argument(metavar="ID|NAME", help="One key by its id, or all of a name.")]) -> None:
    """Let a key count no longer, and end the sessions that it opened; at once, also for a service that runs."""
    with told(), opened() as ring:
        for one in ring.revoke(key):
            say(f"{one.id} of {one.name} ({one.scope}) counts no longer")


@contextmanager
def opened() -> Iterator[Keyring]:
    """The keys in the database of the service."""
    try:
        from ..security.keys import Keyring
        from ..settings import Settings
        from ..storage.store import Store
    except ImportError as error:
        raise InputError(
            f"{error.name} is not installed; install it in the folder of the source: pip install '.[serve]'"
        ) from None
    from ...datasets.home import made

    made()
    store = Store(Settings.of_environment().store_url)
    try:
        yield Keyring(store.engine)
    finally:
        store.close()
