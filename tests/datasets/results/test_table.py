import gzip

import numpy as np
import pandas as pd
import pytest
from vitrion.datasets.results.table import FACT_COLUMNS, from_frame, read_table
from vitrion.datasets.tables.grid import TableError
from vitrion.features import Composition

TABLE = """Sample,Formula,T (K),sigma [mS/cm],Tg (K),Outcome,DOI,Colour
A1,LiAlCl2.5O0.75,298.15,1.4,257,glass,https://doi.org/10.1000/ABC,white

A2,LiAlCl2O,,,,no glass,,
"""


def facts(tmp_path, content, name="t.csv", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, **options)


def test_a_wide_table_gives_one_fact_for_each_value_and_outcome(tmp_path):
    reading = facts(tmp_path, TABLE)
    assert tuple(reading.facts.columns) == FACT_COLUMNS
    rows = reading.facts[
        ["row", "quantity", "value", "unit", "given", "given_unit", "temperature_C", "phase", "outcome"]
    ]
    first = [row[:8] for row in rows.head(3).to_numpy().tolist()]
    assert first[0] == [2, "conductivity", pytest.approx(1.4e-3), "S/cm", 1.4, "mS/cm", 25.0, "glass"]
    assert first[1] == [2, "tg", pytest.approx(-16.15), "degC", 257.0, "K", pytest.approx(np.nan, nan_ok=True), "glass"]
    assert rows["quantity"].tolist() == ["conductivity", "tg", "synthesis", "synthesis"]
    assert rows["outcome"].tolist() == ["", "", "glass", "no glass formed"]
    assert rows["row"].tolist() == [2, 2, 2, 4]
    assert reading.facts["doi"].tolist()[:3] == ["10.1000/abc"] * 3
    assert tuple(map(str, reading.notices)) == ("kept, not learnt from: Colour",)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + TABLE.encode(),
        TABLE.encode("utf-16"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        TABLE.replace(",", ";").encode(),
        ("sep=;\n" + TABLE.replace(",", ";")).encode(),
        ('"SEP=;"\r\n' + TABLE.replace(",", ";")).encode(),
        TABLE.replace(",", "\t").encode(),
        gzip.compress(TABLE.encode()),
    ],
    ids=["BOM", "UTF-16", "CRLF", "CR", "semicolons", "sep line", "quoted sep line", "tabs", "gzip"],
)
def test_the_ways_to_save_a_csv(tmp_path, content):
    same = facts(tmp_path, content).facts.drop(columns="row")
    pd.testing.assert_frame_equal(same, facts(tmp_path, TABLE).facts.drop(columns="row"))


def test_an_encoding_that_is_named(tmp_path):
    content = "formula,tg_C,note\nSiO2,1200,25 °C\n".encode("latin-1")
    assert facts(tmp_path, content, encoding="latin-1").facts["note"].tolist() == ["25 °C"]


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_excel_and_parquet_say_the_same_as_csv(tmp_path, suffix):
    frame = pd.DataFrame({"formula": ["SiO2", "B2O3"], "tg_C": [1200.0, np.nan], "outcome": [None, "crystallised"]})
    path = tmp_path / f"t.{suffix}"
    frame.to_excel(path, index=False) if suffix == "xlsx" else frame.to_parquet(path)
    read = read_table(path).facts
    assert read[["formula", "quantity", "phase"]].to_numpy().tolist() == [
        ["SiO2", "tg", "glass"],
        ["B2O3", "synthesis", "crystal"],
    ]
    pd.testing.assert_frame_equal(read.drop(columns="row"), from_frame(frame).facts.drop(columns="row"))


def test_a_sep_line_in_a_workbook_is_passed_over(tmp_path):
    path = tmp_path / "t.xlsx"
    pd.DataFrame([["sep=;", None], ["formula", "tg_C"], ["SiO2", 1200]]).to_excel(path, index=False, header=False)
    assert read_table(path).facts[["formula", "value", "row"]].to_numpy().tolist() == [["SiO2", 1200.0, 3]]


