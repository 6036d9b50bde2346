"""The command line: `vitrion train`, `rank`, `screen`, `sweep`, `propose`, `campaign`, `models`, `data`, ..."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from . import (
    cli_backtest,
    cli_backup,
    cli_campaign,
    cli_compare,
    cli_explain,
    cli_flags,
    cli_keys,
    cli_models,
    cli_propose,
    cli_rank,
    cli_screen,
    cli_serve,
    cli_sweep,
    cli_versions,
    cli_worker,
    data_commands,
)
from .console import make_legible

app = typer.Typer(
    help="Proposes the next oxychloride glass electrolyte to melt.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("rank")(cli_rank.rank)
app.command("screen")(cli_screen.screen)
app.command("sweep")(cli_sweep.sweep)
app.command("propose")(cli_propose.propose)
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
    """Proposes the next oxychloride glass electrolyte to melt."""


def main() -> None:
    """Run the command line; the entry point of the package."""
    for stream in (sys.stdout, sys.stderr):
        make_legible(stream)
    app(prog_name="vitrion")
