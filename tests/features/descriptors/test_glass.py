"""Glass descriptors against numbers worked out by hand."""

import numpy as np
import pytest
from vitrion.features import Composition, Fractions
from vitrion.features.descriptors.glass import DESCRIPTORS, NAMES, descriptor, glass, parent_halide
from vitrion.features.descriptors.ionic_sums import Sums
from vitrion.features.descriptors.network import fourfold_boron, sites
from vitrion.features.elements import SYMBOLS, ElementDataError
from vitrion.features.sparse import Slots

BY_HAND = [(name, formula, value) for name, made in DESCRIPTORS.items() for formula, value in made.examples.items()]


@pytest.mark.parametrize(("name", "formula", "value"), BY_HAND)
def test_by_hand(name, formula, value):
    assert descriptor(name, Fractions.of([formula]))[0] == pytest.approx(value, abs=1e-12)


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
