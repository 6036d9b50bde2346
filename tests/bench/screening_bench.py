"""What a screening costs: profile, ratios, time and memory by size, Dask, kills.

``make bench-screen``, or some parts of it: ``python tests/bench/screening_bench.py profile ratios --rows 100000``.
Needs trained models in VITRION_HOME. What is compared is measured in one run, in turns.
"""

import argparse
import contextlib
import io
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from vitrion.experiments.registry.loading import load
from vitrion.experiments.screening import executors as crews
from vitrion.experiments.screening import streams
from vitrion.experiments.screening.pruning import CHUNK
from vitrion.experiments.screening.screen import screen
from vitrion.features.featurizer import Featurizer
from vitrion.features.fractions import Fractions
from vitrion.models.numerics.threads import one_thread

FAMILY = "Li{1-y}Na{y}Al{1-z}Ga{z}Cl{4-2x}O{x}"
SIZES = {10**5: (200, 25, 20), 10**6: (200, 100, 50), 10**7: (200, 250, 200)}
FORMERS = (("Al", 3), ("Ga", 3), ("Zr", 4), ("Ta", 5), ("Nb", 5), ("Hf", 4), ("Y", 3), ("In", 3), ("La", 3), ("Si", 4))
USUAL = 300  # candidates that the usual way gets; it takes milliseconds for each


def formulas(n, seed=0):
    """Oxychlorides of Li or Na and one or two metals, neutral, as a user's program writes them."""
    draw = np.random.default_rng(seed)
    texts = []
    for _ in range(n):
        mobile, share = round(draw.uniform(0.1, 3.0), 2), round(draw.uniform(0.05, 0.95), 2)
        (a, za), (b, zb) = (FORMERS[place] for place in draw.choice(len(FORMERS), 2, replace=False))
        charge = mobile + share * za + (1 - share) * zb
        oxygen = round(draw.uniform(0.01, 0.45) * charge, 2)
        head = f"{('Li', 'Na')[draw.integers(2)]}{mobile:g}{a}{share:g}{b}{1 - share:.2g}"
        texts.append(f"{head}Cl{charge - 2 * oxygen:.4g}O{oxygen:g}")
    return texts


def axes(n):
    """Ranges that make a family of n points."""
    x, y, z = SIZES[n]
    return {"x": np.linspace(0.005, 1.995, x), "y": np.linspace(0, 1, y), "z": np.linspace(0, 1, z)}


def best(work, times=5):
    """Shortest time of some runs, in s."""
    told = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        told.append(time.perf_counter() - began)
    return min(told)


def profile(room, rows, predictors):
    """Microseconds that each step takes of one candidate, on one thread."""
    texts = formulas(CHUNK)
    fractions = Fractions.of(texts)
    steps = {"parse": best(lambda: Fractions.read(texts))}
    steps["descriptors"] = best(lambda: Featurizer(("fractions", "glass")).transform(Fractions(fractions.matrix)))
    with one_thread():
        for name, predictor in predictors.items():
            X = predictor._inputs(fractions, None)
            regressor, layout = predictor.regressor_, predictor._layout()
            singles, idle, views = X.astype(np.float32), layout.kinds(X)[0][1], layout.views(X)
            trees = best(lambda c=regressor.committee_, s=singles: c.trees_.predict(s))
            votes = best(lambda c=regressor.committee_, X=X, idle=idle: c.votes(X, idle))
            steps[f"{name}: trees"], steps[f"{name}: networks"] = trees, votes - trees
            process = regressor.process_
            if process is not None:
                steps[f"{name}: process"] = best(lambda p=process, v=views, idle=idle: p.predict(v, None, idle))
            glass = X[:, layout.glass]
            steps[f"{name}: nearest"] = best(lambda p=predictor, g=glass: p.domain_.nearest(g))
            clues = np.column_stack(
                [X[:, layout.local], predictor.domain_.nearest(glass)[0], regressor.answer(X).clues]
            )
            steps[f"{name}: difficulty"] = best(lambda p=predictor, c=clues: p.difficulty_.predict(c))
            told = predictor.predict(fractions)
            steps[f"{name}: intervals, chance"] = best(lambda t=told: (t._ends(0.9), t.probability(above=1e-3)))
    each = {name: 1e6 * seconds / CHUNK for name, seconds in steps.items()}
    total = sum(each.values())
    lines = [f"| {name} | {us:.2f} | {100 * us / total:.0f} % |" for name, us in each.items()]
    head = ["| step | µs a candidate, one thread | share |", "|---|---|---|"]
    return [
        *head,
        *lines,
        f"| together | {total:.1f} | 100 % |",
        "",
        f"Two threads could do {2e6 / total:,.0f} a second.",
    ]


