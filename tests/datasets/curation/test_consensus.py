import numpy as np
from vitrion.datasets import load
from vitrion.datasets.curation.consensus import ALONE, BY_PAPER, deviations, lower_weight
from vitrion.datasets.measurement import Measurements, tabulate
from vitrion.datasets.properties import DENSITY, TG
from vitrion.features import Fractions

RULE = {"least_papers": 3, "least_compositions": 2, "limits": {"tg": 75.0}}


def tg_rows(formulas, values, papers):
    rows = tabulate(len(values), formula=formulas, value=values, phase="glass", source="s", paper=papers, group=papers)
    return Measurements(rows, Fractions.of(formulas).matrix)


def test_deviation_is_from_the_median_of_enough_papers():
    rows = tg_rows(["SiO2"] * 3 + ["B2O3"] * 2, [1100.0, 1200.0, 900.0, 260.0, 500.0], ["a", "b", "c", "a", "b"])
    np.testing.assert_allclose(deviations(rows, TG, 3), [0, 100, -200, np.nan, np.nan])


def test_a_lone_row_keeps_its_place_with_less_weight():
    rows = lower_weight(tg_rows(["SiO2"] * 3, [1100.0, 1150.0, 900.0], ["a", "b", "c"]), TG, RULE).rows
    assert rows["doubt"].tolist() == ["", "", ALONE]
    assert rows["weight"].tolist() == [1.0, 1.0, 0.3]
    assert rows["value"].tolist() == [1100.0, 1150.0, 900.0]


def test_a_paper_astray_is_doubted_where_it_cannot_be_compared():
    formulas = ["SiO2"] * 3 + ["B2O3"] * 3 + ["P2O5"]
    papers = ["a", "b", "c", "a", "b", "c", "c"]
    rows = lower_weight(tg_rows(formulas, [1100.0, 1150, 500, 260, 270, 600, 300], papers), TG, RULE).rows
    assert rows["doubt"].tolist() == ["", "", ALONE, "", "", ALONE, BY_PAPER]


def test_no_limit_no_judgement():
    rows = tg_rows(["SiO2"], [2.2], ["a"])
    assert lower_weight(rows, DENSITY, RULE) is rows


def test_few_embedded_rows_stand_alone():
    doubted = load("tg").rows["doubt"] != ""
    assert 0 < doubted.mean() < 0.01
