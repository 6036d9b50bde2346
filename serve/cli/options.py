"""Options that commands share, and how what they say is read and delivered."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...datasets.properties import Further
from ...features.notices import collected
from ..errors.refusals import InputError, visible
from ..formatting.files import save, to_csv
from ..service.families import TAKEN
from ..terminal.console import say, to_stdout

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.task.goal import Goal

MOST_MEMBERS = 1_000_000
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
Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="NAME=VALUE", help="Only rows with this, such as anneal_C=150; repeatable."),
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
