"""The workers of a Dask cluster; only this module imports Dask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from distributed import Client, LocalCluster, WorkerPlugin, wait

from ...features.composition import FormulaError
from ...models.numerics.threads import one_thread
from ..ranking.scoring import Predictors
from .executors import Crew
from .model_files import ModelFile, opened
from .pruning import Aim
from .screened import Screened, screened
from .streams import Block

RETRIES = 10  # deaths of workers in the middle of one block before the screening gives up
_HELD: dict[str, Predictors] = {}


class ModelPlugin(WorkerPlugin):
    """Gives each worker the predictors once, those that come later too.

    Parameters
    ----------
    files
        Guarded files by property.
    """

    idempotent = True

    def __init__(self, files: Mapping[str, ModelFile]) -> None:
        self.files = dict(files)
        self.key = key_of(files)
        self.name = f"vitrion-models-{self.key}"

    def setup(self, worker: Any) -> None:
        """Open the files, where this process has not done so; others of before are let go."""
        if self.key not in _HELD:
            _HELD.clear()
            _HELD[self.key] = opened(self.files)

    def teardown(self, worker: Any) -> None:
        """Let the predictors go."""
        _HELD.pop(self.key, None)


def key_of(files: Mapping[str, ModelFile]) -> str:
    """What predictors are held under."""
    return "-".join(f"{name}-{file.sha256[:16]}" for name, file in sorted(files.items()))


def screened_there(block: Block, aim: Aim, key: str, floor: float) -> Screened:
    """Judge a block by the predictors that the worker holds."""
    with one_thread():
        return screened(block, aim, _HELD[key], floor)


class DaskCrew(Crew):
    """Workers behind a `distributed.Client`."""

    def __init__(self, client: Client, aim: Aim, predictors: Predictors | None, stays: bool) -> None:
        super().__init__(aim, predictors)
        self._client, self._key, self._stays = client, key_of(self.files), stays
        self._plugin = ModelPlugin(self.files)
        client.register_plugin(self._plugin)

    def submit(self, block: Block, floor: float) -> Any:
        """Give a block to the scheduler; a worker that dies costs the blocks it worked on."""
        return self._client.submit(screened_there, block, self.aim, self._key, floor, pure=False, retries=RETRIES)

    def first(self, futures: Iterable[Any]) -> set[Any]:
        """Blocks that are done."""
        return set(wait(list(futures), return_when="FIRST_COMPLETED").done)

    def size(self) -> int:
        """Threads of all workers now."""
        return max(int(sum(self._client.nthreads().values())), 1)

    def stop(self) -> None:
        """Take the predictors back from workers that are not the caller's own."""
        if not self._stays:
            self._client.unregister_worker_plugin(self._plugin.name)


@contextmanager
def dask_crew(scheduler: Any, aim: Aim, predictors: Predictors | None) -> Iterator[DaskCrew]:
    """A crew of a `Client`, of the scheduler at an address, or of ``local:N`` processes made for the call."""
    with ExitStack() as stack:
        client = scheduler
        if isinstance(scheduler, str) and scheduler.partition(":")[0] == "local":
            cluster = LocalCluster(
                n_workers=_count(scheduler), threads_per_worker=1, dashboard_address=None, silence_logs=50
            )
            client = stack.enter_context(Client(stack.enter_context(cluster)))
        elif isinstance(scheduler, str):
            client = stack.enter_context(_reached(scheduler))
        elif not isinstance(scheduler, Client):
            raise FormulaError(
                f'scheduler={scheduler!r}; give an address such as "tcp://host:8786", a Client, or "local:2"'
            )
        crew = DaskCrew(client, aim, predictors, stays=client is scheduler)
        try:
            yield crew
        finally:
            crew.stop()


def _reached(address: str) -> Client:
    """A client of the scheduler at an address."""
    try:
        return Client(address, timeout="20s")
    except (OSError, ValueError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FormulaError(f'no scheduler answers at "{address}" ({why}); start one, or write "local:2"') from None


def _count(text: str) -> int:
    number = text.partition(":")[2]
    if not number.isdecimal() or int(number) < 1:
        raise FormulaError(f'scheduler="{text}"; write how many processes, such as "local:2"')
    return int(number)
