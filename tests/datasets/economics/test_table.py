import pandas as pd
import pytest
from vitrion.datasets import costs
from vitrion.datasets.economics.prices import PriceTableError
from vitrion.datasets.economics.table import read_prices
from vitrion.features import Composition


def test_cost_route_supply_and_abundance_stand_in_one_row():
    table = costs(["NaAlCl2.5O0.75", "LiAlCl2.5O0.75", "Li6PS5Cl"])
    naco, laco, argyrodite = table["usd_per_kg"]
    assert naco < laco < argyrodite / 5
    assert table["scarcest"].tolist() == ["Cl", "Li", "Li"]
    assert table["crust_mg_per_kg"].tolist() == [145.0, 20.0, 20.0]
    assert table["hhi_production"].between(500, 2500).all()
    assert "AlCl3" in table["estimated"][0]
    kilograms = [float(part.split()[0]) for part in table["precursors"][1].split(" + ")]
    gone = float(table["by_products"][1].split()[0])
    assert sum(kilograms) - gone == pytest.approx(1, abs=0.002)
    assert table["route"][1] == "Sb2O3 into a melt of LiCl and AlCl3, SbCl3 distils off"
    assert "11.6 USD/kg: Li2CO3 and Sb2O3 into a melt of AlCl3" in table["alternatives"][1]
    assert table["practice"].tolist() == ["glass", "glass", "published"]
    viglas = "10.1038/s41560-023-01356-y"
    assert table["doi"].tolist() == [viglas, viglas, "10.3389/fchem.2021.778057"]
    assert costs(["LiScCl2O"]).loc[0, ["practice", "doi"]].tolist() == ["possible", ""]


def test_by_products_are_named():
    row = costs(Composition.parse("LiAlCl2.5O0.75"), year=2023).iloc[0]
    assert row["formula"] == "LiAlCl2.5O0.75"
    assert row["by_products"] == "0.848 SbCl3"


def test_what_cannot_be_bought_keeps_its_row():
    row = costs(["NpCl4"]).iloc[0]
    assert pd.isna(row["usd_per_kg"])
    assert pd.isna(row["hhi_production"])
    assert "Np" in row["note"]


def test_own_prices_from_a_file(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text("supplier,Formula,usd_per_kg\nA,NaCl,0.2\nB,Cl3Al,1.5\n")
    own = read_prices(path)
    assert own.index.tolist() == [2, 3]
    assert costs(["NaCl"], own)["usd_per_kg"][0] == pytest.approx(0.2)
    path.write_text("formula,price\nNaCl,0.2\n")
    with pytest.raises(PriceTableError, match=r"no column 'usd_per_kg' \(its columns: formula, price"):
        read_prices(path)
