import numpy as np
import pytest
from vitrion.datasets.properties import CONDUCTIVITY, PROPERTIES, TG, find


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
