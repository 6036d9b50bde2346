"""`vitrion campaign show`, `list`, `export` and `import`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...datasets.home import put
from ..errors.outcomes import FAILED
from ..errors.refusals import InputError, visible
from ..formatting.files import checked, save, to_csv
from ..terminal.console import say, to_stdout
from ..terminal.failures import told
from .answers import found
from .options import Server, Where

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.campaigns.campaign import Campaign

ENDINGS = (".csv", ".parquet")
_MOST_BYTES = 256 * 2**20
Name = Annotated[str, typer.Argument(metavar="NAME", help="The campaign.")]
Output = Annotated[
    list[Path] | None, typer.Option("-o", "--output", metavar="FILE", help="Write .csv or .parquet; repeatable.")
]


def show(
    name: Name,
    output: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write .csv, .parquet or .html; repeatable."),
    ] = None,
    where: Where = None,
    server: Server = None,
) -> None:
    """Show what was predicted and measured, and the regret so far; as a table, or as a page with a figure."""
    with told():
        paths = checked(output or [], (*ENDINGS, ".html"))
        campaign = found(name, server)
        from ...datasets.results.conditions import in_columns, matching

        history = campaign.history()
        history = history.loc[matching(in_columns(history), where or []).index]
        from ..formatting.campaign_tables import headline, history_table
        from ..pages.campaign_page import campaign_page

        if sys.stdout.isatty() or paths:
            to_stdout().print(headline(campaign, history))
        give(in_columns(history), paths, history_table(history), lambda: campaign_page(campaign, history))
        say_retraining(campaign)


def list_(server: Server = None) -> None:
    """List the campaigns."""
    with told():
        if server is not None:
            from ..client.client import Client
            from ..formatting.campaign_tables import plain_table

            table = Client(server).campaigns.list()
            give(table, [], plain_table(table))
            return
        from ...experiments.campaign_log.store import CampaignFileError
        from ...experiments.campaigns.campaign import Campaign
        from ..formatting.campaign_tables import listing, plain_table

        readable = []
        for name in Campaign.list():
            try:
                readable.append(Campaign.load(name))
            except CampaignFileError as error:
                say(str(error), "red")
        if not readable:
            say("there is no campaign yet; begin one with 'vitrion campaign new NAME TEMPLATE --var x=0:1.5:0.05'")
            raise typer.Exit(FAILED if Campaign.list() else 0)
        table = listing(readable)
        give(table, [], plain_table(table))


def export(
    name: Name,
    output: Annotated[list[Path] | None, typer.Option("-o", "--output", metavar="FILE")] = None,
    server: Server = None,
) -> None:
    """Write all of a campaign as .json, or its results as .csv or .parquet for 'vitrion data add'."""
    with told():
        paths = checked(output or [], (".json", *ENDINGS))
        campaign = found(name, server)
        if not paths:
            sys.stdout.buffer.write(campaign.to_json().encode())
            sys.stdout.buffer.flush()
        for path in paths:
            if path.suffix.lower() == ".json":
                put(path, campaign.to_json().encode())
            else:
                from ..formatting.campaign_tables import for_the_lab

                save(for_the_lab(campaign), path, lambda: "")
            say(f"wrote {path}")


def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="What export wrote; - for standard input.")],
    name: Annotated[str | None, typer.Option("--name", help="Another name for it.")] = None,
) -> None:
    """Keep a campaign that was exported as .json."""
    with told():
        from ...experiments.campaigns.campaign import Campaign

        if file != "-" and not Path(file).is_file():
            raise InputError(f"{visible(file, 80)} is not a file; give one that 'vitrion campaign export' wrote")
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise InputError(f"{visible(file, 80)} is larger than any campaign; give what 'campaign export' wrote")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputError(f"{visible(file, 80)} is no text; give what 'vitrion campaign export' wrote") from None
        say(f"imported {Campaign.from_json(text, name).name}")


def say_retraining(campaign: Campaign) -> None:
    """Say on standard error why and how to train again, if it is worth it."""
    if sentence := campaign.why_retrain:
        say(sentence, "yellow")


def give(table: pd.DataFrame, paths: list[Path], shown: Any, page: Callable[[], str] = str) -> None:
    """Write the table, or the page, to the files; else print it for a person, or as CSV for another program."""
    from ..formatting.candidates import plain

    table = plain(table)
    for path in paths:
        save(table, path, page)
        say(f"wrote {path}")
    if paths or sys.stdout.isatty():
        to_stdout().print(shown)
        return
    sys.stdout.buffer.write(to_csv(table))
    sys.stdout.buffer.flush()
