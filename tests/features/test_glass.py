"""Glass descriptors against numbers worked out by hand."""

import re
from pathlib import Path

import numpy as np
import pytest
from vitrion.features import Composition, Fractions
from vitrion.features.bookkeeping import Sums
from vitrion.features.elements import SYMBOLS, ElementDataError
from vitrion.features.glass import DESCRIPTORS, NAMES, descriptor, glass, parent_halide
from vitrion.features.glass_network import fourfold_boron, sites
from vitrion.features.slots import Slots

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
    ("o_per_m", "Li3OCl", 20 / 3),
    ("o_per_m", "Li2O", 10),
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
    ("bridging_o_per_m", "NaPO3", 1),
    ("bridging_o_per_m", "Na2Si2O5", 1.5),
    ("bridging_o_per_m", "B2O3", 1.5),
    ("bridging_o_per_m", "Na2B4O7", 7 / 4),
    ("bridging_o_per_m", "LiBO2", 4 / 3),
    ("bridging_o_per_m", "Li3BO3", 0),
    ("bridging_o_per_m", "NaAlSi3O8", 2),
    ("bridging_o_per_m", "1.6Li2O-TaCl5", 1.6),
    ("non_bridging_o_per_m", "NaPO3", 2),
    ("non_bridging_o_per_m", "Na2B4O7", 0),
    ("non_bridging_o_per_m", "LiBO2", 2 / 3),
    ("connectivity", "NaPO3", 2),
    ("connectivity", "Na2Si2O5", 3),
    ("connectivity", "1.6Li2O-TaCl5", 3.2),
    ("terminal_halide_per_m", "1.6Li2O-TaCl5", 2.8),
    ("free_halide_per_m", "1.6Li2O-TaCl5", 2.2),
    ("bridging_halide_per_m", "TaCl5", 1),
    ("bridging_halide_per_m", "ZnCl2", 2),
    ("terminal_halide_per_m", "ZnCl2", 0),
    ("terminal_halide_per_m", "Li2ZnCl4", 4),
    ("free_halide_per_m", "Li2ZnCl4", 0),
    ("bridging_halide_per_m", "AlF3", 3),
    ("bridging_halide_per_m", "NaAlF4", 2),
    ("free_halide_per_m", "Na3AlF6", 0),
    ("terminal_halide_per_m", "Na3AlF6", 6),
    ("bridging_o_per_m", "LiAlO2", 2),
    ("non_bridging_o_per_m", "Na2SiO3", 2),
    ("connectivity", "LiAlCl2.5O0.75", 1.5),
    ("connectivity", "SiO2", 4),
    ("terminal_halide_per_m", "LiAlCl2.5O0.75", 2.5),
    ("terminal_halide_per_m", "LiAlCl4", 4),
    ("terminal_halide_per_m", "AlCl3", 2),
    ("bridging_halide_per_m", "AlCl3", 1),
    ("free_halide_per_m", "AgI-AgPO3", 1),
    ("plasticiser", "LiAlCl4", 1),
    ("plasticiser", "LiAlCl2.5O0.75", (1 - 1.5 / 4) ** 4 * 2.5 / 3.25),
    ("plasticiser", "SiO2", 0),
    ("plasticiser", "BeF2", 0),
    ("plasticiser", "AlCl3", (1 - 2 / 4) ** 4),
    ("halide_released_per_m", "LiAlCl2.5O0.75", 0.375),
    ("halide_released_per_m", "LiAlCl4", 0),
    ("halide_released_per_m", "NaPO3-LiCl", 0),
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
    ("optical_basicity", "SiO2", 0.53),
    ("optical_basicity", "Li2O", 0.84),
    ("optical_basicity", "LiAlCl4", (0.84 + 3 * 0.61) / 4 * 0.59),
    ("optical_basicity", "LiAlCl2.5O0.75", (0.84 + 3 * 0.61) / 4 * (2.5 * 0.59 + 1.5) / 4),
    ("volume_per_atom", "SiO2", (4 * np.sqrt(2) * (0.26**3 + 2 * 1.40**3) + 2 * 6) / 3),
    ("volume_per_atom", "PbO", (4 * np.sqrt(2) * (1.19**3 + 1.40**3) + 15.5) / 2),
    ("bond_strength", "AlCl3", 1389.4 * 3 / (0.39 + 1.81)),
    ("cohesion", "NaCl", 1213.8 * (1 - 0.345 / 2.83) / 2.83),
    ("electronegativity_difference", "NaCl", 3.16 - 0.93),
    ("mean_mass", "NaCl", (22.98976928 + 35.453) / 2),
    ("volume_per_atom", "NaCl", 4 * np.sqrt(2) * (1.02**3 + 1.81**3) / 2),
    ("density", "NaCl", 1.66054 * (22.98976928 + 35.453) / (4 * np.sqrt(2) * (1.02**3 + 1.81**3))),
    ("cation_to_anion_volume", "NaCl", (1.02 / 1.81) ** 3),
    ("mobile_density", "NaCl", 1000 / (4 * np.sqrt(2) * (1.02**3 + 1.81**3))),
    ("mobile_spacing", "NaCl", np.cbrt(4 * np.sqrt(2) * (1.02**3 + 1.81**3))),
    ("mobile_spacing", "SiO2", 30),
    ("charge_imbalance", "LiAlCl5", -1 / 7),
    ("charge_imbalance", "LiAlCl4", 0),
    ("parent_melting", "LiAlCl4", (609.9 + 3 * 192.6) / 4 + 273.15),
    ("m_parent_melting", "LiAlCl4", 192.6 + 273.15),
    ("cation_entropy", "LiAlCl4", np.log(2)),
    ("m_fraction", "LiAlCl4", 1 / 6),
    ("anions_per_m", "LiAlCl4", 4),
]


