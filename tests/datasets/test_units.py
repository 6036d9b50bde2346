import numpy as np
import pytest
from vitrion.datasets import units
from vitrion.datasets.curation.plausibility import looks_kelvin, suspect
from vitrion.datasets.properties import ACTIVATION_ENERGY, CONDUCTIVITY, DENSITY, PROPERTIES, TG
from vitrion.features import Fractions


@pytest.mark.parametrize(
    "value,unit,prop,lab",
    [
        (1.52, "mS/cm", CONDUCTIVITY, 1.52e-3),
        (0.152, "S/m", CONDUCTIVITY, 1.52e-3),
        (1520, "uS/cm", CONDUCTIVITY, 1.52e-3),
        (1520, "µS cm⁻¹", CONDUCTIVITY, 1.52e-3),
        (657.9, "ohm cm", CONDUCTIVITY, 1.52e-3),
        (6.579, "Ω·m", CONDUCTIVITY, 1.52e-3),
        (-2.81816, "log10(S/cm)", CONDUCTIVITY, 1.52e-3),
        (2.81816, "log10(ohm cm)", CONDUCTIVITY, 1.52e-3),
        (256.35, "K", TG, -16.8),
        (-16.8, "°C", TG, -16.8),
        (-16.8, "℃", TG, -16.8),
        (1.52e-3, "S cm–1", CONDUCTIVITY, 1.52e-3),
        (31.84, "kJ/mol", ACTIVATION_ENERGY, 0.33),
        (330, "meV", ACTIVATION_ENERGY, 0.33),
        (7.61, "kcal/mol", ACTIVATION_ENERGY, 0.33),
        (2200, "kg/m3", DENSITY, 2.2),
    ],
)
def test_values_become_lab_units(value, unit, prop, lab):
    assert units.convert(value, unit, prop) == pytest.approx(lab, rel=1e-3)


@pytest.mark.parametrize("prop", PROPERTIES.values(), ids=list(PROPERTIES))
def test_every_property_has_its_lab_unit(prop):
    assert units.find(prop.unit, prop).to_lab(2.0) == 2.0


def test_milli_is_not_mega():
    with pytest.raises(units.UnitError, match="'MeV' is not a unit of activation energy"):
        units.find("MeV", ACTIVATION_ENERGY)
    assert units.find("ms/cm", CONDUCTIVITY).name == "mS/cm"


def test_nan_and_the_impossible_stay_nan():
    assert np.isnan(units.convert([np.nan, 400.0], "log10(S/cm)", CONDUCTIVITY)).all()
    assert np.isnan(units.convert([0.0], "ohm cm", CONDUCTIVITY)).all()


@pytest.mark.parametrize(
    "formula,value,unit,prop,phase,likely",
    [
        ("LiAlCl2.5O0.75", 1.52, "S/cm", CONDUCTIVITY, "glass", "mS/cm (0.00152 S/cm)"),
        ("LiAlCl2.5O0.75", -2.8, "S/cm", CONDUCTIVITY, "glass", "log10(S/cm)"),
        ("LiAlCl2.5O0.75", 1.52e-3, "S/cm", CONDUCTIVITY, "glass", ""),
        ("LiAlCl4", 0.5, "S/cm", CONDUCTIVITY, "molten", ""),
        ("LiAlCl2.5O0.75", 500.0, "degC", TG, "glass", "K (227 degC)"),
        ("Li2O-2SiO2", 500.0, "degC", TG, "glass", ""),
        ("LiAlCl2.5O0.75", -16.8, "K", TG, "glass", "degC"),
        ("LiAlCl4", 31.8, "eV", ACTIVATION_ENERGY, "glass", "kJ/mol"),
        ("LiAlCl4", 1e9, "eV", ACTIVATION_ENERGY, "glass", "check the number"),
    ],
)
def test_a_wrong_unit_is_suspected_by_name(formula, value, unit, prop, phase, likely):
    complaint = suspect(
        np.array([value]),
        units.find(unit, prop),
        prop,
        Fractions.of([formula]).matrix,
        temperature_C=np.array([25.0]),
        phase=[phase],
    )[0]
    assert (likely in complaint) if likely else complaint == ""


@pytest.mark.parametrize(
    "values,kelvin",
    [
        ([256.35], False),
        ([298.15], True),
        ([256.35, 247.65], True),
        ([25.0], False),
        ([120.5, 133.0], False),
        ([], False),
    ],
)
def test_kelvin_shows_in_the_decimals(values, kelvin):
    assert looks_kelvin(np.array(values)) is kelvin


def test_no_embedded_measurement_is_suspected_but_for_few():
    from vitrion.datasets import load

    for name in ("tg", "conductivity"):
        data = load(name, lab=False)
        complaints = suspect(
            data.values,
            units.find(data.property.unit, data.property),
            data.property,
            data.measured.matrix,
            temperature_C=data.rows["temperature_C"].to_numpy(),
            phase=data.rows["phase"].tolist(),
        )
        assert sum(map(bool, complaints)) <= 1e-3 * len(data)
