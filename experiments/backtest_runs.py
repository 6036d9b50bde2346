"""Replays as runs of MLflow: one a kind of pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from . import backtest_page
from .backtest import (
    MOST,
    OURS,
    SHARE_OF_VOLUME,
    STARTS,
    TIE,
    Runs,
    fingerprint,
    found,
    found_by_chance,
    volumes,
    waiting,
    waiting_by_chance,
)
from .backtest_pools import SERIES, ReplayPool
from .open_run import OpenRun
from .tracking import REPLAY, begun, log_dataset, log_versions, together

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
    settings = {"starts": STARTS, "most": MOST, "tie_decades": TIE, "share_of_volume": SHARE_OF_VOLUME}
    run.params({"kind": kind, "pools": len(members), "compositions": sum(map(len, members)), **settings})
    log_versions(run)
    for pool in members:
        log_dataset(run, pool.name, fingerprint(pool, OURS), len(pool), command, "replay", title=pool.title)
    for method in backtest_page.METHODS:
        for batch in BATCHES:
            _log_method(run, kind, members, kept, method, batch)
    run.metrics(_by_chance(kind, members))
    page = backtest_page.page({kind: members}, kept, command)
    run.text(page, "page.md")
    run.note(page[page.index("## ") :].split("![", maxsplit=1)[0])
    if kind != SERIES:
        run.text(backtest_page.figure(members[0], kept), f"figures/{members[0].name}.svg")


def _log_method(run: OpenRun, kind: str, members: Sequence[ReplayPool], kept: Runs, method: str, batch: int) -> None:
    """Medians over seeds (means over series), and of a pool how much was found after how many melts, as steps."""
    told = {pool.name: kept.of(pool, method, batch) for pool in members}
    if not all(told.values()):
        return
    group = f"{method}_batch_{batch}"
    if kind == SERIES:
        each = [np.mean([waiting(pool, one) for one in told[pool.name]]) for pool in members]
        run.metrics({f"{group}/waiting": float(np.mean(each)), f"{group}/replays": len(each)})
        return
    (pool,) = members
    ends = np.array([found(pool, one) for one in told[pool.name]])
    names = ("measurements_to_goal", "measurements_to_best")
    medians = {f"{group}/{name}": float(np.median(column)) for name, column in zip(names, ends.T, strict=True)}
    seconds = float(np.median([one.seconds_per_call for one in told[pool.name]]))
    run.metrics({**medians, f"{group}/seconds_per_call": seconds, f"{group}/replays": len(ends)})
    run.curve(f"{group}/share_found", _shares(pool, [one.order for one in told[pool.name]]))


def _shares(pool: ReplayPool, orders: Sequence[Sequence[int]]) -> list[float]:
    """Median share of the goal found after each measurement, shape (m,)."""
    longest = max(map(len, orders))
    curves = []
    for order in orders:
        shares = volumes(pool, order) if pool.two else np.cumsum(np.isin(order, pool.goal)) / len(pool.goal)
        curves.append(np.concatenate([shares, np.full(longest - len(shares), shares[-1])]))
    return [float(value) for value in np.median(curves, axis=0)]


def _by_chance(kind: str, members: Sequence[ReplayPool]) -> dict[str, float]:
    if kind == SERIES:
        return {"chance/waiting": float(np.mean([waiting_by_chance(pool) for pool in members]))}
    enough, best = found_by_chance(members[0])
    return {"chance/measurements_to_goal": enough, "chance/measurements_to_best": best}
