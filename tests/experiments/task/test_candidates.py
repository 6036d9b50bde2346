import itertools
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from vitrion.experiments.ranking.rank import rank
from vitrion.experiments.task.candidates import (
    as_text,
    describable,
    formulas,
    given,
    listed,
    read,
    temperature_of,
)
from vitrion.experiments.task.goal import Goal, GoalError
from vitrion.features import FormulaError, Fractions, Template
from vitrion.models.design.conditions import ConditionError, celsius


def test_a_table_gives_its_column_formula():
    assert listed(pd.DataFrame({"formula": ["LiCl"], "LiAlCl4": [1]})) == ["LiCl"]


@pytest.mark.parametrize("one", ["LiAlCl4?", b"LiAlCl4", {"Li": 1}, pd.DataFrame({"a": [1]})])
def test_what_is_no_list_of_candidates_is_refused(one):
    with pytest.raises(FormulaError, match=r"give|neither"):
        listed(one)


def test_rows_without_descriptors_are_found_wherever_they_stand():
    batch = Fractions.of(["LiCl", "He", "NaCl", "LiHeCl", "KCl"])
    rows, refused = describable(batch)
    assert rows.tolist() == [0, 2, 4]
    assert sorted(refused) == [1, 3]
    assert all("He" in reason for reason in refused.values())


def test_formulas_are_canonical():
    told = ["x", "Cl4AlLi", {"Na": 1, "Cl": 1}, "0.5Li2O+0.5TaCl5"]
    found = read(told)
    assert formulas(told, found.rows, found.parsed) == ["LiAlCl4", "NaCl", "LiTa0.5Cl2.5O0.5"]


def test_a_goal_from_its_fields_or_a_file(tmp_path):
    file = tmp_path / "goal.toml"
    file.write_text("tg_C = 60\n", encoding="utf-8-sig")
    assert Goal.of(file) == Goal.of(str(file)) == Goal.of({"tg_C": 60}) == Goal(tg_C=60)
    assert Goal.of(None) == Goal()
    for wrong in (3, {"Tg": 1}):
        with pytest.raises(GoalError, match="goal"):
            Goal.of(wrong)


@pytest.mark.parametrize(
    "several",
    [
        lambda: iter([25.0, 60.0]),
        lambda: (at for at in (25, 60)),
        {25: 1, 60: 2}.keys,
        lambda: range(25, 95, 35),
    ],
)
def test_temperatures_come_from_whatever_gives_them_one_by_one(several):
    values, each = temperature_of(given(["LiCl", "NaCl"]), several())
    assert each and values.tolist() == [25.0, 60.0]
    ranking = rank(["?", "!"], temperature_C=several())
    assert ranking.attrs["temperature_C"] is None and (ranking["error"] != "").all()
    assert celsius({"temperature_C": several()}).tolist() == [25.0, 60.0]
    assert Template.parse("Li{x}Cl").grid(x=several()).size == 2


@pytest.mark.parametrize("wrong", [{25.0, 60.0}, {25.0: 1}, "25", iter([25.0]), itertools.repeat(25.0)])
def test_what_has_no_order_or_another_length_gives_no_temperatures(wrong):
    with pytest.raises(ConditionError, match="give"):
        temperature_of(given(["LiCl", "NaCl"]), wrong)


@pytest.mark.parametrize(
    "nothing", [None, float("nan"), np.float32("nan"), Decimal("NaN"), Decimal("sNaN"), pd.NA, pd.NaT]
)
def test_what_is_missing_is_so_in_every_column(nothing):
    listing = given(
        pd.DataFrame({"formula": ["LiCl", nothing], "temperature_C": pd.Series([nothing, 60], dtype=object)})
    )
    assert np.array_equal(listing.temperature_C, [np.nan, 60.0], equal_nan=True) and not listing.errors
    assert as_text(nothing) == ""
    assert Fractions.read(listing.cells)[2][1].startswith("no formula")
