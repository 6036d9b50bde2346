"""Ions are described in the state that balances the charge."""

import csv
from itertools import pairwise

import numpy as np
import pytest
from vitrion.features import Fractions
from vitrion.features.descriptors.glass import descriptor, glass
from vitrion.features.elements import DATA, INDEX, lookup, states
from vitrion.features.ions.states import BESIDE_OXIDE, former_weight, listed, neighbours
from vitrion.features.ions.weights import base_states


def lines(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("formula", "charge", "radius", "mobile_share"),
    [
        ("FeCl2", 2, 0.78, 0),
        ("FeCl3", 3, 0.645, 0),
        ("Fe3O4", 8 / 3, (0.78 + 2 * 0.645) / 3, 0),
        ("SnCl2", 2, 1.10, 0),
        ("SnO2", 4, 0.69, 0),
        ("CuCl2", 2, 0.73, 0),
        ("CuCl", 0, 0, 1),
        ("Cu2O", 0, 0, 1),
        ("AgCl", 0, 0, 1),
        ("Li3VCl6", 3, 0.64, 3 / 4),
        ("V2O5", 5, 0.355, 0),
        ("V2O4", 4, 0.53, 0),
        ("Sb2O5", 5, 0.60, 0),
        ("Sb2O3", 3, 0.76, 0),
        ("Sb2O4", 4, (0.60 + 0.76) / 2, 0),
        ("As2O5", 5, 0.335, 0),
        ("TlCl", 0, 0, 0),
        ("TlCl3", 3, 0.885, 0),
        ("InCl", 0, 0, 0),
        ("InCl2", 3, 0.80, 0),
        ("PbO2", 4, 0.775, 0),
        ("Pb3O4", 8 / 3, (2 * 1.19 + 0.775) / 3, 0),
        ("MnO2", 4, 0.53, 0),
        ("MnO", 2, 0.83, 0),
        ("KMnO4", 7, 0.25, 1 / 2),
        ("CrO3", 6, 0.26, 0),
        ("Li3TiCl6", 3, 0.67, 3 / 4),
    ],
)
def test_state_charge_radius_and_mobility(formula, charge, radius, mobile_share):
    batch = Fractions.of([formula])
    assert descriptor("mean_m_charge", batch)[0] == pytest.approx(charge, abs=1e-9)
    assert descriptor("mean_m_radius", batch)[0] == pytest.approx(radius, abs=1e-9)
    assert descriptor("mobile_share", batch)[0] == pytest.approx(mobile_share, abs=1e-9)


@pytest.mark.parametrize(
    ("formula", "radii"),
    [
        ("SnO-P2O5", (1.10, 0.17, 0.17)),  # tin gives way, phosphate does not
        ("CuO-As2O3", (0.73, 0.58, 0.58)),  # Cu+ is the stronger reductant
        ("FeO-SnO2", (0.78, 0.69)),
        ("FeSO4", (0.78, 0.12)),
        ("2CeO2-Sb2O3", (1.01, 1.01, 0.60, 0.76)),  # two electrons of antimony for two of cerium
    ],
)
def test_the_stronger_oxidant_gives_way_first(formula, radii):
    assert descriptor("mean_m_radius", Fractions.of([formula]))[0] == pytest.approx(np.mean(radii), abs=1e-9)


def test_the_state_follows_the_composition_smoothly():
    """From FeO to Fe2O3 the mean radius runs from that of Fe2+ to that of Fe3+ in a straight line."""
    oxygen = np.linspace(1, 1.5, 26)
    radii = descriptor("mean_m_radius", Fractions.of([{"Fe": 1, "O": x} for x in oxygen]))
    assert np.allclose(radii, 0.78 + (0.645 - 0.78) * (oxygen - 1) * 2)


def test_a_row_does_not_depend_on_its_batch():
    formulas = ["SnO-P2O5", "LiAlCl4", "Fe3O4", "CuCl2", "Sb2O5", "LiCl", "Li3VCl6", "MnO2"]
    together = glass(Fractions.of(formulas))
    assert np.array_equal(together, np.vstack([glass(Fractions.of([one])) for one in formulas]))


def test_couples_join_neighbouring_states_on_record():
    known = {}
    for symbol, state in listed():
        if state > 0:
            known.setdefault(symbol, []).append(state)
    pairs = {(symbol, *pair) for symbol, found in known.items() for pair in pairwise(sorted(found))}
    for line in lines("redox_couples.csv"):
        assert (line["symbol"], float(line["low"]), float(line["high"])) in pairs


def test_every_ordinary_state_can_be_reached():
    """From the usual state every ordinary one is reached by the couples on record."""
    couples = {(line["symbol"], int(line["low"]), int(line["high"])) for line in lines("redox_couples.csv")}
    usual = base_states(0)[0]
    for symbol, column in INDEX.items():
        reached = {usual[column]}
        for _ in range(4):
            reached |= {b for name, a, b in couples if name == symbol and a in reached}
            reached |= {a for name, a, b in couples if name == symbol and b in reached}
        positive = [state for state in states("positive_states")[column] if state > 0]
        if len(positive) > 1 and usual[column] > 0 and not np.isnan(lookup("cation_radius")[column]):
            assert set(positive) <= reached, symbol


def test_radii_are_those_of_shannon():
    import pymatgen.core.periodic_table as pymatgen
    from vitrion.features.elements_build import shannon

    found = [line for line in lines("ion_states.csv") if line["source"].startswith("Shannon")]
    assert len(found) > 60
    for line in found:
        radius = shannon(pymatgen.Element(line["symbol"]), int(line["state"]), int(line["coordination"]))
        assert radius == float(line["radius"]), line


def test_a_state_between_two_on_record_is_a_mixture():
    assert neighbours("Sb", 3.5) == (3, 5, 0.25)
    assert neighbours("W", 2) == (2, 2, 0.0)


def test_formers_begin_without_a_cliff():
    fields = np.linspace(0.3, 1.2, 901)
    found = former_weight(fields, BESIDE_OXIDE)
    assert (np.diff(found) >= 0).all()
    assert np.diff(found).max() < 0.01
    assert found[[0, -1]].tolist() == [0, 1]


def test_isotypic_chlorides_are_alike():
    """Li3InCl6 and Li3YCl6 hold the same octahedra; indium and yttrium lie on both sides of a field strength of 0.6."""
    batch = Fractions.of(["Li3InCl6", "Li3In0.5Y0.5Cl6", "Li3YCl6", "Li3ScCl6", "Li3ErCl6"])
    for name in ("free_halide_per_m", "plasticiser", "former_share", "bridging_halide_per_m"):
        found = descriptor(name, batch)
        assert np.allclose(found, found[0], atol=1e-9), name
    radius = descriptor("mean_m_radius", batch)
    assert radius[1] == pytest.approx((radius[0] + radius[2]) / 2)
