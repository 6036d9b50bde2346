"""Amounts as NumPy, pandas, pymatgen and decimal libraries hold them, and isotopes of hydrogen, by one rule."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from vitrion.datasets.results import table as user_table
from vitrion.datasets.tables import cells
from vitrion.experiments.task import candidates
from vitrion.features import Composition, FormulaError, Fractions, Template, substitution
from vitrion.features.amounts import number
from vitrion.features.scalars import ScalarError, floats, is_missing, plain, real
from vitrion.features.space.grid import exact
from vitrion.serve.client.transport import texts


@pytest.mark.parametrize(
    ("amounts", "formula"),
    [
        ({"O": 0.1 + 0.2}, "O0.3"),
        ({"Li": 1, "O": 8.024999999999999}, "LiO8.025"),
        ({"Li": sum([0.1] * 100), "O": 5}, "Li10O5"),
        ({"Li": 1 / 3, "O": 1 / 6}, "LiO0.5"),
        ({"Li": np.float32(0.1), "O": np.float16(0.05)}, "Li0.1O0.05"),
        ({"Li": np.array(2.0), "O": np.int8(1)}, "Li2O"),
        ({"Li": pd.Series([2.5]).iloc[0], "Cl": pd.array([2], dtype="Int64")[0]}, "Li2.5Cl2"),
        ({"Li": Decimal("0.1"), "O": np.longdouble(0.5)}, "Li0.1O0.5"),
        ({"Li": 2**0.5}, "Li1.4142135623730951"),
    ],
)
def test_an_amount_is_the_decimal_that_its_float_stands_for(amounts, formula):
    assert Composition(amounts).formula == formula
    assert Composition.of(amounts) == Composition.parse(formula)
    assert hash(Composition.of(amounts)) == hash(Composition.parse(formula))


def test_atomic_fractions_are_the_composition_that_they_are_of():
    laco = Composition.parse("LiAlCl2.5O0.75")
    assert Composition.of({symbol: laco.fraction(symbol) for symbol in laco.elements}) == laco
    assert Composition.of({"Li": 0.1234567890123, "O": 1}) != Composition.of({"Li": 0.1234567890124, "O": 1})


@pytest.mark.parametrize(
    "amount",
    [
        np.bool_(True),
        np.complex128(1),
        np.array([1.0]),
        pd.NA,
        np.timedelta64(3),
        "2",
        np.str_("2"),
        Decimal("NaN"),
        np.inf,
    ],
)
def test_what_is_no_number_is_no_amount(amount):
    with pytest.raises(FormulaError, match="give"):
        Composition.of({"Li": amount})
    with pytest.raises(FormulaError, match="give"):
        Template.parse("LiAlCl{4-2x}O{x}").at(x=amount)


def test_variables_take_the_same_numbers():
    family = Template.parse("LiAlCl{4-2x}O{x}")
    for value in (np.float32(0.1), Decimal("0.1"), np.array(0.1), 0.1, Fraction(1, 10)):
        assert family.at(x=value).formula == "LiAlCl3.8O0.1"
    assert [one.composition.formula for one in family.grid(x=[np.float32(0.1)])] == ["LiAlCl3.8O0.1"]
    assert substitution("LiAlCl4", "Cl", "O", ratio=np.float32(0.1)).text == "LiAlCl{4-0.1x}O{x}"


@pytest.mark.parametrize(
    ("text", "written"), [("D2O", "H2O"), ("LiOD", "LiOH"), ("T2O", "H2O"), ("LiAlD4", "LiAlH4"), ("ND4Cl", "NH4Cl")]
)
def test_deuterium_and_tritium_are_refused_in_text(text, written):
    with pytest.raises(FormulaError, match=f"(deuterium|tritium), .*; write {written}$"):
        Composition.parse(text)


def test_deuterium_is_refused_in_mappings_and_of_pymatgen_too():
    import pymatgen.core as pymatgen

    for thing in ({"D": 2, "O": 1}, {"T": 2}, pymatgen.Composition("D2O"), {pymatgen.Element("D"): 1}):
        with pytest.raises(
            FormulaError, match=r"is (deuterium|tritium), which has no properties of its own here; write H"
        ):
            Composition.of(thing)
        assert Composition.of("H2O") not in [Composition.parse(text) for text in texts([thing]) if text[0] not in "{C"]
    for ask in (Composition.parse("LiCl").fraction, Fractions.of(["LiCl"]).column):
        with pytest.raises(FormulaError, match="D is deuterium"):
            ask("D")


def test_compositions_and_structures_of_pymatgen_are_read_wherever_formulas_are():
    import pymatgen.core as pymatgen

    ions = pymatgen.Composition({"Li+": 1, "Fe2+": 1, "Fe3+": 1, "Cl-": 6})
    rock_salt = pymatgen.Structure(pymatgen.Lattice.cubic(5), ["Li", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    expected = ["LiFe2Cl6", "LiCl", "LiO0.3"]
    things = [ions, rock_salt, {"Li": 1, "O": 0.1 + 0.2}]
    assert [Composition.of(thing).formula for thing in things] == expected
    assert [cells.formula(thing) for thing in things[:2]] == expected[:2]
    assert texts(pd.DataFrame({"formula": things})) == expected
    assert Composition.of({pymatgen.Species("Fe", 2): 1, pymatgen.Species("Fe", 3): 2, "O": 4}).formula == "Fe3O4"
    assert np.array_equal(Fractions.of(pd.Series(things)).matrix, Fractions.of(expected).matrix)
    for one in (ions, rock_salt):
        assert len(candidates.listed(one)) == 1
        with pytest.raises(FormulaError, match="give one"):
            Fractions.of(one)
    with pytest.raises(cells.CellError, match="is deuterium"):
        cells.formula(pymatgen.Composition("D2O"))
    table = user_table.from_frame(
        pd.DataFrame({"formula": [*things[:2], pymatgen.Composition("D2O")], "tg_C": [40, 50, 60]})
    )
    assert list(table.problems["row"]) == [3]


NO_AMOUNTS = [
    {"Li": 1, "Cl": 10**400},
    {"Li": 10**5000, "Cl": 10**5000},
    {"Li": 1, "Cl": -(10**5000)},
    {"Li": 1, "Cl": Fraction(1, 10**5000)},
    {"Li": 1, "Cl": Decimal("1e400")},
    {"Li": 1, "Cl": Decimal("1e2000000")},
    {"Li": 1, "Cl": Decimal("1e-2000000")},
    {"Li": 1, "Cl": Decimal("sNaN")},
    {"Li": [10**5000]},
    {10**5000: 1},
    10**5000,
    {"Li": 1, "Cl": np.longdouble("1e400")},
    {"Li": 1, "Cl": Fraction(10**25 + 1, 10**25)},  # no formula that could be read again
]


@pytest.mark.parametrize("bad", NO_AMOUNTS, ids=range(len(NO_AMOUNTS)))
def test_an_amount_beyond_all_bounds_costs_its_own_row_alone(bad):
    with pytest.raises(FormulaError):
        Composition.of(bad)
    fractions, rows, errors = Fractions.read([bad, "LiCl"])
    assert (len(fractions), rows.tolist(), list(errors)) == (1, [1], [0])
    assert len(candidates.as_text(bad)) > 3
    read = candidates.read([bad, "LiCl"])
    assert read.rows.tolist() == [1] and candidates.formulas([bad, "LiCl"], read.rows, read.parsed) == ["LiCl"]


def test_exponents_are_bounded_before_they_become_digits():
    assert number(Decimal("1e2000000")) == np.inf and number(Decimal("1e-2000000")) == 0.0
    assert number(Decimal("0." + "1" * 2000)) == 1 / 9 and np.isnan(number(Decimal("sNaN")))
    assert number(Decimal("1.5")) == Fraction(3, 2)


@pytest.mark.parametrize("amounts", [{"Li": 1e-300, "Cl": 1e-300}, {"Li": 10**30, "Cl": 10**30}])
def test_what_is_read_can_be_written_and_read_again(amounts):
    one = Composition.of(amounts)
    assert one.formula == "LiCl" and Composition.parse(one.formula) == one
    assert Composition.parse(Composition.of({"Li": 1, "O": 1.2345678901234567e-7}).formula).fraction("O") < 2e-7


@pytest.mark.parametrize("value", [np.float32(0.1), np.float16(0.1), np.longdouble("0.1"), np.array(0.1, np.float32)])
def test_a_number_is_the_same_by_every_way_in(value):
    assert real(value) == plain(value) == number(value) == cells.number(value) == float(exact(value)) == 0.1
    assert floats(value, "", "").tolist() == floats([value], "", "")[0] == 0.1


def test_columns_of_single_precision_hold_the_decimals_that_they_show():
    for column in (np.float32([0.1, np.nan]), pd.Series([0.1, None], dtype="Float32"), [np.float32(0.1), None]):
        assert np.array_equal(floats(column, "", ""), [0.1, np.nan], equal_nan=True)


def test_a_number_that_signals_is_missing():
    assert is_missing(Decimal("sNaN"))
    with pytest.raises(ScalarError, match="is missing"):
        real(Decimal("sNaN"))
