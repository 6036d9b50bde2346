"""Which activation energy goes with which conductivity."""

import numpy as np
import pytest
from vitrion.datasets import PROPERTIES, Dataset, load
from vitrion.datasets.measurement import Measurements, tabulate
from vitrion.experiments.recipes import energies
from vitrion.experiments.recipes.energies import measured_energies
from vitrion.features import Fractions
from vitrion.models.design.nearness import nearness
from vitrion.models.temperature import LEAST_EV, MOST_EV

BOLTZMANN_EV_K = 8.617333e-5


def data(name, formulas, **columns):
    """A data set of some rows."""
    told = {"quantity": name, "source": "a test", "phase": "glass", "paper": "p", "group": "p"} | columns
    rows = tabulate(len(formulas), formula=formulas, **told)
    return Dataset(PROPERTIES[name], Measurements(rows, Fractions.of(formulas).matrix))


def line(ev, celsius):
    """Conductivities that follow Arrhenius, in S/cm."""
    kelvin = np.asarray(celsius, dtype=float) + 273.15
    return 1e5 / kelvin * np.exp(-ev / BOLTZMANN_EV_K / kelvin)


@pytest.fixture
def stated(monkeypatch):
    """Have the data hold these activation energies alone."""

    def hold(*args, **columns):
        told = data("activation_energy", *args, **columns)
        monkeypatch.setattr(energies, "load", lambda name, lab: told)

    hold([])
    return hold


def test_what_the_paper_states_goes_with_its_own_sample_alone(stated):
    stated(
        ["LiAlCl4", "LiAlCl4", "LiAlCl4", "LiGaCl4", "Li3InCl6"],
        paper=["a", "a", "b", "a", "a"],
        value=[0.5, 0.6, 0.2, 0.3, 0.9],
        doubt=["", "", "", "", "a prefactor that no hopping ion has"],
    )
    asked = data(
        "conductivity",
        ["LiAlCl4", "LiAlCl4", "LiGaCl4", "LiGaCl4", "Li3InCl6", "NaCl"],
        paper=["a", "b", "a", "b", "a", "a"],
        value=1e-4,
        temperature_C=25.0,
    )
    np.testing.assert_allclose(measured_energies(asked), [0.55, 0.2, 0.3, np.nan, np.nan, np.nan])


def test_without_one_the_slope_of_the_sample_tells(stated):
    celsius = [25.0, 60.0, 100.0, 25.0, 40.0, 25.0, 100.0, 300.0]
    ev = np.array([0.42, 0.42, 0.42, 0.3, 0.3, 0.8, 0.8, 0.8])
    asked = data(
        "conductivity",
        ["LiAlCl4"] * 3 + ["LiGaCl4"] * 2 + ["NaCl"] * 3,
        value=[float(line(one, at)) for one, at in zip(ev, celsius, strict=True)],
        temperature_C=celsius,
        phase=["glass"] * 5 + ["crystal", "crystal", "molten"],
    )
    found = measured_energies(asked)
    assert found[:3] == pytest.approx(0.42, abs=1e-3)
    assert np.isnan(found[3:5]).all(), "15 K tell no slope"
    assert found[5:7] == pytest.approx(0.8, abs=1e-3)
    assert np.isnan(found[7]), "a melt is another matter"


def test_two_samples_of_a_composition_are_two_slopes(stated):
    celsius = np.array([25.0, 100.0, 25.0, 100.0])
    value = np.r_[line(0.3, celsius[:2]), line(0.6, celsius[2:])]
    for column in ("paper", "phase", "method"):
        other = {"paper": "q", "phase": "crystal", "method": "pressed hot"}[column]
        told = {column: [{"paper": "p", "phase": "glass", "method": ""}[column]] * 2 + [other] * 2}
        asked = data("conductivity", ["LiAlCl4"] * 4, value=value, temperature_C=celsius, **told)
        assert measured_energies(asked) == pytest.approx([0.3, 0.3, 0.6, 0.6], abs=1e-3), column


def test_what_is_stated_goes_before_the_slope(stated):
    stated(["LiAlCl4"], paper="p", value=[0.7])
    celsius = np.array([25.0, 100.0])
    asked = data("conductivity", ["LiAlCl4"] * 2, value=line(0.3, celsius), temperature_C=celsius)
    assert measured_energies(asked).tolist() == [0.7, 0.7]


def test_values_without_a_temperature_have_no_slope(stated):
    asked = data("conductivity", ["LiAlCl4"] * 2, value=[1e-5, 1e-4], temperature_C=[np.nan, 100.0])
    assert np.isnan(measured_energies(asked)).all()


def test_most_halides_of_the_data_have_one_that_an_ion_can_have():
    known = load("conductivity", lab=False)
    found, near = measured_energies(known), nearness(known.fractions) >= 1
    assert found.shape == (len(known),)
    assert np.isfinite(found[near]).mean() > 0.5
    within = (found[near] >= LEAST_EV) & (found[near] <= MOST_EV)
    assert within.sum() > 0.97 * np.isfinite(found[near]).sum()
    assert 0.25 < np.nanmedian(found[near]) < 0.4
