"""`vitrion backtest`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ...experiments.task.acquisitions import AcquisitionName
from ..errors.refusals import InputError, visible
from ..terminal.console import noticed, progress, say
from ..terminal.failures import told


class Kind(StrEnum):
    """Compositions on which campaigns are replayed."""

    halides = "halides"
    series = "series"
    lithium = "lithium"
    sodium = "sodium"
    two = "two"


def backtest(
    kinds: Annotated[list[Kind] | None, typer.Argument(help="Which pools; all when none is named.")] = None,
    *,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=200, help="Replays of each pool and strategy.")] = 20,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="FILE.json", help="Where replays are kept; those there are not redone."),
    ] = None,
    write: Annotated[Path | None, typer.Option("--write", metavar="DOCS", help="Write page and figures there.")] = None,
    peers: Annotated[
        Path | None,
        typer.Option("--peers", metavar="FOLDER", help="Write the pools there, as the peers' script reads them."),
    ] = None,
    add: Annotated[
        list[Path] | None,
        typer.Option("--add", metavar="FILE.json", help="Replays of the peers, to be kept with ours; repeatable."),
    ] = None,
    acquisition: Annotated[
        list[AcquisitionName] | None,
        typer.Option("--acquisition", help="Replay by this too, besides the usual of each pool; repeatable."),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Replays side by side.")] = 2,
) -> None:
    """Replay campaigns on measured compositions: how soon a good one is found, by noisy measurements."""
    with told():
        for folder in (write, peers):
            if folder is not None and not folder.is_dir():
                raise InputError(f"{visible(str(folder), 80)} is no folder; make it first")
        for file in add or []:
            if not file.is_file():
                raise InputError(f"{visible(str(file), 80)} is no file; name what the peers' script wrote")
        from ...experiments.backtests import report as backtest_page
        from ...experiments.backtests.pools import MAKERS, load_pools
        from ...experiments.backtests.replay import Runs, replay_all, to_peers
        from ...experiments.backtests.tracking import REPLAY, together, tracked
        from ...experiments.tracking.reach import UntrackedWarning

        chosen = [kind.value for kind in dict.fromkeys(kinds or [])] or list(MAKERS)
        names = [one.value for one in dict.fromkeys(acquisition or [])]
        options = [f"--seeds {seeds}", *(f"--acquisition {name}" for name in names)]
        command = " ".join(["vitrion backtest", *chosen, *options])
        with progress() as report, noticed(UntrackedWarning), together(REPLAY, command, chosen):
            pools = load_pools(report, jobs, chosen)
            runs = Runs(keep)
            for file in add or []:
                runs.add(*Runs(file).runs.values())
            for kind, members in pools.items():
                report(f"replaying {kind}")
                if peers is not None:
                    for pool in members:
                        to_peers(pool, range(seeds), backtest_page.PEERS, peers / f"{pool.name.replace(' ', '-')}.json")
                with tracked(kind, members, runs, command):
                    replay_all(members, (1, 4), range(seeds), runs, jobs, report, names)
        typer.echo(backtest_page.page(pools, runs, command))
        if write is not None:
            backtest_page.write(pools, runs, command, write)
            say(f"wrote {write / backtest_page.PAGE} and its figures")