def ratios(room, rows, predictors):
    """Against matminer with a forest, and against a copy of the descriptors, in one run."""
    from matminer.featurizers.base import MultipleFeaturizer
    from matminer.featurizers.composition import ElementProperty, Stoichiometry, ValenceOrbital
    from pymatgen.core import Composition
    from sklearn.ensemble import RandomForestRegressor

    path = room / "list.parquet"
    texts = formulas(rows)
    pq.write_table(pa.table({"formula": texts}), path)
    featurizer = MultipleFeaturizer([ElementProperty.from_preset("magpie"), Stoichiometry(), ValenceOrbital()])
    featurizer.set_n_jobs(1)

    def described(some):
        table = pd.DataFrame({"composition": [Composition(text) for text in some]})
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            done = featurizer.featurize_dataframe(table, "composition", pbar=False, ignore_errors=True)
        return done.drop(columns="composition").fillna(0).to_numpy(float)

    X = described(texts[:USUAL])
    draw = np.random.default_rng(0)
    forests = [RandomForestRegressor(100, n_jobs=2, random_state=0).fit(X, draw.normal(size=len(X))) for _ in range(2)]

    def usual():
        inputs = described(texts[:USUAL])
        for forest in forests:
            np.std([tree.predict(inputs) for tree in forest.estimators_], axis=0)

    features = Featurizer(("fractions", "glass")).transform(Fractions.of(texts[:CHUNK]))
    screen(path, 10, predictors=predictors)  # warm
    slow = best(usual, 2) / USUAL
    top = best(lambda: screen(path, 1000, predictors=predictors), 2) / rows
    whole = best(lambda: screen(path, 1000, predictors=predictors, out=room / "o.parquet", everything=True), 2) / rows
    copy = best(features.copy, 20) / CHUNK
    return [
        f"{rows:,} formulas from Parquet, models loaded; both properties, intervals, verdict and chance.",
        "",
        "| | candidates a second | against the usual way | against a copy of the descriptors |",
        "|---|---|---|---|",
        f"| the best 1,000 | {1 / top:,.0f} | {slow / top:,.0f} times faster | {top / copy:,.0f} times slower |",
        f"| and everything written | {1 / whole:,.0f} | {slow / whole:,.0f} times faster | "
        f"{whole / copy:,.0f} times slower |",
        f"| the usual way | {1 / slow:,.0f} | 1 | |",
        "",
        "The usual way: matminer's `featurize_dataframe` (Magpie, stoichiometry, valence), two forests of 100 trees.",
    ]


def sizes(room, rows, predictors):
    """Time and peak memory of families of growing size, each in a process of its own."""
    lines = ["| members of a family | s | µs each | peak memory, MB |", "|---|---|---|---|"]
    for n in [size for size in SIZES if size <= rows]:
        told = subprocess.run(
            [sys.executable, __file__, "one", "--rows", str(n)], capture_output=True, text=True, check=True
        )
        seconds, peak = json.loads(told.stdout.splitlines()[-1])
        lines.append(f"| {n:,} | {seconds:.1f} | {1e6 * seconds / n:.2f} | {peak:,.0f} |")
    return [*lines, "", "Models are loaded before the clock starts; memory is that of the whole process."]


def one(rows):
    """Screen one family, and print its time and the peak memory of the process."""
    predictors = load()
    screen(FAMILY, 10, predictors=predictors, x="0:1:0.1", y="0", z="0")
    began = time.perf_counter()
    found = screen(FAMILY, 1000, predictors=predictors, **axes(rows))
    seconds = time.perf_counter() - began
    assert found.attrs["candidates"] == rows
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def cluster(room, rows, predictors):
    """Two processes of one thread each against one, and one killed in the middle."""
    from distributed import Client, LocalCluster

    path = room / "dask.parquet"
    pq.write_table(pa.table({"formula": formulas(rows, 1)}), path)
    whole, seconds, lines = screen(path, 1000, predictors=predictors), {}, []
    for workers in (1, 2):
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=50) as made,
            Client(made) as client,
        ):
            screen(path, 1000, scheduler=client)  # models there, everything imported
            took = []
            for _ in range(2):
                began = time.perf_counter()
                found = screen(path, 1000, scheduler=client)
                took.append(time.perf_counter() - began)
            pd.testing.assert_frame_equal(found, whole, check_exact=True)
            seconds[workers] = min(took)
            if workers == 2:
                numbers, killed = list(client.run(os.getpid).values()), []

                def tell(text, killed=killed, numbers=numbers):
                    if not killed and "%" in text:
                        os.kill(numbers[0], signal.SIGKILL)
                        killed.append(text)

                began = time.perf_counter()
                found = screen(path, 1000, scheduler=client, progress=tell)
                pd.testing.assert_frame_equal(found, whole, check_exact=True)
                lines.append(
                    f"One of two workers killed at {killed[0]}: done after {time.perf_counter() - began:.1f} s, "
                    "the same answer to the last bit."
                )
    first = f"{rows:,} formulas: one worker {seconds[1]:.1f} s, two workers {seconds[2]:.1f} s, "
    return [
        first + f"{seconds[1] / seconds[2]:.2f} times faster; the answers are those of threads, to the last bit.",
        *lines,
    ]


