"""Spaces: sizes told before they are built, blocks and members that agree, neutral members, limits."""

import itertools
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vitrion.features import Composition, FormulaError, Fractions, Template
from vitrion.features.charge import neutral
from vitrion.features.space import AtMost, Ions, Mixtures, Ratio, Total, axis

SPACES = [
    Template.parse("LiAlCl{4-2x}O{x}").grid(x="0:2:0.05"),
    Template.parse("Li{1-y}Na{y}AlCl{4-2x}O{x}").grid(x="0:1.5:0.25", y="0:1:0.1"),
    Template.parse("{x}Li2O-TaCl5").grid(x="0.5:2:0.1"),
    Template.parse("(LiCl){x}(AlCl{3-y}Br{y}){1-x}").grid(x="0:1:0.125", y="0:3:0.5"),
    Template.parse("LiAlCl4").grid(),
    Template.parse("LiAlCl{4-2x}O{x}").grid(x=np.random.default_rng(0).random(40) * 2),
    Mixtures(("LiCl", "AlCl3", "Li2O", "ZrCl4"), steps=8, most=3),
    Ions({"Li": 1, "Al": 3, "Zr": 4}, {"Cl": -1, "O": -2, "Br": -1}, steps=4, most_anions=2),
]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_blocks_and_members_agree(space, size):
    members = list(space)
    blocks = list(space.blocks(size, neutral=False))
    assert all(0 < len(block) <= size for block in blocks)
    matrix = np.vstack([block.fractions.matrix for block in blocks])
    assert np.allclose(matrix, Fractions.of([member.composition for member in members]).matrix, atol=1e-14)
    assert np.array_equal(matrix > 0, Fractions.of([member.composition for member in members]).matrix > 0)
    for name in members[0].variables:
        column = np.concatenate([block.variables[name] for block in blocks])
        assert np.allclose(column, [member.variables[name] for member in members])


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_the_size_is_the_number_of_points(space):
    assert space.size == len(space) == sum(1 for _ in space.exact())
    places = np.concatenate([block.places for block in space.blocks(5, neutral=False)])
    assert (np.diff(places) > 0).all()
    assert places[0] >= 0
    assert places[-1] < space.size


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_only_neutral_members_unless_asked(space):
    expected = [member for member in space if neutral(Fractions.of([member.composition]))[0]]
    assert space.count() == len(expected)


def test_the_family_of_the_paper():
    grid = Template.parse("LiAlCl{4-2x}O{x}").grid(x="0:1.5:0.05")
    formulas = {member.variables["x"]: member.composition.formula for member in grid}
    assert len(formulas) == grid.size == 31
    assert formulas[0.75] == "LiAlCl2.5O0.75"
    assert formulas[0.0] == "LiAlCl4"


def test_an_amount_of_zero_leaves_the_element_out():
    ends = [m.composition.formula for m in Template.parse("Li{1-y}Na{y}Cl").grid(y=[0, 0.3, 1])]
    assert ends == ["LiCl", "Na0.3Li0.7Cl", "NaCl"]


def test_points_below_zero_are_no_members():
    grid = Template.parse("LiAlCl{4-2x}O{x}").grid(x="0:3:0.5")
    assert grid.size == 7
    assert len(list(grid)) == 5
    assert grid.count(neutral=False) == 5
    with pytest.raises(FormulaError, match=r"Cl is -1 at x=2\.5"):
        grid_template = Template.parse("LiAlCl{4-2x}O{x}")
        grid_template.at(x=2.5)


def test_exact_zero_of_a_fine_grid():
    grid = Template.parse("LiAlCl{4-2x}O{x}").grid(x="0:2:0.001")
    last = list(grid.blocks())[-1]
    assert last.fractions.column("Cl")[-1] == 0


