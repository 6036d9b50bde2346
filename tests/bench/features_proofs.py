"""The figures of the chemistry front door: ``python tests/bench/features_proofs.py [--full] [--write FILE] [NAME]``.

Every proof runs in a process of its own, so that its peak memory is its own, and compares within one run. The bounded
form (`make bench`) takes under three minutes; the full form (`make prove`) some fifteen, most of it in matminer and in
the fuzz. `--write` keeps the figures in a Markdown page.
"""

import argparse
import json
import os
import platform
import random
import resource
import subprocess
import sys
import time
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from odd_strings import near_formulas, random_strings
from vitrion.features import Composition, Featurizer, FormulaError, Fractions, Template
from vitrion.features.descriptors.glass import glass
from vitrion.features.descriptors.magpie import magpie
from vitrion.features.elements import SYMBOLS

IONIC = [c for c, s in enumerate(SYMBOLS[:98]) if s not in {"He", "Ne", "Ar", "Kr", "Xe", "Rn", "At"}]
BOUNDED = {"formulas": 10_000, "matminer": 3_000, "strings": 30_000, "texts": 100_000, "largest": 1_000_000}
FULL = {"formulas": 100_000, "matminer": 100_000, "strings": 200_000, "texts": 300_000, "largest": 10_000_000}
FUZZ = Path("tests/features/test_fuzz.py")


def random_amounts(count, seed, most=7, columns=tuple(range(len(SYMBOLS)))):
    """Whole amounts of random elements, shape (count, 103)."""
    rng = np.random.default_rng(seed)
    amounts = np.zeros((count, len(SYMBOLS)))
    for row in amounts:
        chosen = rng.choice(list(columns), rng.integers(2, most + 1), replace=False)
        row[chosen] = rng.integers(1, 9, chosen.size)
    return amounts


def families(count, seed=1):
    """Formulas as a screen has them: a mobile ion, one or two metals, halide and oxygen."""
    rng = random.Random(seed)
    metals = ["Al", "Ga", "Zr", "Hf", "Ta", "Nb", "Y", "In", "La"]
    for _ in range(count):
        first, second = rng.sample(metals, 2)
        text = rng.choice(["Li", "Na", "Ag"]) + rng.choice(["", "2", "1.6", "0.5"]) + first
        if rng.random() < 0.4:
            text += f"{second}0.{rng.randrange(1, 99)}"
        oxygen = rng.randrange(1, 150) / 100
        yield f"{text}Cl{5.5 - 2 * oxygen:g}O{oxygen:g}"


def best(call, times=3, clock=time.perf_counter):
    """Shortest of some runs, in s."""
    shortest = np.inf
    for _ in range(times):
        start = clock()
        call()
        shortest = min(shortest, clock() - start)
    return shortest


def speed(call, count):
    """Rows a second by the clock, with all cores, and a second of processor time, best of seven."""
    return count / best(call, 7), count / best(call, 7, time.process_time)


