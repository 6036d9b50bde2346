"""The ranking joined with the list it came from."""

import math

import pytest
from vitrion.datasets.exchange.candidate_table import CandidateTable
from vitrion.experiments.ranking.rank import rank
from vitrion.serve.formatting.candidates import compositions, joined, usable

CELLS = ["NaCl", "Cl4LiAl", "nonsense", "LiAlCl4", None, "LiAlCl2.5O0.75", float("nan"), "Li2Al2Cl8", "a,b"]


@pytest.fixture
def table():
    return CandidateTable(
        "list.csv",
        CELLS,
        list(range(2, 2 + len(CELLS))),
        {8: "2 cells where the header has 1"},
        {"name": list("abcdefghi"), "note": list("ABCDEFGHI"), "note_given": [None] * 9},
    )


def test_every_row_keeps_its_own_columns(table, models):
    out = joined(table, rank(usable(table)))
    assert sorted(out["name"]) == list("abcdefghi")
    by_name = out.set_index("name")
    assert by_name.loc["f", "formula"] == "LiAlCl2.5O0.75"
    assert by_name.loc["a", "formula"] == "NaCl"
    assert by_name.loc["c", "formula"] == "nonsense"
    assert by_name.loc["i", "formula"] == "a,b"
    assert by_name.loc["i", "error"] == "2 cells where the header has 1"
    assert by_name.loc["e", "formula"] == by_name.loc["g", "formula"] == ""
    assert "no formula" in by_name.loc["e", "error"]
    assert [place for place in out["rank"] if place is not None] == list(range(1, 6))


def test_equal_compositions_are_noted_and_stand_together(table, models):
    out = joined(table, rank(usable(table))).set_index("name")
    assert "same composition" not in out.loc["b", "note"]
    assert out.loc["d", "note"] == out.loc["h", "note"] == f"{out.loc['b', 'note']}; same composition as row 3"
    places = sorted(out.loc[name, "rank"] for name in "bdh")
    assert places == list(range(places[0], places[0] + 3))
    assert out.loc["c", "note"] == "row 4 of list.csv"


def test_ranking_columns_are_never_replaced(table, models):
    ranking = rank(usable(table))
    out = joined(table, ranking)
    assert list(out.columns) == [*ranking.columns, "name", "note_given", "note_given_given"]
    assert set(out["note_given"]) == set("ABCDEFGHI")


def test_a_list_without_any_reading_has_numbers_that_are_nan(models):
    table = CandidateTable("x", ["?", None], [1, 2], {}, {})
    out = joined(table, rank(usable(table)))
    assert all(math.isnan(value) for value in out["tg_C"])
    assert out["tg_C"].dtype == float


def test_one_number_a_composition():
    keys = compositions(["Li2O", "Li4O2", "0.5Li2O+0.5TaCl5", "Li2O-TaCl5", "x", "LiAlCl2.5O0.75", "Li4Al4Cl10O3"])
    assert keys[0] == keys[1]
    assert keys[2] == keys[3]
    assert keys[4] is None
    assert keys[5] == keys[6] != keys[0]
