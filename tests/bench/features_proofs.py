"""The long proofs of the chemistry front door, one a name: ``python tests/bench/features_proofs.py [NAME ...]``.

Names: matminer, pymatgen, latency, column, rates, linear, million. Without a name all run (some ten minutes, most of
them in matminer). The figures go to standard output.
"""

import random
import resource
import sys
import time
import warnings
from contextlib import suppress

import numpy as np
from vitrion.features import Composition, Featurizer, FormulaError, Fractions, Template
from vitrion.features.elements import SYMBOLS
from vitrion.features.glass import glass
from vitrion.features.statistics import magpie

IONIC = [c for c, s in enumerate(SYMBOLS[:98]) if s not in {"He", "Ne", "Ar", "Kr", "Xe", "Rn", "At"}]
ALL = list(range(len(SYMBOLS)))


def random_amounts(count, seed, most=7, columns=ALL):
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


def matminer(count=100_000):
    """Equality with matminer's preset "magpie", and the ratio of the rates."""
    warnings.simplefilter("ignore")
    from matminer.featurizers.composition import ElementProperty
    from pymatgen.core import Composition as Theirs

    amounts = random_amounts(count, seed=4)
    featurizer = ElementProperty.from_preset("magpie")
    made = [Theirs({SYMBOLS[c]: row[c] for c in np.flatnonzero(row)}) for row in amounts]
    start = time.perf_counter()
    theirs = np.array([featurizer.featurize(one) for one in made])
    slow = count / (time.perf_counter() - start)
    batch = Fractions.from_matrix(amounts)
    largest = np.abs(magpie(batch) - theirs).max()
    fast = count / best(lambda: magpie(batch))
    print(f"matminer: largest difference {largest:.1e} on {count} formulas")
    print(f"matminer: {fast:,.0f}/s against {slow:,.0f}/s: x{fast / slow:,.0f}")
    assert largest < 1e-9


def pymatgen(count=100_000):
    """Agreement with pymatgen on well-formed formulas."""
    from pymatgen.core import Composition as Theirs

    rng = random.Random(9)
    largest, refused = 0.0, 0
    for _ in range(count):
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
    print(f"pymatgen: largest difference {largest:.1e} on {count - refused} formulas ({refused} read two ways)")
    assert largest < 1e-12


def latency(count=200_000):
    """Processor time for any string up to 256 characters, in ms."""
    rng = random.Random(3)
    pieces = [*SYMBOLS, *"0123456789" * 3, ".", "0.5", "1.5", "2.5", "(", ")", "-", "·", " ", "x", "l", "₂", "é"]
    kinds = (
        pieces,
        [*SYMBOLS, "1.5", "2"],
        ["(", ")", "Li", "2"],
        ["c", "o", "s", "i", "n"],
        ["C", "O", "S", "I"],
        [*SYMBOLS],
    )
    times = []
    for number in range(count):
        text = "".join(rng.choices(kinds[number % len(kinds)], k=rng.randrange(1, 256)))[:256]
        start = time.thread_time()
        with suppress(FormulaError):
            Composition.parse(text)
        times.append(time.thread_time() - start)
    p50, p99, p999, most = np.percentile(times, [50, 99, 99.9, 100]) * 1e3
    print(f"latency: p50 {p50:.3f} ms, p99 {p99:.3f} ms, p99.9 {p999:.3f} ms, longest {most:.2f} ms on {count} strings")


def column(count=300_000):
    """Formulas a second of processor time: a column of strings, the careful parser, pymatgen."""
    from pymatgen.core import Composition as Theirs

    texts = list(families(count))
    fast = count / best(lambda: Fractions.of(texts), clock=time.process_time)
    careful = 20_000 / best(lambda: [Composition.parse(text) for text in texts[:20_000]], clock=time.process_time)
    theirs = 5_000 / best(lambda: [Theirs(text) for text in texts[:5_000]], clock=time.process_time)
    print(
        f"column: {fast:,.0f} formulas/s, one by one {careful:,.0f}/s, pymatgen {theirs:,.0f}/s: x{fast / theirs:.0f}"
    )


def rates(count=200_000):
    """Compositions a second for statistics, glass descriptors and all blocks, elements at random."""
    batch = Fractions.from_matrix(np.tile(random_amounts(4_000, 2, columns=IONIC), (count // 4_000, 1)))
    for name, call in (("magpie", magpie), ("glass", glass), ("all", Featurizer().transform)):
        print(f"rates: {name} {count / best(lambda call=call: call(batch), 5):,.0f}/s")


def linear():
    """Time a composition and peak memory from 10^4 to 10^7 members, streamed in blocks."""
    magpie(Fractions.of(["LiAlCl4"]))
    for count in (10_000, 100_000, 1_000_000, 10_000_000):
        steps = count // 100 - 1
        grid = Template.parse("Li{1-y}Na{y}AlCl{4-2x}O{x}").grid(x="0:1.98:0.02", y=np.arange(steps + 1) / (steps + 1))
        start = time.perf_counter()
        rows = sum(len(magpie(block.fractions)) for block in grid.blocks(neutral=False))
        passed = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"linear: {rows:>10,} compositions, {passed / rows * 1e6:.2f} microseconds each, peak {peak:.2f} GB")


def million():
    """A space of a million members: enumerated, filtered for neutrality, all descriptors."""
    start = time.perf_counter()
    grid = Template.parse("Li{1-y}Na{y}Al{1-z}Ga{z}Cl{4-2x}O{x}").grid(
        x="0:1.98:0.02", y="0:0.99:0.01", z="0:0.99:0.01"
    )
    rows = sum(len(Featurizer().transform(block.fractions)) for block in grid.blocks())
    passed, peak = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"million: {rows:,} of {grid.size:,} in {passed:.1f} s, peak {peak:.2f} GB")


if __name__ == "__main__":
    proofs = {f.__name__: f for f in (latency, column, rates, million, linear, pymatgen, matminer)}
    for name in sys.argv[1:] or proofs:
        proofs[name]()