def peak():
    """Peak memory of this process, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def parsing(size):
    """Formulas a second of processor time: a column of strings, the careful parser, pymatgen; each string once."""
    from pymatgen.core import Composition as Theirs

    texts = list(dict.fromkeys(families(size["texts"])))
    Fractions.of(texts[:10]), Theirs("LiCl")
    ours = len(texts) / best(lambda: Fractions.of(texts), clock=time.process_time)
    some = list(dict.fromkeys(families(20_000, seed=7)))
    careful = len(some) / best(lambda: [Composition.parse(text) for text in some], 1, time.process_time)
    theirs = len(some) / best(lambda: [Theirs(text) for text in some], 1, time.process_time)
    yield f"formulas a second and core, a column of {len(texts):,} strings", f"{ours:,.0f}", "100,000"
    yield "ratio to pymatgen", f"{ours / theirs:.1f} (pymatgen {theirs:,.0f}/s)", ""
    yield "formulas a second and core, one by one", f"{careful:,.0f}", ""


def latency(size):
    """Processor time for any string up to 256 characters: random ones and near formulas in turn."""
    kinds = {"random strings": random_strings, "near formulas": near_formulas}
    times = {name: list[float]() for name in kinds}
    for texts in zip(*(strings(size["strings"] // 2) for strings in kinds.values()), strict=True):
        for name, text in zip(kinds, texts, strict=True):
            start = time.thread_time()
            with suppress(FormulaError):
                Composition.parse(text)
            times[name].append(time.thread_time() - start)
    for name, some in times.items():
        p50, p99, p999, most = np.percentile(some, [50, 99, 99.9, 100]) * 1e3
        shown = f"{p999:.2f} ms (p50 {p50:.3f}, p99 {p99:.2f}, longest {most:.2f})"
        yield f"p99.9 of a string up to 256 characters, of {len(some):,} {name}", shown, "at most 2 ms"


def pymatgen(size):
    """Agreement with pymatgen on well-formed formulas."""
    from pymatgen.core import Composition as Theirs

    rng = random.Random(9)
    largest, refused = 0.0, 0
    for _ in range(size["formulas"]):
        parts = [
            f"{s}{rng.choice(['', rng.randint(2, 30), f'{rng.random() * 3 + 0.001:.3f}'])}"
            for s in rng.sample(SYMBOLS[:98], rng.randint(1, 7))
        ]
        text = "".join(parts)
        if len(parts) > 3 and rng.random() < 0.5:
            text = f"{parts[0]}({''.join(parts[1:3])}){rng.randint(2, 9)}{''.join(parts[3:])}"
        try:
            ours = Composition.parse(text)
        except FormulaError:
            refused += 1
            continue
        theirs = Theirs(text)
        assert {str(e) for e in theirs} == set(ours.elements), text
        largest = max(largest, *(abs(theirs.get_atomic_fraction(e) - ours.fraction(str(e))) for e in theirs))
    assert largest < 1e-12
    count = f"{size['formulas'] - refused:,} formulas ({refused} more read two ways and are refused)"
    yield f"largest difference to pymatgen, {count}", f"{largest:.1e}", "1e-12"


def matminer(size):
    """Equality with matminer's preset "magpie", and the ratio of the rates."""
    warnings.simplefilter("ignore")
    from matminer.featurizers.composition import ElementProperty
    from pymatgen.core import Composition as Theirs

    count = size["matminer"]
    amounts = random_amounts(count, seed=4)
    featurizer = ElementProperty.from_preset("magpie")
    made = [Theirs({SYMBOLS[c]: row[c] for c in np.flatnonzero(row)}) for row in amounts]
    start = time.perf_counter()
    theirs = np.array([featurizer.featurize(one) for one in made])
    slow = count / (time.perf_counter() - start)
    largest = np.abs(magpie(Fractions.from_matrix(amounts)) - theirs).max()
    many = Fractions.from_matrix(np.tile(amounts[:1_000], (200, 1)))
    fast, core = speed(lambda: magpie(many), len(many))
    assert largest < 1e-9
    yield f"largest difference to matminer, {count:,} formulas", f"{largest:.1e}", "1e-9"
    yield "Magpie statistics a second", f"{fast:,.0f} ({core:,.0f} a core)", "500,000 (1,000,000)"
    yield "ratio to matminer", f"{fast / slow:,.0f} (matminer {slow:,.0f}/s)", "300"


def rates(size):
    """Compositions a second for glass descriptors and all blocks: elements at random, and a family."""
    batch = Fractions.from_matrix(np.tile(random_amounts(4_000, 2, columns=IONIC), (50, 1)))
    family = Fractions.of(list(families(50_000)))
    for name, some in (("elements at random", batch), ("oxychlorides", family)):
        for what, call in (("glass descriptors", glass), ("all descriptors", Featurizer().transform)):
            rate, core = speed(lambda call=call, some=some: call(some), len(some))
            asked = "150,000" if what.startswith("all") else ""
            yield f"{what} a second, {name}", f"{rate:,.0f} ({core:,.0f} a core)", asked