def kills(room, rows, predictors, times=30):
    """A screening killed at a random moment and taken up again, many times."""
    path = room / "kills.parquet"
    pq.write_table(pa.table({"formula": formulas(rows, 2)}), path)
    began = time.perf_counter()
    whole = screen(path, 1000, predictors=predictors)
    usual, draw, diary = time.perf_counter() - began, random.Random(0), room / "diary"
    screened, most, early = crews.screened, 0, 0

    def noted(block, *told):
        found = screened(block, *told)
        with diary.open("a") as lines:
            lines.write(f"{block.number}\n")
        return found

    crews.screened = noted
    for trial in range(times):
        out = room / f"killed-{trial}.parquet"
        diary.write_text("")
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                screen(path, 1000, predictors=predictors, out=out)
            os._exit(0)
        time.sleep(draw.uniform(0.05, usual))
        os.kill(child, signal.SIGKILL)
        ended = os.waitpid(child, 0)[1] == 0
        early += ended
        found = screen(path, 1000, predictors=predictors, out=out)
        pd.testing.assert_frame_equal(found, whole, check_exact=True)
        done = Counter(diary.read_text().split())
        blocks = -(-rows // streams.BLOCK)
        assert ended or len(done) == blocks
        most = max(most, *done.values())
    crews.screened = screened
    return [
        f"{times} screenings of {rows:,} formulas in {blocks} blocks, each killed (SIGKILL) at a random moment and",
        f"taken up: {times} times the same answer to the last bit; no block was done more than {most} times",
        f"({early} were done before the kill).",
    ]


PARTS = {"profile": profile, "ratios": ratios, "sizes": sizes, "cluster": cluster, "kills": kills}
TITLES = {
    "profile": "Where the time goes",
    "ratios": "How fast",
    "sizes": "Time and memory by size",
    "cluster": "Dask",
    "kills": "Killed and taken up",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    parser.add_argument("--rows", type=int, default=10**6, help="formulas, and the largest family")
    parser.add_argument("--family", type=int, default=0, help="largest family; by default as many as rows")
    parser.add_argument("--times", type=int, default=30, help="kills")
    parser.add_argument("--write", type=Path)
    told = parser.parse_args()
    if told.parts == ["one"]:
        one(told.rows)
        return
    predictors = load()
    lines = []
    with tempfile.TemporaryDirectory() as room:
        for name in told.parts:
            rows = {"sizes": told.family or told.rows, "kills": told.rows // 10}.get(name, told.rows)
            more = {"times": told.times} if name == "kills" else {}
            lines += ["", f"## {TITLES[name]}", "", *PARTS[name](Path(room), max(rows, 20_000), predictors, **more)]
            print("\n".join(lines[-12:]), flush=True)
    load_now = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    stamp = f"Measured on {datetime.now(UTC):%Y-%m-%d} with {os.cpu_count()} cores, load of the machine {load_now}, by"
    command = f"`python tests/bench/screening_bench.py {' '.join(sys.argv[1:])}`"
    if told.write:
        text = f"# How fast a screening is\n\n{stamp} {command}.\n" + "\n".join(lines) + "\n" + EXPLAINED
        told.write.write_text(text, encoding="utf-8")


EXPLAINED = """
## What bounds it

- The Gaussian process of Tg: covariances with 700 glasses, seen three ways, and a product with a triangle of 700 by 700
  for each candidate. It runs in single precision in panels of 256 columns, half of it in the matrix library.
- The networks: three for each property, some 70,000 multiplications each.
- The trees and the nearest measured glass wait for memory. Candidates of a chunk stand in the order of their elements,
  so that neighbours take the same branches.
- What is not needed of all is asked of few: analogues, cost, notes and the front are made for the rows that are kept;
  Tg is asked only of candidates whose conductivity alone leaves them a chance to be among the best. That is exact: a
  product of chances is never above one of them.
"""

if __name__ == "__main__":
    main()
