"""What flags cost a screening: their time as a share of that of descriptors and charges, in one run.

``python tests/bench/flags_bench.py [ROWS]``
"""

import sys
import time

import numpy as np
from vitrion.datasets.chemistry.flags import CODES, USUALLY_FORBIDDEN, flagged, texts
from vitrion.experiments.screening.pruning import CHUNK, _alike
from vitrion.features import Featurizer, Fractions, Template, charge

PROFILE_US = 106.8  # of a candidate on one thread, docs/benchmarks/screening.md
DESCRIPTORS_US = 4.18  # of these in the descriptors


def batches(rows):
    """A family, and a list of many elements."""
    grid = Template.parse("Li{1-y}Na{y}AlCl{4-2x}O{x}").grid(x="0:1.5:0.01", y="0:1:0.01")
    family = np.vstack([block.fractions.matrix for block in grid.blocks()])
    random = np.random.default_rng(0)
    metals, anions = ["Al", "Ga", "Zr", "Ta", "Si", "P", "Sn", "B", "Ti", "In"], ["Cl", "Br", "O", "S"]
    names = [f"Li{random.integers(1, 7)}{random.choice(metals)}{random.choice(anions)}3Cl" for _ in range(2000)]
    mixed = Fractions.of(names).matrix
    return {
        name: Fractions.from_matrix(np.resize(matrix, (rows, matrix.shape[1])))
        for name, matrix in (("family", family), ("list", mixed))
    }


def spent(work, batch):
    """Processor time of some work on a batch in the chunks of a screening, in microseconds a row; the best of three."""
    batch = batch.take(_alike(batch))
    parts = [batch.take(slice(start, start + CHUNK)) for start in range(0, len(batch), CHUNK)]
    best = np.inf
    for _ in range(3):
        begun = time.process_time()
        for part in parts:
            work(part)
        best = min(best, time.process_time() - begun)
    return 1e6 * best / len(batch)


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    glass = Featurizer(("fractions", "glass"))
    for name, batch in batches(rows).items():
        usual = spent(glass.transform, batch)
        neutral = spent(charge.neutral, batch)
        forbidden = spent(lambda part: flagged(part, USUALLY_FORBIDDEN), batch)
        every = spent(lambda part: texts(flagged(part, CODES)), batch)
        share = forbidden / usual * DESCRIPTORS_US / PROFILE_US
        print(f"{name}: descriptors {usual:.2f} us, charges {neutral:.2f}, forbidden {forbidden:.3f}, all {every:.2f}")
        print(
            f"    forbidden flags are {100 * share:.2f} % of a screening, all {100 * share * every / forbidden:.1f} %"
        )


if __name__ == "__main__":
    main()