@settings(max_examples=200, deadline=None)
@given(st.fractions(0, 3, max_denominator=50), st.fractions(0, 1, max_denominator=50))
def test_at_is_the_formula_worked_out(x, y):
    template = Template.parse("Li{1-y/2}Na{y/2}AlCl{2(4-x)/2+0.5y}O{1+0.5x-0.25y}")
    by_hand = {"Li": 1 - y / 2, "Na": y / 2, "Al": Fraction(1), "Cl": 4 - x + y / 2, "O": 1 + x / 2 - y / 4}
    assert template.at(x=x, y=y) == Composition({s: a for s, a in by_hand.items() if a})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0:1:0.25", [0, 0.25, 0.5, 0.75, 1]),
        ("1:0:-0.5", [1, 0.5, 0]),
        ("0,0.5,2", [0, 0.5, 2]),
        ("0.3", [0.3]),
        ("0:1:0.3", [0, 0.3, 0.6, 0.9]),
    ],
)
def test_axis(text, values):
    assert [float(value) for value in axis(text)] == values


@pytest.mark.parametrize(
    "text", ["", "0:1", "0:1:0", "0:1:-0.1", "a:b:c", "0:1:2:3", "0:1,2", "1/0", "nan", "inf", [], [np.nan], "0:inf:1"]
)
def test_axis_refuses(text):
    with pytest.raises(FormulaError):
        axis(text, "x")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("LiAlCI{4-2x}O{x}", "its member LiAlCI3O0.5: may be LiAlCl3O0.5 in capitals"),
        ("Li{x}SIO{2+x/2}", "may be Li0.5SiO2.25 in capitals"),
        ("{x}Li20-{1-x}B203", "write 0.5Li2O-0.5B2O3 or"),
        ("{100-x}Li20-{x}Al203", "write 99.5Li2O-0.5Al2O3 or"),
        ("{x}TeO2.{1-x}LiCl", "a point beside {1-x}; write · between compounds"),
        ("Li2O.{x}SiO2", "a point beside {x}"),
    ],
)
def test_a_family_whose_members_read_two_ways_is_refused(text, words):
    with pytest.raises(FormulaError, match=re.escape(words)):
        Template.parse(text)


@pytest.mark.parametrize(
    "text", ["LiNb{1-x}Ta{x}OCl4", "{x}Li2SO4-{1-x}LiPO3", "Li{x/3}La{(2-x)/3}TiO3", "{x-20}Li", "Li{x}CoO2"]
)
def test_other_families_are_not(text):
    assert Template.parse(text).variables == ("x",)


@pytest.mark.parametrize(
    "text",
    [
        "Li{",
        "Li}",
        "Li{}",
        "Li{x",
        "Li{x**2}Cl",
        "Li{import os}Cl",
        "Li{x;y}Cl",
        "Li{f(x)}Cl",
        "Li{1/x}Cl",
        "Li2{x}Cl",
        "Li{x}2Cl",
        "Li{x.y}Cl",
        "Li{x}Qq",
        "{x}",
        "Li{'a'}",
        "Li{" + "(" * 40 + "x" + ")" * 40 + "}Cl",
        "Li{1e400}Cl",
        "Li{x<1}Cl",
    ],
)
def test_templates_refused(text):
    with pytest.raises(FormulaError):
        Template.parse(text)


@pytest.mark.parametrize("values", [{}, {"y": 1}, {"x": 1, "y": 1}])
def test_variables_must_be_given(values):
    with pytest.raises(FormulaError, match="has the variables x"):
        Template.parse("LiAlCl{4-2x}O{x}").grid(**values)


FAMILY = Template.parse("LiAlCl{4-2x}O{x}")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda: axis("x", "0:1:0.3"), "'0:1:0.3' is no name of a variable; write the values first"),
        (lambda: FAMILY.grid(x=[0, 0.5, "1"]), "the value '1' of x is not a number"),
        (lambda: FAMILY.grid(x=[0, np.nan]), "the value nan of x is missing; give a number such as 0.5"),
        (lambda: FAMILY.grid(y="0:1:0.1"), "y is none of them, and values are missing for x; give one range for each"),
        (lambda: FAMILY.grid(x=0, y=0, z=0), "y, z are none of them"),
        (lambda: Template.parse("LiCl").grid(x=0), "has no variables; x is none of them; leave them out"),
        (lambda: Template.parse("Li{z}Cl").at(), "values are missing for z; give one number for each, such as z=0.5"),
        (lambda: Template.parse("Li{z}Cl").grid(), 'give one range for each, such as z="0:1.5:0.05"'),
        (lambda: FAMILY.at(x="0:1:0.5"), "the value '0:1:0.5' of x is not a number"),
        (lambda: Template.parse("LiAlCl{4-2x}O{x"), "the brace at column 14 is not closed; write }"),
        (lambda: Template.parse("LiAlCl4-2x}O{x}"), "the brace at column 11 closes none; write {"),
        (lambda: Template.parse("LiAlCl{4-{2x}}O{x}"), "braces within braces at column 7"),
    ],
)
def test_values_and_braces_that_cannot_be_are_named(bad, words):
    with pytest.raises(FormulaError, match=re.escape(words)):
        bad()


