"""Batch sheets: what stays of what is weighed is the target; what cannot be made is refused with what would be."""

import datetime as dt
import io
import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from vitrion.datasets.chemistry.atomic_weights import grams_per_mole
from vitrion.datasets.economics.prices import atoms_of
from vitrion.datasets.economics.routes import alternatives
from vitrion.experiments.synthesis.batch_sheet import BatchSheet
from vitrion.experiments.synthesis.recipe import recipe
from vitrion.experiments.synthesis.refusals import SheetError
from vitrion.experiments.synthesis.weighing import stays_of

LACO = "LiAlCl2.5O0.75"
DAY = dt.date(2026, 11, 30)


def by_hand(one):
    """At.% by which what stays of a recipe differs from its formula, from the table of masses alone."""
    atoms = sum(
        line.mass_g * line.purity / grams_per_mole(line.formula) * atoms_of(line.formula) for line in one.weighed
    )
    atoms = atoms - sum(gone.mass_g / grams_per_mole(gone.formula) * atoms_of(gone.formula) for gone in one.leaving)
    target = atoms_of(one.formula)
    return 100 * np.abs(atoms / atoms.sum() - target / target.sum()).max()


def masses(one):
    return {line.formula: line.mass_g for line in one.weighed}


def test_ten_grams_of_laco_are_those_of_the_textbook():
    one = recipe(LACO, 10, date=DAY)[0]
    assert masses(one) == {"LiCl": 3.151, "AlCl3": 9.910, "Sb2O3": 5.417}
    assert [(gone.formula, round(gone.mass_g, 3)) for gone in one.leaving] == [("SbCl3", 8.477)]
    assert one.loss_percent == pytest.approx(45.9, abs=0.05) and one.weighed_g - one.loss_g == pytest.approx(
        10, abs=2e-3
    )
    assert one.temperature_C == 250 and one.vented and "cold trap" in one.vessel[0] and one.sample == "261130-1"
    assert any(line.startswith("AlCl3 sublimes at 180 °C, below") for line in one.heat)
    assert any("SbCl3 boils at 220.3 °C: it leaves" in line for line in one.heat)
    assert "Sb2O3: H351 suspected of causing cancer" in one.hazards
    assert one.cost_usd == pytest.approx(10 / 1000 * alternatives(LACO)[0].usd_per_kg, rel=1e-3)


def test_carbon_dioxide_of_ten_grams_is_nine_tenths_of_a_litre():
    one = recipe(LACO, 10, route="carbonate and antimony oxide")[0]
    assert one.gas == ("CO2: 0.91 L of gas (25 °C, 1 atm), never in a sealed vessel",)


def test_hydrogen_chloride_of_a_tantalum_oxychloride_is_a_tenth_of_the_batch():
    one = recipe("LiTaOCl4", 1, route="hydroxide")[0]
    assert one.loss_percent == pytest.approx(9.5, abs=0.2) and "HCl: into a scrubber" in one.waste[0]


METALS = {"Al": 3, "Ga": 3, "Y": 3, "In": 3, "Zr": 4, "Hf": 4, "Ta": 5, "Nb": 5}


@st.composite
def oxychlorides(draw):
    """Neutral oxychlorides of lithium or sodium with one or two metals."""
    alkali, names = (
        draw(st.sampled_from(["Li", "Na"])),
        draw(st.lists(st.sampled_from(sorted(METALS)), min_size=1, max_size=2, unique=True)),
    )
    share = draw(st.integers(1, 9)) / 10
    parts = {names[0]: share if len(names) == 2 else 1.0} | ({names[1]: 1 - share} if len(names) == 2 else {})
    amount, oxygen = draw(st.integers(1, 30)) / 10, draw(st.integers(0, 16)) / 10
    charge = amount + sum(METALS[name] * one for name, one in parts.items())
    assume(charge - 2 * oxygen > 0.5)
    cations = "".join(f"{name}{one:.6g}" for name, one in {alkali: amount, **parts}.items())
    return f"{cations}Cl{charge - 2 * oxygen:.6g}" + (f"O{oxygen:.6g}" if oxygen else "")


@settings(max_examples=15, deadline=None)
@given(oxychlorides(), st.sampled_from([0.3, 1.0, 10.0]), st.integers(90, 100), st.integers(0, 5))
def test_what_stays_of_every_route_is_the_target(formula, mass, percent, excess):
    for way in alternatives(formula)[:4]:
        assume(way.moles)
        more = {"AlCl3": excess / 100} if "AlCl3" in way.moles else {}
        first = next(iter(way.moles))
        one = recipe(formula, mass, route=way.name, purity={first: percent / 100}, excess=more)[0]
        assert by_hand(one) <= 0.2 and one.deviation_at_percent == pytest.approx(by_hand(one), abs=1e-6)
        impurity = sum(line.mass_g * (1 - line.purity) for line in one.weighed)
        assert one.weighed_g - one.loss_g - impurity == pytest.approx(mass, rel=0.02)


