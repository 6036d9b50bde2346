"""Lines on which one element takes the place of another."""

import re
from fractions import Fraction

import pytest
from vitrion.features import Composition, FormulaError
from vitrion.features.charge import neutral
from vitrion.features.space import substitution


def test_substitution():
    line = substitution("LiAlCl4", loses="Cl", gains="O")
    assert line.text == "LiAlCl{4-2x}O{x}"
    assert line.at(x=0.75) == Composition.parse("LiAlCl2.5O0.75")
    assert substitution("NbOCl3", loses="Cl", gains="O", ratio=2).at(x=0.5) == Composition.parse("NbO1.5Cl2")
    assert substitution("Li3YCl6", loses="Cl", gains="Br", ratio=1).at(x=2) == Composition.parse("Li3YCl4Br2")
    with pytest.raises(FormulaError, match="lose"):
        substitution("LiAlCl4", loses="Br", gains="O")


def test_a_substitution_line_starts_at_its_parent_to_the_last_digit():
    parent = "Li1.3333333AlCl4.3333333"
    line = substitution(parent, loses="Cl", gains="O")
    assert line.at(x=0) == Composition.parse(parent)
    assert substitution("LiAlCl4", "Cl", "O", ratio=Fraction(1, 3)).at(x=3).fraction("O") > 0
    assert substitution("Li3InCl6", "Cl", "F", ratio=1).text == "Li3InCl{6-x}F{x}"


@pytest.mark.parametrize(
    ("parent", "loses", "gains", "text"),
    [
        ("LiAlCl2.5O0.75", "Al", "Ga", "LiAl{1-x}Cl2.5O0.75Ga{x}"),
        ("LiAlCl4", "Li", "Na", "Li{1-x}AlCl4Na{x}"),
        ("LiAlCl4", "Cl", "Br", "LiAlCl{4-x}Br{x}"),
        ("Li2O", "O", "Cl", "Li2O{1-0.5x}Cl{x}"),
        ("LiAlCl4", "Al", "Zr", "LiAl{1-4x/3}Cl4Zr{x}"),
        ("Li2ZrCl6", "Li", "Mg", "Li{2-2x}ZrCl6Mg{x}"),
    ],
)
def test_the_usual_charges_choose_the_ratio(parent, loses, gains, text):
    line = substitution(parent, loses, gains)
    assert line.text == text
    assert neutral([line.at(x=Fraction(number, 10)) for number in range(6)], tolerance=1e-9).all()


@pytest.mark.parametrize(
    ("loses", "gains", "words"),
    [
        ("Al", "Fe", "(Al +3, Fe +2 to +3) do not say how many Al go for one Fe; give the number, such as ratio=1"),
        ("Cl", "Na", "(Cl -1, Na +1)"),
        ("Li", "He", "(Li +1, He none)"),
    ],
)
def test_a_ratio_that_charges_do_not_tell_is_asked_for(loses, gains, words):
    with pytest.raises(FormulaError, match=re.escape(words)):
        substitution("LiAlCl4", loses, gains)
    assert substitution("LiAlCl4", loses, gains, ratio=1).variables == ("x",)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda: substitution("LiAlCl4", "Cl", "O", ratio=0), "above 0"),
        (lambda: substitution("LiAlCl4", "Cl", "O", ratio="a"), "not a number"),
        (lambda: substitution("LiAlCl4", "Cl", "Cl"), "to lose and one to gain"),
        (lambda: substitution("LiAlCl4", "Cl", "O", variable="2"), "name of a variable"),
    ],
)
def test_arguments_of_the_wrong_kind_are_named(bad, words):
    with pytest.raises(FormulaError, match=words):
        bad()
