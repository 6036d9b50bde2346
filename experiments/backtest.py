"""Campaigns replayed on compositions whose values are known and hidden: how many melts until the best are found."""

from __future__ import annotations

import hashlib
import inspect
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from ..datasets.structured import UnreadableError, of_json
from ..models import grove, surrogate
from ..models.surrogate import Surrogate
from . import acquisition, search
from .backtest_pools import ERRORS, SERIES, ReplayPool
from .search import Results, Search, front

Vector = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Progress = Callable[[str], None]

OURS, GREEDY, CHANCE = "ours", "greedy", "chance"
SEEDS = tuple(range(20))
STARTS = 4  # measured by chance before any strategy chooses, the same for all strategies
MOST = 200  # measurements after which a replay gives up
TIE = 0.1  # decades within which two conductivities count as equal
SHARE_OF_VOLUME = 0.99
ORDERS = 200  # drawn by chance to know what chance does to a hypervolume
STEPS = (1.0, 30.0)  # usual steps of the targets: decades, K


def fingerprint(pool: ReplayPool, method: str) -> str:
    """What a replay hangs on: the compositions and their values, for ours also its prior and the code of the search."""
    told = hashlib.sha256("\n".join(pool.formulas).encode())
    told.update(np.round(pool.values, 6).tobytes())
    if method in (OURS, GREEDY):
        told.update(np.round(pool.priors, 3).tobytes() + repr((STEPS, ERRORS, STARTS)).encode())
        for view in (pool.views.ratios, pool.views.elements, pool.views.everything):
            told.update(np.round(view, 3).tobytes())
        for module in (surrogate, grove, search, acquisition):
            told.update(inspect.getsource(module).encode())
    else:
        told.update(np.round(pool.descriptors, 6).tobytes())
    return told.hexdigest()[:16]


@dataclass(frozen=True)
class Run:
    """One replay: which compositions were measured, in which order, starts included.

    `fingerprint` is that of the pool and of the code; a run with another is none of this pool.
    """

    pool: str
    method: str
    batch: int
    seed: int
    order: list[int]
    seconds_per_call: float
    calls: int
    versions: dict[str, str] = field(default_factory=dict)
    most: int = MOST
    fingerprint: str = ""

    @property
    def key(self) -> tuple[str, str, int, int]:
        """What tells the run from others."""
        return self.pool, self.method, self.batch, self.seed


def starts(pool: ReplayPool, seed: int) -> list[int]:
    """Compositions measured at the start; a series starts with none."""
    if pool.name.startswith(SERIES):
        return []
    return [int(row) for row in np.random.default_rng(seed).choice(len(pool), STARTS, replace=False)]


def done(pool: ReplayPool, order: Sequence[int]) -> bool:
    """Whether everything that is scored was found."""
    if pool.name.startswith(SERIES):
        return len(order) > 0 and pool.values[order[-1], 0] >= pool.values[:, 0].max()
    if pool.two:
        return bool(volumes(pool, order, last=True)[-1] >= SHARE_OF_VOLUME)
    found = np.isin(pool.goal, order)
    return bool(found.sum() >= pool.needed and (found[0] or not pool.best))


def replay(pool: ReplayPool, seed: int, batch: int, explore: float, most: int = MOST) -> Run:
    """Let our search choose until all is found: by its beliefs, or with `explore` 0 by its means alone."""
    surrogates = [
        Surrogate(pool.views, prior, np.full(len(pool), error), step, seed)
        for prior, error, step in zip(pool.priors.T, ERRORS, STEPS, strict=False)
    ]
    ours = Search(
        surrogates, [-np.inf] * len(surrogates), "hypervolume" if pool.two else "improvement", explore, seed=seed
    )
    order, seconds = starts(pool, seed), list[float]()
    while len(order) < min(most, len(pool)) and not done(pool, order):
        rows, barred = np.array(order, dtype=np.intp), np.zeros(len(pool), dtype=bool)
        barred[rows] = True
        told = [Results(rows, column[rows], np.zeros(len(rows))) for column in pool.values.T]
        began = time.perf_counter()
        order += [pick.row for pick in ours.batch(told, batch, barred)]
        seconds.append(time.perf_counter() - began)
    method, spent = OURS if explore else GREEDY, float(np.median(seconds or [0.0]))
    mark = fingerprint(pool, method)
    return Run(pool.name, method, batch, seed, order, spent, len(seconds), most=most, fingerprint=mark)


def replay_all(
    pools: Sequence[ReplayPool],
    batches: Sequence[int],
    seeds: Sequence[int],
    kept: Runs,
    n_jobs: int,
    progress: Progress,
) -> None:
    """Replay what `kept` does not hold yet, and keep each run as soon as it is done."""
    wanted = [
        (pool, 0 if pool.name.startswith(SERIES) else seed, batch, explore)
        for pool in pools
        for explore in (1.0, 0.0)
        for batch in ((1,) if pool.name.startswith(SERIES) or not explore else batches)
        for seed in (seeds[:1] if pool.name.startswith(SERIES) else seeds)
    ]
    marks = {(pool.name, way): fingerprint(pool, way) for pool in pools for way in (OURS, GREEDY)}
    rest = []
    for pool, seed, batch, explore in wanted:
        way = OURS if explore else GREEDY
        old = kept.runs.get((pool.name, way, batch, seed))
        if old is None or old.fingerprint != marks[pool.name, way]:
            rest.append((pool, seed, batch, explore))
    work = Parallel(n_jobs=n_jobs, return_as="generator")(delayed(replay)(*one) for one in rest)
    for number, run in enumerate(work, 1):
        kept.add(run)
        if number % 10 == 0 or number == len(rest):
            progress(f"{number} of {len(rest)} replays")


