"""Processor time of featurising over that of another commit: python tests/bench/featurising_ratio.py [COMMIT].

Both are timed in turn, each in a process of its own, on measured compositions, on a family of candidates and on random
compositions; the median of the ratios counts. The other commit is unpacked into a folder that is removed again.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = 3
WORK = """
import importlib.util, json, sys, time
root = sys.argv[1]
spec = importlib.util.spec_from_file_location("vitrion", root + "/__init__.py", submodule_search_locations=[root])
module = importlib.util.module_from_spec(spec)
sys.modules["vitrion"] = module
spec.loader.exec_module(module)
import numpy as np
from vitrion.features import Featurizer, Fractions
matrices = np.load(sys.argv[2])
batches = {name: Fractions.from_matrix(matrices[name]) for name in matrices.files}
made = {"all blocks": Featurizer(), "glass": Featurizer(blocks=("glass",))}
for one in made.values():
    one.transform(batches["candidates"].take(slice(0, 2)))
took = {}
for name, batch in batches.items():
    for blocks, one in made.items():
        times = []
        for _ in range(5):
            start = time.process_time()
            one.transform(batch)
            times.append(time.process_time() - start)
        took[f"{name}, {blocks}"] = min(times)
print(json.dumps(took))
"""


def batches(folder: Path) -> Path:
    """Compositions to featurise, as a file of matrices."""
    import numpy as np
    from vitrion.datasets import load
    from vitrion.features import Fractions, Template
    from vitrion.features.elements import SYMBOLS

    rng = np.random.default_rng(2)
    ionic = [c for c, s in enumerate(SYMBOLS[:98]) if s not in {"He", "Ne", "Ar", "Kr", "Xe", "Rn", "At"}]
    random = np.zeros((4_000, len(SYMBOLS)))
    for row in random:
        chosen = rng.choice(ionic, rng.integers(2, 8), replace=False)
        row[chosen] = rng.integers(1, 9, chosen.size)
    grid = Template.parse("Li{1-y}Na{y}AlCl{4-2x}O{x}").grid(x="0:1.9:0.01", y="0:0.99:0.01")
    candidates = np.vstack([block.fractions.matrix for block in grid.blocks()])
    measured = Fractions.of([*load("conductivity").compositions][::3]).matrix
    np.savez(folder / "batches.npz", measured=measured, candidates=candidates, random=random)
    return folder / "batches.npz"


def unpacked(commit: str, folder: Path) -> Path:
    """The package as of a commit."""
    archive = folder / "commit.tar"
    subprocess.run(["git", "archive", "-o", archive, commit, "__init__.py", "features"], cwd=ROOT, check=True)
    with tarfile.open(archive) as packed:
        packed.extractall(folder / "then", filter="data")
    return folder / "then"


def timed(package: Path, matrices: Path) -> dict[str, float]:
    """Seconds that each batch takes."""
    told = subprocess.run(
        [sys.executable, "-c", WORK, package, matrices], check=True, capture_output=True, text=True, cwd=package.parent
    )
    found: dict[str, float] = json.loads(told.stdout)
    return found


def main() -> None:
    """Print the ratio of the times, now over then, of each batch."""
    commit = sys.argv[1] if len(sys.argv) > 1 else "HEAD"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        matrices, then = batches(folder), unpacked(commit, folder)
        ratios: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            before, now = timed(then, matrices), timed(ROOT, matrices)
            for batch, seconds in now.items():
                ratios.setdefault(batch, []).append(seconds / before[batch])
    for batch, found in ratios.items():
        low, middle, high = min(found), statistics.median(found), max(found)
        print(f"{batch}: {middle:.2f} of {commit} ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
