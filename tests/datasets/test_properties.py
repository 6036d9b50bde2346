import re
from dataclasses import replace

import numpy as np
import pytest
from vitrion.datasets.properties import CONDUCTIVITY, DENSITY, FURTHER, PROPERTIES, TG, find


@pytest.mark.parametrize("prop", PROPERTIES.values(), ids=list(PROPERTIES))
def test_targets_and_values_are_inverse(prop):
    values = np.linspace(max(prop.plausible[0], 1e-12), prop.plausible[1], 7)
    np.testing.assert_allclose(prop.from_target(prop.to_target(values)), values, rtol=1e-9, atol=1e-9)


def test_nan_stays_nan():
    assert np.isnan(TG.to_target([np.nan])).all()
    assert np.isnan(CONDUCTIVITY.to_target([np.nan])).all()
    assert not TG.is_plausible([np.nan]).any()


def test_a_conductivity_of_zero_is_refused_by_name():
    with pytest.raises(ValueError, match="ionic conductivity: 0 S/cm has no logarithm"):
        CONDUCTIVITY.to_target([1e-3, 0.0])


def test_an_unknown_property_names_the_known_ones():
    with pytest.raises(ValueError, match=r"'hardness'.*tg, conductivity"):
        find("hardness")


@pytest.mark.parametrize("prop", PROPERTIES.values(), ids=list(PROPERTIES))
def test_columns_can_be_written_everywhere(prop):
    assert all(re.fullmatch("[a-zA-Z0-9_]+", column) for column in (*prop.columns, prop.score_unit))
    assert prop.column == prop.columns[0]
    assert prop.step > 0


def test_columns_are_those_that_tables_have_always_had():
    assert CONDUCTIVITY.columns == ("conductivity_S_cm", "conductivity_low_S_cm", "conductivity_high_S_cm")
    assert [find(name).column for name in FURTHER] == ["liquidus_C", "activation_energy_eV", "youngs_modulus_GPa"]


def test_a_unit_with_a_slash_is_no_part_of_a_column():
    with pytest.raises(ValueError, match=r"'density': 'g/cm3' is no part of a column"):
        replace(DENSITY, column_unit="g/cm3")
