"""`vitrion propose`."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from ...experiments.task.acquisitions import AcquisitionName
from ...features.notices import collected
from ..errors.refusals import InputError, visible
from ..formatting.files import checked, save, to_csv
from ..terminal.console import progress, say, to_stdout
from ..terminal.failures import told
from .models import train_missing
from .options import GoalFile, Outputs, Server, Temperature, TrainFirst, check_temperature, load_goal, read_ranges

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.task.goal import Goal


Worth = Annotated[
    AcquisitionName | None,
    typer.Option("--acquisition", help="Acquisition function; else the goal's."),
]


def propose(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="FAMILY|FORMULA|FILE...", help="A family 'LiAlCl{4-2x}O{x}', or a list as for rank."),
    ] = None,
    var: Annotated[
        list[str] | None, typer.Option("--var", metavar="NAME=START:STOP:STEP", help="Range of a variable; repeatable.")
    ] = None,
    *,
    batch: Annotated[int, typer.Option("--batch", "-b", min=1, max=100, help="How many melts.")] = 4,
    goal: GoalFile = None,
    results: Annotated[
        Path | None,
        typer.Option("--results", metavar="FILE", help="What was measured: formula and values, as a table."),
    ] = None,
    candidates: Annotated[
        list[str] | None, typer.Option("--candidates", metavar="FILE", help="Choose from this list; repeatable.")
    ] = None,
    pending: Annotated[
        list[str] | None, typer.Option("--pending", metavar="FORMULA", help="On its way already; repeatable.")
    ] = None,
    temperature: Temperature = 25.0,
    worth: Worth = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Random seed.")] = 0,
    output: Outputs = None,
    train_if_missing: TrainFirst = False,
    server: Server = None,
) -> None:
    """Propose the next compositions to make, with a reason for each."""
    with told():
        many = [*(sources or []), *(candidates or [])]
        outputs = checked(output or [], (".csv", ".parquet", ".html"), *many, *([str(results)] if results else []))
        check_temperature(temperature)
        ranges, source = _source(many, var or [])
        template = source if isinstance(source, str) else None
        if results is not None and not results.is_file():
            raise InputError(f"--results {visible(str(results), 80)} is not a file; give a table of results")
        aim = load_goal(goal, temperature)
        if train_if_missing and server is None:
            train_missing()
        if server is not None and any(path.suffix.lower() == ".html" for path in outputs):
            raise InputError("-o with .html needs the models here; leave --server out, or write .csv")
        chosen = None if worth is None else worth.value
        options: dict[str, Any] = {"server": server, "acquisition": chosen, "seed": seed, **ranges}
        words = f"choosing {batch} of {visible(' '.join(many))}"
        proposals = _chosen(words, source, batch, aim, results, pending or [], temperature, **options)

        def page() -> str:
            return _page(template, ranges, proposals, results, aim, temperature)

        for path in outputs:
            save(proposals, path, page)
        _print(proposals, outputs, temperature, tuple(ranges))
        if proposals.attrs["stop"]:
            say(f"{proposals.attrs['stop']}: consider stopping here")


def _chosen(words: str, *told: Any, server: str | None, **options: Any) -> pd.DataFrame:
    """The proposals, what warns of the candidates said on standard error."""
    from ...experiments.proposals.propose import propose as local
    from ..client.client import Client

    choose: Callable[..., pd.DataFrame] = local if server is None else Client(server).propose

    with progress() as report, warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always", UserWarning)
        report(words)
        proposals = choose(*told, **options)
    for warning in raised:
        say(str(warning.message))
    return proposals


def _source(many: list[str], var: list[str]) -> tuple[dict[str, Any], Any]:
    """Ranges of the variables, and the family or the list of candidates to choose from."""
    if not many:
        raise InputError("give a family such as 'LiAlCl{4-2x}O{x}', or formulas and files of them; one of the two")
    if len(many) == 1 and (var or "{" in many[0]):
        return read_ranges(many[0], var), many[0]
    if var or any("{" in one for one in many):
        raise InputError("give a family with its --var, or formulas and files of them; one of the two")
    from ..terminal.lists import gathered

    return {}, gathered(many, alone="a batch").cells


def _page(
    template: str | None, ranges: dict[str, Any], proposals: pd.DataFrame, results: Path | None, goal: Goal, at: float
) -> str:
    """HTML: the family with measured and proposed points; without a family the map of the proposals."""
    from ..pages.reports import proposal_page, ranking_page

    if template is None or not ranges or proposals.empty:
        return ranking_page(proposals, goal, at, "proposals")
    from ...experiments.proposals.propose import taught
    from ...experiments.ranking.rank import sweep
    from ...experiments.ranking.ready import Informed, ready
    from ...experiments.registry import glass_former
    from ...experiments.task.outcomes import Outcomes

    with collected():  # all was said with the proposals
        outcomes = Outcomes.of(results)
        known = ready(("tg", "conductivity"))
        former = glass_former.taught(known.former, outcomes)
        learnt = Informed({name: taught(predictor, outcomes) for name, predictor in known.items()}, former=former)
        family = sweep(template, at, goal, learnt, **ranges)
    return proposal_page(family, list(ranges), proposals, outcomes, goal, at, visible(template))


def _print(proposals: pd.DataFrame, outputs: list[Path], temperature: float, first: tuple[str, ...]) -> None:
    """Print the proposals as CSV when nothing else would get them, else as a table with the reasons below."""
    if not outputs and not sys.stdout.isatty():
        sys.stdout.buffer.write(to_csv(proposals))
        sys.stdout.buffer.flush()
        return
    from ..formatting.measured import measured_words
    from ..formatting.summary import percent, ranking_table

    console = to_stdout()
    if len(proposals):
        console.print(ranking_table(proposals, temperature, len(proposals), first, console.width))
    for row in proposals.to_dict("records"):
        known = "" if "measured" in row["reason"] else measured_words(row, beside_note=False)
        console.print(Text("; ".join(filter(None, (f"{row['formula']}: {row['reason']}", known)))), soft_wrap=True)
    if len(proposals) > 1 and "p_batch" in proposals.attrs:
        console.print(f"at least one of these meets the goal: {percent(proposals.attrs['p_batch'])}")
    for path in outputs:
        say(f"wrote {path}")