@pytest.mark.parametrize(("name", "formula", "value"), BY_HAND)
def test_by_hand(name, formula, value):
    assert descriptor(name, Fractions.of([formula]))[0] == pytest.approx(value, abs=1e-12)


def test_every_descriptor_is_worked_out_by_hand_and_documented():
    assert {name for name, _, _ in BY_HAND} == set(NAMES)
    assert all(function.__doc__ for function in DESCRIPTORS.values())


def test_the_documents_list_every_descriptor():
    page = (Path(__file__).parents[2] / "docs" / "features.md").read_text(encoding="utf-8")
    table = page[page.index("### Glass descriptors") :].split("\n\n")[1]
    listed = [name for line in table.splitlines()[2:] for name in re.findall("`([a-z_]+)`", line.split("|")[1])]
    assert sorted(listed) == sorted(NAMES)


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
    assert np.allclose(descriptor("terminal_halide_per_m", family), 4 - 2 * oxygen)
    assert (np.diff(descriptor("plasticiser", family)) < 0).all()


def test_what_is_shared_is_worked_out_once_and_cannot_be_written_to():
    sums = Sums.of(Slots.of(Fractions.of(["Na2B4O7"]).matrix))
    assert sites(sums) is sites(sums)
    assert sites(Sums.of(Slots.of(Fractions.of(["B2O3"]).matrix)))[0] != sites(sums)[0]
    with pytest.raises(ValueError, match="read-only"):
        sites(sums)[0] = 0


def fourfold(formulas):
    """Fraction of fourfold boron of some glasses."""
    slots = Slots.of(Fractions.of(formulas).matrix)
    values = np.empty(len(formulas))
    values[slots.order] = fourfold_boron(Sums.of(slots))
    return values


@pytest.mark.parametrize(
    ("formula", "fraction"),
    [
        ("B2O3", 0),
        ("0.2Na2O-0.8B2O3", 0.25),
        ("Na2O-2B2O3", 0.5),
        ("Na2O-B2O3", 1 / 3),
        ("3Na2O-B2O3", 0),
        ("CaO-2B2O3", 0.5),
        ("0.6Na2O-B2O3-2SiO2", 0.6),
        ("0.8Na2O-B2O3-2SiO2", 0.625),
        ("2Na2O-B2O3-2SiO2", 10 / 12 * 0.5),
        ("Na2O-Al2O3-2B2O3", 0),
        ("2LiCl-2B2O3", 0),
        ("LiAlCl4", 0),
    ],
)
def test_fourfold_boron(formula, fraction):
    assert fourfold([formula])[0] == pytest.approx(fraction, abs=1e-12)


def test_fourfold_boron_is_a_continuous_fraction():
    for silica in (0, 1, 4, 12):
        batch = [f"{x:.3f}Na2O-B2O3-{silica}SiO2" if silica else f"{x:.3f}Na2O-B2O3" for x in np.arange(1, 400) / 100]
        values = fourfold(batch)
        assert (values >= 0).all()
        assert (values <= 1).all()
        assert np.abs(np.diff(values)).max() <= 0.0101


def test_oxygen_is_bridging_or_not_and_bonds_balance():
    """Modifier charge is carried by non-bridging oxygen and fourfold boron: NBO per B = R - N4 in a borate."""
    amounts = np.linspace(0.05, 2.5, 50)
    batch = Fractions.of([{"Na": 2 * x, "B": 2, "O": 3 + x} for x in amounts])
    slots = Slots.of(batch.matrix)
    fractions = np.empty(len(batch))
    fractions[slots.order] = fourfold_boron(Sums.of(slots))
    assert np.allclose(descriptor("non_bridging_o_per_m", batch), amounts - fractions)
    total = descriptor("non_bridging_o_per_m", batch) + descriptor("bridging_o_per_m", batch)
    assert np.allclose(total, descriptor("o_per_m", batch))


def test_what_rounding_leaves_of_nothing_is_nothing():
    family = [f"LiAlCl{4 - 2 * x / 100:g}O{x / 100:g}" for x in range(1, 150)]
    for name in ("charge_imbalance", "bridging_halide_per_m"):
        assert not descriptor(name, Fractions.of(family)).any()
