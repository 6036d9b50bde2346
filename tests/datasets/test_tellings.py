import numpy as np
from vitrion.datasets import sciglass
from vitrion.datasets.curation import curate, merge_repeats
from vitrion.datasets.measurement import Measurements, tabulate
from vitrion.datasets.properties import TG
from vitrion.datasets.tellings import LATER, first_tellings
from vitrion.features import Fractions


def glasses(formulas, values, papers, years, source=sciglass.NAME):
    rows = tabulate(
        len(formulas),
        formula=formulas,
        value=values,
        paper=papers,
        group=papers,
        year=years,
        source=source,
        unit="degC",
    )
    return Measurements(rows, Fractions.of(formulas).matrix)


def test_the_first_paper_keeps_a_value_that_a_later_one_repeats():
    told = glasses(["Na2Si2O5"] * 4, [455.0, 455.0, 455.04, 462.0], ["b", "a", "c", "d"], [1990, 1980, 2000, 1970])
    kept, dropped = first_tellings(told, TG)
    assert kept.rows["paper"].tolist() == ["a", "d"]
    assert dropped["paper"].tolist() == ["b", "c"]
    assert set(dropped["reason"]) == {LATER}


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


def test_without_later_tellings_papers_agree_as_often_as_chance_lets_them():
    """Of compositions of exactly two papers, those that agree to the digit against those a kelvin apart."""
    told = merge_repeats(curate(sciglass.read("tg"), TG)[0], TG)

    def excess(measured):
        group = np.unique(measured.rows["group"].astype(str), return_inverse=True)[1]
        order = np.lexsort((group, measured.keys))
        keys, value, paper = measured.keys[order], measured.rows["value"].to_numpy()[order], group[order]
        same = (keys[1:] == keys[:-1]) & (paper[1:] != paper[:-1])
        apart = np.abs(value[1:] - value[:-1])[same]
        return (apart < 0.05).sum() / max(((apart > 0.95) & (apart < 1.05)).sum(), 1)

    assert excess(told) > 3
    assert excess(first_tellings(told, TG)[0]) < 0.05
