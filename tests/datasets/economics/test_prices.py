import numpy as np
import pandas as pd
import pytest
from vitrion.datasets.economics import prices as price_table
from vitrion.datasets.economics.prices import PriceTableError, dated, default_table, user_table
from vitrion.features import Composition


def price(table, formula):
    return table.usd_per_kg[table.formulas.index(formula)]


def test_prices_are_those_of_the_year_or_the_nearest_known():
    frame = pd.DataFrame({"formula": ["A", "A", "A"], "year": [2020, 2022, 2022], "value": [1.0, 2.0, 3.0]})
    assert [dated(frame, year)["A"] for year in (2019, 2020, 2021, 2022, None)] == [1.0, 1.0, 1.0, 3.0, 3.0]


def test_a_precursor_without_price_costs_its_raw_materials_and_is_flagged():
    table = default_table(2021)
    aluminium, chlorine = 3.0534, 0.082
    expected = (26.98 * aluminium + 3 * 35.45 * chlorine) / (26.98 + 3 * 35.45)
    assert price(table, "AlCl3") == pytest.approx(expected, rel=1e-3)
    estimated = dict(zip(table.formulas, table.estimated.tolist(), strict=True))
    assert estimated["AlCl3"]
    assert estimated["Sb2O3"]
    assert not estimated["LiCl"]
    assert (table.usd_per_kg > 0).all()


def test_every_recipe_balances():
    recipes = pd.read_csv(price_table.DATA / "precursors.csv", keep_default_na=False)
    for formula, recipe in zip(recipes["formula"], recipes["made_from"], strict=True):
        if not recipe:
            continue
        for way in recipe.split(" | "):
            total = np.zeros(103)
            for term in way.split(" + "):
                amount, _, material = term.rpartition(" ")
                total += float(amount or 1) * price_table.atoms_of(material)
            target = price_table.atoms_of(formula)
            for symbol in Composition.parse(formula).elements:
                at = price_table.INDEX[symbol]
                assert total[at] >= target[at] - 1e-9, (formula, way)


@pytest.mark.parametrize(
    "formula,low,high",
    [
        *(("KCl", 0.3, 0.5), ("NaCl", 0.1, 0.3), ("Al2O3", 0.3, 0.6), ("ZrO2", 2.5, 5), ("TiO2", 2.5, 3.5)),
        *(("V2O5", 20, 30), ("TeO2", 40, 60), ("FeCl2", 0.1, 1), ("MoCl5", 10, 20)),
        *(("CsCl", 300, 2500), ("RbCl", 300, 1500), ("CaO", 0.2, 0.3), ("Na2CO3", 0.1, 0.3), ("LiOH·H2O", 5, 11)),
    ],
)
def test_salts_and_oxides_are_priced_as_they_are_sold(formula, low, high):
    assert low < price(default_table(), formula) < high


def test_no_salt_of_an_alkali_metal_is_dearer_than_its_metal():
    table, metals = default_table(), price_table.element_prices()
    for metal in ("Na", "K", "Rb", "Cs"):
        for halogen in ("F", "Cl", "Br"):
            share = float(price_table.masses(price_table.atoms_of(metal)[None])[0])
            share /= float(price_table.masses(price_table.atoms_of(f"{metal}{halogen}")[None])[0])
            assert price(table, f"{metal}{halogen}") < metals[metal] * share + 5 * (halogen == "Br")


def test_a_hydrate_is_weighed_with_its_water():
    table = default_table()
    weights = dict(zip(table.formulas, table.grams_per_mole.round(2).tolist(), strict=True))
    assert [weights[name] for name in ("ZrOCl2·8H2O", "LiOH·H2O", "AlCl3·6H2O")] == [322.25, 41.96, 241.43]


def test_the_cheapest_of_several_recipes_counts():
    table = default_table()
    oxide = 79.87 * price(table, "TiO2") + 4 * 35.45 * price_table.element_prices()["Cl"]
    assert price(table, "TiCl4") == pytest.approx(oxide / 189.68, rel=1e-3)


def test_a_users_prices_go_over_ours():
    own = user_table(pd.DataFrame({"formula": ["NaCl", "AlOCl"], "usd_per_kg": [0.2, 3.0]}))
    assert price(own, "NaCl") == 0.2
    assert price(own, "AlOCl") == 3.0
    assert not own.estimated[own.formulas.index("NaCl")]
    assert price(own, "LiCl") == price(default_table(), "LiCl")


def test_a_users_price_counts_however_the_formula_is_written_and_whatever_the_year():
    own = user_table(pd.DataFrame({"formula": ["Cl3Al"], "usd_per_kg": [9.0]}), 2021)
    assert price(own, "AlCl3") == 9.0
    assert "Cl3Al" not in own.formulas
    assert price(own, "Ta2O5") == price(default_table(2021), "Ta2O5") != price(default_table(), "Ta2O5")


@pytest.mark.parametrize(
    "formulas,prices,message",
    [
        (["NaCl"], None, "no column usd_per_kg"),
        (["NaCl"], ["cheap"], "row 0: NaCl has no usable price .cheap."),
        (["NaCl"], [-1], "row 0: NaCl has no usable price"),
        (["NaCl", "NaXx"], [1, 1], "row 1: .*Xx at column 3"),
        (["NaCl", "ClNa"], [1, 2], "row 1: ClNa has a price in an earlier row"),
    ],
)
def test_a_bad_user_table_is_refused(formulas, prices, message):
    frame = pd.DataFrame({"formula": formulas} | ({} if prices is None else {"usd_per_kg": prices}))
    with pytest.raises(PriceTableError, match=message):
        user_table(frame)


@pytest.mark.parametrize("year", [1850, 2015, 3000])
def test_a_year_without_prices_is_refused(year):
    for table in (default_table, lambda year: user_table(pd.DataFrame({"formula": ["NaCl"], "usd_per_kg": [1]}), year)):
        with pytest.raises(PriceTableError, match=f"no price is dated {year}; give a year from 2016 to 2025"):
            table(year)


def test_a_precursor_that_is_none_cannot_be_left_out():
    assert "Al2O3" not in default_table().without(["Al2O3"]).formulas
    with pytest.raises(PriceTableError, match="Al2O4 is no precursor with a price; name one of Al2O3"):
        default_table().without(["Al2O4"])
