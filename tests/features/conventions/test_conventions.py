"""Whatever a message tells the user to write can be read, and is the composition that the input certainly means."""

import random
import re

import pytest
from vitrion.features import Composition, FormulaError, Template
from vitrion.features.conventions.component_columns import of_components

MATERIALS = (  # noqa: SIM905
    "LiAlCl4 LiAlCl2.5O0.75 Li10GeP2S12 Li3YCl6 Na3Zr2Si2PO12 LiTaOCl4 Al2O3 NaCl CaCl2 Li6PS5Cl Li1.3Al0.3Ti1.7P3O12 "
    "75Li2S-25P2S5 1.6Li2O-TaCl5 0.5Li2O+0.5TaCl5 (SiO2)70.5(Na2O)29.5 Al2(SO4)3 LiTi2(PO4)3 CuSO4·5H2O CsSnI3 AgI"
).split()
MARKS = [*".,-+*/ ·0123456789()[]{}xnlLIoOcCsSAa'\"_^~:;=?!#%&|<>$@\t\n°±×−–′½²³⁺⁻₂₃ₓ", "\u200b", "\u202e", "\x1b", "О"]


def suggested(message):
    """The formulas and templates that a message tells the user to write."""
    mend = re.sub("type a plain . there", "", message.rsplit("; ", 1)[1])
    words = [word.strip(",") for word in mend.split()]
    return [word for word in words if re.match(r"(?:\{[^{}]*\}|[\d(\[])*[A-Z]", word) and "%" not in word]


def refused(text):
    with pytest.raises(FormulaError) as error:
        found = Composition.parse(text)
        pytest.fail(f"{text!r} reads as {found.formula}")
    return str(error.value)


def mistyped(rng):
    """A formula with one or two marks put in, left out, doubled or exchanged."""
    text = list(rng.choice(MATERIALS))
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(text))
        way = rng.choice(["in", "out", "for", "twice", "case", "swap"])
        if way == "in":
            text.insert(at, rng.choice(MARKS))
        elif way == "out" and len(text) > 1:
            del text[at]
        elif way == "for":
            text[at] = rng.choice(MARKS)
        elif way == "twice":
            text.insert(at, text[at])
        elif way == "case":
            text[at] = text[at].swapcase()
        else:
            text[at - 1], text[at] = text[at], text[at - 1]
    return "".join(text)


def test_every_suggestion_for_a_typing_error_can_be_read():
    rng, unread, offered = random.Random(23), [], 0
    for _ in range(3_000):
        text = mistyped(rng)
        try:
            Composition.parse(text)
        except FormulaError as error:
            for written in suggested(str(error)):
                offered += 1
                try:
                    Template.parse(written) if "{" in written else Composition.parse(written)
                except FormulaError as again:
                    unread.append(f"{text!r} is told to write {written!r}: {again}")
    assert not unread, "\n".join(unread)
    assert offered > 300


CERTAIN = [
    ("Li+ Al3+ Cl-4", "LiAlCl4"),
    ("Li+1 Al3+1 Cl-4", "LiAlCl4"),
    ("Li+Al3+Cl4-", "LiAlCl4"),
    ("Li+ + Al3+ + 4Cl-", "LiAlCl4"),
    ("Li⁺Al³⁺Cl⁻₄", "LiAlCl4"),
    ("Li⁺ Al³⁺ 4Cl⁻", "LiAlCl4"),
    ("Fe2+1 Fe3+2 O2-4", "Fe3O4"),
    ("Fe3+2 O2-3", "Fe2O3"),
    ("Fe+2 O-2", "FeO"),
    ("Mn3.5+2 O2-3.5", "Mn4O7"),
    ("Ca2+ SO4^2-", "CaSO4"),
    ("2Na+ SO₄²⁻", "Na2SO4"),
    ("NH4+ Cl-", "NH4Cl"),
    ("Li+[AlCl4]-", "LiAlCl4"),
    ("Li0+1 Cl0+1", "LiCl"),
    ("LiAlCl4±0.1", "LiAlCl4"),
    ("YBa2Cu3O7-0.23456", "YBa2Cu3O6.76544"),
    ("Na3Zr2Si2PO12*2H2O", "Na3Zr2Si2PO14H4"),
    ("CuSO4*5 H2O", "CuSO9H10"),
    ("CuSO4. 5H2O", "CuSO9H10"),
    ("'LiAlCl4'", "LiAlCl4"),
    ("$LiAlCl_4$", "LiAlCl4"),
    ("LiAlCl2,5O0,75", "LiAlCl2.5O0.75"),
    ("40Li2O 60B2O3", "40Li2O-60B2O3"),
    ("40Li2O-60B2O3 (mol%)", "40Li2O-60B2O3"),
    ("LiCl:AlCl3 = 1:1", "LiAlCl4"),
    ("LiAlCl４", "LiAlCl4"),
]


