"""`vitrion screen`: the best of any number of candidates, from Parquet files or a family, on one machine or many."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from ..errors.refusals import InputError, visible
from ..formatting.files import checked, save, to_csv
from ..terminal.console import progress, say, to_stdout
from ..terminal.failures import told
from .models import train_missing
from .options import GoalFile, Temperature, TrainFirst, check_temperature, load_goal

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.task.goal import Goal

SHOWN = 15

Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Work on a Dask cluster: tcp://host:8786, or local:2 for two processes here; else threads.",
    ),
]


def screen(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...", help="A .parquet file, a folder of some, a family 'LiAlCl{4-2x}O{x}', or as for rank."
        ),
    ],
    var: Annotated[
        list[str] | None, typer.Option("--var", metavar="NAME=START:STOP:STEP", help="Range of a variable; repeatable.")
    ] = None,
    *,
    top: Annotated[int, typer.Option("--top", min=1, help="How many of the best are kept.")] = 1000,
    goal: GoalFile = None,
    temperature: Temperature = 25.0,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE.parquet", help="Write the ranking; stopped, it goes on from there."
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="Write the predictions of all rows too, to the folder FILE.all.")
    ] = False,
    scheduler: Scheduler = None,
    restart: Annotated[bool, typer.Option("--restart", help="Begin anew, and do not go on where it stopped.")] = False,
    train_if_missing: TrainFirst = False,
) -> None:
    """Find the best of millions of candidates, in memory that does not grow."""
    with told():
        check_temperature(temperature)
        aim = load_goal(goal, temperature)
        ranges = _ranges(sources, var or [])
        if everything and output is None:
            raise InputError("--everything writes a folder beside the ranking; name the ranking with -o FILE.parquet")
        checked([output] if output else [], (".parquet",), *sources)
        if train_if_missing:
            train_missing()
        table = screened(
            sources, ranges, aim, temperature, top, output, everything=everything, scheduler=scheduler, restart=restart
        )
        deliver(table, aim, temperature, [output] if output else [])


def instead_of_rank(
    sources: list[str],
    goal: Path | None,
    temperature: float,
    outputs: list[Path],
    top: int,
    scheduler: str | None,
    more: bool,
) -> None:
    """What `vitrion rank` does with a folder of Parquet files, or with Dask: the best `top`, written and shown.

    `more` tells that it was asked for what a screening does not do.
    """
    with told():
        if more:
            what = "--also, --campaign, --track, --server, --sheet and --train-if-missing"
            raise InputError(
                f"{what} do not go with --scheduler or a folder; leave them out, or rank a file without --scheduler"
            )
        check_temperature(temperature)
        aim = load_goal(goal, temperature)
        checked(outputs, (".csv", ".parquet", ".html"), *sources)
        first = next((path for path in outputs if path.suffix.lower() == ".parquet"), None)
        table = screened(sources, {}, aim, temperature, max(top, 1), first, scheduler=scheduler)
        deliver(table, aim, temperature, outputs)


def screened(
    sources: list[str],
    ranges: dict[str, Any],
    goal: Goal,
    temperature: float,
    top: int,
    output: Path | None,
    *,
    everything: bool = False,
    scheduler: str | None = None,
    restart: bool = False,
) -> pd.DataFrame:
    """Screen with progress on standard error, and say what was passed over."""
    from ...experiments.screening.screen import screen as best_of

    named, source = visible(" ".join(sources)), _source(sources)
    with progress() as report:
        report(f"screening {named} at {temperature:g} °C")
        table = best_of(
            source,
            top,
            goal,
            temperature,
            out=output,
            everything=everything,
            scheduler=scheduler,
            resume=not restart,
            progress=report,
            **ranges,
        )
    for place, reason in table.attrs["errors"]:
        say(f"row {place + 1}: {reason}")
    if unread := table.attrs["unread"] - len(table.attrs["errors"]):
        say(f"and {unread:,} more rows that cannot be read")
    if table.empty:
        raise InputError(f"{named} holds no candidate that can be ranked; see above")
    return table


def deliver(table: pd.DataFrame, goal: Goal, temperature: float, outputs: list[Path]) -> None:
    """Write what is not Parquet; print the first rows, or all as CSV when nothing else would get them."""
    for path in outputs:
        if path.suffix.lower() != ".parquet":
            save(table, path, lambda: _page(table, goal, temperature))
    if not outputs and not sys.stdout.isatty():
        sys.stdout.buffer.write(to_csv(table))
        sys.stdout.buffer.flush()
        return
    from ..formatting.summary import ranking_table, verdict_counts

    console = to_stdout()
    console.print(ranking_table(table, temperature, SHOWN, (), console.width))
    of = f"the best {len(table):,} of {table.attrs['candidates']:,} candidates: {verdict_counts(table)}; intervals 90 %"
    console.print(Text(of), soft_wrap=True)
    for path in outputs:
        say(f"wrote {path}")


def _page(table: pd.DataFrame, goal: Goal, temperature: float) -> str:
    from ..pages.reports import ranking_page

    return ranking_page(table, goal, temperature, f"the best of {table.attrs['candidates']:,}")


def _source(sources: list[str]) -> Any:
    """What is screened: a family or Parquet files as they are, anything else as a list in memory."""
    if len(sources) == 1 and ("{" in sources[0] or Path(sources[0]).is_dir() or _is_parquet(Path(sources[0]))):
        return sources[0]
    if folder := next((one for one in sources if Path(one).is_dir()), None):
        raise InputError(f"{visible(folder)} is a folder, which is screened alone; leave the others out")
    from ..terminal.lists import gathered

    return gathered(sources, alone="a screening").cells


def _is_parquet(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _ranges(sources: list[str], given: list[str]) -> dict[str, str]:
    """Ranges by variable; the template checks names and numbers."""
    ranges: dict[str, str] = {}
    for text in given:
        name, sign, span = (part.strip() for part in text.partition("="))
        if not sign or not name.isidentifier() or not span:
            raise InputError(f'--var "{visible(text)}" is not a range; write --var x=0:1.5:0.05')
        if name in ranges or name in TAKEN:
            why = "is given twice" if name in ranges else "is taken; use another letter in the template, such as x"
            raise InputError(f"--var {name} {why}")
        ranges[name] = span
    if ranges and (len(sources) > 1 or "{" not in sources[0]):
        raise InputError("--var belongs to a family such as 'LiAlCl{4-2x}O{x}'; leave it out with other candidates")
    return ranges


TAKEN = (
    *("candidates", "top", "goal", "temperature_C", "out", "everything"),
    *("scheduler", "resume", "predictors", "progress"),
)
