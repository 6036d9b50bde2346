"""Speed of the chemistry front door; the ratios to pymatgen and matminer are within one run."""

import random
import warnings

import numpy as np
import pytest
from vitrion.features import Composition, Featurizer, Fractions, Template
from vitrion.features.charge import neutral
from vitrion.features.descriptors.glass import glass
from vitrion.features.descriptors.magpie import magpie
from vitrion.features.elements import SYMBOLS

ROWS = 50_000
IONIC = [c for c, s in enumerate(SYMBOLS[:98]) if s not in {"He", "Ne", "Ar", "Kr", "Xe", "Rn", "At"}]


@pytest.fixture(scope="module")
def batch():
    rng = np.random.default_rng(2)
    amounts = np.zeros((ROWS, len(SYMBOLS)))
    for row in amounts:
        chosen = rng.choice(IONIC, rng.integers(2, 8), replace=False)
        row[chosen] = rng.integers(1, 9, chosen.size)
    return Fractions.from_matrix(amounts)


@pytest.fixture(scope="module")
def texts():
    rng = random.Random(1)
    metals = ["Al", "Ga", "Zr", "Hf", "Ta", "Nb", "Y", "In", "La"]
    return [
        f"{rng.choice(['Li', 'Na'])}{first}{second}0.{rng.randrange(1, 99)}Cl{rng.randrange(1, 500) / 100:g}O0.75"
        for first, second in (rng.sample(metals, 2) for _ in range(ROWS))
    ]


@pytest.mark.benchmark(group="descriptors of 50,000 compositions")
@pytest.mark.parametrize(
    "work", [magpie, glass, neutral, Featurizer().transform], ids=["magpie", "glass", "neutral", "all"]
)
def test_descriptors(benchmark, batch, work):
    assert len(benchmark(work, batch)) == ROWS


@pytest.mark.benchmark(group="50,000 formulas")
def test_column(benchmark, texts):
    assert len(benchmark(Fractions.of, texts)) == ROWS


@pytest.mark.benchmark(group="1,000 formulas")
@pytest.mark.parametrize("way", ["column", "one by one", "pymatgen"])
def test_parsers(benchmark, texts, way):
    import pymatgen.core as pymatgen

    some = texts[:1000]
    calls = {
        "column": lambda: Fractions.of(some),
        "one by one": lambda: [Composition.parse(text) for text in some],
        "pymatgen": lambda: [pymatgen.Composition(text) for text in some],
    }
    assert len(benchmark(calls[way])) == 1000


@pytest.mark.benchmark(group="magpie statistics of 500 compositions")
@pytest.mark.parametrize("way", ["vitrion", "matminer"])
def test_against_matminer(benchmark, batch, way):
    import matminer.featurizers.composition as featurizers
    from pymatgen.core import Composition as Theirs

    some = batch.take(slice(0, 500))
    warnings.simplefilter("ignore")
    theirs = featurizers.ElementProperty.from_preset("magpie")
    made = [Theirs({SYMBOLS[c]: row[c] for c in np.flatnonzero(row)}) for row in some.matrix]
    calls = {"vitrion": lambda: magpie(some), "matminer": lambda: [theirs.featurize(one) for one in made]}
    assert len(benchmark.pedantic(calls[way], rounds=3, warmup_rounds=1)) == 500


@pytest.mark.benchmark(group="a space of 100,000 members")
def test_space(benchmark):
    grid = Template.parse("Li{1-y}Na{y}AlCl{4-2x}O{x}").grid(x="0:1.98:0.02", y="0:0.999:0.001")

    def screened():
        return sum(len(Featurizer().transform(block.fractions)) for block in grid.blocks())

    assert benchmark.pedantic(screened, rounds=2) == 100_000
