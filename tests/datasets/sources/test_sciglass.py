import numpy as np
import pandas as pd
import pytest
from vitrion.datasets.sources import sciglass


@pytest.fixture(scope="module")
def table():
    return pd.read_parquet(sciglass.TABLE)


def test_every_tg_is_read(table):
    measured = sciglass.read("tg")
    assert len(measured) == table["tg_C"].notna().sum()
    assert set(measured.rows["paper"]) == {f"sciglass:{kod}" for kod in table.loc[table["tg_C"].notna(), "paper"]}
    np.testing.assert_allclose(measured.matrix.sum(axis=1), 1)


def test_conductivity_is_long_one_row_a_temperature(table):
    measured = sciglass.read("conductivity")
    columns = list(sciglass.COLUMNS["conductivity"])
    assert len(measured) == table[columns].notna().sum().sum()
    assert set(measured.rows["temperature_C"]) == {20.0, 100.0, 150.0, 300.0}
    source = table[(table["paper"] == 10431) & table[columns[0]].notna()].iloc[0]
    place = f"glass {source['glass']}"
    found = measured.rows[(measured.rows["paper"] == "sciglass:10431") & (measured.rows["place"] == place)]
    at_20 = found.loc[found["temperature_C"] == 20, "value"].iloc[0]
    assert np.log10(at_20) == pytest.approx(source[columns[0]], abs=1e-5)


def test_a_property_that_sciglass_lacks_gives_no_rows():
    assert len(sciglass.read("activation_energy")) == 0
