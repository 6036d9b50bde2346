"""Campaigns replayed on compositions whose values are known and hidden, each in a world drawn around these values."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from ...datasets.exchange.structured import UnreadableError, of_json
from ...models.surrogates.surrogate import Surrogate
from ..proposals.search import Search
from ..task.acquisition import Results
from ..task.acquisitions import ACQUISITIONS
from . import probe as backtest_probe
from .pools import SERIES, ReplayPool
from .scores import MELTS, STARTS
from .truth import SCATTER, trial

Rows = npt.NDArray[np.intp]
Progress = Callable[[str], None]

OURS, GREEDY, CHANCE = "ours", "greedy", "chance"
WITH_PRIOR = "+prior"  # of a peer that is told what our predictor expects
MOST = max(MELTS)  # measurements of a replay, starts included
STEPS = (1.0, 30.0)  # usual steps of the targets: decades, K


def fingerprint(pool: ReplayPool, method: str) -> str:
    """What a replay hangs on: the compositions, their values and how worlds are drawn around them.

    For ours also its prior and what the search does (`backtest_probe.mark`); for peers their descriptors, with our
    prior where they know it.
    """
    told = hashlib.sha256("\n".join(pool.formulas).encode())
    told.update(np.round(pool.values, 6).tobytes() + repr((SCATTER, STARTS, MOST)).encode())
    world = trial(pool, 0, SCATTER)
    told.update((np.round([world.truth, world.measured], 6) + 0.0).tobytes())
    if method not in (CHANCE, GREEDY) and not method.startswith(OURS):
        told.update(np.round(pool.descriptors, 6).tobytes())
        told.update(np.round(pool.priors, 3).tobytes() if method.endswith(WITH_PRIOR) else b"")
    else:
        told.update(np.round(pool.priors, 3).tobytes() + np.round(pool.slopes, 3).tobytes() + repr(STEPS).encode())
        for view in (pool.views.ratios, pool.views.elements, pool.views.everything):
            told.update(np.round(view, 3).tobytes())
        told.update(backtest_probe.mark(_acquisition(pool, method), float(method != GREEDY)).encode())
    return told.hexdigest()[:16]


def by(acquisition: str) -> str:
    """Name of our search with one acquisition on all pools; `OURS` has the usual one of each.

    >>> by("thompson")
    'ours-thompson'
    """
    return f"{OURS}-{acquisition}"


def _acquisition(pool: ReplayPool, method: str) -> str:
    named = method.removeprefix(by(""))
    return named if named in ACQUISITIONS else "hypervolume" if pool.two else "improvement"


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


def replay(
    pool: ReplayPool,
    seed: int,
    batch: int,
    explore: float,
    most: int = MOST,
    scatter: Sequence[float] = SCATTER,
    acquisition: str = "",
) -> Run:
    """Let our search choose in the world of a seed: by its beliefs, or with `explore` 0 by its means alone.

    It is told what is measured, as a laboratory is that states no errors; the truth it never sees. Its acquisition is
    the usual one of the pool unless another is named.
    """
    method = by(acquisition) if acquisition else OURS if explore else GREEDY
    told = zip(pool.priors.T, pool.slopes.tolist(), STEPS, strict=False)
    surrogates = [Surrogate(pool.views, prior, slope, step, seed) for prior, slope, step in told]
    ours = Search(surrogates, [-np.inf] * len(surrogates), _acquisition(pool, method), explore, seed=seed)
    order, seconds, measured = starts(pool, seed), list[float](), trial(pool, seed, scatter).measured
    while len(order) < min(most, len(pool)):
        rows, barred = np.array(order, dtype=np.intp), np.zeros(len(pool), dtype=bool)
        barred[rows] = True
        results = [Results(rows, column[rows], np.zeros(len(rows))) for column in measured.T]
        began = time.perf_counter()
        order += [pick.row for pick in ours.batch(results, batch, barred)]
        seconds.append(time.perf_counter() - began)
    spent, mark = float(np.median(seconds or [0.0])), fingerprint(pool, method)
    return Run(pool.name, method, batch, seed, order, spent, len(seconds), most=most, fingerprint=mark)


def replay_all(
    pools: Sequence[ReplayPool],
    batches: Sequence[int],
    seeds: Sequence[int],
    kept: Runs,
    n_jobs: int,
    progress: Progress,
    acquisitions: Sequence[str] = (),
) -> None:
    """Replay what `kept` does not hold yet, and keep each run as soon as it is done; what it holds in vain is said.

    Besides the usual acquisition of each pool, and the means alone, all pools that have the limits for it are replayed
    by each of `acquisitions`.
    """
    usual = [(pool, way, explore, "") for pool in pools for way, explore in ((OURS, 1.0), (GREEDY, 0.0))]
    fits = [(pool, name) for pool in pools for name in acquisitions if _fits(pool, name)]
    rest, stale = [], 0
    for pool, way, explore, name in [*usual, *((pool, by(name), 1.0, name) for pool, name in fits)]:
        mark = fingerprint(pool, way)
        for batch in (1,) if pool.name.startswith(SERIES) or not explore else batches:
            for seed in seeds:
                old = kept.runs.get((pool.name, way, batch, seed))
                if old is None or old.fingerprint != mark:
                    rest.append((pool, seed, batch, explore, MOST, SCATTER, name))
                    stale += old is not None
    if stale:
        progress(f"{stale} replays that were kept are of another pool, world or search; they are made anew")
    work = Parallel(n_jobs=n_jobs, return_as="generator")(delayed(replay)(*one) for one in rest)
    for number, run in enumerate(work, 1):
        kept.add(run)
        if number % 10 == 0 or number == len(rest):
            progress(f"{number} of {len(rest)} replays")


def _fits(pool: ReplayPool, acquisition: str) -> bool:
    return ACQUISITIONS[acquisition].targets in (0, 2 if pool.two else 1)


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


def to_peers(pool: ReplayPool, seeds: Sequence[int], methods: Sequence[str], path: Path) -> None:
    """Write a pool, its starts and what is measured in the world of each seed, as the peers' script reads it."""
    told = {
        "name": pool.name,
        "fingerprints": {method: fingerprint(pool, method) for method in methods},
        "X": pool.descriptors.tolist(),
        "prior": pool.priors.tolist(),
        "starts": {str(seed): starts(pool, seed) for seed in seeds},
        "measured": {str(seed): trial(pool, seed).measured.round(6).tolist() for seed in seeds},
        "most": MOST,
    }
    path.write_text(json.dumps(told), encoding="utf-8")