def test_values_of_every_kind():
    assert axis([np.int64(10**15 + 1), np.float32(0.5), Fraction(1, 3), 2]) == (10**15 + 1, 0.5, Fraction(1, 3), 2)
    assert axis((0.1, 0.2)) == axis(np.array([0.1, 0.2])) == axis(iter([0.1, 0.2])) == axis("0.1,0.2")


def test_mixtures_of_compositions():
    space = Mixtures([Composition.parse("LiCl"), "AlCl3", {"Li": 2, "O": 1}], steps=4, most=3)
    assert space.precursors == ("LiCl", "AlCl3", "Li2O")
    assert space == Mixtures(("LiCl", "AlCl3", "Li2O"), steps=4, most=3)
    for bad in (5, "LiCl", {"LiCl": 1}, Composition.parse("LiCl"), ["LiCl", Composition.parse("LiCl")]):
        with pytest.raises(FormulaError, match="give a list of different components"):
            Mixtures(bad, 3, 2)


def test_mixtures_are_all_of_them():
    space = Mixtures(("LiCl", "AlCl3", "Li2O"), steps=6, most=3)
    points = {tuple(round(v * 6) for v in member.variables.values()) for member in space}
    assert points == {p for p in itertools.product(range(7), repeat=3) if sum(p) == 6}
    assert len(Mixtures(("LiCl", "AlCl3", "Li2O"), steps=6, most=2)) == 3 + 3 * 5


def test_ions_are_neutral_by_construction():
    space = Ions({"Li": 1, "Na": 1, "Ta": 5}, {"Cl": -1, "O": -2}, steps=5)
    batches = [block.fractions for block in space.blocks(neutral=False)]
    assert all(neutral(batch, tolerance=1e-12).all() for batch in batches)
    assert sum(map(len, batches)) == space.size == 21 * 6


def test_limits():
    space = Template.parse("Li{1-y}Na{y}AlCl{4-2x}O{x}").grid(x="0:1.5:0.05", y="0:1:0.1")
    limits = (Ratio(("O",), ("Al",), least=0.6, most=0.85), Total(("Na",), most=0.1), AtMost(1, ("Li", "Na")))
    kept = list(space.blocks(limits=limits))
    formulas = {m.composition for m in space}
    oxygen = np.concatenate([block.variables["x"] for block in kept])
    sodium = np.concatenate([block.variables["y"] for block in kept])
    assert len(formulas) == 31 * 11
    assert np.allclose(oxygen, [0.6, 0.65, 0.7, 0.75, 0.8, 0.85])
    assert (sodium == 0).all()


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Total(("Xx",)),
        lambda: Total(("O",), 0.5, 0.4),
        lambda: AtMost(-1, ("O",)),
        lambda: Ratio((), ()),
        lambda: Total("Cl"),
    ],
)
def test_limits_refuse(bad):
    with pytest.raises(FormulaError):
        bad()


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Mixtures((), 3, 2),
        lambda: Mixtures(("LiCl", "LiCl"), 3, 2),
        lambda: Mixtures(("LiCl",), 0, 2),
        lambda: Mixtures(("Lq",), 3, 2),
        lambda: Ions({"Li": -1}, {"Cl": -1}, 3),
        lambda: Ions({"Li": 1}, {"Cl": 1}, 3),
        lambda: Ions({"S": 4}, {"S": -2}, 3),
        lambda: Ions({"Qq": 4}, {"S": -2}, 3),
    ],
)
def test_spaces_refuse(bad):
    with pytest.raises(FormulaError):
        bad()


