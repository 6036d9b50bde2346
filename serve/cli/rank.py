"""`vitrion rank`, and the options that it shares with others."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...datasets.properties import RANKED, Further
from ...features.notices import collected
from ..errors.refusals import InputError, visible
from ..formatting.files import checked, save, to_csv
from ..terminal.console import progress, say, to_stdout
from ..terminal.failures import told

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.task.goal import Goal

MOST_MEMBERS = 1_000_000
TAKEN = (
    *("template", "goal", "temperature_C", "predictors"),
    *("candidates", "batch", "results", "pending", "acquisition", "seed", "without", "name"),
)


GoalFile = Annotated[
    Path | None,
    typer.Option("--goal", metavar="FILE.toml", help="What to reach; 1 mS/cm and Tg of 25 °C when not given."),
]
Temperature = Annotated[
    float, typer.Option("--temperature", "-t", metavar="DEGC", help="Where conductivity counts, in degC.")
]
TemperatureIfAny = Annotated[
    float | None,
    typer.Option(
        "--temperature", "-t", metavar="DEGC", help="Where conductivity counts, in degC; 25, or the campaign's."
    ),
]
Campaign = Annotated[
    str | None,
    typer.Option("--campaign", metavar="NAME", help="Rank after the results of this campaign, by its goal."),
]
Outputs = Annotated[
    list[Path] | None, typer.Option("-o", "--output", metavar="FILE", help="Write .csv, .parquet or .html; repeatable.")
]
TrainFirst = Annotated[bool, typer.Option("--train-if-missing", help="Train first when there is no model yet.")]
Server = Annotated[
    str | None,
    typer.Option("--server", metavar="URL", envvar="VITRION_SERVER", help="Ask this service, not the models here."),
]
Top = Annotated[int, typer.Option("--top", min=0, help="Rows printed; with --scheduler, rows kept.")]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="Rank the --top best of a Parquet file on Dask: see screen."),
]
Candidates = Annotated[
    list[str],
    typer.Argument(metavar="FORMULA|FILE...", help="Formulas, tables (text, Excel, Parquet), - for standard input."),
]
Sheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook with several.")]
Also = Annotated[
    list[Further] | None, typer.Option("--also", help="Predict a further property too; train it first; repeatable.")
]


def rank(
    sources: Candidates,
    *,
    goal: GoalFile = None,
    temperature: TemperatureIfAny = None,
    campaign: Campaign = None,
    output: Outputs = None,
    train_if_missing: TrainFirst = False,
    top: Top = 15,
    sheet: Sheet = None,
    also: Also = None,
    track: Annotated[bool, typer.Option("--track", help="Keep the ranking as a run of MLflow.")] = False,
    server: Server = None,
    scheduler: Scheduler = None,
) -> None:
    """Rank candidate compositions against a goal, best first; every row comes back (of millions, see screen)."""
    _check_given(sources)
    if scheduler is not None or any(Path(source).is_dir() for source in sources):
        from .screen import instead_of_rank

        more = bool(also or track or server or train_if_missing or sheet or campaign)
        at = 25.0 if temperature is None else temperature
        instead_of_rank(sources, goal, at, output or [], top, scheduler, more)
        return
    with told():
        from ..formatting.candidates import any_read
        from ..terminal.lists import gathered, unread
        from .answers import found, ranking, tracked

        if track and server is not None:
            raise InputError("--track keeps a run here, and --server ranks elsewhere; leave one of them out")
        outputs = checked(output or [], (".csv", ".parquet", ".html"), *sources)
        after = None if campaign is None else found(campaign, server)
        usual = 25.0 if after is None else after.state.temperature_C
        at = usual if temperature is None else temperature
        check_temperature(at)
        table = gathered(sources, sheet)
        aim = load_goal(goal, table.at(at)) if goal is not None or after is None else after.goal
        name = table.name if after is None else f"{table.name} after the results of {after.name}"
        asked = [one.value for one in dict.fromkeys(also or [])]
        if train_if_missing and server is None and any_read(table):
            train_missing()
        common = at if table.temperature_C is None else None
        where = "their temperatures" if common is None else f"{common:g} °C"
        with progress() as report:
            report(f"ranking {len(table):,} candidates at {where}")
            ranked = ranking(table, sources, aim, at, asked, server, after)

        def page() -> str:
            from ..pages.reports import ranking_page

            return ranking_page(ranked, aim, common, name)

        deliver(ranked, outputs, page, aim, temperature=common, top=top)
        for line in unread(ranked, len(table)):
            say(line)
        if len(ranked) and all(isinstance(error, str) and error for error in ranked["error"]):
            raise InputError(f"none of the {len(ranked):,} rows of {table.name} could be read; their errors are above")
        if track:
            say(tracked(ranked, table, aim, at, asked, name))


def _check_given(sources: list[str]) -> None:
    """Refuse an empty argument, which as a path would be the current folder."""
    with told():
        for number, source in enumerate(sources, start=1):
            if not source.strip():
                raise InputError(f"argument {number} is empty; give a formula, such as LiAlCl2.5O0.75, or a file")


def read_ranges(template: str, given: list[str]) -> dict[str, Any]:
    """Ranges by variable from ``x=0:1.5:0.05``, checked against the template before anything is loaded."""
    from ...features import Template

    ranges: dict[str, Any] = {}
    for text in given:
        name, sign, span = (part.strip() for part in text.partition("="))
        if not sign or not re.fullmatch("[a-zA-Z_][a-zA-Z_0-9]*", name) or not span:
            raise InputError(f'--var "{visible(text)}" is not a range; write --var x=0:1.5:0.05')
        if name in TAKEN:
            raise InputError(f"--var {name}: that name is taken; use another letter in the template, such as x")
        if name in ranges:
            raise InputError(f"--var {name} is given twice; give one range for each variable")
        ranges[name] = span
        _check_length(name, span)
    if missing := [name for name in Template.parse(template).variables if name not in ranges]:
        how = " ".join(f"--var {name}=0:1.5:0.05" for name in missing)
        raise InputError(f"no values of {', '.join(missing)}; give a range, such as {how}")
    size = Template.parse(template).grid(**ranges).size
    if size > MOST_MEMBERS:
        raise InputError(f"{size:,} members, more than {MOST_MEMBERS:,}; take larger steps or narrower ranges")
    return ranges


def _check_length(name: str, span: str) -> None:
    """Refuse a range of too many steps before it is laid out; what is no range is told by the template."""
    try:
        start, stop, step = map(float, span.split(":"))
        count = abs((stop - start) / step)
    except (ValueError, ZeroDivisionError):
        return
    if not count <= MOST_MEMBERS:
        raise InputError(f"--var {name}={visible(span)} has more than {MOST_MEMBERS:,} values; take larger steps")


def load_goal(path: Path | None, temperature_C: float | list[float] = 25.0) -> Goal:
    """Read the goal in a file, judged at the temperature at which it counts, or take the default one."""
    from ...datasets.readings import aiming
    from ...experiments.task.goal import Goal

    if path is not None and not path.is_file():
        raise InputError(f"--goal {visible(str(path), 80)} is not a file; give a TOML file, or leave it out")
    with aiming(temperature_C):
        return Goal.of(path)


def check_temperature(temperature: float) -> None:
    """Refuse temperatures at which nothing is a glass electrolyte, and those in kelvin."""
    from ...datasets import readings

    with collected():  # what may be kelvin is noticed by the work itself
        readings.temperature(temperature, "--temperature", InputError)


def train_missing() -> None:
    """Train what a ranking needs and what is not there in a form that can be used."""
    from ...experiments.registry import versions as registry

    if not registry.usable():
        known = registry.champions()
        missing = [name for name in RANKED if name not in known] or list(RANKED)
        from .models import train_and_tell

        say(f"no model for {' and '.join(missing)} that can be used: training (about five minutes)")
        train_and_tell(missing, None, promote=True)


def deliver(
    table: pd.DataFrame,
    outputs: list[Path],
    page: Any,
    goal: Goal,
    *,
    temperature: float | None,
    top: int,
    first: tuple[str, ...] = (),
) -> None:
    """Write the files; print the top of the table, or all of it as CSV when nothing else would get it."""
    for path in outputs:
        save(table, path, page)
    if not outputs and not sys.stdout.isatty():
        sys.stdout.buffer.write(to_csv(table))
        sys.stdout.buffer.flush()
        return
    from ..formatting.summary import show_ranking

    show_ranking(to_stdout(), table, goal, temperature, top, first)
    for path in outputs:
        say(f"wrote {path}")
