"""`vitrion train`, `vitrion evaluate` and `vitrion models`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from .console import progress, say, to_stdout
from .failures import FAILED, told
from .refusals import InputError, visible

if TYPE_CHECKING:
    import pandas as pd


class Which(StrEnum):
    """A property that has a model, or all that a ranking needs."""

    tg = "tg"
    conductivity = "conductivity"
    liquidus = "liquidus"
    youngs_modulus = "youngs_modulus"
    activation_energy = "activation_energy"
    all = "all"


class Split(StrEnum):
    """What is held out together when a model is scored."""

    paper = "paper"
    family = "family"
    system = "system"
    known = "known"
    time = "time"
    obelix = "obelix"
    random = "random"


Property = Annotated[Which, typer.Option("--property", "-p", help="Which model; all: Tg and conductivity.")]
models = typer.Typer(help="The models in the registry.", no_args_is_help=True)


def train(
    property: Property = Which.all,  # noqa: A002 - the name of the option
    recipe: Annotated[
        Path | None, typer.Option("--recipe", metavar="FILE", help="How to train; ours when not given.")
    ] = None,
    promote: Annotated[bool, typer.Option("--promote/--no-promote", help="Make a better model the champion.")] = True,
) -> None:
    """Train the models on all data, score them on papers held out, and register them."""
    with told():
        if recipe is not None and not recipe.is_file():
            raise InputError(f"--recipe {visible(str(recipe), 80)} is not a file; give one, or leave it out")
        train_and_tell(_chosen(property), recipe, promote)


def train_and_tell(properties: Sequence[str], recipe: Path | None, promote: bool) -> None:
    """Train and say on standard error how each model came out."""
    from ..experiments.training import train as run
    from .scores import sentence

    with progress() as report:
        trained = run(tuple(properties), recipe=recipe, promote=promote, progress=report)
    for model in trained:
        became = "is the champion now" if model.promoted else f"was not promoted: {model.reason}"
        say(f"{model.property} version {model.version} {became} ({model.seconds:.0f} s)")
        say(f"  {sentence(model.property, model.metrics)}")


def evaluate(
    property: Property = Which.all,  # noqa: A002 - the name of the option
    split: Annotated[
        Split,
        typer.Option(
            "--split",
            help="What is held out together: papers, families, chemical systems; known: papers whose compositions "
            "others may have measured; time: later papers; obelix: OBELiX's official test.",
        ),
    ] = Split.paper,
    baselines: Annotated[
        bool, typer.Option("--baselines/--no-baselines", help="Score mean, neighbour, ridge and forest beside them.")
    ] = False,
) -> None:
    """Score the models on what was held out: whole papers, families, systems or later papers."""
    with told():
        if split is Split.obelix and property is Which.tg:
            raise InputError("--split obelix holds conductivities alone; give --property conductivity")
        from ..experiments.baselines import BASELINES
        from ..experiments.evaluation import evaluate as run
        from ..experiments.unseen import MissingError

        try:
            with progress() as report:
                chosen = tuple(BASELINES) if baselines else ()
                table = run(tuple(_chosen(property)), split=split.value, progress=report, baselines=chosen)
        except MissingError as error:
            raise InputError(str(error)) from None
        _print(table)


@models.callback()
def _models() -> None:
    """The models in the registry."""


@models.command("list")
def list_models() -> None:
    """List the champion of each property with its held-out scores."""
    with told():
        from .scores import champion_rows, written

        found = champion_rows()
        if not found:
            say("there is no model yet; run 'vitrion train'")
            raise typer.Exit(FAILED)
        names = ("mae", "r2", "coverage")
        heads = ("property", "version", "created", "held out", "unit", *names)
        table = Table(*heads, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
        for row in found:
            cells = [row[name] for name in ("property", "version", "created", "subset", "unit")]
            cells += [written(row, name) for name in names]
            table.add_row(*(Text(str(cell)) for cell in cells))
        to_stdout().print(table)


def _chosen(which: Which) -> list[str]:
    return [Which.tg.value, Which.conductivity.value] if which is Which.all else [which.value]


def _print(table: pd.DataFrame) -> None:
    """Print a table of scores: rows aligned for people, CSV for programs."""
    if not sys.stdout.isatty():
        from .outputs import to_csv

        sys.stdout.buffer.write(to_csv(table.reset_index() if table.index.name else table))
        sys.stdout.buffer.flush()
        return
    shown = Table(*map(str, table.columns), box=box.SIMPLE_HEAD)
    for row in table.itertuples(index=False):
        shown.add_row(*(Text(f"{cell:.3g}" if isinstance(cell, float) else str(cell)) for cell in row))
    to_stdout().print(shown)
