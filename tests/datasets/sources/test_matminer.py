import sys
import types

import pandas as pd
import pytest
from vitrion.datasets import load
from vitrion.datasets.measurement import schema
from vitrion.datasets.sources import matminer as matminer_reader
from vitrion.datasets.sources.matminer import MatminerError
from vitrion.features import Composition

TABLE = pd.DataFrame({"formula": ["SiO2", "B2O3", "Xx2"], "tg": [1473.15, 533.15, 300.0]})


def matminer(table=TABLE, fault=None):
    def load_dataset(name):
        print("Fetching", name)
        if fault:
            raise fault
        return table

    return types.SimpleNamespace(
        load_dataset=load_dataset, get_available_datasets=lambda print_format: ["glass_tg", "other"]
    )


@pytest.fixture
def stand_in(monkeypatch):
    def install(**options):
        monkeypatch.setitem(sys.modules, "matminer.datasets", matminer(**options))

    install()
    return install


def test_a_column_becomes_measurements_in_the_lab_unit(stand_in, capsys):
    with pytest.raises(MatminerError, match=r"row 2: .*Xx.*\(1 such rows\); leave them out with keep_good"):
        matminer_reader.read("glass_tg", "tg", "tg", "K")
    measured = matminer_reader.read("glass_tg", "tg", "tg", "K", phase="glass", keep_good=True)
    schema().validate(measured.rows)
    assert measured.rows["value"].tolist() == [1200.0, 260.0]
    assert set(measured.rows["group"]) == {"matminer:glass_tg"}
    assert capsys.readouterr().out == ""
    assert (load("tg", extra=[measured]).rows["source"] == "matminer glass_tg").sum() == 2


def test_compositions_and_structures_do_too(stand_in):
    objects = [Composition.parse("SiO2"), Composition.parse("B2O3")]
    stand_in(table=pd.DataFrame({"composition": objects, "x": [1200.0, 260.0]}))
    assert matminer_reader.read("other", "tg", "x", "degC").rows["formula"].tolist() == ["SiO2", "B2O3"]
    stand_in(
        table=pd.DataFrame({"structure": [types.SimpleNamespace(composition=c) for c in objects], "x": [1.0, 2.0]})
    )
    assert len(matminer_reader.read("other", "tg", "x", "degC")) == 2


@pytest.mark.parametrize(
    "name,column,message",
    [
        ("glass", "tg", "'glass' is no data set of matminer; did you mean glass_tg"),
        ("glass_tg", "Tx", "glass_tg has no column 'Tx'; it has formula, tg"),
    ],
)
def test_wrong_names_list_the_right_ones(stand_in, name, column, message):
    with pytest.raises(MatminerError, match=message):
        matminer_reader.read(name, "tg", column, "K")


def test_faults_say_how_to_mend(stand_in, monkeypatch):
    stand_in(fault=OSError("no network"))
    with pytest.raises(MatminerError, match=r"could not be loaded \(no network\)"):
        matminer_reader.load_table("glass_tg")
    stand_in(table=pd.DataFrame({"x": [1.0]}))
    with pytest.raises(MatminerError, match="no column with formulas"):
        matminer_reader.read("other", "tg", "x", "K")
    monkeypatch.setitem(sys.modules, "matminer.datasets", None)
    with pytest.raises(MatminerError, match=r"pip install \."):
        matminer_reader.names()


def test_the_real_matminer_names_its_data_sets():
    known = matminer_reader.names()
    assert len(known) >= 40
    assert "matbench_glass" in known
