import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.datasets.chemistry.possible import bounds, mobile, molecular, traces
from vitrion.datasets.chemistry.possible import ceiling as most
from vitrion.datasets.curation.conduction import TRACE, ceiling, not_ionic
from vitrion.datasets.curation.curate import rules
from vitrion.datasets.properties import CONDUCTIVITY, LIQUIDUS, TG
from vitrion.features import Fractions


def matrix(formulas):
    return Fractions.of(formulas).matrix


@pytest.mark.parametrize(
    "formula",
    [
        *("CCl4", "SiCl4", "GeCl4", "SnCl4", "TiCl4", "PCl3", "POCl3", "BCl3", "AsCl3", "VOCl3", "VCl4", "S2Cl2"),
        *("SOCl2", "SO2Cl2", "CrO2Cl2", "C1OCl2", "SiF4", "BF3", "BBr3", "SiBr4", "SiCl2Br2", "0.5SiCl4-0.5POCl3"),
        *(
            "Li0.01SiCl4.01",
            "SnCl3Br",
            "H2O",
            "CO2",
            "SO2",
            "O2",
            "N2",
            "HCl",
            "HF",
            "C6H6",
            "CH3OH",
            "Hg",
            "NH3",
            "H2S",
        ),
        *("Cu", "Na", "I2", "C2H5Cl"),
    ],
)
def test_molecular_liquids_have_no_tg(formula):
    assert molecular(matrix([formula])).all()
    assert bounds(TG, matrix([formula]), None, None).void.all()
    assert not bounds(LIQUIDUS, matrix([formula]), None, None).void.any()


@pytest.mark.parametrize(
    "formula",
    [
        *("LiAlCl2.5O0.75", "LiSiCl3O", "LiBCl2.5O0.75", "LiPOCl4", "Li0.1SiCl4.1", "SiO2", "P2O5", "B2O3", "TiCl3"),
        *("SnCl2", "SnF4", "TiF4", "TaCl5", "AlCl3", "SbCl3", "ZnCl2", "PSCl3", "SiCl3O0.5", "BiCl3", "BeF2", "SiI4"),
        *("GeS2", "AsS1.5", "P2S5", "NaPO3", "C", "S", "P", "B2O3-BCl3", "POCl3-P2O5", "VO2Cl"),
        *("As2S3", "Se", "GeSe2", "Te", "As2Se3", "LiOH", "NaHCO3", "NH4Cl", "H3BO3", "LiH", "B2O3-H2O", "LiBH4"),
    ],
)
def test_salts_and_networks_have_one(formula):
    assert not molecular(matrix([formula])).any()


def test_a_trace_is_what_training_leaves_out():
    """The rule of rankings and that of the training rows are one."""
    batch = matrix(["LiAlCl4", "Li0.001AlCl3.001", "AlCl3", "AgI", "Li0.06AlCl3.06", "Li0.03AlCl3.03"])
    left_out = next(mask for mask, reason in not_ionic(batch, rules()) if reason == TRACE)
    assert (traces(batch) == left_out).all()
    assert traces(batch).tolist() == [False, True, True, False, False, True]
    assert mobile(batch)[3] == pytest.approx(0.5)


def test_no_solid_near_room_temperature_conducts_a_tenth():
    batch = matrix(["LiAlCl4", "NaTaOCl4", "TaCl5", "LiTlCl2.5", "RbAg4I5", "Li0.5Ag0.0001I0.5001"])
    room = np.full(len(batch), 1000 / 298.15)
    told = bounds(CONDUCTIVITY, batch, room, np.zeros(len(batch), dtype=bool))
    assert (10 ** told.most[[0, 1, 2, 3, 5]] <= 0.1).all()
    assert 10 ** told.most[4] == pytest.approx(0.6)
    assert not told.void.any() and (told.least == -np.inf).all()


@pytest.mark.parametrize("celsius", [150.0, 300.0, 600.0, 1500.0])
def test_nothing_conducts_more_than_the_top_however_hot(celsius):
    batch = matrix(["RbAg4I5", "AgI", "Li3InCl6", "CuI", "LiAlCl4", "SiO2"])
    hot = np.full(len(batch), 1000 / (celsius + 273.15))
    assert (10 ** bounds(CONDUCTIVITY, batch, hot, None).most <= 5.0 + 1e-9).all()
    melts = bounds(CONDUCTIVITY, batch, hot, np.ones(len(batch), dtype=bool))
    assert 10**melts.most == pytest.approx(10.0)


@pytest.mark.parametrize("kind", ["alkali", "silver_copper"])
def test_the_limit_rises_with_temperature_up_to_its_top(kind):
    celsius = np.linspace(-200.0, 1500.0, 2000)
    told = most(1000 / (celsius + 273.15), kind)
    below = told < told.max()
    assert (np.diff(told[below]) > 0).all() and (np.diff(told) >= 0).all()
    assert below[:1800].any() and not below[-1]


def test_no_alkali_conducts_a_tenth_up_to_sixty_degrees():
    assert (10 ** most(1000 / (np.array([-50.0, 0.0, 25.0, 40.0, 60.0]) + 273.15)) <= 0.1 + 1e-12).all()


@pytest.mark.parametrize(("kind", "formula"), [("alkali", "Li6PS5Cl"), ("silver_copper", "RbAg4I5")])
def test_the_limit_is_above_what_the_data_may_hold(kind, formula):
    """What curation lets pass can be predicted."""
    celsius = np.array([20.0, 60.0, 100.0, 150.0, 300.0])
    batch = matrix([formula] * len(celsius))
    assert (most(1000 / (celsius + 273.15), kind) > np.log10(ceiling(celsius, batch, rules()))).all()


@pytest.mark.slow
def test_no_measurement_lies_beyond_its_bounds():
    for name, quantity in (("tg", TG), ("conductivity", CONDUCTIVITY)):
        data = load(name, lab=False)
        y, rows = quantity.to_target(data.values), data.rows
        at = molten = None
        if name == "conductivity":
            at = 1000 / (rows["temperature_C"].to_numpy(dtype=float) + 273.15)
            molten = (rows["phase"] == "molten").to_numpy()
        told = bounds(quantity, data.fractions.matrix, at, molten)
        beyond = told.void | (y < told.least) | (y > told.most)
        assert not beyond.any(), rows[beyond].to_string()
