from vitrion.datasets.sources import literature


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


def test_a_journal_that_the_table_cites_names_the_paper():
    named = literature.read("conductivity").rows.set_index("formula")["group"]
    assert named["Li1.3Si0.0875B0.525O1.6125"] == "cited:J Non-Cryst Solids 443 (2016) 75"
    assert named["LiAlICl3"] == "cited:J Chem Phys 114 (2001) 9998"
    energies = literature.read("activation_energy").rows
    silicates = energies[energies["group"] == "cited:Phys. Status Solidi A 1994 144 17"]
    assert len(silicates) == 11


def test_rows_that_may_be_of_one_paper_keep_one_group():
    """The energy of Rb4Cu16I7Cl13 has no citation, its conductivity of the same source and year has one."""
    groups = {
        literature.read(name).rows.set_index("formula").loc["Rb4Cu16I7Cl13", "group"]
        for name in ("conductivity", "activation_energy")
    }
    assert groups == {"no-doi:abstract or open-access page:1992"}


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


def test_the_second_table_is_read_on_demand_with_its_doubts_and_licences():
    rows = literature.read("conductivity", ["electrolytes_2"]).rows
    assert len(rows) == 451
    assert rows["source"].str.startswith(literature.SECOND).all()
    assert literature.is_literature(rows).all()
    doubted = rows["doubt"] != ""
    assert doubted.sum() == 26
    assert set(rows.loc[doubted, "weight"]) == {0.3}
    assert "CC BY 4.0 (Hargreaves et al. 2023, copied in OBELiX)" in set(rows["licence"])
    assert len(literature.read("conductivity", [*literature.TABLES])) == 377 + 451 + 59