@pytest.mark.parametrize(
    ("formula", "route", "hydrate"),
    [
        *[(LACO, "hydrate", "AlCl3·6H2O"), ("NaAlCl2.5O0.75", "hydrate", "AlCl3·6H2O")],
        *[("LiTaOCl4", "hydroxide hydrate", "LiOH·H2O"), ("Li2ZrOCl4", "hydrate", "ZrOCl2·8H2O")],
    ],
)
def test_a_hydrate_is_weighed_with_its_water(formula, route, hydrate):
    one = recipe(formula, 5, route=route)[0]
    line = next(line for line in one.weighed if line.formula == hydrate)
    assert line.molar_mass_g_mol == grams_per_mole(hydrate) and by_hand(one) <= 0.2


@pytest.mark.parametrize(
    ("bottle", "stands_for", "how"), [("LiOH.H2O", "LiOH", "in vacuum"), ("YCl3·6H2O", "YCl3", "NH4Cl")]
)
def test_a_hydrate_of_the_stock_stands_for_what_it_dries_to(bottle, stands_for, how):
    formula, route = ("LiTaOCl4", "hydroxide") if stands_for == "LiOH" else ("Li3YCl6", "halides")
    one = recipe(formula, 2, route=route, stock=[{"formula": bottle}])[0]
    line = next(line for line in one.weighed if line.stands_for == stands_for)
    assert line.formula == bottle.replace(".", "·") and how in line.drying and by_hand(one) <= 0.2
    assert any(gone.formula == "H2O" for gone in one.leaving)


def test_a_hydrate_that_never_becomes_the_chloride_is_not_weighed_for_it():
    one = recipe(LACO, stock=[{"formula": "AlCl3·6H2O"}, {"formula": "LiCl"}], route="antimony oxide")[0]
    assert "AlCl3" in masses(one) and "not in the stock: Sb2O3, AlCl3" in one.notes


def test_purity_and_excess_are_weighed_and_the_excess_leaves():
    one = recipe(LACO, 10, purity={"LiCl": 0.99}, excess={"AlCl3": 0.02})[0]
    assert masses(one) == {"LiCl": 3.182, "AlCl3": 10.108, "Sb2O3": 5.417}
    assert [gone.formula for gone in one.leaving] == ["SbCl3", "AlCl3"] and one.leaving[1].mass_g == pytest.approx(
        0.198, abs=1e-3
    )
    assert by_hand(one) <= 0.2


def test_the_source_of_oxygen_is_chosen():
    assert recipe(LACO, using=["LiOH"])[0].route == "hydroxide"
    assert recipe(LACO, without=["Sb2O3"])[0].route == "hydrate"
    assert "Al2O3" in masses(recipe(LACO, using=["Al2O3"])[0])
    stock = pd.DataFrame(
        {"formula": ["LiOH", "AlCl3", "LiCl"], "lot": ["A1", "B2", "C3"], "purity": [0.98, "99.9 %", None]}
    )
    one = recipe(LACO, stock=stock)[0]
    assert one.route == "hydroxide" and [line.lot for line in one.weighed] == ["C3", "B2", "A1"]
    assert [line.purity for line in one.weighed] == [1, 0.999, 0.98] and all(line.in_stock for line in one.weighed)


def test_an_empty_bottle_and_its_price_are_seen():
    stock = [{"formula": "Sb2O3", "mass_g": 1, "usd_per_kg": 1000}]
    one = recipe(LACO, 10, stock=stock)[0]
    assert "Sb2O3: 5.417 g are needed, 1 g are left" in one.notes
    assert one.weighed[2].cost_usd == pytest.approx(5.417, abs=1e-3)


