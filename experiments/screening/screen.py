"""Screening: the best of any number of candidates, block by block, on this machine or on many, and to the last bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from ...datasets.readings import aiming, trusting
from ...features.composition import FormulaError
from ...features.scalars import whole
from ..ranking.rank import rank
from ..ranking.scoring import Predictors
from ..task.candidates import one_temperature
from ..task.goal import Goal
from .checkpoint import BlockFolder
from .executors import Crew, Threads
from .pruning import Aim
from .screened import Screened, best_of
from .streams import Source, source_of

Progress = Callable[[str], None]
TOLD_EVERY = 0.02  # share of the rows after which progress is told


def screen(
    candidates: Any,
    top: int = 1000,
    goal: Goal | Mapping[str, Any] | Path | str | None = None,
    temperature_C: float = 25.0,
    out: Path | str | None = None,
    everything: bool = False,
    scheduler: Any = None,
    resume: bool = True,
    predictors: Predictors | None = None,
    progress: Progress = lambda text: None,
    **variables: Any,
) -> pd.DataFrame:
    """Rank the best of any number of candidates: a table of the top, from memory that does not grow.

    Parameters
    ----------
    candidates
        A Parquet file or a folder of some with a column ``formula``, a template such as ``LiAlCl{4-2x}O{x}`` with the
        range of each variable, a space of `vitrion.features.space`, or whatever `rank` takes (which is held in memory).
    top
        How many of the best come back.
    goal, temperature_C, predictors
        As in `rank`.
    out
        Parquet file for the ranking. What is done is kept beside it, and a screening that was stopped goes on there.
    everything
        Write the predictions of all rows too: a Parquet dataset in a folder beside `out`, named as it with ``.all``.
    scheduler
        Dask: ``"tcp://..."``, a `distributed.Client`, or ``"local:2"`` for two processes made for the call, in a script
        under ``if __name__ == "__main__":``. By default the processors of this machine.
    resume
        Whether to go on where a screening of the same was stopped; False begins anew.
    progress
        Called with a line of text now and then.
    **variables
        Range of each variable of a template: ``"0:1.5:0.05"``, or an array of numbers.

    Returns
    -------
    DataFrame
        The first `top` rows of what `rank` gives for all candidates, number for number, with the index of `candidates`
        where they are a Series or a table, else with the place of each in the source. What cannot be read is passed
        over, and ``pareto`` counts among these rows. ``attrs`` tells how many ``candidates`` there were, how many are
        ``unread``, and the first ``errors``: place and reason.
    """
    source, aim = source_of(candidates, **variables), _aim(goal, temperature_C, top, everything)
    if everything and out is None:
        raise FormulaError("everything=True writes a dataset beside it: name the ranking, out='ranking.parquet'")
    kept = None if out is None else BlockFolder(Path(out), everything).checked(source.files, source.folder)
    with crew_of(scheduler, aim, predictors) as crew:
        if kept is not None:
            asked = {"top": aim.top, "goal": aim.goal.to_dict(), "temperature_C": aim.temperature_C}
            kept.begin({"source": source.identity(), "models": crew.digests(), **asked}, resume)
        found = _screened(source, aim, crew, kept, progress)
        table = _ranking(found, source, aim, crew.predictors)
    table.attrs |= {"candidates": source.size, "unread": found.unread, "errors": list(found.errors)}
    if kept is not None:
        kept.finish(table)
    return table if source.index is None else table.set_axis(source.index.take(table.index.to_numpy()))


def _aim(goal: Any, temperature_C: Any, top: Any, everything: bool) -> Aim:
    """What is screened for, where all of it can be."""
    many = whole(top, "top", "how many of the best to keep, 1 or more", 1, error=FormulaError)
    at = one_temperature(temperature_C, "a screening is at one temperature")
    with aiming(at):
        return Aim(Goal.of(goal), at, many, everything)


def _screened(source: Source, aim: Aim, crew: Crew, kept: BlockFolder | None, progress: Progress) -> Screened:
    """The best of all blocks, those done before among them."""
    best, done = best_of([], aim.top), set()
    for part in kept.done() if kept is not None else ():
        best = best_of([best, part], aim.top)
        done.add(part.number)
    if done:
        progress(f"{best.size:,} of {source.size:,} candidates were done before")
    waiting, reported = (block for block in source.blocks() if block.number not in done), best.size
    reached = [best.floor(aim.top)]
    for part in crew.work(waiting, lambda: reached[0]):
        if kept is not None:
            kept.keep(part)
        best = best_of([best, part], aim.top)
        reached[0] = best.floor(aim.top)
        if best.size - reported >= TOLD_EVERY * source.size:
            reported = best.size
            progress(f"{best.size:,} of {source.size:,} candidates, {100 * best.size / source.size:.0f} %")
    return best


def _ranking(found: Screened, source: Source, aim: Aim, predictors: Predictors) -> pd.DataFrame:
    """What `rank` says of the rows kept, the first of them."""
    places = found.places.tolist()
    with trusting():
        table = rank(source.candidates(places, found.texts), aim.goal, aim.temperature_C, predictors)
    table.index = pd.Index([places[row] for row in table.index])
    return table.head(aim.top)


@contextmanager
def crew_of(scheduler: Any, aim: Aim, predictors: Predictors | None) -> Iterator[Crew]:
    """Workers for a screening; see `screen` for `scheduler`."""
    if scheduler is None:
        threads = Threads(aim, predictors)
        try:
            yield threads
        finally:
            threads.stop()
        return
    try:
        from .dask import dask_crew
    except ImportError as error:
        raise FormulaError(f"scheduler={scheduler!r} needs Dask ({error.name}): pip install '.[dask]'") from None
    with dask_crew(scheduler, aim, predictors) as crew:
        yield crew
