import re

import numpy as np
import pandas as pd
import pytest
import vitrion
from vitrion.experiments.comparison import Comparison, compare
from vitrion.experiments.comparison.cells import CELL, NOTHING, Cell, words
from vitrion.experiments.comparison.table import MOST
from vitrion.features import FormulaError

LACO, NACO, ARGYRODITE = "LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "Li6PS5Cl"
DOI = "10.1038/s41560-023-01356-y"


@pytest.fixture(scope="module")
def three(predictors):
    return compare([LACO, NACO, ARGYRODITE], predictors=predictors)


def cell(comparison, start, formula):
    rows = comparison.cells
    found = rows[rows["virtue"].str.startswith(start) & (rows["formula"] == formula)]
    assert len(found) == 1, start
    return found.iloc[0]


def test_rows_are_virtues_and_columns_compositions(three):
    assert list(three.table.columns) == [LACO, NACO, ARGYRODITE] and len(three) == 3
    starts = (
        "conductivity",
        "glass",
        "viscoelastic",
        "oxidation",
        "liquidus",
        "Young",
        "density",
        "cost",
        "concent",
        "flags",
    )
    assert all(head.startswith(start) for head, start in zip(three.table.index, starts, strict=True))
    assert list(three.cells.columns) == list(CELL) and (three.cells["words"] != "").all()
    assert three.table.loc["cost, USD/kg", LACO] == cell(three, "cost", LACO)["words"]


def test_measured_and_predicted_stand_apart(three):
    sigma = cell(three, "conductivity", LACO)
    assert (sigma["measured"], sigma["measured_as"], sigma["papers"]) == (1.52e-3, "glass, 30 °C", 1)
    assert sigma["doi"] == DOI and sigma["low"] < sigma["predicted"] < sigma["high"]
    assert sigma["measured_words"].startswith("measured 1.52e-3") and sigma["predicted_words"].startswith("predicted")
    tg = cell(three, "glass", NACO)
    assert tg["measured"] == -25.5 and "measured" not in tg["predicted_words"]
    assert np.isnan(cell(three, "glass", ARGYRODITE)["measured"])


def test_tg_less_the_temperature_says_what_is_viscoelastic(three, predictors):
    soft, hard = (cell(three, "viscoelastic", one) for one in (LACO, ARGYRODITE))
    assert soft["measured"] == pytest.approx(-16.8 - 25) and "measured: viscoelastic" in soft["note"]
    assert hard["predicted"] > 0 and "chance to be viscoelastic" in hard["note"]
    cold = compare([LACO], -40.0, predictors)
    assert cell(cold, "viscoelastic at -40", LACO)["measured"] == pytest.approx(-16.8 + 40)
    assert "a rigid glass" in cell(cold, "viscoelastic", LACO)["note"]


def test_the_other_virtues_of_the_three(three):
    limits = [cell(three, "oxidation", one) for one in (LACO, NACO, ARGYRODITE)]
    assert [one["note"][:12] for one in limits] == ["V against Li", "V against Na", "V against Li"]
    assert limits[2]["high"] < limits[1]["low"] < limits[0]["predicted"] < 4.5
    assert (limits[0]["measured"], limits[0]["measured_high"]) == (3.85, 4.3)
    costs = [cell(three, "cost", one) for one in (NACO, LACO, ARGYRODITE)]
    assert [one["measured"] for one in costs] == [1.95, 6.85, 319.0]
    assert costs[0]["predicted"] < costs[1]["predicted"] < costs[2]["predicted"] / 10
    assert costs[0]["measured_words"].startswith("published 1.95")
    salt = cell(three, "liquidus", NACO)
    assert (salt["measured"], salt["measured_high"], salt["papers"]) == (153, 157, 2)
    assert "vitrion train -p liquidus" in salt["note"] and np.isnan(salt["predicted"])
    stiff = cell(three, "Young", LACO)
    assert stiff["low"] == 2 < stiff["high"] and np.isnan(stiff["predicted"])
    assert "P, S" in cell(three, "Young", ARGYRODITE)["words"]
    assert cell(three, "density", ARGYRODITE)["basis"] == "volumes of its ions by their radii"
    assert cell(three, "concentration", LACO)["note"] == "scarcest: Li"
    assert [cell(three, "flags", one)["words"] for one in (LACO, ARGYRODITE)] == ["none", "crystal known"]


def test_a_limit_of_a_sweep_is_not_taken_for_one(predictors):
    told = compare(["LiTaOCl4"], predictors=predictors)
    assert "gives way by 4.50 V" in cell(told, "oxidation", "LiTaCl4O")["note"]
    assert cell(told, "oxidation", "LiTaCl4O")["measured"] == 5.0


def test_what_is_not_neutral_says_so(predictors):
    assert cell(compare(["LiAlCl5"], predictors=predictors), "conductivity", "LiAlCl5")["note"].startswith(
        "not neutral"
    )


