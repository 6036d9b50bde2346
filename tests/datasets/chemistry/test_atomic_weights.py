import numpy as np
import pytest
from vitrion.datasets.chemistry.atomic_weights import atomic_weights, grams_per_mole
from vitrion.features.elements import INDEX, lookup


def test_weights_agree_with_the_table_of_elements():
    """Two tables from two hands: a slip of a digit in either would show."""
    masses = lookup("mass")
    for symbol, weight in atomic_weights().items():
        assert weight == pytest.approx(masses[INDEX[symbol]], rel=5e-4) or np.isnan(masses[INDEX[symbol]]), symbol


@pytest.mark.parametrize(
    ("formula", "mass"), [("LiCl", 42.39), ("AlCl3", 133.33), ("Sb2O3", 291.517), ("ZrOCl2·8H2O", 322.24)]
)
def test_molar_masses(formula, mass):
    assert grams_per_mole(formula) == pytest.approx(mass, abs=0.006)
