from vitrion.datasets import literature


def test_every_conductivity_is_read_with_paper_and_temperature():
    rows = literature.read("conductivity").rows
    assert len(rows) == 377
    assert rows["temperature_C"].notna().all()
    assert (rows["paper"] != "").all()
    assert rows.loc[rows["phase"] == "molten", "formula"].tolist() == ["LiAlSCl4O2"]


def test_rows_without_doi_are_grouped_more_coarsely_than_a_paper():
    rows = literature.read("conductivity").rows
    salts = rows[rows["formula"].isin(["LiAlCl4", "NaAlCl4"]) & (rows["temperature_C"] == 25)]
    assert salts["group"].nunique() == 1
    assert salts["group"].iloc[0].startswith("no-doi:")


def test_doi_case_does_not_split_a_paper():
    rows = literature.read("conductivity").rows
    assert (rows["doi"] == rows["doi"].str.lower()).all()


def test_what_a_review_repeats_is_held_out_with_the_original():
    rows = literature.read("conductivity").rows
    twice = rows[rows["formula"] == "Li2.6Ta0.2In0.8Cl6"]
    assert twice["paper"].nunique() == 2
    assert twice["group"].nunique() == 1


def test_mixtures_give_a_liquidus_and_no_melting_point():
    liquidus, melting = (set(literature.read(name).rows["formula"]) for name in ("liquidus", "melting"))
    assert {"NaCl", "K0.5Al0.5Cl2", "LiAlCl4"} <= liquidus
    assert "K0.5Al0.5Cl2" not in melting
    assert {"NaCl", "AlCl3", "LiAlCl4"} <= melting
    assert len(literature.read("youngs_modulus")) == 0