def test_a_space_of_ten_million_is_told_and_begun_at_once():
    space = Template.parse("Li{1-y}Na{y}AlCl{4-2x}O{x}").grid(x="0:2:0.0005", y="0:1:0.0004")
    assert space.size == 4001 * 2501
    first = next(space.blocks())
    assert first.variables["x"][0] == 0
    assert next(iter(space)).composition == Composition.parse("LiAlCl4")


@pytest.mark.parametrize("text", ["0:1e9:1e-9", "0:1000000000:0.000000001", "1e999999999", "0:1:1/3", "nan:1:0.1"])
def test_a_range_that_cannot_be_held_is_refused_at_once(text):
    with pytest.raises(FormulaError, match="x="):
        Template.parse("LiAlCl{4-2x}O{x}").grid(x=text)


@pytest.mark.parametrize("text", ["LiAlCl{x}{y}", "Li{x}2AlCl4", "LiAlCl4{x}"])
def test_two_amounts_side_by_side_are_refused(text):
    with pytest.raises(FormulaError, match="another amount beside"):
        Template.parse(text)


def test_floats_with_the_noise_of_arithmetic_give_the_members_that_were_meant():
    members = Template.parse("LiAlCl{4-2x}O{x}").grid(x=np.arange(0, 1.5, 0.05))
    assert [m.composition for m in members][15] == Composition.parse("LiAlCl2.5O0.75")
    assert [m.composition.formula for m in members][6] == "LiAlCl3.4O0.3"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda: Ions({"Li": 1}, {"Cl": -1}, steps=10.0), "steps=10.0.*whole numbers"),
        (lambda: Ions({"Li": 1}, {"Cl": -1}, steps=2, most_anions=1.5), "whole numbers"),
        (lambda: Ions({"Li": 1.5}, {"Cl": -1}, steps=2), "charge of Li is 1.5.*whole number"),
        (lambda: Ions({"Li": "1"}, {"Cl": -1}, steps=2), "charge of Li is '1'"),
        (lambda: Ions(["Li"], {"Cl": -1}, steps=2), "ions without charges"),
        (lambda: Mixtures(("LiCl", "NaCl"), 3, True), "whole numbers"),
        (lambda: Mixtures(("LiCl", "NaCl"), "3", 2), "whole numbers"),
        (lambda: AtMost(2.5, ("Li", "Na")), "at most 2.5.*whole number"),
        (lambda: AtMost("2", ("Li", "Na")), "at most '2'"),
        (lambda: Total(("O",), least="0.1"), "give numbers"),
        (lambda: Total(5), "name elements"),
        (lambda: Ratio("O", ("Al",)), "name elements"),
        (lambda: Ratio(("O",), ("Al",), most=None), "give numbers"),
        (lambda: Template.parse("Li{x}Cl").at(x=None), "is missing; give a number such as 0.5"),
        (lambda: Template.parse("Li{x}Cl").at(x="1"), "not a number"),
        (lambda: Template.parse("Li{x}Cl").grid(x=["a"]), "not a number"),
        (lambda: Template.parse("Li{x}Cl").grid(x=[[1, 2], [3, 4]]), "not a number"),
        (lambda: Template.parse("Li{x}Cl").grid(x={"a": 1}), "not a number"),
    ],
)
def test_arguments_of_the_wrong_kind_are_named(bad, words):
    with pytest.raises(FormulaError, match=words):
        bad()


def test_blocks_name_a_size_and_limits_that_cannot_be():
    grid = Template.parse("Li{x}Cl").grid(x="0:1:0.5")
    for choices in ({"size": 2.5}, {"size": 0}, {"size": True}, {"limits": Total(("O",))}, {"limits": ["O"]}):
        with pytest.raises(ValueError, match=r"size=|limits="):
            next(grid.blocks(**choices))
    assert len(list(Template.parse("Li{x}Cl").grid(x=range(1, 4)))) == 3
    assert len(list(Ions({"Li": np.int64(1)}, {"Cl": -1, "O": -2}, steps=np.int64(2)))) == 3


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_the_points_left_out_are_told(space):
    assert space.left_out() == space.size - len(list(space)) == space.size - space.count(neutral=False)


