"""Glass descriptors against numbers worked out by hand."""

import numpy as np
import pytest
from vitrion.features import Composition, Fractions
from vitrion.features.elements import SYMBOLS, ElementDataError
from vitrion.features.glass import DESCRIPTORS, NAMES, descriptor, glass, parent_halide

ENTROPY_HALF = np.log(2)
BY_HAND = [
    ("mobile_per_m", "LiAlCl2.5O0.75", 1),
    ("mobile_per_m", "Na2SiO3", 2),
    ("mobile_per_m", "LiCl", 20),
    ("mobile_per_m", "SiO2", 0),
    ("mobile_per_m", "AgI-AgPO3", 2),
    ("o_per_m", "LiAlCl2.5O0.75", 0.75),
    ("o_per_m", "Li3.2TaCl5O1.6", 1.6),
    ("halide_per_m", "LiAlCl2.5O0.75", 2.5),
    ("o_share", "LiAlCl2.5O0.75", 0.75 / 3.25),
    ("o_share", "Li2S", 0),
    ("chalcogenide_share", "Li6PS5Cl", 5 / 6),
    ("chalcogenide_share", "Li2SO4", 0),
    ("chalcogenide_share", "TeO2", 0),
    ("mobile_fraction", "LiAlCl4", 1 / 6),
    ("mobile_share", "LiAlCl4", 1 / 2),
    ("halide_entropy", "LiCl0.5Br0.5", ENTROPY_HALF),
    ("halide_entropy", "LiCl", 0),
    ("heavy_halide_share", "LiAlCl3Br", 1 / 4),
    ("fluoride_share", "LiAlCl3F", 1 / 4),
    ("anion_entropy", "Li3OCl", ENTROPY_HALF),
    ("mobile_entropy", "Li0.5Na0.5Cl", ENTROPY_HALF),
    ("parent_halide_per_m", "LiAlCl2.5O0.75", 4),
    ("bridging_o_per_m", "LiAlCl2.5O0.75", 0.75),
    ("bridging_o_per_m", "LiAlCl4", 0),
    ("bridging_o_per_m", "SiO2", 2),
    ("bridging_o_per_m", "Na2SiO3", 1),
    ("bridging_o_per_m", "Na4SiO4", 0),
    ("bridging_o_per_m", "P2O5", 1.5),
    ("bridging_o_per_m", "AgI-AgPO3", 1),
    ("non_bridging_o_per_m", "Na2SiO3", 2),
    ("connectivity", "LiAlCl2.5O0.75", 1.5),
    ("connectivity", "SiO2", 4),
    ("terminal_halide_per_former", "LiAlCl2.5O0.75", 2.5),
    ("terminal_halide_per_former", "LiAlCl4", 4),
    ("terminal_halide_per_former", "AlCl3", 2),
    ("bridging_halide_per_m", "AlCl3", 1),
    ("free_halide_per_m", "AgI-AgPO3", 1),
    ("plasticiser", "LiAlCl4", 1),
    ("plasticiser", "LiAlCl2.5O0.75", (1 - 1.5 / 4) ** 4 * 2.5 / 3.25),
    ("plasticiser", "SiO2", 0),
    ("former_share", "LiAlCl4", 0.5),
    ("mean_cation_charge", "LiAlCl4", 2),
    ("mean_m_charge", "LiAlCl4", 3),
    ("mean_cation_radius", "LiAlCl4", (0.76 + 0.39) / 2),
    ("mean_m_radius", "LiAlCl4", 0.39),
    ("mean_anion_radius", "LiAlCl2O", (2 * 1.81 + 1.40) / 3),
    ("mean_mobile_radius", "NaCl", 1.02),
    ("radius_ratio", "AlCl3", 0.39 / 1.81),
    ("field_strength", "SiO2", 4 / (0.26 + 1.40) ** 2),
    ("cation_field_strength", "LiAlCl4", (1 / 2.16**2 + 3 / 1.79**2) / 2),
    ("field_per_anion", "Li2O", 2 / 2.16**2),
    ("optical_basicity", "SiO2", 1 / (1.36 * (1.90 - 0.26))),
    ("optical_basicity", "Li2O", 1 / (1.36 * (0.98 - 0.26))),
    ("bond_strength", "AlCl3", 1389.4 * 3 / (0.39 + 1.81)),
    ("cohesion", "NaCl", 1213.8 * (1 - 0.345 / 2.83) / 2.83),
    ("electronegativity_difference", "NaCl", 3.16 - 0.93),
    ("mean_mass", "NaCl", (22.98976928 + 35.453) / 2),
    ("volume_per_atom", "NaCl", 4 * np.sqrt(2) * (1.02**3 + 1.81**3) / 2),
    ("density", "NaCl", 1.66054 * (22.98976928 + 35.453) / (4 * np.sqrt(2) * (1.02**3 + 1.81**3))),
    ("packing", "NaCl", (1.02 / 1.81) ** 3),
    ("mobile_density", "NaCl", 1000 / (4 * np.sqrt(2) * (1.02**3 + 1.81**3))),
    ("mobile_spacing", "NaCl", np.cbrt(4 * np.sqrt(2) * (1.02**3 + 1.81**3))),
    ("mobile_spacing", "SiO2", 30),
    ("charge_imbalance", "LiAlCl5", -1 / 7),
    ("charge_imbalance", "LiAlCl4", 0),
    ("m_fraction", "LiAlCl4", 1 / 6),
    ("anions_per_m", "LiAlCl4", 4),
]


