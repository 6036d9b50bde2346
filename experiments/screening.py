"""Screening: the best of any number of candidates, block by block, on this machine or on many, and to the last bit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..datasets.home import put
from ..features.composition import FormulaError
from .appraisal import Predictors
from .crews import Crew, crew_of
from .goal import Goal
from .loaded import Loaded, load
from .ranking import rank
from .recipe import RECIPES
from .screened import Screened, best_of
from .sieve import Aim
from .streams import Source, source_of

Progress = Callable[[str], None]
FORMAT = 1  # of what a screening keeps while it is not done
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
        range of each variable, a space of `vitrion.features.space`, or a list of formulas.
    top
        How many of the best come back.
    goal, temperature_C, predictors
        As in `rank`.
    out
        Parquet file for the ranking. What is done is kept beside it, and a screening that was stopped goes on there.
    everything
        Write the predictions of all rows too: a Parquet dataset in a folder beside `out`, named as it with ``.all``.
    scheduler
        Dask: the address of a scheduler, ``"tcp://..."``, a `distributed.Client`, or ``"local:2"`` for two processes
        made for the call. By default the processors of this machine.
    resume
        Whether to go on where a screening of the same was stopped; False begins anew.
    progress
        Called with a line of text now and then.
    **variables
        Range of each variable of a template: ``"0:1.5:0.05"``, or an array of numbers.

    Returns
    -------
    DataFrame
        The first `top` rows of what `rank` gives for all candidates, number for number; the index tells the place of
        each in the source. Candidates that are not neutral, or that cannot be read, are passed over. ``pareto`` counts
        among these rows. ``attrs`` tells how many ``candidates`` there were and how many of them are ``unread``.
    """
    source, aim = source_of(candidates, **variables), Aim(Goal.of(goal), temperature_C, _whole(top), everything)
    if everything and out is None:
        raise FormulaError(
            "everything=True writes a dataset beside the ranking; name the ranking: out='ranking.parquet'"
        )
    with crew_of(scheduler, aim, predictors) as crew:
        kept = _Kept.of(out, source, aim, crew, resume)
        found = _screened(source, aim, crew, kept, progress)
        table = _ranking(found, source, aim, crew.predictors)
    table.attrs |= {"candidates": source.size, "unread": found.unread, "errors": list(found.errors)}
    if kept is not None:
        kept.finish(table)
    return table


def _screened(source: Source, aim: Aim, crew: Crew, kept: _Kept | None, progress: Progress) -> Screened:
    """The best of all blocks, those done before among them."""
    done = {} if kept is None else kept.done()
    best = best_of([], aim.top)
    for part in done.values():
        best = best_of([best, kept.read(part)], aim.top) if kept is not None else best
    if done:
        progress(f"{best.size:,} of {source.size:,} candidates were done before")
    waiting, told = (block for block in source.blocks() if block.number not in done), best.size
    for part in crew.work(waiting, lambda: best.floor(aim.top)):
        if kept is not None:
            kept.keep(part)
        best = best_of([best, part], aim.top)
        if best.size - told >= TOLD_EVERY * source.size:
            told = best.size
            progress(f"{best.size:,} of {source.size:,} candidates, {100 * best.size / source.size:.0f} %")
    return best


def _ranking(found: Screened, source: Source, aim: Aim, predictors: Predictors) -> pd.DataFrame:
    """What `rank` says of the rows kept, the first of them."""
    places = found.places.tolist()
    table = rank(source.candidates(places, found.texts), aim.goal, aim.temperature_C, predictors)
    table.index = pd.Index([places[row] for row in table.index])
    return table.head(aim.top)


def _whole(top: Any) -> int:
    if isinstance(top, bool) or not isinstance(top, int) or top < 1:
        raise FormulaError(f"top = {top!r}; give how many of the best to keep, 1 or more")
    return top


@dataclass(frozen=True)
class _Kept:
    """What is done, in a folder beside the ranking, until the ranking is written."""

    out: Path
    everything: bool

    @classmethod
    def of(cls, out: Path | str | None, source: Source, aim: Aim, crew: Crew, resume: bool) -> _Kept | None:
        """The folder of this screening, with what is done already where it is the same one."""
        if out is None:
            return None
        kept = cls(Path(out), aim.everything)
        asked = json.dumps(
            {
                "format": FORMAT,
                "source": source.identity(),
                "goal": aim.goal.to_dict(),
                "temperature_C": aim.temperature_C,
                "top": aim.top,
                "everything": aim.everything,
                "models": crew.digests(),
            },
            sort_keys=True,
        ).encode()
        request = kept.folder / "request.json"
        if not resume or (request.exists() and request.read_bytes() != asked):
            if resume:
                raise FormulaError(
                    f"{kept.folder.name} holds an unfinished screening of something else (other candidates, goal, top or "
                    "models); finish that one, name another output, or begin anew: resume=False, --restart"
                )
            shutil.rmtree(kept.folder, ignore_errors=True)
        kept.folder.mkdir(parents=True, exist_ok=True)
        if not request.exists():
            shutil.rmtree(kept.dataset, ignore_errors=True)
            put(request, asked)
        if aim.everything:
            kept.dataset.mkdir(exist_ok=True)
        return kept

    @property
    def folder(self) -> Path:
        """Of the blocks done."""
        return self.out.with_name(f"{self.out.name}.part")

    @property
    def dataset(self) -> Path:
        """Of the predictions of all rows."""
        return self.out.with_name(f"{self.out.stem}.all")

    def done(self) -> dict[int, Path]:
        """Files of blocks done, by number."""
        return {int(path.stem.partition("-")[2]): path for path in sorted(self.folder.glob("block-*.parquet"))}

    def read(self, path: Path) -> Screened:
        """One block."""
        return Screened.read(path)

    def keep(self, part: Screened) -> None:
        """Write a block for good: first its table, then what says that it is done."""
        name = f"block-{part.number:06d}.parquet"
        if self.everything:
            put(self.dataset / name, part.table)
        part.write(self.folder / name)

    def finish(self, table: pd.DataFrame) -> None:
        """Write the ranking, and forget the blocks."""
        import io

        buffer = io.BytesIO()
        table.to_parquet(buffer)
        put(self.out, buffer.getvalue())
        shutil.rmtree(self.folder, ignore_errors=True)
