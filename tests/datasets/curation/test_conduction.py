import numpy as np
import pytest
from vitrion.datasets.curation import conduction
from vitrion.datasets.curation.curate import rules
from vitrion.features import Fractions


@pytest.mark.parametrize(
    "formula,reason",
    [
        ("Li2O-B2O3", None),
        ("AgI-Ag2O-V2O5", None),
        ("CuI-Cu2MoO4", None),
        ("Li2S-P2S5", None),
        ("LiAlCl2.5O0.75", None),
        ("SiO2", conduction.TRACE),
        ("Na2O-5V2O5", conduction.REDOX),
        ("CuO-P2O5", conduction.COPPER),
        ("Ag5As35Se60", conduction.CHALCOGENIDE),
        ("Ag20As30Te50", conduction.CHALCOGENIDE),
    ],
)
def test_only_glasses_of_mobile_ions_count(formula, reason):
    matrix = Fractions.of([formula]).matrix
    found = [why for mask, why in conduction.not_ionic(matrix, rules()) if mask[0]]
    assert (found[0] if found else None) == reason


def test_ceiling_depends_on_class_and_temperature():
    matrix = Fractions.of(["Li2O-SiO2", "Li2S-P2S5", "AgI-AgPO3"]).matrix
    cold = conduction.ceiling(np.full(3, 20.0), matrix, rules())
    np.testing.assert_allclose(cold, [1e-4, 0.03, 0.08])
    assert (conduction.ceiling(np.full(3, 60.0), matrix, rules()) > cold).all()
    np.testing.assert_allclose(conduction.ceiling(np.full(3, -50.0), matrix, rules()), cold)


def test_a_falling_and_a_flat_series_are_impossible_and_repeats_are_not():
    values = np.array([1e-5, 1e-6, 1e-5, 1.01e-5, 1e-5, 3e-4, 2e-5])
    temperature = np.array([20.0, 100.0, 20.0, 100.0, 20.0, 100.0, 20.0])
    series = np.array([0, 0, 1, 1, 2, 2, 2])
    matrix = Fractions.of(["Li2S-P2S5"] * 7).matrix
    found = {why: mask.tolist() for mask, why in conduction.impossible(values, temperature, matrix, series, rules())}
    assert not any(found[conduction.TOO_HIGH])
    assert found[conduction.FALLING] == [True, True, False, False, False, False, False]
    assert found[conduction.SLOPE] == [True, True, True, True, False, False, False]
