import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.datasets.chemistry.thermochemistry import binaries
from vitrion.features import Fractions
from vitrion.models.physics.softness import ANCHORS, softness


def test_one_salt_by_hand():
    salt = binaries()["Li", "Cl"]
    ions = 4 / 3 * np.pi * (0.76**3 + 1.81**3) * 0.602214  # Shannon radii of Li+ and Cl-, six neighbours
    expected = 2 * ions / salt.volume_cm3 * salt.atomisation_kJ / salt.volume_cm3
    assert softness(["LiCl"]).high_GPa[0] == pytest.approx(expected, rel=0.02)


def test_bonds_give_an_upper_end_to_glasses_of_halides():
    data = load("youngs_modulus", lab=False)
    fractions = data.fractions
    halogen = sum(fractions.column(symbol) for symbol in ("Cl", "Br", "I"))
    anions = halogen + sum(fractions.column(symbol) for symbol in ("O", "F", "S", "Se", "Te"))
    mostly, oxides = np.flatnonzero(halogen > 0.5 * anions), np.flatnonzero(halogen == 0)[::20]
    ratio = softness(fractions.take(mostly)).high_GPa / data.values[mostly]
    ratio = ratio[np.isfinite(ratio)]
    assert len(ratio) >= 7 and (ratio > 1).all()
    assert 1.0 < np.nanmedian(softness(fractions.take(oxides)).high_GPa / data.values[oxides]) < 1.5


def test_measured_materials_lie_within_the_ends():
    told = softness(["LiTaCl6", "LiAlCl2.5O0.75", "NaAlCl2.5O0.75"])
    assert (told.low_GPa == min(value for _, value, _ in ANCHORS)).all()
    assert told.high_GPa[0] > 5 * ANCHORS[0][1]
    assert told.high_GPa[2] < told.high_GPa[1]


def test_the_anchors_speak_for_halides_of_alkali_alone():
    told = softness(["ZnCl2", "Li3PO4", "Li2O-B2O3", "LiAlO2"])
    assert np.isnan(told.low_GPa).all()


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("Li6PS5Cl", "no formation energy of P, S"),
        ("LiFeF4", "no formation energy of Fe"),
        ("Li2AlCl4", "not neutral"),
        ("LiAl", "not neutral"),
    ],
)
def test_what_has_no_answer_says_why(formula, why):
    told = softness(Fractions.of([formula]))
    assert why in told.note[0] and np.isnan(told.high_GPa[0]) and np.isnan(told.low_GPa[0])


@pytest.mark.parametrize(
    ("formula", "low", "high", "why"),
    [
        ("LiAlCl2.5O0.75", True, True, ""),
        ("LiSnCl3", True, False, "a lower bound only, upper end not known: no formation energy of Sn"),
        ("LiScCl2O", True, False, "a lower bound only, upper end not known: no formation energy of a salt of Sc and O"),
        ("AgI", False, True, "an upper bound only, lower end not known: measured only of neutral glasses of Li"),
        ("Li2SO4", False, False, "lower end not known: measured only of neutral glasses of Li"),
        ("Li2TaCl6O", False, False, "upper end not known: not neutral with its ions in the usual charges"),
    ],
)
def test_an_end_that_is_missing_is_named_with_its_reason(formula, low, high, why):
    told = softness([formula])
    assert (np.isfinite(told.low_GPa[0]), np.isfinite(told.high_GPa[0])) == (low, high)
    assert why in told.note[0] and bool(told.note[0]) == bool(why)
