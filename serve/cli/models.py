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

from ...datasets.properties import GLASS_FORMATION, MODELLED, RANKED, TG
from ..errors.refusals import InputError, visible
from ..jobs.training_report import Line, reporting, written
from ..terminal.console import noticed, progress, say, to_stdout
from ..terminal.failures import told
from .options import Server

if TYPE_CHECKING:
    import pandas as pd


class Which(StrEnum):
    """A property that has a model, or all that a ranking needs."""

    _ignore_ = "name_"
    for name_ in MODELLED:
        vars()[name_] = name_
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
    episodes = "episodes"


class Form(StrEnum):
    """How a training says what it does: to people, or to the process that started it."""

    text = "text"
    json = "json"


Property = Annotated[Which, typer.Option("--property", "-p", help="Which model; all: Tg and conductivity.")]


def train(
    property: Property = Which.all,  # noqa: A002 - the name of the option
    recipe: Annotated[
        Path | None, typer.Option("--recipe", metavar="FILE", help="How to train; ours when not given.")
    ] = None,
    promote: Annotated[
        bool, typer.Option("--promote/--no-promote", help="Let what the gate passes become the champion.")
    ] = True,
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Only where new results or their misses are reason enough.")
    ] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Even where nothing is new.")] = False,
    form: Annotated[Form, typer.Option("--progress", hidden=True, help="json: a line of JSON a step.")] = Form.text,
    server: Server = None,
) -> None:
    """Train the models on all data, score them on papers held out, and let those answer that the gate passes."""
    with told():
        if recipe is not None and not recipe.is_file():
            raise InputError(f"--recipe {visible(str(recipe), 80)} is not a file; give one, or leave it out")
        if if_needed and (recipe is not None or anew):
            raise InputError("--if-needed goes without --recipe and --anew; leave those out")
        if server is not None:
            if recipe is not None or not promote:
                raise InputError("--recipe and --no-promote train here; leave --server out with them")
            _train_there(server, _chosen(property), anew, if_needed)
            return
        chosen = _needed(_chosen(property), form) if if_needed else _chosen(property)
        if chosen:
            train_and_tell(chosen, recipe, promote, anew, form)


def _train_there(server: str, properties: Sequence[str], anew: bool, if_needed: bool) -> None:
    """Have a service train, and say how far it is."""
    from ..client.client import Client

    with progress() as report:
        said = [""]

        def told_of(share: float, words: str) -> None:
            if words != said[0]:
                said[0] = words
                report(f"{share:.0%}: {words}")

        Client(server).train(properties, told_of, anew, if_needed)
    say(said[0])


def _needed(properties: Sequence[str], form: Form) -> list[str]:
    """Properties that are worth training again; why or why not is said."""
    from ...experiments.training.retraining import why

    reasons = [why(name) for name in properties]
    for reason in reasons:
        words = f"{reason.property}: {'training, since ' if reason.needed else 'not trained: '}{reason.said}"
        _tell(words, form, outcome=not reason.needed)
    return [reason.property for reason in reasons if reason.needed]


def _tell(words: str, form: Form, outcome: bool = False) -> None:
    """Say something of a training, as a sentence or as a line of JSON."""
    if form is Form.json:
        sys.stderr.write(written(Line(words.strip(), outcome=outcome)) + "\n")
        sys.stderr.flush()
    else:
        say(words)


def train_and_tell(
    properties: Sequence[str], recipe: Path | None, promote: bool, anew: bool = False, form: Form = Form.text
) -> None:
    """Train and say on standard error how each model came out."""
    from ...experiments.tracking.reach import UntrackedWarning
    from ...experiments.training.train import train as run
    from ..formatting.scores import headline, sentence

    steps = reporting if form is Form.json else progress
    with steps() as report, noticed(UntrackedWarning):
        trained = run(tuple(properties), recipe=recipe, promote=promote, progress=report, anew=anew)
    for model in trained:
        if not model.seconds and not model.promoted:
            _tell(f"{model.property} version {model.version} stays: {model.reason}", form, outcome=True)
            continue
        became = f"is the champion now: {model.reason}" if model.promoted else f"was not promoted: {model.reason}"
        _tell(f"{model.property} version {model.version} {became} ({model.seconds:.0f} s)", form, outcome=True)
        for words in filter(None, (headline(model.property, model.metrics), sentence(model.property, model.metrics))):
            _tell(f"  {words}", form)


