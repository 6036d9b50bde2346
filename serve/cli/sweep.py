"""`vitrion sweep`."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors.refusals import InputError, visible
from ..formatting.files import checked
from ..terminal.console import progress, say
from ..terminal.failures import told
from .models import train_missing
from .options import (
    GoalFile,
    Outputs,
    Server,
    Temperature,
    Top,
    TrainFirst,
    check_temperature,
    deliver,
    load_goal,
    read_ranges,
)


def sweep(
    template: Annotated[str, typer.Argument(help="A family such as 'LiAlCl{4-2x}O{x}'.")],
    var: Annotated[
        list[str] | None, typer.Option("--var", metavar="NAME=START:STOP:STEP", help="Range of a variable; repeatable.")
    ] = None,
    *,
    goal: GoalFile = None,
    temperature: Temperature = 25.0,
    output: Outputs = None,
    train_if_missing: TrainFirst = False,
    top: Top = 40,
    server: Server = None,
) -> None:
    """Predict every member of a family over ranges of its variables, in the order of the grid."""
    with told():
        from ..formatting.candidates import plain
        from .answers import members

        outputs = checked(output or [], (".csv", ".parquet", ".html"))
        check_temperature(temperature)
        ranges = read_ranges(template, var or [])
        aim = load_goal(goal, temperature)
        if train_if_missing and server is None:
            train_missing()
        with progress() as report:
            report(f"predicting the members of {visible(template)} at {temperature:g} °C")
            swept = members(template, temperature, aim, ranges, server)
            if swept.empty:
                raise InputError(f"{visible(template)} has no member in these ranges; amounts must not be negative")
            table = plain(swept)
        if left_out := swept.attrs.get("left_out"):
            say(f"{left_out:,} points left out: an amount would be negative there")

        def page() -> str:
            from ..pages.reports import sweep_page

            return sweep_page(table, list(ranges), aim, temperature, visible(template))

        deliver(table, outputs, page, aim, temperature=temperature, top=top, first=tuple(ranges))
