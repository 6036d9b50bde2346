"""The replays as a page of the documentation: a table by pool, and how much was found after how many melts."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..models import metrics
from .backtest import (
    CHANCE,
    GREEDY,
    OURS,
    SHARE_OF_VOLUME,
    STARTS,
    TIE,
    Run,
    Runs,
    found,
    found_by_chance,
    volumes,
    waiting,
    waiting_by_chance,
)
from .backtest_pools import SERIES, ReplayPool
from .chart import COLOURS, Panel, picture

PAGE, IMAGE = Path("benchmarks/loop.md"), Path("images/loop-{}.svg")
PEERS = ("baybe", "botorch")
METHODS = (OURS, GREEDY, *PEERS)
GOALS = {("halides", 1): "65 to 80 %, 20 to the best", ("halides", 4): "72 to 80 %", ("lithium", 1): "70"}
Vector = npt.NDArray[np.float64]


def page(pools: Mapping[str, Sequence[ReplayPool]], kept: Runs, command: str) -> str:
    """Markdown of all replays."""
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    versions = sorted({f"{k} {v}" for run in kept.runs.values() for k, v in run.versions.items() if k in METHODS})
    parts = [
        "# How many melts until the best is found",
        "",
        f"Written on {datetime.now(UTC):%Y-%m-%d} by `{command}` on {machine}"
        f"{'; ' + ', '.join(versions) if versions else ''}. Do not edit.",
        "",
        "Compositions with known values are hidden, and a strategy measures them one batch after the other. All "
        f"strategies start from the same {STARTS} compositions drawn by chance (none in a series), which count; "
        "medians over seeds, the quartiles in brackets. Ours knows a predictor that saw neither the "
        "compositions of the pool nor their papers; the peers know what a user would give them, atomic "
        "fractions and plain ratios. `greedy` is ours without its uncertainties. The constants of the search were "
        "chosen on the halides, the series and the lithium glasses, with other starts: of these pools the figures are "
        "not those of a search that never saw them; the sodium glasses were looked at once, when all was chosen. "
        "Quartiles are over starts; chance is an exact mean. A batch counts whole. Conductivities are as measured, at "
        "15 to 45 °C; the mean where a composition was measured more than once.",
        "",
    ]
    for kind, members in pools.items():
        parts += _of_series(members, kept) if kind == SERIES else _of_pool(members[0], kept)
    return "\n".join(parts) + "\n"


def _of_pool(pool: ReplayPool, kept: Runs) -> list[str]:
    goal = (
        f"{100 * SHARE_OF_VOLUME:.0f} % of the hypervolume"
        if pool.two
        else f"{pool.needed} of the best {len(pool.goal)}"
    )
    title = pool.title[0].upper() + pool.title[1:]
    table = pd.DataFrame(
        list(_rows(pool, kept)), columns=["strategy", "batch", "seeds", goal, "the best", "s a call", "goal"]
    )
    if not pool.best or pool.two:
        table = table.drop(columns=["the best"])
    if not any(key[0] == pool.name for key in GOALS):
        table = table.drop(columns=["goal"])
    lines = [f"## {title} ({len(pool)} compositions)", "", _markdown(table), ""]
    return [*lines, f"![found after how many melts](../{str(IMAGE).format(pool.name)})", ""]


def _rows(pool: ReplayPool, kept: Runs) -> Iterator[tuple[str, ...]]:
    enough, best = found_by_chance(pool)
    yield CHANCE, "-", "mean" if pool.two else "exact mean", f"{enough:.0f}", f"{best:.0f}", "-", ""
    for batch in (1, 4):
        runs = {method: kept.of(pool, method, batch) for method in METHODS}
        shared = {run.seed for method in PEERS for run in runs[method]}
        told = [
            (method, runs[method], GOALS.get((pool.name, batch), "") if method == OURS else "") for method in METHODS
        ]
        alike = [run for run in runs[OURS] if run.seed in shared]
        if len(alike) < len(runs[OURS]):
            told.insert(1, ("ours, the seeds of the peers", alike, ""))
        yield from (_row(pool, name, batch, some, asked) for name, some, asked in told if some)


def _row(pool: ReplayPool, name: str, batch: int, runs: Sequence[Run], asked: str) -> tuple[str, ...]:
    told = np.array([found(pool, run) for run in runs])
    spans = (_spread(column, max(run.most for run in runs)) for column in told.T)
    seconds = f"{np.median([run.seconds_per_call for run in runs]):.2g}"
    return name, str(batch), str(len(runs)), *spans, seconds, asked


def _spread(values: Vector, most: int) -> str:
    """Median and quartiles; a replay that gave up after so many counts as more than all others."""
    if np.isnan(values).all():
        return "-"
    low, middle, high = (np.quantile(values, q, method="nearest") for q in (0.25, 0.5, 0.75))
    middle = np.median(values) if np.isfinite(values).all() else middle
    ends = [f"more than {most}" if np.isinf(value) else f"{value:g}" for value in (middle, low, high)]
    return ends[0] if len(values) == 1 else f"{ends[0]} ({ends[1]} to {ends[2]})"


def _of_series(pools: Sequence[ReplayPool], kept: Runs) -> list[str]:
    rows = []
    chance = [np.array([waiting_by_chance(pool, tie) for pool in pools]) for tie in (TIE, 1e-9)]
    rows.append((CHANCE, "exact mean", *(cell for one in chance for cell in (f"{one.mean():.3f}", "")), "-"))
    for method in METHODS:
        runs = {pool.name: kept.of(pool, method, 1) for pool in pools}
        if not all(runs.values()):
            continue
        cells = []
        for tie, by_chance in zip((TIE, 1e-9), chance, strict=True):
            each = np.array([np.mean([waiting(pool, run, tie) for run in runs[pool.name]]) for pool in pools])
            for values in (each, each - by_chance):
                low, high = metrics.bootstrap(values.tolist())
                cells.append(f"{values.mean():.3f} ({low:.2f} to {high:.2f})")
        seconds = np.median([run.seconds_per_call for told in runs.values() for run in told])
        rows.append((method, str(len(runs[pools[0].name])), *cells, f"{seconds:.2g}"))
    first = f"within {TIE} decades of the best"
    names = ["strategy", "seeds", first, "less chance", "the best itself", "less chance", "s a call"]
    return [
        f"## {len(pools)} series of 5 to 9 compositions, each from one paper",
        "",
        "The paper and the elements of a series are hidden from training, and nothing is measured at the start. "
        "Waiting: (k - 1) / (n - 1) when the k-th of n is what was looked for; mean over series with its "
        "bootstrapped 90 % interval, and the difference to chance on the same series with its own. Asked: at most "
        "0.35, the interval below chance.",
        "",
        _markdown(pd.DataFrame(rows, columns=names)),
        "",
    ]


def _markdown(table: pd.DataFrame) -> str:
    lines = ["| " + " | ".join(map(str, table.columns)) + " |", "|" + "---|" * len(table.columns)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in table.to_numpy())])


def figure(pool: ReplayPool, kept: Runs) -> str:
    """SVG of the share of the goal found against measurements, medians and quartiles as bands, batch 1 and 4."""
    parts = list[str]()
    for place, batch in enumerate((1, 4)):
        runs = {method: kept.of(pool, method, batch) for method in METHODS}
        longest = max([len(run.order) for told in runs.values() for run in told] or [10])
        across = (0.0, float(longest))
        panel = Panel(
            f"batch {batch}",
            "measurements",
            "share found",
            across,
            (0.0, 1.0),
            (64.0 + 470 * place, 40.0),
            (380.0, 260.0),
        )
        parts += panel.frame()
        drawn = []
        for method, colour in zip(METHODS, COLOURS, strict=True):
            if not runs[method]:
                continue
            x = np.arange(1.0, longest + 1)
            curves = np.array([_curve(pool, run, longest) for run in runs[method]])
            low, middle, high = np.quantile(curves, (0.25, 0.5, 0.75), axis=0)
            parts += _band(panel, x, low, high, colour) + panel.line(x, middle, colour)
            drawn.append((f"{method} ({len(curves)} seeds)", colour))
        parts += panel.legend(drawn)
    return picture(f"{pool.title}: share found after how many measurements", (960.0, 350.0), parts)


def _curve(pool: ReplayPool, run: Run, longest: int) -> Vector:
    shares = volumes(pool, run.order) if pool.two else np.cumsum(np.isin(run.order, pool.goal)) / len(pool.goal)
    return np.concatenate([shares, np.full(max(longest - len(shares), 0), shares[-1])])[:longest]


def _band(panel: Panel, x: Vector, low: Vector, high: Vector, colour: str) -> list[str]:
    edge = panel.at(np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]]))
    places = " ".join(f"{a:.1f},{b:.1f}" for a, b in edge)
    return [f'<polygon points="{places}" fill="{colour}" fill-opacity="0.15"/>']


def write(pools: Mapping[str, Sequence[ReplayPool]], kept: Runs, command: str, docs: Path) -> None:
    """Put the page and its figures into the folder of the documentation."""
    (docs / PAGE).write_text(page(pools, kept, command), encoding="utf-8")
    for kind, members in pools.items():
        if kind != SERIES:
            (docs / str(IMAGE).format(members[0].name)).write_text(figure(members[0], kept), encoding="utf-8")
