"""The Magpie statistics against matminer, and against a plain loop."""

import warnings

import numpy as np
from vitrion.features import Fractions
from vitrion.features.descriptors.magpie import NAMES, magpie
from vitrion.features.elements import SYMBOLS


def random_amounts(count, seed, most=7):
    """Whole amounts of random elements, with many ties for the most abundant."""
    rng = np.random.default_rng(seed)
    amounts = np.zeros((count, len(SYMBOLS)))
    for row in amounts:
        chosen = rng.choice(len(SYMBOLS), rng.integers(1, most + 1), replace=False)
        row[chosen] = rng.integers(1, 9, chosen.size)
    return amounts


def matminer_numbers(amounts):
    from matminer.featurizers.composition import ElementProperty
    from pymatgen.core import Composition

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = ElementProperty.from_preset("magpie")
        made = [Composition({SYMBOLS[c]: row[c] for c in np.flatnonzero(row)}) for row in amounts]
        return theirs.feature_labels(), np.array([theirs.featurize(one) for one in made])


def test_equal_to_matminer():
    amounts = random_amounts(1_500, seed=1)
    labels, theirs = matminer_numbers(amounts)
    assert labels == list(NAMES)
    assert np.abs(magpie(Fractions.from_matrix(amounts)) - theirs).max() < 1e-9


def test_equal_to_matminer_for_every_element_alone():
    amounts = np.eye(len(SYMBOLS))
    _, theirs = matminer_numbers(amounts)
    assert np.abs(magpie(Fractions.from_matrix(amounts)) - theirs).max() < 1e-9


def test_blocks_and_threads_change_nothing():
    batch = Fractions.from_matrix(random_amounts(20_000, seed=2))
    whole = magpie(batch)
    pieces = [magpie(batch.take(slice(start, start + 777))) for start in range(0, len(batch), 777)]
    assert np.array_equal(whole, np.vstack(pieces))


def test_order_and_scale_change_nothing():
    batch = Fractions.of(["LiAlCl2.5O0.75", "O0.75Cl2.5AlLi", "Li4Al4Cl10O3"])
    first, second, third = magpie(batch)
    assert np.array_equal(first, second)
    assert np.array_equal(first, third)


def test_an_empty_batch():
    assert magpie(Fractions.of([])).shape == (0, len(NAMES))
