"""Replays as runs of MLflow: one a kind of pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from ..tracking.log import REPLAY, begun, log_dataset, log_versions, together
from ..tracking.open_run import OpenRun
from . import report as backtest_page
from .pools import SERIES, ReplayPool
from .replay import MOST, OURS, Runs, fingerprint, starts
from .scores import MELTS, STARTS, by_chance, regrets, score, waiting, waiting_by_chance
from .truth import SCATTER, trial

__all__ = ["REPLAY", "together", "tracked"]
BATCHES = (1, 4)


@contextmanager
def tracked(kind: str, members: Sequence[ReplayPool], kept: Runs, command: str) -> Iterator[None]:
    """The replays of one kind of pool as a run, begun before they are made and told when they are.

    Parameters
    ----------
    kind, members
        The pools.
    kept
        Where the replays are put.
    command
        What makes them anew.
    """
    with begun(REPLAY, f"replay {kind}", {"kind": kind, "command": command}) as run:
        yield
        _log_kind(run, kind, members, kept, command)


def _log_kind(run: OpenRun, kind: str, members: Sequence[ReplayPool], kept: Runs, command: str) -> None:
    settings = {"starts": STARTS, "most": MOST, "scatter_decades": SCATTER[0], "scatter_K": SCATTER[1]}
    run.params({"kind": kind, "pools": len(members), "compositions": sum(map(len, members)), **settings})
    log_versions(run)
    for pool in members:
        log_dataset(run, pool.name, fingerprint(pool, OURS), len(pool), command, "replay", title=pool.title)
    for method in backtest_page.METHODS:
        for batch in BATCHES:
            _log_method(run, kind, members, kept, method, batch)
    seeds = sorted({one.seed for pool in members for one in kept.of(pool, OURS, 1)})
    run.metrics(_by_chance(kind, members, seeds))
    page = backtest_page.page({kind: members}, kept, command)
    run.text(page, "page.md")
    run.note(page[page.index("## ") :].split("![", maxsplit=1)[0])
    if kind != SERIES:
        run.text(backtest_page.figure(members[0], kept), f"figures/{members[0].name}.svg")


def _log_method(run: OpenRun, kind: str, members: Sequence[ReplayPool], kept: Runs, method: str, batch: int) -> None:
    """Mean regrets and melts over seeds (waiting in series), and of a pool the mean regret after each measurement."""
    told = {pool.name: kept.of(pool, method, batch) for pool in members}
    if not all(told.values()):
        return
    group = f"{method}_batch_{batch}"
    if kind == SERIES:
        each = [np.mean([waiting(trial(pool, one.seed), one.order) for one in told[pool.name]]) for pool in members]
        run.metrics({f"{group}/waiting": float(np.mean(each)), f"{group}/replays": sum(map(len, told.values()))})
        return
    (pool,) = members
    ends = [score(trial(pool, one.seed), one.order, batch) for one in told[pool.name]]
    means = np.mean([one.regret for one in ends], axis=0)
    regret = {f"{group}/regret_after_{count}": float(value) for count, value in zip(MELTS, means, strict=True)}
    seconds = float(np.median([one.seconds_per_call for one in told[pool.name]]))
    melts = float(np.mean([min(one.melts, MOST + 1.0) for one in ends]))
    run.metrics(
        {**regret, f"{group}/melts": melts, f"{group}/seconds_per_call": seconds, f"{group}/replays": len(ends)}
    )
    shortest = min(len(one.order) for one in told[pool.name])
    curves = [regrets(trial(pool, one.seed), one.order)[:shortest] for one in told[pool.name]]
    run.curve(f"{group}/regret", [float(value) for value in np.mean(curves, axis=0)])


def _by_chance(kind: str, members: Sequence[ReplayPool], seeds: Sequence[int]) -> dict[str, float]:
    """What chance comes to in the worlds of some seeds."""
    worlds = [(pool, seed, trial(pool, seed)) for pool in members for seed in seeds]
    if not worlds:
        return {}
    if kind == SERIES:
        return {"chance/waiting": float(np.mean([waiting_by_chance(world) for _, _, world in worlds]))}
    each = [one for pool, seed, world in worlds for one in by_chance(world, starts(pool, seed), seed)]
    means = np.mean([one.regret for one in each], axis=0)
    return {f"chance/regret_after_{count}": float(value) for count, value in zip(MELTS, means, strict=True)}
