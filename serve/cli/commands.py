"""The command line: `vitrion train`, `rank`, `screen`, `sweep`, `propose`, `campaign`, `models`, `data`, ..."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from ..operations import backup as cli_backup
from ..operations import keys as cli_keys
from ..operations import server as cli_serve
from ..operations import worker as cli_worker
from ..terminal.console import make_legible
from . import backtest as cli_backtest
from . import campaign as cli_campaign
from . import compare as cli_compare
from . import data as data_commands
from . import explain as cli_explain
from . import flags as cli_flags
from . import models as cli_models
from . import propose as cli_propose
from . import rank as cli_rank
from . import recipe as cli_recipe
from . import screen as cli_screen
from . import sweep as cli_sweep
from . import versions as cli_versions

app = typer.Typer(
    help="Proposes the next oxychloride glass electrolyte to make.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("rank")(cli_rank.rank)
app.command("screen")(cli_screen.screen)
app.command("sweep")(cli_sweep.sweep)
app.command("propose")(cli_propose.propose)
app.command("recipe", epilog=cli_recipe.EPILOG)(cli_recipe.recipe)
app.command("explain")(cli_explain.explain)
app.command("compare")(cli_compare.compare)
app.command("flags")(cli_flags.flags)
app.command("train")(cli_models.train)
app.command("evaluate")(cli_models.evaluate)
app.add_typer(cli_campaign.app, name="campaign")
app.command("backtest")(cli_backtest.backtest)
app.add_typer(cli_versions.models, name="models")
app.command("serve")(cli_serve.serve)
app.command("worker")(cli_worker.worker)
app.command("backup")(cli_backup.backup)
app.command("restore")(cli_backup.restore)
app.add_typer(cli_keys.app, name="keys")
app.add_typer(data_commands.app, name="data")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"vitrion {version('vitrion')}")
        raise typer.Exit


@app.callback()
def _root(
    shown: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Proposes the next oxychloride glass electrolyte to make."""


def main() -> None:
    """Run the command line; the entry point of the package."""
    for stream in (sys.stdout, sys.stderr):
        make_legible(stream)
    app(prog_name="vitrion")