def test_points_without_anything_or_below_zero_are_told():
    assert Template.parse("LiAlCl{4-2x}O{x}").grid(x="0:3:0.5").left_out() == 2
    assert Template.parse("Li{x}Cl{x}").grid(x="-1:1:1").left_out() == 2
    nothing = Template.parse("LiCl{-x}").grid(x="1:3:1")
    assert (nothing.size, nothing.left_out(), list(nothing)) == (3, 3, [])


@pytest.mark.parametrize(
    "text",
    [
        "{x}Li2O{1-x}B2O3",
        "40Li2O60B2O3",
        "LiPON",
        "Al203",
        "CuSO4.5H2O",
        "Li1+0.3Al0.3Ti1.7P3O12",
        "{x}LiCl{y}KCl",
        "{x}(Li2O){1-x}(B2O3)",
    ],
)
def test_templates_refuse_what_formulas_refuse(text):
    with pytest.raises(FormulaError):
        Template.parse(text)


@pytest.mark.parametrize("text", ["{x}LiAlCl{4-2x}O{x}", "{x}Li2O-{1-x}B2O3", "{x}Li{y}AlCl4", "{x}(LiCl)"])
def test_templates_with_a_coefficient_of_one_compound(text):
    assert "x" in Template.parse(text).variables


def test_limits_refuse_percentages_and_an_element_named_twice():
    with pytest.raises(FormulaError, match=r"0\.1 for 10 %"):
        Total(("O",), 10, 50)
    with pytest.raises(FormulaError, match="each element once"):
        Ratio(("O", "O"), ("Al",))


def test_truth_and_arrays_are_no_values_of_a_variable():
    family = Template.parse("LiAlCl{4-2x}O{x}")
    for value in (True, np.array([0.1, 0.2])):
        with pytest.raises(FormulaError, match="not a number"):
            family.at(x=value)


def test_limits_may_come_from_an_iterator():
    space = Mixtures(("LiCl", "AlCl3", "Li2O"), steps=10, most=3)
    one = AtMost(1, ("Li", "Al"))
    assert space.count(limits=(limit for limit in [one])) == space.count(limits=[one]) == 12
    assert sum(map(len, space.blocks(4, limits=iter([one])))) == 12


def test_a_limit_that_gives_no_truth_values_is_named():
    space = Mixtures(("LiCl", "AlCl3", "Li2O"), steps=4, most=3)

    def whole(fractions):
        return np.ones(len(fractions), dtype=int)

    for limit, words in ((whole, "limit whole gives int64"), (lambda _: True, "of shape ()")):
        with pytest.raises(ValueError, match=re.escape(words)):
            space.count(limits=[limit])
    assert space.count(limits=[lambda fractions: fractions.column("O") > 0.1]) == 7


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
@pytest.mark.parametrize("choices", [{}, {"neutral": False}, {"limits": [Total(("O",), most=0.2)]}])
def test_members_are_those_of_the_blocks(space, choices):
    members = list(space.members(**choices))
    assert len(members) == space.count(**choices)
    blocks = list(space.blocks(**choices))
    if members:
        matrix = np.vstack([block.fractions.matrix for block in blocks])
        assert np.allclose(matrix, Fractions.of(members).matrix, atol=1e-14)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda: Total(("O",), 0, 20), "write 0.2 for 20 %"),
        (lambda: Total(("O",), 20), "write 0.2 for 20 %"),
        (lambda: Total(("O",), -2, -1), "up to -1; they lie between 0 and 1"),
        (lambda: Total(("O",), float("nan")), "nan is no bound"),
        (lambda: Ratio(("O",), ("Al",), most=float("nan")), "nan is no bound"),
        (lambda: AtMost(-1, ("O",)), "at most -1 of the elements; give a whole number of 0 or more"),
    ],
)
def test_bounds_that_cannot_be_say_what_to_write(bad, words):
    with pytest.raises(FormulaError, match=re.escape(words)):
        bad()
    assert Total(("O",), most=float("inf")) is not None
