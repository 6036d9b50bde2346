import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.datasets.curation.curate import curate, merge_repeats
from vitrion.datasets.curation.tellings import LATER, agreement, first_tellings
from vitrion.datasets.measurement import Measurements, tabulate
from vitrion.datasets.properties import TG, find
from vitrion.datasets.sources import sciglass
from vitrion.features import Fractions


def glasses(formulas, values, papers, years, source=sciglass.NAME, author=""):
    rows = tabulate(
        len(formulas),
        formula=formulas,
        value=values,
        paper=papers,
        group=papers,
        year=years,
        source=source,
        author=author,
        unit="degC",
    )
    return Measurements(rows, Fractions.of(formulas).matrix)


def papers_left(*parts):
    return first_tellings(Measurements.join(parts), TG)[0].rows["paper"].tolist()


FIVE = "Na2CaAl2Si2O9"


def test_the_first_paper_keeps_a_value_that_a_later_one_repeats():
    told = glasses([FIVE] * 4, [455.0, 455.0, 455.04, 462.0], ["b", "a", "c", "d"], [1990, 1980, 2000, 1970])
    kept, dropped = first_tellings(told, TG)
    assert kept.rows["paper"].tolist() == ["a", "d"]
    assert dropped["paper"].tolist() == ["b", "c"]
    assert set(dropped["reason"]) == {LATER}


def test_two_authors_may_find_one_number_for_a_simple_glass():
    assert papers_left(glasses(["Na2Si2O5"] * 2, [455.0] * 2, ["a", "b"], [1980, 1990], author=["Ito", "Kim"])) == [
        "a",
        "b",
    ]
    assert papers_left(glasses(["Na2Si2O5"] * 2, [455.0] * 2, ["a", "b"], [1980, 1990], author="Ito")) == ["a"]


def test_who_agrees_on_more_than_chance_brings_has_copied():
    formulas, values = ["Na2Si2O5", "Na2SiO3", "K2Si2O5", "K2SiO3"], [455.0, 400.0, 490.0, 470.0]
    first = glasses(formulas, values, ["a"] * 4, [1980] * 4)
    half = glasses(formulas, [455.0, 400.0, 480.0, 460.0], ["b"] * 4, [1990] * 4)
    assert papers_left(first, half) == ["a"] * 4 + ["b"] * 2
    quarter = glasses(formulas, [455.0, 410.0, 480.0, 460.0], ["b"] * 4, [1990] * 4)
    assert papers_left(first, quarter) == ["a"] * 4 + ["b"] * 4


def test_a_copy_of_what_was_found_anew_is_a_copy():
    formulas = ["Na2Si2O5", "Na2SiO3"]
    anew = glasses(formulas[:1], [455.0], ["a"], [1980])
    first = glasses(formulas, [455.0, 400.0], ["b"] * 2, [1990] * 2)
    copy = glasses(formulas, [455.0, 400.0], ["c"] * 2, [1995] * 2)
    assert papers_left(anew, first, copy) == ["a", "b", "b"]


def test_one_paper_may_repeat_itself():
    kept, dropped = first_tellings(glasses(["Na2Si2O5"] * 2, [455.0, 455.0], ["a", "a"], [1980, 1980]), TG)
    assert len(kept) == 2
    assert dropped.empty


def test_values_of_few_digits_in_a_curated_table_are_not_recognised():
    told = glasses(["LiAlCl4"] * 2, [146.0, 146.0], ["a", "b"], [1980, 1990], source="halide literature table: x")
    assert len(first_tellings(told, TG)[0]) == 2
    told = glasses(["LiAlCl4"] * 2, [146.25, 146.25], ["a", "b"], [1980, 1990], source="halide literature table: x")
    assert first_tellings(told, TG)[0].rows["paper"].tolist() == ["a"]


def test_papers_that_share_three_values_or_half_of_the_smaller_are_one_group():
    shared = ["Na2Si2O5", "Na2SiO3", "K2Si2O5"]
    first = glasses(
        [*shared, "K2SiO3", "Li2SiO3", "SiO2"], [455.0, 400.0, 490.0, 470.0, 300.0, 1200.0], ["a"] * 6, [1980] * 6
    )
    second = glasses([*shared, "CaSiO3"], [455.0, 400.0, 490.0, 760.0], ["b"] * 4, [1990] * 4)
    third = glasses(["Na2Si2O5", "BaSiO3"], [455.0, 690.0], ["c"] * 2, [1995] * 2)
    kept, _ = first_tellings(Measurements.join([first, second, third]), TG)
    group = dict(zip(kept.rows["paper"], kept.rows["group"], strict=True))
    assert group == {"a": "a", "b": "a", "c": "c"}


@pytest.mark.parametrize(("name", "apart", "before"), [("tg", 1, 9.0), ("conductivity", 20, 40.0)])
def test_two_authors_agree_to_the_digit_as_often_as_chance_lets_them(name, apart, before):
    """Copies left in would make another author's number look certain; chance left out would too."""
    prop = find(name)
    told = merge_repeats(curate(sciglass.read(name), prop)[0], prop)
    for measured, low, high in ((told, before, np.inf), (load(name, lab=False).measured, 0.7, 1.3)):
        exactly, expected, pairs = agreement(measured, prop, apart)
        print(f"{name}: {exactly} of {pairs} pairs agree exactly, {expected:.1f} expected: {exactly / expected:.2f}")
        assert low < exactly / expected < high


def test_chance_is_counted_from_pairs_a_little_apart():
    formulas = ["Na2Si2O5", "Na2SiO3", "K2Si2O5", "K2SiO3", "Li2Si2O5"]
    first = glasses(formulas, [455.0, 400.0, 490.0, 470.0, 450.0], ["a"] * 5, [1980] * 5, author="Ito")
    second = glasses(formulas, [455.0, 401.0, 489.0, 471.0, 450.0], ["b"] * 5, [1990] * 5, author="Kim")
    assert agreement(Measurements.join([first, second]), TG) == (2, 1.5, 5)
    third = glasses(formulas[:1], [455.0], ["c"], [1990], author="Abe")
    assert agreement(Measurements.join([first, second, third]), TG) == (1, 1.5, 4)
    own = glasses(formulas, [455.0] * 5, ["b"] * 5, [1990] * 5, author="Ito")
    assert agreement(Measurements.join([first, own]), TG) == (0, 0.0, 0)


def test_equal_values_of_many_digits_under_two_dois_are_one_measurement():
    """Two activation energies of six digits stand in the second table under two DOIs each."""
    data = load("activation_energy", lab=False)
    dropped = data.dropped
    again = dropped[dropped["reason"] == LATER]
    assert sorted(again["formula"]) == ["Li3InCl6", "Li3YBr2Cl4"]
    kept = data.rows
    for row in again.itertuples():
        same = kept[np.isclose(kept["value"], row.value, rtol=1e-6) & (kept["formula"] == row.formula)]
        assert len(same) == 1
        assert same["doi"].iloc[0] != row.doi
        assert same["year"].iloc[0] <= row.year