@pytest.mark.parametrize(
    "header,given,value",
    [
        ("conductivity_S_cm", 1e-3, 1e-3),
        ("ionic conductivity (S cm^-1)", 1e-3, 1e-3),
        ("Conductivity / mS cm-1", 1, 1e-3),
        ("σ [µS/cm]", 1000, 1e-3),
        ("conductivity (S/m)", 0.1, 1e-3),
        ("resistivity (Ω cm)", 1000, 1e-3),
        ("log10_conductivity", -3, 1e-3),
        ("log10(S/cm)", -3, 1e-3),
        ("log sigma (S/cm)", -3, 1e-3),
        ("log sigma (log10(S/cm))", -3, 1e-3),
        ("log10_conductivity", "−3", 1e-3),
        ("conductivity (S/cm)", "1e–3", 1e-3),
    ],
)
def test_units_of_conductivity(tmp_path, header, given, value):
    reading = facts(tmp_path, f"formula,temperature_C,{header}\nLiAlCl2.5O0.75,25,{given}\n")
    assert reading.facts["value"].tolist() == [pytest.approx(value)]


def test_the_number_of_a_corrected_fact_may_have_become_a_decimal(tmp_path):
    frame = pd.DataFrame({"formula": ["SiO2", "B2O3"], "tg_C": [1200, 260], "supersedes": [12, None]})
    frame.to_csv(tmp_path / "c.csv", index=False)
    assert ",12.0\n" in (tmp_path / "c.csv").read_text()
    assert read_table(tmp_path / "c.csv").facts["supersedes"].fillna(0).tolist() == [12, 0]


def test_the_exact_name_of_a_column_is_taken_before_another(tmp_path):
    reading = facts(tmp_path, "id,sample,name,formula,tg_C\n7,A1,first,SiO2,1200\n")
    assert reading.facts["sample"].tolist() == ["A1"]
    assert tuple(map(str, reading.notices)) == ("kept, not learnt from: id, name",)


def test_candidates_are_formulas_where_there_is_no_other_column_of_them(tmp_path):
    assert facts(tmp_path, "candidate,tg_C\nSiO2,1200\n").facts["formula"].tolist() == ["SiO2"]
    reading = facts(tmp_path, "candidate,tg_C,formula\nC1,1200,SiO2\n")
    assert reading.facts["formula"].tolist() == ["SiO2"]
    assert tuple(map(str, reading.notices)) == ("kept, not learnt from: candidate",)


def test_a_frame_may_hold_compositions_or_have_formulas_as_its_index():
    formulas = ["LiAlCl2.5O0.75", "SiO2"]
    frame = pd.DataFrame({"formula": [Composition.parse(text) for text in formulas], "tg_C": [-16.0, 1200.0]})
    assert from_frame(frame).facts["formula"].tolist() == formulas
    assert from_frame(frame.set_index("formula")).facts["formula"].tolist() == formulas
    indexed = pd.DataFrame({"tg_C": [-16.0, 1200.0]}, index=formulas)
    assert from_frame(indexed.rename_axis("Composition")).facts["formula"].tolist() == formulas
    with pytest.raises(TableError, match=r"formulas in an index without a name \(the first is 'LiAlCl2.5O0.75'\)"):
        from_frame(indexed)
    with pytest.raises(TableError, match="no column 'formula'"):
        from_frame(indexed.reset_index(drop=True))
    odd = from_frame(pd.DataFrame({"formula": [{"Si": 1, "O": 2}], "tg_C": [1200.0]})).problems["problem"]
    assert odd.tolist() == [
        "\"{'Si': 1, 'O': 2}\" of type dict is no formula; write one as text, such as LiAlCl2.5O0.75"
    ]


def test_a_long_table_names_quantity_and_unit_in_each_row(tmp_path):
    content = (
        "formula,quantity,value,unit,temperature_C\nLiAlCl4,conductivity,1.2e-3,mS/cm,25\n"
        "LiAlCl4,activation energy,45,kJ/mol,\nLiAlCl4,Melting point,419.15,K,\n"
    )
    read = facts(tmp_path, content).facts
    assert read["quantity"].tolist() == ["conductivity", "activation_energy", "melting"]
    np.testing.assert_allclose(read["value"], [1.2e-6, 0.46639, 146.0], rtol=1e-4)


def test_units_are_trusted_when_the_user_insists(tmp_path):
    content = "formula,tg_C\nLiAlCl2.5O0.75,530\nNaAlCl4,5000\n"
    assert len(facts(tmp_path, content).problems) == 2
    insisted = facts(tmp_path, content, trust_units=True)
    assert insisted.facts["value"].tolist() == [530.0]
    assert insisted.problems["row"].tolist() == [3]