def test_molecules_have_no_glass_transition_and_no_salt(predictors):
    told = compare(["CCl4", LACO, "H2O"], predictors=predictors)
    for start in ("glass", "viscoelastic"):
        assert cell(told, start, "CCl4")["words"].endswith("molecular liquid or gas: no glass transition")
        assert "no glass transition" not in cell(told, start, LACO)["words"]
    for formula in ("CCl4", "H2O"):
        assert cell(told, "liquidus", formula)["words"] == "molecules: no salt separates"
        assert cell(told, "density", formula)["words"] == "molecules: no volumes of ions"
    assert cell(told, "liquidus", LACO)["measured"] == 146


def test_a_metal_that_is_oxidised_first_has_no_limit(predictors):
    words = cell(compare(["Li2FeCl4"], predictors=predictors), "oxidation", "Li2FeCl4")["words"]
    assert words == "the metal is oxidised first: Fe before Cl-"


ODD = [
    *(
        "LiSnCl3",
        "LiPbClO",
        "Li2MnCl4",
        "Li2SO4",
        "Li2TaCl6O",
        "Na3PS4",
        "LiScCl2O",
        "LiGaSe2",
        "LiBH4",
        "AgI",
        "HCl",
        "CCl4",
    ),
    *("LiPmCl4", "LiReO4", "ThCl4-LiCl", "Li3N", "LiFeF4"),
]


def test_no_cell_is_blank_without_a_reason(predictors):
    told = compare(ODD, predictors=predictors).cells
    blank = told[told["words"] == NOTHING]
    assert blank.empty, blank[["virtue", "formula"]].to_string()
    cost = told[(told["virtue"] == "cost") & told["predicted"].isna()]
    assert len(cost) >= 10 and (cost["note"] != "").all()
    tin = cell(compare(["LiSnCl3"], predictors=predictors), "cost", "LiSnCl3")
    assert tin["words"] == "SnCl2 has no price"


def test_one_end_of_a_range_says_why_the_other_is_missing(predictors):
    told = compare(["LiSnCl3", "AgI", LACO], predictors=predictors)
    words = [cell(told, "Young", one)["words"] for one in ("LiSnCl3", "AgI", LACO)]
    assert words[0].startswith("predicted at least 2, by 2 GPa of 2 measured chlorides; a lower bound only")
    assert words[1].startswith("predicted at most ") and "an upper bound only" in words[1]
    assert "bound only" not in words[2]


def test_sums_are_not_called_predictions(three):
    assert cell(three, "cost", LACO)["predicted_words"].startswith("raw materials ")
    assert cell(three, "concentration", LACO)["predicted_words"].isdigit()
    assert "10 of them at least 4.5 V" in cell(three, "oxidation", LACO)["predicted_words"]


def test_a_melting_model_speaks_where_there_is_one(predictors):
    told = compare([LACO], predictors={**predictors, "liquidus": predictors["tg"]})
    salt = cell(told, "liquidus", LACO)
    assert salt["low"] < salt["predicted"] < salt["high"] and salt["measured"] == 146


def test_it_goes_through_json_and_shows_itself(three):
    rows = three.cells.astype(object).where(three.cells.notna(), None).to_dict("records")
    again = Comparison.of(rows, three.temperature_C, {"tg": 3})
    pd.testing.assert_frame_equal(again.cells, three.cells)
    assert "<table" in three._repr_html_() and LACO in str(three)
    hostile = Comparison.of([{**rows[0], "formula": "<b>"}], 25.0, {})
    assert "<b>" not in hostile._repr_html_()


@pytest.mark.parametrize(
    ("candidates", "why"),
    [
        ([], "0 compositions; give from 1 to 20"),
        ([f"LiAlCl{n}" for n in range(1, MOST + 2)], "21 compositions"),
        ([LACO, "LiAlCl2..5"], "second decimal point"),
        ([LACO, "xyz"], "composition 2: "),
        ([LACO, "Li2Al2Cl5O1.5"], "is given twice"),
        (["HeLi"], "He"),
        ([None], "no formula (None)"),
    ],
)
def test_bad_input_is_refused(candidates, why):
    with pytest.raises(FormulaError, match=re.escape(why)):
        compare(candidates)


@pytest.mark.parametrize("temperature", [298.15, 900, "hot", [25, 60]])
def test_bad_temperatures_are_refused(temperature):
    with pytest.raises(ValueError, match=r"degC|number"):
        compare([LACO], temperature)


def test_it_is_a_verb_of_the_package():
    assert vitrion.compare is compare


def test_words_of_a_cell():
    told = {"virtue": "x", "unit": "V", "formula": LACO}
    assert words(Cell(**told))["words"] == "not known"
    assert words(Cell(**told, high=4.5))["words"] == "predicted at most 4.5"
    assert words(Cell("x", "K", LACO, predicted=-0.3))["words"] == "predicted 0"
    many = Cell(**told, measured=3.0, measured_high=4.0, papers=2, doi="10.1/a; 10.1/b")
    assert words(many)["words"] == "measured 3 to 4 (2 papers: such as 10.1/a)"
