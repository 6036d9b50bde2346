"""`vitrion rank`, and the options that it shares with others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors.refusals import InputError
from ..formatting.files import checked
from ..terminal.console import progress, say
from ..terminal.failures import told
from .models import train_missing
from .options import (
    Also,
    Campaign,
    Candidates,
    GoalFile,
    Outputs,
    Scheduler,
    Server,
    Sheet,
    TemperatureIfAny,
    Top,
    TrainFirst,
    check_temperature,
    deliver,
    load_goal,
)

if TYPE_CHECKING:
    pass


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
