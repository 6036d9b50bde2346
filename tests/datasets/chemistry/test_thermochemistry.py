import numpy as np
import pandas as pd
import pytest
from vitrion.datasets.cards import card
from vitrion.datasets.chemistry.thermochemistry import CHARGE, FARADAY_KC_MOL, binaries, decomposition_voltage
from vitrion.features import Composition


def test_the_table_is_the_one_of_its_card():
    card("thermochemistry").verify()
    assert len(pd.read_csv(card("thermochemistry").path)) == card("thermochemistry").rows


def test_every_crystal_is_neutral_in_the_charges_that_are_told():
    table = pd.read_csv(card("thermochemistry").path)
    for formula in table.loc[table["phase"] == "crystal", "formula"]:
        amounts = Composition.parse(formula).amounts
        assert sum(n * CHARGE[symbol] for symbol, n in amounts.items()) == 0, formula


@pytest.mark.parametrize(
    ("metal", "anion", "volts"),
    [
        ("Li", "F", 6.09),
        ("Li", "Cl", 3.98),
        ("Li", "Br", 3.54),
        ("Li", "I", 2.80),
        ("Li", "O", 2.91),
        ("Na", "Cl", 3.98),
    ],
)
def test_voltages_are_energies_of_formation_over_the_charge(metal, anion, volts):
    assert decomposition_voltage(metal, anion) == pytest.approx(volts, abs=0.006)


def test_lithium_sulfide_takes_the_entropy_of_sodium_sulfide():
    assert decomposition_voltage("Li", "S") == pytest.approx((441.4 - 15.0) / (2 * FARADAY_KC_MOL))
    assert np.isnan(decomposition_voltage("Ag", "S"))


def test_a_salt_costs_its_formation_and_its_atoms():
    alumina = binaries()["Al", "O"]  # for half of Al2O3: 1675.7 of formation, 330 for Al, 249.2 for O
    assert alumina.atomisation_kJ == pytest.approx((1675.7 + 2 * 330 + 3 * 249.2) / 2)
    assert alumina.volume_cm3 == pytest.approx(101.96 / 3.97 / 2, rel=1e-3)
    assert ("Li", "S") not in binaries()