class Runs:
    """Replays kept in a JSON file, each written as soon as it is done; without a file in memory alone."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        told = path.read_text(encoding="utf-8") if path is not None and path.exists() else "[]"
        try:
            self.runs = {run.key: run for run in (Run(**one) for one in of_json(told))}
        except (ValueError, TypeError) as error:
            raise UnreadableError(f"{path} holds no replays ({error}); name another file") from None

    def add(self, *runs: Run) -> None:
        """Keep runs; one with the same key is replaced."""
        self.runs |= {run.key: run for run in runs}
        if self.path is None:
            return
        text = json.dumps([asdict(run) for _, run in sorted(self.runs.items())])
        fresh = self.path.with_suffix(".part")
        fresh.write_text(text.replace("}, {", "},\n{") + "\n", encoding="utf-8")
        fresh.replace(self.path)

    def of(self, pool: ReplayPool, method: str, batch: int) -> list[Run]:
        """Runs of a pool as it is now, a method and a batch size, by seed."""
        found = [run for key, run in sorted(self.runs.items()) if key[:3] == (pool.name, method, batch)]
        mark = fingerprint(pool, method) if found else ""
        return [run for run in found if run.fingerprint == mark]


def volumes(pool: ReplayPool, order: Sequence[int] | Rows, last: bool = False) -> Vector:
    """Share of the pool's hypervolume found after each measurement, or the last, beyond the pool's worst values."""
    low = pool.values.min(axis=0)
    unit = np.ptp(pool.values, axis=0)
    scaled = (pool.values - low) / unit
    whole = area(scaled)
    counts = [len(order)] if last else range(1, len(order) + 1)
    return np.array([area(scaled[np.asarray(order[:count])]) / whole for count in counts])


def area(points: npt.NDArray[np.float64]) -> float:
    """Area between two targets to be large and the origin, that at least one of the points (k, 2) covers."""
    best = front(points)[::-1]  # the first column rises, the second falls
    return float((np.diff(np.concatenate([[0.0], best[:, 0]])) * best[:, 1]).sum())


def found(pool: ReplayPool, run: Run) -> tuple[float, float]:
    """Measurements until enough of the goal, and until the best, were found; infinity where they were not.

    All of a batch is measured before anybody knows what it holds.
    """
    order = np.array(run.order)
    if pool.two:
        return _whole(_first(volumes(pool, run.order) >= SHARE_OF_VOLUME), run.batch), float("nan")
    hits = np.cumsum(np.isin(order, pool.goal))
    return _whole(_first(hits >= pool.needed), run.batch), _whole(_first(order == pool.goal[0]), run.batch)


def _whole(count: float, batch: int) -> float:
    """Measurements after the starts in whole batches."""
    return count if count <= STARTS else STARTS + batch * float(np.ceil((count - STARTS) / batch))


def waiting(pool: ReplayPool, run: Run, tie: float = TIE) -> float:
    """Share (k - 1) / (n - 1) of a series measured before the k-th is within `tie` decades of its best."""
    values = pool.values[run.order, 0]
    return (_first(values >= pool.values[:, 0].max() - tie) - 1) / (len(pool) - 1)


def waiting_by_chance(pool: ReplayPool, tie: float = TIE) -> float:
    """What `waiting` is on average in an order drawn by chance, exactly."""
    good = int((pool.values[:, 0] >= pool.values[:, 0].max() - tie).sum())
    return ((len(pool) + 1) / (good + 1) - 1) / (len(pool) - 1)


def found_by_chance(pool: ReplayPool) -> tuple[float, float]:
    """Expected measurements until enough of the goal, and the best, are found in an order drawn by chance.

    Exact for one target; of two, the mean over `ORDERS` orders.
    """
    n, goal = len(pool), len(pool.goal)
    if not pool.two:
        return pool.needed * (n + 1) / (goal + 1), (n + 1) / 2
    draw = np.random.default_rng(0)
    return float(np.mean([_until(pool, draw.permutation(n)) for _ in range(ORDERS)])), float("nan")


def _until(pool: ReplayPool, order: Rows) -> int:
    """Measurements of an order until the share of the hypervolume is found, by halving."""
    low, high = 1, len(order)
    while low < high:
        middle = (low + high) // 2
        enough = volumes(pool, order[:middle], last=True)[-1] >= SHARE_OF_VOLUME
        low, high = (low, middle) if enough else (middle + 1, high)
    return low


def _first(hit: npt.NDArray[np.bool_]) -> float:
    return float(np.argmax(hit)) + 1 if hit.any() else float("inf")


def to_peers(pool: ReplayPool, seeds: Sequence[int], path: Path) -> None:
    """Write a pool as the peers' script reads it."""
    told = {
        "name": pool.name,
        "fingerprint": fingerprint(pool, "peer"),
        "X": pool.descriptors.tolist(),
        "columns": [f"d{number}" for number in range(pool.descriptors.shape[1])],
        "values": pool.values.squeeze().tolist(),
        "starts": {str(seed): starts(pool, seed) for seed in seeds},
        "goal": pool.goal.tolist(),
        "needed": pool.needed,
    }
    path.write_text(json.dumps(told), encoding="utf-8")