def evaluate(
    property: Property = Which.all,  # noqa: A002 - the name of the option
    split: Annotated[
        Split,
        typer.Option(
            "--split",
            help="What is held out together: papers, families, chemical systems; known: papers whose compositions "
            "others may have measured; time: later papers; obelix: OBELiX's official test; "
            "episodes: the other results of a laboratory, after some of its own. Of glass formation: sets of elements, "
            "or systems.",
        ),
    ] = Split.paper,
    baselines: Annotated[
        bool, typer.Option("--baselines/--no-baselines", help="Score mean, neighbour, ridge and forest beside them.")
    ] = False,
    scores: Annotated[
        Path | None,
        typer.Option("--scores", metavar="FILE", help="Put them into the file that README and documents quote."),
    ] = None,
) -> None:
    """Score the models on what was held out: whole papers, families, systems or later papers."""
    with told():
        if property.value == GLASS_FORMATION.name:
            _print(_of_glass_formation(split, baselines, scores))
            return
        if split is Split.obelix and property.value == TG.name:
            raise InputError("--split obelix holds conductivities alone; give --property conductivity")
        from ...experiments.holdout.baselines import BASELINES
        from ...experiments.holdout.unseen import MissingError
        from ...experiments.scores.file import ScoreError
        from ...experiments.tracking.reach import UntrackedWarning
        from ...experiments.training.evaluate import evaluate as run

        try:
            with progress() as report, noticed(UntrackedWarning):
                chosen = tuple(BASELINES) if baselines else ()
                table = run(tuple(_chosen(property)), split.value, progress=report, baselines=chosen, scores=scores)
        except (MissingError, ScoreError) as error:
            raise InputError(str(error)) from None
        _print(table)


def _of_glass_formation(split: Split, baselines: bool, scores: Path | None) -> pd.DataFrame:
    """Scores of glass formation, sets of elements held out, or systems."""
    if scores is not None or split not in (Split.paper, Split.system):
        raise InputError(
            "glass formation is scored with sets of elements held out, or with --split system, and no document "
            "quotes it from a file; leave --scores and other splits out"
        )
    import pandas as pd

    from ...datasets import load
    from ...experiments.benchmarks.glass_bench import LEARNERS, measured
    from ...experiments.benchmarks.glass_report import FORMER, Found

    by = "system" if split is Split.system else "elements"
    learners = [FORMER, *(LEARNERS if baselines else ())]
    tables = measured(Found(load(GLASS_FORMATION.name, lab=False)), by, learners)
    return pd.concat([table.assign(model=name, split=by) for name, table in tables], ignore_index=True)


def _chosen(which: Which) -> list[str]:
    return list(RANKED) if which is Which.all else [which.value]


def _print(table: pd.DataFrame) -> None:
    """Print a table of scores: rows aligned for people, CSV for programs."""
    if not sys.stdout.isatty():
        from ..formatting.files import to_csv

        sys.stdout.buffer.write(to_csv(table.reset_index() if table.index.name else table))
        sys.stdout.buffer.flush()
        return
    shown = Table(*map(str, table.columns), box=box.SIMPLE_HEAD)
    for row in table.itertuples(index=False):
        shown.add_row(*(Text(f"{cell:.3g}" if isinstance(cell, float) else str(cell)) for cell in row))
    to_stdout().print(shown)


def train_missing() -> None:
    """Train what a ranking needs and what is not there in a form that can be used."""
    from ...experiments.registry.versions import unusable

    if missing := unusable():
        say(f"no model for {' and '.join(missing)} that can be used: training (about five minutes)")
        train_and_tell(missing, None, promote=True)
