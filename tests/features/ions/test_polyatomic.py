"""Pseudohalides and ammonium are recognised by their amounts."""

import numpy as np
import pytest
from vitrion.features import Composition, Fractions
from vitrion.features.charge import nearest_role, slot_gaps
from vitrion.features.descriptors.glass import descriptor
from vitrion.features.descriptors.ionic_sums import Sums
from vitrion.features.elements import INDEX, SYMBOLS
from vitrion.features.ions.polyatomic import grouped, groups, mass
from vitrion.features.sparse import Slots


def ions(formula):
    """Polyatomic ions of a neutral composition per formula as it is written."""
    batch = Fractions.of([formula])
    slots = Slots.of(batch.matrix)
    role = nearest_role(slot_gaps(slots))
    excess = np.array([Sums.of(slots)["charge_high"][0] - Sums.of(slots)["anion_charge"][0]])
    found = grouped(batch.matrix, role, excess)[0, len(SYMBOLS) :]
    atoms = float(sum(Composition.parse(formula).amounts.values()))
    return {name: round(amount * atoms, 6) for name, amount in zip(groups(), found, strict=True) if amount}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("LiOH", {"OH": 1}),
        ("LiAlCl3OH", {"OH": 1}),
        ("LiAlCl3.5(OH)0.5", {"OH": 0.5}),
        ("LiAl(OH)4", {"OH": 4}),
        ("Li2OHCl", {"OH": 1}),
        ("LiClH2O", {"H2O": 1}),
        ("LiOHH2O", {"OH": 1, "H2O": 1}),
        ("LiNH2", {"NH2": 1}),
        ("Li2NH", {"NH": 1}),
        ("NH4Cl", {"NH4": 1}),
        ("NH4AlCl4", {"NH4": 1}),
        ("NH4NO3", {"NH4": 1, "NO3": 1}),
        ("LiNO3", {"NO3": 1}),
        ("LiNO2", {"NO2": 1}),
        ("LiBH4", {"BH4": 1}),
        ("Li4B3H12I", {"BH4": 3}),
        ("LiAlH4", {"AlH4": 1}),
        ("LiSCN", {"SCN": 1}),
        ("KOCN", {"OCN": 1}),
        ("KCN", {"CN": 1}),
        ("NaN3", {"N3": 1}),
        ("LiClO4", {"ClO4": 1}),
        ("LiClO3", {"ClO3": 1}),
        ("KBrO3", {"BrO3": 1}),
        ("KIO3", {"IO3": 1}),
        ("H3PO4", {"OH": 3}),
        ("Li2CO3", {}),
        ("Li3N", {}),
        ("LiAlCl2.5O0.75", {}),
        ("Li2B12H12", {}),
    ],
)
def test_ions_by_amounts(formula, expected):
    assert ions(formula) == pytest.approx(expected, rel=1e-5)


def test_mixtures_run_smoothly_between_the_ions():
    """From LiNH2 to NH3 with LiCl and on to NH4Cl with LiCl nothing jumps."""
    hydrogen = np.linspace(2, 4, 21)
    batch = Fractions.of([{"Li": 1, "N": 1, "H": h, "Cl": h - 2} if h > 2 else "LiNH2" for h in hydrogen])
    assert np.abs(descriptor("charge_imbalance", batch)).max() < 1e-9
    assert np.abs(np.diff(descriptor("mean_cation_radius", batch))).max() < 0.07


def test_atoms_are_conserved():
    rng = np.random.default_rng(1)
    elements = np.zeros((500, len(SYMBOLS)))
    for symbol in ("Li", "H", "N", "C", "O", "S", "B", "Al", "Cl"):
        elements[:, INDEX[symbol]] = rng.random(500) * rng.integers(0, 2, 500)
    elements[:, INDEX["Na"]] = 0.1
    batch = Fractions.from_matrix(elements)
    role = nearest_role(slot_gaps(Slots.of(batch.matrix)))
    found = grouped(batch.matrix, role, rng.random(500))
    told = found[:, : len(SYMBOLS)].copy()
    for column, group in enumerate(groups().values()):
        for symbol, count in group.atoms.items():
            told[:, INDEX[symbol]] += count * found[:, len(SYMBOLS) + column]
    assert (found >= 0).all()
    assert np.allclose(told, batch.matrix, atol=1e-9)


@pytest.mark.parametrize(
    ("formula", "density"),  # g/cm3, of the crystals: CRC Handbook of Chemistry and Physics
    [("LiBH4", 0.66), ("LiAlH4", 0.92), ("LiNH2", 1.18), ("LiNO3", 2.38), ("LiClO4", 2.43), ("NH4Cl", 1.53)],
)
def test_densities_come_near(formula, density):
    assert descriptor("density", Fractions.of([formula]))[0] == pytest.approx(density, rel=0.15)


def test_a_hydroxide_stands_for_one_halide():
    batch = Fractions.of(["LiAlCl4", "LiAlCl3OH", "LiAl(OH)4"])
    for name in ("parent_halide_per_m", "halide_per_m", "terminal_halide_per_m"):
        assert descriptor(name, batch) == pytest.approx([4, 4, 4])
    assert descriptor("o_per_m", batch) == pytest.approx([0, 0, 0])


def test_masses():
    assert mass(groups()["NH4"]) == pytest.approx(18.04, abs=0.01)
