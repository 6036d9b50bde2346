import numpy as np
import pandas as pd
import pandera.errors
import pytest
from vitrion.datasets import load
from vitrion.datasets.cards import card
from vitrion.datasets.curation.duplicates import drop_retold
from vitrion.datasets.measurement import (
    COLUMNS,
    UNKNOWN_LICENCE,
    Measurements,
    composition_keys,
    formulas,
    schema,
    tabulate,
)
from vitrion.datasets.properties import find
from vitrion.datasets.sources import literature, liverpool
from vitrion.features import Composition
from vitrion.features.elements import INDEX


def test_tables_have_all_columns_and_obey_the_schema():
    rows = tabulate(2, formula=["LiCl", "NaCl"], value=[1.0, 2.0], unit="degC", source="s", paper="p", group="p")
    assert tuple(rows.columns) == COLUMNS
    schema().validate(rows)


@pytest.mark.parametrize("column,value", [("phase", "gas"), ("confidence", "sure"), ("paper", ""), ("year", 3000)])
def test_schema_refuses_what_is_outside(column, value):
    rows = tabulate(1, formula=["LiCl"], value=[1.0], unit="degC", source="s", paper="p", group="p")
    rows[column] = [value]
    with pytest.raises(pandera.errors.SchemaError):
        schema().validate(rows.astype({"year": "Int16"}))


@pytest.mark.parametrize("name", ["tg", "conductivity", "liquidus", "activation_energy"])
def test_embedded_data_obey_the_schema(name):
    rows = load(name).rows
    assert len(schema().validate(rows)) == len(rows)
    assert set(rows["quantity"]) == {name}
    licences = rows.groupby(rows["source"].str.split(":").str[0])["licence"].unique().map(set).to_dict()
    assert licences.pop("SciGlass", {"ODbL-1.0"}) == {"ODbL-1.0"}
    assert licences.pop(liverpool.NAME, {"CC-BY-4.0"}) == {"CC-BY-4.0"}
    for table in ("electrolytes_2", "insulators"):
        basis = licences.pop(literature.TABLES[table], set())
        assert basis <= set(literature.read_table([table])["licence"])
        assert UNKNOWN_LICENCE not in basis
    assert licences == {literature.NAME: {card("halide_electrolytes").licence}}


def test_keys_know_the_composition_to_a_hundredth_of_a_percent():
    matrix = np.zeros((3, 103))
    matrix[:, INDEX["Li"]] = [0.5, 0.500001, 0.502]
    matrix[:, INDEX["Cl"]] = [0.5, 0.499999, 0.498]
    keys = composition_keys(matrix)
    assert keys[0] == keys[1]
    assert keys[0] != keys[2]


def test_formulas_are_canonical():
    matrix = load("conductivity").measured.matrix[::997]
    for text in formulas(matrix):
        assert Composition.parse(text).formula == text


def test_glasses_of_forty_elements_can_be_read_again():
    assert max(map(len, formulas(load("tg").measured.matrix))) <= 256


def test_rows_and_compositions_go_together():
    rows = tabulate(2, formula=["LiCl", "NaCl"])
    with pytest.raises(ValueError, match="2 rows for 1 compositions"):
        Measurements(rows, np.eye(103)[:1])
    both = Measurements(rows, np.eye(103)[:2])
    assert both.take([1]).rows["formula"].tolist() == ["NaCl"]
    assert both.take(np.array([True, False])).matrix[0, 0] == 1
    assert len(Measurements.join([both, both])) == 4


def test_rows_of_who_filtered_his_table_go_by_place():
    known = load("tg", lab=False).take(np.arange(3)).measured
    part = Measurements(known.rows.assign(doi="10.1000/one"), known.matrix)
    mine = Measurements(part.rows.set_axis(["c", "a", "b"]).iloc[[2, 0]], part.matrix[[2, 0]])
    assert mine.rows.index.equals(pd.RangeIndex(2))
    kept, retold = drop_retold(part.take(np.array([0])), mine, find("tg"))
    assert retold["formula"].tolist() == [part.rows["formula"][0]]
    assert kept.rows["formula"].tolist() == [part.rows["formula"][2]]