@pytest.mark.parametrize(
    ("formula", "temperature", "phase"),
    [("LiAlCl4", 240, "glass"), ("LiAlCl4", 298, "crystal"), ("LiAlCl4", 298, "molten"), ("Li2O-2SiO2", 298, "glass")],
)
def test_what_may_be_hot_is_not_taken_for_kelvin(tmp_path, formula, temperature, phase):
    content = f"formula,temperature_C,conductivity_S_cm,phase\n{formula},{temperature},1e-5,{phase}\n"
    assert facts(tmp_path, content).problems.empty


@pytest.mark.parametrize(
    "header, given", [("conductivity_S_cm", "1e-30"), ("resistivity (ohm cm)", "1e30"), ("log10(S/cm)", "-30")]
)
def test_a_conductivity_below_all_tables_is_refused_unless_one_insists(tmp_path, header, given):
    text = f"formula,temperature_C,phase,{header}\nLiCl,25,crystal,{given}\n"
    (problem,) = facts(tmp_path, text).problems["problem"]
    assert "no table holds less than 1e-27 S/cm, and no meter reads 1e-16; check the number, or insist" in problem
    assert facts(tmp_path, text, trust_units=True).facts["value"].tolist() == [pytest.approx(1e-30)]
    assert len(facts(tmp_path, text.replace("30", "27")).facts) == 1


def test_a_tg_may_be_as_low_as_any_that_is_known(tmp_path):
    text = "formula,tg_C\nLiAlCl2.5O0.75,{}\n"
    assert facts(tmp_path, text.format(-140)).facts["value"].tolist() == [-140.0]
    (problem,) = facts(tmp_path, text.format(-150), trust_units=True).problems["problem"]
    assert "lies between -143.15 and 1300 degC; check the number" in problem and "insist" not in problem


def test_temperatures_are_trusted_when_the_user_insists(tmp_path):
    head = "formula,temperature_{},conductivity_S_cm,phase\n"
    content = head.format("C") + "LiAlCl4,298,1e-6,glass\n"
    assert facts(tmp_path, content, trust_units=True).facts["temperature_C"].tolist() == [298.0]
    content = head.format("K") + "LiAlCl4,100,1e-9,glass\n"
    assert len(facts(tmp_path, content).problems) == 1
    assert facts(tmp_path, content, trust_units=True).problems.empty


def test_a_problem_of_several_quantities_is_told_once(tmp_path):
    content = "formula,temperature_C,conductivity_mS_cm,tg_C\nLiAlCl4,25,1,20\nLiXx,25,1,20\nLiAlCl4,25,1,20\n"
    found = facts(tmp_path, content).problems[["row", "column"]].to_numpy().tolist()
    assert found == [[3, "formula"], [4, "conductivity, tg"]]


@pytest.mark.parametrize(
    ("formula", "tg_C", "noticed"),
    [
        ("LiAlCl2.5O0.75", 256, True),
        ("LiAlCl2.5O0.75", -17, False),
        ("LiAlCl2.5O0.75", 90, False),
        ("NaAlBr2.5O0.75", 245, True),
        ("Pb5Cl4O3", 281, False),
        ("Li2O-3SiO2", 470, False),
    ],
)
def test_a_warm_tg_of_a_chloride_rich_glass_is_noticed_and_taken(tmp_path, formula, tg_C, noticed):
    read = facts(tmp_path, f"formula,tg_C\n{formula},{tg_C}\n")
    assert read.problems.empty
    assert read.facts["value"].tolist() == [tg_C]
    assert any(f"row 2: {formula}: a Tg of {tg_C} degC is high" in str(notice) for notice in read.notices) is noticed


def test_melts_and_silver_glasses_may_conduct_well(tmp_path):
    content = "formula,temperature_C,conductivity_S_cm,phase\nLiAlCl4,180,0.45,molten\nAg3PO4-3AgI,25,0.02,glass\n"
    assert facts(tmp_path, content).problems.empty


def test_crystals_may_conduct_better_than_glasses(tmp_path):
    path = tmp_path / "results.csv"
    head = "formula,temperature_C,conductivity_S_cm,phase\n"
    path.write_text(head + "Na3.4Zr2Si2.4P0.6O12,25,0.005,crystal\nLi7La3Zr2O12,25,1e-3,\nRbCu4I2Cl3,25,0.44,crystal\n")
    assert not len(read_table(path).problems)
    path.write_text(head + "Li2Si2O5,25,0.005,glass\nLi7La3Zr2O12,25,1.2,crystal\n")
    assert read_table(path).problems["row"].tolist() == [2, 3]
