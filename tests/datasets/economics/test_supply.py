import numpy as np
import pandas as pd
import pytest
from vitrion.datasets.economics import supply
from vitrion.features import Composition


def test_index_is_the_mean_by_mass():
    table = pd.read_csv(supply.DATA / "element_supply.csv").set_index("symbol")["HHI_production"]
    share = 22.98977 / (22.98977 + 35.453)
    assert supply.supply_risk("NaCl") == pytest.approx(share * table["Na"] + (1 - share) * table["Cl"], rel=1e-4)
    assert supply.supply_risk("Ta", of="reserve") > supply.supply_risk("NaCl", of="reserve")


def test_the_order_of_risk_and_abundance():
    naco, laco, tantalum = supply.supply_risk(["NaAlCl2.5O0.75", "LiAlCl2.5O0.75", "LiTaCl4O"])
    assert naco < laco < tantalum
    assert (np.diff(supply.abundance(["LiTaCl4O", "LiAlCl2.5O0.75", "NaAlCl2.5O0.75"])) > 0).all()
    assert supply.scarcest(["LiAlCl2.5O0.75"]) == ["Li"]


def test_elements_are_as_plentiful_as_their_neighbours():
    assert supply.abundance("Nb") < supply.abundance("Zr")
    assert supply.scarcest(["Li6PS5Cl", "Lu2O3"]) == ["Li", "Lu"]
    assert supply.abundance(["S", "Lu", "Nb", "Ru"]).tolist() == [350.0, 0.8, 20.0, 0.001]


def test_what_is_unknown_is_nan_and_named():
    assert np.isnan(supply.supply_risk("UCl4"))
    assert supply.unknown(["UCl4", "LiCl"]) == [("U",), ()]
    assert np.isnan(supply.abundance(Composition.parse("NpCl4")))
    assert supply.scarcest("NpCl4") == [""]


def test_hydrogen_is_free():
    assert np.isfinite(supply.supply_risk("Li2HClO"))
