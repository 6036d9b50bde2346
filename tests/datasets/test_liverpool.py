import numpy as np
from vitrion.datasets import liverpool, load
from vitrion.datasets.measurement import schema


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
    plain = load("conductivity", lab=False)
    more = load("conductivity", lab=False, extra=[liverpool.read("conductivity")])
    new = (more.rows["source"] == liverpool.NAME).to_numpy()
    assert len(more) == len(plain) + new.sum()
    assert 0 < new.sum() < 787
    told = set(zip(plain.rows["doi"], plain.measured.keys.tolist(), plain.values.round(12).tolist(), strict=True))
    again = zip(
        more.rows["doi"][new], more.measured.keys[new].tolist(), more.values[new].round(12).tolist(), strict=True
    )
    assert not [row for row in again if row[0] and row in told]
    assert np.isfinite(more.values).all()