@pytest.mark.parametrize(("text", "meant"), CERTAIN)
def test_where_the_meaning_is_certain_the_advice_is_what_is_meant(text, meant):
    message = refused(text)
    written = suggested(message)
    if not written:  # a mark to type anew
        assert "type a plain 4 there" in message
        return
    assert [Composition.parse(one) for one in written] == [Composition.parse(meant)], message


def test_ions_as_pymatgen_writes_them_are_advised_to_be_what_they_are():
    import pymatgen.core as pymatgen

    for ions in ({"Li+": 1, "Al3+": 1, "Cl-": 4}, {"Fe2+": 1, "Fe3+": 2, "O2-": 4}, {"Na+": 0.5, "K+": 0.5, "Br-": 1}):
        theirs = pymatgen.Composition(ions)
        written = suggested(refused(str(theirs)))
        assert [Composition.parse(one) for one in written] == [Composition.of(theirs)]


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("Na3Zr2Si2PO12*xH2O", "Na3Zr2Si2PO12·{x}H2O"),
        ("NaCl*xH2O", "NaCl·{x}H2O"),
        ("CuSO4.nH2O", "CuSO4·{n}H2O"),
        ("CuSO4 x H2O", "CuSO4·{x}H2O"),
        ("(1-x)LiCl*xAlCl3", "{1-x}LiCl·{x}AlCl3"),
        ("7xLi2S-25P2S5", "{7x}Li2S-25P2S5"),
    ],
)
def test_a_variable_amount_of_a_second_compound_is_not_an_amount_of_the_first(text, template):
    assert template in suggested(refused(text))


@pytest.mark.parametrize(
    "text",
    ["LiAlCl#4", "CaC±2", "75Li2S-25P2S½x", "Al2O!", 'CaCl"', "Cl-4", "Li3*S4", "Li10GeP2A12", "CuSO4/5H2O", "Li2.$5O"],
)
def test_advice_that_would_lose_an_amount_is_not_given(text):
    assert not suggested(refused(text).replace("such as Li2O", "").replace("such as 2Li2O-TaCl5", ""))


@pytest.mark.parametrize(("text", "ways"), [("CuSO4 .5H2O", 2), ("Cs_SnI3", 2), ("Li2S P 2", 2), ("7xLi2S-P2S5", 2)])
def test_two_readings_are_both_offered(text, ways):
    assert len(suggested(refused(text))) == ways


@pytest.mark.parametrize(
    ("names", "example", "amounts"),
    [
        (["glass", "SiO2", "Na2O", "CaO", "tg_C"], "80SiO2-10Na2O-10CaO", "in mol and not by mass"),
        (["SiO2 (wt%)", "Na2O (wt%)"], "90SiO2-10Na2O", "by its molar mass"),
        (["SiO2 mol%", "Na2O_mol"], "90SiO2-10Na2O", "in mol"),
        (["Li", "Al", "Cl", "O"], "Li1Al2Cl3O4", "in mol"),
    ],
)
def test_columns_of_amounts_are_told_how_to_become_formulas(names, example, amounts):
    advice = of_components(names)
    assert example in advice
    assert amounts in advice
    assert Composition.parse(example)


@pytest.mark.parametrize("names", [["formula", "tg_C"], ["LiAlCl4", "1e-3"], ["name", "K"], ["id", "note"], []])
def test_other_columns_are_left_alone(names):
    assert of_components(names) == ""