def linear(size):
    """Time a composition and peak memory from 10^4 members on: enumerated, all descriptors, streamed in blocks."""
    Featurizer().transform(["LiAlCl4"])
    each = []
    for count in (10_000, 100_000, 1_000_000, 10_000_000):
        if count > size["largest"]:
            break
        steps = np.arange(count // 100) / (count // 100)
        grid = Template.parse("Li{1-y}Na{y}AlCl{4-2x}O{x}").grid(x="0:1.98:0.02", y=steps)
        passed = best(lambda grid=grid: _streamed(grid), 3 if count < 1_000_000 else 1)
        each.append(passed / count * 1e6)
        yield f"{count:,} members, all descriptors", f"{each[-1]:.2f} µs each, peak {peak():.2f} GB", ""
    yield "longest over shortest time a member", f"{max(each) / min(each):.2f}", "linear"


def _streamed(grid):
    rows = sum(len(Featurizer().transform(block.fractions)) for block in grid.blocks(neutral=False))
    assert rows == grid.size


def million(size):
    """A space of a million members: enumerated, filtered for neutrality, all descriptors."""
    start = time.perf_counter()
    grid = Template.parse("Li{1-y}Na{y}Al{1-z}Ga{z}Cl{4-2x}O{x}").grid(
        x="0:1.98:0.02", y="0:0.99:0.01", z="0:0.99:0.01"
    )
    rows = sum(len(Featurizer().transform(block.fractions)) for block in grid.blocks())
    passed = time.perf_counter() - start
    assert rows == grid.size == 1_000_000
    yield "a million members, neutral ones, all descriptors", f"{passed:.1f} s, peak {peak():.2f} GB", "15 s, 1.5 GB"


def fuzz(size):
    """Made-up strings: each reads or is refused, none hangs or crashes (the test of the suite, at another size)."""
    count = size["fuzz"]
    start = time.perf_counter()
    run = [sys.executable, "-m", "pytest", "-q", str(FUZZ)]
    subprocess.run(run, env=os.environ | {"VITRION_FUZZ": str(count)}, check=True, stdout=sys.stderr)
    yield f"{count:,} made-up strings", f"each read or was refused, {time.perf_counter() - start:,.0f} s", "no crash"


PROOFS = {f.__name__: f for f in (parsing, latency, pymatgen, matminer, rates, linear, million, fuzz)}


def page(rows, command, seconds, busy):
    """The figures as Markdown, with date, machine and command of the last run."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pymatgen", "matminer"))
    lines = [
        "# Speed and agreement of the chemistry front door",
        "",
        f"Last run with `{command}` in {seconds / 60:.0f} minutes: {os.cpu_count()} "
        f"cores ({platform.machine()}; {busy}), Python {platform.python_version()}, {packages}.",
        "Written by that command, each proof as soon as it is done; do not edit.",
        "",
        "| proof | what | measured | asked | on |",
        "|---|---|---|---|---|",
        *(row for name in PROOFS for row in rows.get(name, ())),
    ]
    return "\n".join(lines) + "\n"


def kept(path):
    """Rows that a page holds, by proof."""
    rows = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        name = line.split("|")[1].strip() if line.startswith("|") else ""
        if name in PROOFS:
            rows.setdefault(name, []).append(line)
    return rows


def main():
    """Run the proofs named, each in its own process, print their figures and keep them if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*PROOFS, []], help="proofs to run; all without one")
    parser.add_argument("--full", action="store_true", help="the full sizes, and the fuzz")
    parser.add_argument("--fuzz", type=int, default=10_000_000, help="strings of the fuzz")
    parser.add_argument("--write", type=Path, help="Markdown file to keep the figures in")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        size = (FULL if chosen.full else BOUNDED) | {"fuzz": chosen.fuzz}
        print(json.dumps([figure for name in chosen.names for figure in PROOFS[name](size)]))
        return
    start, busy = time.perf_counter(), f"load {os.getloadavg()[1]:.1f} from other work at the start"
    options = [*(["--full"] if chosen.full else []), "--fuzz", str(chosen.fuzz), "--child"]
    command = " ".join(["python", "tests/bench/features_proofs.py", *sys.argv[1:]])
    for name in chosen.names or [name for name in PROOFS if name != "fuzz" or chosen.full]:
        done = subprocess.run([sys.executable, __file__, name, *options], stdout=subprocess.PIPE, text=True, check=True)
        figures = json.loads(done.stdout.splitlines()[-1])
        for what, value, asked in figures:
            print(f"{name}: {what}: {value}" + (f" [asked: {asked}]" if asked else ""), flush=True)
        if chosen.write:
            chosen.write.parent.mkdir(parents=True, exist_ok=True)
            today = f"{datetime.now(UTC):%Y-%m-%d}"
            fresh = [f"| {name} | {what} | {value} | {asked} | {today} |" for what, value, asked in figures]
            rows = kept(chosen.write) | {name: fresh}
            chosen.write.write_text(page(rows, command, time.perf_counter() - start, busy), encoding="utf-8")


if __name__ == "__main__":
    main()
