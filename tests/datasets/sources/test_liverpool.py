import numpy as np
from vitrion.datasets import load
from vitrion.datasets.curation.duplicates import TOLD_TWICE
from vitrion.datasets.measurement import schema
from vitrion.datasets.sources import literature, liverpool


def test_every_row_is_read_with_its_temperature_and_paper():
    rows = schema().validate(liverpool.read("conductivity").rows)
    assert len(rows) == 787
    assert rows["temperature_C"].between(5, 873).all()
    assert (rows["phase"] == "unknown").all()
    assert set(rows.loc[rows["doubt"] != "", "weight"]) == {0.3}


def test_rows_of_the_official_test_part_can_be_told_apart():
    assert (liverpool.read("conductivity").rows["place"] == liverpool.OBELIX_TEST).sum() == 98


def test_other_properties_have_no_rows():
    assert len(liverpool.read("tg")) == 0


def test_what_the_literature_table_holds_already_is_dropped():
    data = load("conductivity", lab=False)
    new = (data.rows["source"] == liverpool.NAME).to_numpy()
    dropped = data.dropped[data.dropped["source"] == liverpool.NAME]
    assert new.sum() + len(dropped) == 787
    assert set(dropped["reason"]) == {TOLD_TWICE}
    first, own = literature.read("conductivity", tuple(literature.TABLES)), liverpool.read("conductivity")
    tables = (part.rows.assign(key=part.keys, target=np.log10(part.rows["value"])) for part in (own, first))
    pairs = next(tables).reset_index().merge(next(tables), on=["doi", "key"], suffixes=("", "_first"))
    near = (pairs["temperature_C"] - pairs["temperature_C_first"]).abs() <= 5
    near &= (pairs["target"] - pairs["target_first"]).abs() <= 0.02
    assert pairs.loc[near & (pairs["doi"] != ""), "index"].nunique() == len(dropped) > 0


def test_a_melting_point_that_both_literature_tables_have_counts_once():
    """Li0.8177K0.1823Cl of one database without a DOI, written in two ways."""
    data = load("liquidus", lab=False)
    twice = data.dropped[data.dropped["reason"] == TOLD_TWICE]
    assert len(twice) == 4
    assert "Li0.8177K0.1823Cl" in set(twice["formula"])
    assert "K0.1823Li0.8177Cl" in set(data.rows["formula"])
    curated = data.take(data.curated)
    assert not curated.rows.assign(key=curated.measured.keys).duplicated(["key", "paper", "value"]).any()


def test_the_same_measurement_is_known_again_on_both_sides_of_a_round_number():
    """Li6PS5Br of one paper: 0.694 mS/cm at 25 C, and digitised 0.718 mS/cm at 27.7 C."""
    dropped = load("conductivity", lab=False).dropped
    twice = dropped[(dropped["source"] == liverpool.NAME) & (dropped["doi"] == "10.1039/c7ta08581h")]
    assert "Li6PS5Br" in set(twice["formula"])
