from vitrion.datasets import load
from vitrion.datasets.catalogue.conflicts import conflicts


def test_papers_that_disagree_are_listed_widest_first():
    data = load("conductivity")
    table = conflicts(data.take(data.rows["source"].str.startswith("halide")), 1.0)
    assert table["spread"].is_monotonic_decreasing
    assert (table["papers"] >= 2).all()
    zirconium = table[table["formula"] == "Li2ZrCl6"].iloc[0]
    assert zirconium["lowest"] < 2e-5 < 7e-4 < zirconium["highest"]
    assert zirconium["lowest_paper"] == "10.1002/advs.202305394"
    assert (table["spread"] >= 1.0).all()


def test_one_paper_does_not_contradict_itself():
    data = load("tg")
    assert conflicts(data.take([0, 1]), 0.0).empty