@pytest.mark.parametrize(("name", "formula", "value"), BY_HAND)
def test_by_hand(name, formula, value):
    assert descriptor(name, Fractions.of([formula]))[0] == pytest.approx(value, abs=1e-12)


def test_every_descriptor_is_worked_out_by_hand_and_documented():
    assert {name for name, _, _ in BY_HAND} == set(NAMES)
    assert all(function.__doc__ for function in DESCRIPTORS.values())


def test_never_nan_and_the_same_in_any_order():
    rng = np.random.default_rng(0)
    good = [c for c, s in enumerate(SYMBOLS[:98]) if s not in {"He", "Ne", "Ar", "Kr", "Xe", "Rn", "At"}]
    amounts = np.zeros((6_000, len(SYMBOLS)))
    for row in amounts:
        row[rng.choice(good, rng.integers(1, 8), replace=False)] = rng.random(1) + 0.1
    batch = Fractions.from_matrix(amounts)
    values = glass(batch)
    assert np.isfinite(values).all()
    order = rng.permutation(len(batch))
    assert np.array_equal(glass(batch.take(order)), values[order])
    assert np.array_equal(np.column_stack([descriptor(name, batch) for name in NAMES]), values)


@pytest.mark.parametrize("symbol", ["He", "Ar", "Fm", "Lr"])
def test_an_element_without_ionic_data_is_named(symbol):
    with pytest.raises(ElementDataError, match=symbol):
        glass(Fractions.of(["LiCl", f"Li{symbol}Cl"]))


def test_unknown_descriptor():
    with pytest.raises(ValueError, match="o_per_m"):
        descriptor("o_per_al", Fractions.of(["LiCl"]))


def test_parent_halide():
    family = Fractions.of(["LiAlCl4", "LiAlCl3O0.5", "LiAlCl2.5O0.75", "LiAlCl2O"])
    parent = Fractions.of([Composition.parse("LiAlCl4")] * 4)
    assert np.allclose(parent_halide(family).matrix, parent.matrix, atol=1e-15)


def test_each_oxygen_bridges_two_along_the_family():
    oxygen = np.linspace(0, 1.5, 31)
    family = Fractions.of([{"Li": 1, "Al": 1, "Cl": 4 - 2 * x, "O": x} if x else "LiAlCl4" for x in oxygen])
    assert np.allclose(descriptor("bridging_o_per_m", family), oxygen)
    assert np.allclose(descriptor("terminal_halide_per_former", family), 4 - 2 * oxygen)
    assert (np.diff(descriptor("plasticiser", family)) < 0).all()
