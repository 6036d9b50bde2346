"""Who works on the blocks of a screening: threads of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cached_property
from typing import Any

from ...datasets.properties import GLASS_FORMATION
from ...models.fitting.glass_former import GlassFormer
from ...models.predictor import Predictor
from ..ranking.ready import Informed, ready
from ..ranking.scoring import Predictors
from ..recipes.recipe import RECIPES
from ..registry.loading import load
from .model_files import ModelFile, files_of
from .pruning import Aim
from .screened import Screened, screened
from .streams import Block

AHEAD = 2  # blocks that wait for each worker: enough that none ever waits for one


class Crew(ABC):
    """Workers that know what is screened for.

    Parameters
    ----------
    aim
        What is screened for.
    predictors
        Of Tg, conductivity and the properties of the goal; by default the champions. The laboratory's own results are
        read once, at the beginning.
    """

    def __init__(self, aim: Aim, predictors: Predictors | None) -> None:
        names = tuple(dict.fromkeys((*RECIPES, *aim.goal.properties)))
        given = predictors or {}
        fresh = load([name for name in names if name not in given])
        self.aim = aim
        own, others = ready(fresh, fresh), ready([name for name in names if name in given], given)
        known, former = {**own, **others}, others.former or own.former
        self.predictors = Informed({name: known[name] for name in names}, former=former)
        as_kept = [name for name, one in fresh.items() if known[name] is one]
        self._versions = {name: fresh.versions[name] for name in as_kept}

    @cached_property
    def files(self) -> dict[str, ModelFile]:
        """Predictors as files with their hashes."""
        every: dict[str, Predictor | GlassFormer] = dict(self.predictors)
        if self.predictors.former is not None and self.aim.goal.min_p_glass is not None:
            every[GLASS_FORMATION.name] = self.predictors.former
        return files_of(every, self._versions)

    def digests(self) -> dict[str, str]:
        """Hash of each predictor."""
        return {name: file.sha256 for name, file in self.files.items()}

    @abstractmethod
    def submit(self, block: Block, floor: float) -> Any:
        """Begin a block; a future."""

    @abstractmethod
    def first(self, futures: Iterable[Any]) -> set[Any]:
        """Wait until one is done at least; those that are."""

    @abstractmethod
    def size(self) -> int:
        """Blocks worked on at a time."""

    def work(self, blocks: Iterable[Block], floor: Callable[[], float]) -> Iterator[Screened]:
        """Results of blocks as they come; few blocks are held at a time."""
        pending: set[Any] = set()
        for block in blocks:
            pending.add(self.submit(block, floor()))
            if len(pending) >= AHEAD * self.size():
                yield from self._done(pending)
        while pending:
            yield from self._done(pending)

    def _done(self, pending: set[Any]) -> Iterator[Screened]:
        """Results that are there, taken out; where a block failed, that is told after the others."""
        failed: Exception | None = None
        for future in self.first(pending):
            pending.discard(future)
            try:
                found = future.result()
            except Exception as error:
                failed = error
                continue
            yield found
        if failed is not None:
            raise failed


class Threads(Crew):
    """Threads of this process, one for each processor: NumPy and the libraries below it let them run side by side."""

    def __init__(self, aim: Aim, predictors: Predictors | None, threads: int | None = None) -> None:
        super().__init__(aim, predictors)
        self._count = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._count, thread_name_prefix="vitrion-screen")

    def submit(self, block: Block, floor: float) -> Future[Screened]:
        """Give a block to the next thread that is free."""
        return self._pool.submit(screened, block, self.aim, self.predictors, floor)

    def first(self, futures: Iterable[Any]) -> set[Any]:
        """Threads that are done."""
        return wait(futures, return_when=FIRST_COMPLETED).done

    def size(self) -> int:
        """Number of threads."""
        return self._count

    def stop(self) -> None:
        """Let what has begun end, and nothing more begin."""
        self._pool.shutdown(cancel_futures=True)
