"""The replays as a page of the documentation: a table by pool, and how the regret falls from melt to melt."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...models.numerics import metrics
from ..plots.chart import COLOURS, Panel, picture
from ..task.acquisitions import ACQUISITIONS
from .pools import SERIES, ReplayPool
from .replay import CHANCE, GREEDY, OURS, WITH_PRIOR, Run, Runs, by, starts
from .scores import (
    ENOUGH,
    ENOUGH_OF_VOLUME,
    MELTS,
    ORDERS,
    STARTS,
    Score,
    beforehand,
    by_chance,
    paired,
    regrets,
    score,
    waiting,
    waiting_by_chance,
)
from .truth import SCATTER, trial

PAGE, IMAGE = Path("benchmarks/loop.md"), Path("images/loop-{}.svg")
PEERS = ("baybe", "botorch", "baybe" + WITH_PRIOR, "botorch" + WITH_PRIOR)
METHODS = (OURS, *map(by, ACQUISITIONS), GREEDY, *PEERS)  # of those that were replayed
SHOWN = (OURS, *PEERS[:2], PEERS[3])  # in the figures
UNTOUCHED = ("sodium", "two")  # pools on which nothing was ever chosen
Vector = npt.NDArray[np.float64]


def page(pools: Mapping[str, Sequence[ReplayPool]], kept: Runs, command: str) -> str:
    """Markdown of all replays."""
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    versions = sorted({f"{k} {v}" for run in kept.runs.values() for k, v in run.versions.items() if k in METHODS})
    decades, kelvin = SCATTER
    parts = [
        "# How soon a good composition is found",
        "",
        f"Written on {datetime.now(UTC):%Y-%m-%d} by `{command}` on {machine}"
        f"{'; ' + ', '.join(versions) if versions else ''}. Do not edit.",
        "",
        "Compositions with known values are hidden, and a strategy measures them one batch after the other. What is "
        f"recorded is itself a measurement: two papers on one composition differ by some {decades} decades. So each "
        f"seed draws a world: a truth that errs from the record by {decades} decades (Tg: {kelvin:g} K), and a "
        "measurement of each composition that errs from that truth by as much again. No strategy sees the truth, and "
        "nobody is rewarded for finding the highest of the recorded noise. **Regret** is what the best composition "
        "measured so far lacks of the best of all, in decades of the truth.",
        "",
        f"All strategies of a seed have the same world and the same {STARTS} compositions at the start, drawn by "
        "chance (none in a series), which count. So strategies are compared in pairs: *more than ours* is the mean "
        "difference over the seeds that both played, with its standard error; below zero is better than ours. Means "
        "have their standard error behind ±, medians the quartiles in brackets. A batch counts whole. "
        f"Chance is the mean of {ORDERS} orders a seed.",
        "",
        "Ours knows a predictor that saw neither the compositions of a pool nor their papers. `greedy` is ours without "
        "its uncertainties. The peers know what a user would give them, atomic fractions and plain ratios; with "
        f"`{WITH_PRIOR}` also what our predictor expects, as a column. Nothing was ever chosen on the sodium glasses "
        "and the pool of two properties; constants of the search were chosen on the others, with other seeds. "
        "Conductivities at 15 to 45 °C, the mean where a composition was measured more than once.",
        "",
    ]
    for kind, members in pools.items():
        parts += _of_series(members, kept) if kind == SERIES else _of_pool(members[0], kept)
    return "\n".join(parts) + "\n"


def _of_pool(pool: ReplayPool, kept: Runs) -> list[str]:
    unit = " of the hypervolume, %" if pool.two else ", decades"
    enough = f"{100 * (1 - ENOUGH_OF_VOLUME):.0f} % of the hypervolume" if pool.two else f"within {ENOUGH} decades"
    names = ["strategy", "batch", "seeds", *(f"regret{unit}, after {count}" for count in MELTS)]
    names += [f"after {MELTS[1]}, more than ours", f"melts to {enough}", "more than ours", "s a call"]
    title = pool.title[0].upper() + pool.title[1:]
    return [
        f"## {title} ({len(pool)} compositions)",
        "",
        ("Nothing was chosen on this pool. " if pool.name in UNTOUCHED else "") + beforehand(pool),
        "",
        _markdown(pd.DataFrame(list(_rows(pool, kept)), columns=names)),
        "",
        f"![regret after how many melts](../{str(IMAGE).format(pool.name)})",
        "",
    ]


def _rows(pool: ReplayPool, kept: Runs) -> Iterator[tuple[str, ...]]:
    scale = 100.0 if pool.two else 1.0
    ours = {batch: _scores(pool, kept.of(pool, OURS, batch)) for batch in (1, 4)}
    if ours[1]:
        luck = {seed: by_chance(trial(pool, seed), starts(pool, seed), seed) for seed in ours[1]}
        means = {seed: Score(np.mean([one.regret for one in each], axis=0), 0.0) for seed, each in luck.items()}
        melts = [one.melts for each in luck.values() for one in each]
        capped = {seed: float(np.mean([_capped(one.melts) for one in each])) for seed, each in luck.items()}
        yield CHANCE, "-", str(len(luck)), *_cells(means, capped, melts, ours[1], scale), "-"
    for batch in (1, 4):
        for method in METHODS:
            runs = kept.of(pool, method, batch)
            if not runs:
                continue
            found = _scores(pool, runs)
            capped, melts = (
                {seed: _capped(one.melts) for seed, one in found.items()},
                [one.melts for one in found.values()],
            )
            seconds = f"{np.median([run.seconds_per_call for run in runs]):.2g}"
            others = {} if method == OURS else ours[batch]
            yield method, str(batch), str(len(runs)), *_cells(found, capped, melts, others, scale), seconds


def _scores(pool: ReplayPool, runs: Sequence[Run]) -> dict[int, Score]:
    return {run.seed: score(trial(pool, run.seed), run.order, run.batch) for run in runs}


def _capped(melts: float) -> float:
    """Melts for a mean: a replay that never found enough counts as one more than it had."""
    return min(melts, MELTS[-1] + 1.0)


def _cells(
    found: Mapping[int, Score],
    capped: Mapping[int, float],
    melts: Sequence[float],
    ours: Mapping[int, Score],
    scale: float,
) -> list[str]:
    """Regrets, melts and their differences to ours, of one strategy."""
    regret = scale * np.array([one.regret for one in found.values()])
    cells = [_mean(column) for column in regret.T]
    shared = [seed for seed in found if seed in ours]
    if not shared:
        return [*cells, "", _spread(np.array(melts)), ""]
    apart = [scale * found[seed].regret[1] for seed in shared], [scale * ours[seed].regret[1] for seed in shared]
    later = [capped[seed] for seed in shared], [_capped(ours[seed].melts) for seed in shared]
    return [*cells, _signed(*paired(*apart)), _spread(np.array(melts)), _signed(*paired(*later))]


def _mean(values: Vector) -> str:
    error = f" ± {values.std(ddof=1) / np.sqrt(len(values)):.2g}" if len(values) > 1 else ""
    return f"{values.mean():.2f}{error}"


def _signed(difference: float, error: float) -> str:
    return f"{difference:+.2f}" + (f" ± {error:.2g}" if np.isfinite(error) else "")


def _spread(values: Vector) -> str:
    """Median and quartiles; a replay that never found enough counts as more than all others."""
    low, middle, high = (np.quantile(values, q, method="nearest") for q in (0.25, 0.5, 0.75))
    ends = [f"more than {MELTS[-1]}" if np.isinf(value) else f"{value:g}" for value in (middle, low, high)]
    return ends[0] if len(values) == 1 else f"{ends[0]} ({ends[1]} to {ends[2]})"


def _of_series(pools: Sequence[ReplayPool], kept: Runs) -> list[str]:
    rows, lucky = [], dict[tuple[str, int], float]()
    for method in METHODS:
        runs = {pool.name: kept.of(pool, method, 1) for pool in pools}
        if not all(runs.values()):
            continue
        waits, less = [], []
        for pool in pools:
            worlds = {run.seed: trial(pool, run.seed) for run in runs[pool.name]}
            lucky |= {(pool.name, seed): waiting_by_chance(world) for seed, world in worlds.items()}
            each = [waiting(worlds[run.seed], run.order) for run in runs[pool.name]]
            waits.append(float(np.mean(each)))
            less.append(waits[-1] - float(np.mean([lucky[pool.name, seed] for seed in worlds])))
        seconds = np.median([run.seconds_per_call for told in runs.values() for run in told])
        cells = (_interval(waits), _interval(less), f"{seconds:.2g}")
        rows.append((method, str(len(runs[pools[0].name])), *cells))
    if lucky:
        rows.insert(0, (CHANCE, "exact mean", f"{np.mean([*lucky.values()]):.3f}", "", "-"))
    return [
        f"## {len(pools)} series of 5 to 9 compositions, each from one paper",
        "",
        "The paper and the elements of a series are hidden from training, and nothing is measured at the start. "
        f"Waiting: (k - 1) / (n - 1) when the k-th of n is within {ENOUGH} decades of the best of the truth; mean over "
        "series, each the mean of its seeds, with its bootstrapped 90 % interval, and the difference to chance in the "
        "same worlds with its own.",
        "",
        _markdown(pd.DataFrame(rows, columns=["strategy", "seeds", "waiting", "less chance", "s a call"])),
        "",
    ]


def _interval(values: Sequence[float]) -> str:
    low, high = metrics.bootstrap(list(values))
    return f"{np.mean(values):.3f} ({low:.2f} to {high:.2f})"


def _markdown(table: pd.DataFrame) -> str:
    lines = ["| " + " | ".join(map(str, table.columns)) + " |", "|" + "---|" * len(table.columns)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in table.to_numpy())])


def figure(pool: ReplayPool, kept: Runs) -> str:
    """SVG of the mean regret against measurements, standard errors as bands, batch 1 and 4."""
    parts, most = list[str](), MELTS[-1]
    for place, batch in enumerate((1, 4)):
        curves = {}
        for method in SHOWN:
            if runs := kept.of(pool, method, batch):
                curves[method] = np.array([regrets(trial(pool, run.seed), run.order)[:most] for run in runs])
        highest = max([float(one.mean(axis=0)[: STARTS + 1].max()) for one in curves.values()] or [1.0])
        across, up = (0.0, float(most)), (0.0, 1.1 * highest)
        unit = "share of the hypervolume" if pool.two else "decades"
        corner = (64.0 + 470 * place, 40.0)
        panel = Panel(f"batch {batch}", "measurements", f"regret, {unit}", across, up, corner, (380.0, 260.0))
        parts += panel.frame()
        drawn = []
        for method, colour in zip(SHOWN, COLOURS, strict=True):
            if method in curves:
                each = curves[method]
                x, middle = np.arange(1.0, each.shape[1] + 1), each.mean(axis=0)
                error = each.std(axis=0) / np.sqrt(len(each))
                low, high = np.clip([middle - error, middle + error], *up)
                parts += _band(panel, x, low, high, colour) + panel.line(x, np.minimum(middle, up[1]), colour)
                drawn.append((f"{method} ({len(each)} seeds)", colour))
        free = replace(panel, place=(corner[0] + 210.0, corner[1]))  # regret falls: the upper right is empty
        parts += free.legend(drawn)
    return picture(f"{pool.title}: regret after how many measurements", (960.0, 350.0), parts)


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
