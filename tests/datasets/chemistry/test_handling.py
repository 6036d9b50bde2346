"""Hazards, drying and vessels: each precursor has a line, and no hydrate stands for what it never becomes."""

import re

import pytest
from vitrion.datasets.chemistry.handling import drying_rule, handling, hydrate_of, rules, vessel_warnings
from vitrion.datasets.economics.prices import default_table
from vitrion.datasets.economics.syntheses import all_syntheses

LEAVING = {
    name.rpartition(" ")[2]
    for one in all_syntheses()
    for text in (*one.sources, *one.acid_sources)
    for name in text.partition(" > ")[2].split(" + ")
    if name
}


@pytest.mark.parametrize("halide", [name for name in default_table().formulas if re.search("Cl|Br|I[0-9]?$", name)])
def test_every_halide_but_plain_salts_has_a_hazard(halide):
    plain = handling(halide).hazards == () and halide in ("NaCl", "KCl", "NaBr")
    assert plain or handling(halide).line.startswith(f"{halide}: H")


@pytest.mark.parametrize("name", sorted(LEAVING - {"H2O"}))
def test_what_leaves_has_a_line(name):
    assert handling(name).line


def test_every_statement_has_words_and_every_entry_of_the_regulation_is_one():
    table = rules()
    used = {code for row in [*table["compounds"].values(), *table["family"]] for code in row["statements"]}
    assert used == set(table["statements"])
    indices = [row["index"] for row in table["compounds"].values() if "index" in row]
    assert all(re.fullmatch(r"\d{3}-\d{3}-\d{2}-[\dX]", index) for index in indices)
    assert len(indices) == len(set(indices))


def test_index_numbers_carry_their_check_digit():
    """The last digit is the sum of the others, each times its place, modulo 11 (X is 10)."""
    for name, row in rules()["compounds"].items():
        if digits := re.sub(r"\D", "", row.get("index", "")[:-2]):
            check = sum(place * int(digit) for place, digit in enumerate(digits, start=1)) % 11
            assert row["index"][-1] == ("X" if check == 10 else str(check)), name


@pytest.mark.parametrize(
    ("weighed", "anhydrous", "water"),
    [
        *[("LiOH·H2O", "LiOH", 1), ("AlCl3·6H2O", "AlCl3", 6), ("InCl3·4H2O", "InCl3", 4)],
        *[("LiOH", "LiOH", 0), ("LiOH", "Li2O", 0), ("LiCl", "LiCl", 0), ("ZrOCl2", "ZrCl4", 0)],
    ],
)
def test_the_water_of_a_hydrate_is_counted(weighed, anhydrous, water):
    assert hydrate_of(weighed, anhydrous) == water


@pytest.mark.parametrize("metal", ["AlCl3", "TaCl5", "NbCl5", "ZrCl4", "GaCl3"])
def test_no_hydrate_stands_for_a_chloride_that_it_never_becomes(metal):
    assert drying_rule(metal) == "never"


def test_quartz_is_told_apart_by_temperature():
    assert vessel_warnings(["LiOH", "TaCl5"], 25) == ()
    assert "quartz" in vessel_warnings(["Li2O", "TaCl5"], 250)[0]
    assert any("Al2O3" in words for words in vessel_warnings(["Na2CO3", "P2O5"], 1000))
    assert any("fluoride" in words for words in vessel_warnings(["LiF", "AlF3"], 250))