@pytest.mark.parametrize(
    ("candidates", "asked", "field", "words", "right"),
    [
        (LACO, {"mass_g": 0}, "mass_g", "mass_g is 0; give a mass", "a mass in g above zero, such as 1"),
        (LACO, {"mass_g": -1}, "mass_g", "mass_g is -1", "a mass in g above zero, such as 1"),
        (LACO, {"mass_g": float("nan")}, "mass_g", "mass_g", "a mass in g above zero, such as 1"),
        (LACO, {"mass_g": 1e-4}, "mass_g", "cannot be weighed to 0.2 at.%", None),
        (LACO, {"purity": {"LiCl": 99}}, "purity.LiCl", "99 is no purity; write 0.99 for 99 %", None),
        (LACO, {"purity": {"LiCl": 0}}, "purity.LiCl", "0 is no purity", None),
        (LACO, {"purity": {"LiCl": "pure"}}, "purity.LiCl", "is not a number", None),
        (LACO, {"purity": {"TaCl5": 0.99}}, "purity", "TaCl5 is not a precursor of this route", "AlCl3"),
        (LACO, {"without": ["Sb2O4"]}, "without", "Sb2O4 is not a precursor with a price", "Sb2O3"),
        (LACO, {"without": ["X9"]}, "without", "X9", None),
        (LACO, {"using": ["LiCl"]}, "using", "LiCl alone cannot bring the oxygen", "Sb2O3"),
        (LACO, {"using": ["LiOH"], "without": ["LiOH"]}, "without", "that contradicts", None),
        (LACO, {"route": "magic"}, "route", "'magic' is no route", "antimony oxide"),
        (LACO, {"route": "firing"}, "route", "is not made by the route 'firing'", "hydroxide"),
        (LACO, {"excess": {"LiCl": 0.02}}, "excess.LiCl", "would stay in the sample", "AlCl3"),
        (LACO, {"excess": {"AlCl3": 2}}, "excess.AlCl3", "an excess of 2", None),
        (LACO, {"stock": [{"formula": "Unobtainium"}]}, "stock", "row 1 of the stock", None),
        (LACO, {"stock": [{"formula": "LiCl", "purity": 1.2}]}, "stock", "1.2 is no purity", None),
        (LACO, {"stock": [{"formula": "KMnO4"}]}, "stock", "give its price in a column usd_per_kg", None),
        (LACO, {"stock": [{"salt": "LiCl"}]}, "stock", "no column of formulas", "formula"),
        (LACO, {"stock": [{"formula": "LiCl"}, {"formula": "LiCl"}]}, "stock", "row 2 of the stock: LiCl", None),
        ("LiMnCl3", {}, "candidates", "Mn has no precursor with a price, such as MnCl2; give one", None),
        ("Li2TaCl6O", {}, "candidates", "not neutral", None),
        ([LACO, "LiAlCl2..5"], {}, "candidates", "composition 2: ", None),
        ([], {}, "candidates", "give from 1 to 100", None),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused_with_what_would_be_right(candidates, asked, field, words, right):
    with pytest.raises(SheetError) as refused:
        recipe(candidates, **asked)
    assert refused.value.field == field and words in str(refused.value)
    assert right is None or right in refused.value.right
    assert refused.value.rows[0].column == field


def test_the_sheet_is_a_table_csv_json_and_a_page():
    sheet = recipe([LACO, "NaTaOCl4"], 2, date=DAY)
    table = sheet.to_frame()
    assert len(sheet) == 2 and list(table["sample"].unique()) == ["261130-1", "261130-2"]
    assert (table["weighed"] == "").all() and (table["lot"] == "").all()
    back = pd.read_csv(io.StringIO(sheet.to_csv()))
    assert list(back.columns) == [*table.columns, "outcome", "temperature_C", "conductivity_mS_cm", "tg_C", "note"]
    assert back["mass_g"].tolist() == table["mass_g"].tolist()
    assert BatchSheet.of(json.loads(sheet.to_json())) == sheet
    html = sheet.to_html()
    assert "LiAlCl₂.₅O₀.₇₅" in html and "<script" not in html and "weighed, g" in html
    assert "&lt;" not in html


def test_a_lot_of_a_stranger_runs_nowhere():
    stock = [{"formula": "LiCl", "lot": "=cmd|'/c calc'!A1"}, {"formula": "AlCl3", "lot": "<script>alert(1)</script>"}]
    sheet = recipe(LACO, stock=stock, route="antimony oxide")
    assert ",'=cmd" in sheet.to_csv() and "<script>" not in sheet.to_html()


def test_a_route_whose_temperature_depends_is_written_as_json():
    one = replace(recipe(LACO, date=DAY)[0], temperature_C=math.nan)
    sheet = BatchSheet((one,), "2026-11-30")
    assert json.loads(sheet.to_json())["recipes"][0]["temperature_C"] is None
    assert BatchSheet.of(json.loads(sheet.to_json())).to_csv() == sheet.to_csv()


def test_what_stays_is_what_was_weighed_less_what_leaves():
    one = recipe(LACO, 10)[0]
    stays = stays_of(one.weighed, one.leaving)
    np.testing.assert_allclose(stays / stays.sum(), atoms_of(LACO) / atoms_of(LACO).sum(), atol=1e-4)


def test_what_is_fused_before_the_halide_comes_in_is_weighed_first():
    sheet = recipe("KPO3-KCl").recipes[0]
    assert [line.formula for line in sheet.weighed] == ["K2CO3", "P2O5", "KCl"]
    assert sheet.temperature_C == 1000 and "KCl" not in sheet.steps[0] and "700 °C" in sheet.steps[-1]
