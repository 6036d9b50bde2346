"""A label, space group or phase beside a formula is never read as elements, and what joins without doubt is read."""

import csv
import random
import re
from importlib.resources import files

import pytest
from vitrion.features import Composition, FormulaError, Template

FORMS = [
    "{} S1",
    "{} P1",
    "{} K1",
    "{} B2",
    "{} I",
    "{} II",
    "{} C",
    "{} F5",
    "{} V",
    "{} (S1)",
    "{} [B]",
    "{} (II)",
    "{} P 2",
    "{} #2",
    "{} (a)",
    "{} a",
    "{} Si",
    "{} Cs",
    "{} PN",
    "{} HP",
    "{} beta",
    "{} β",
    "{} (cubic)",
    "{} Fm-3m",
    "{} P-3m1",
    "{} C2/c",
    "{} C2/m",
    "{} P42/nmc",
    "{} P21/n",
    "{} Ia-3d",
    "{} F-43m",
    "{} Pnma",
    "{} No. 5",
    "{} No2",
    "{}_1",
    "{}_S1",
    "{}-S1",
    "{}-B2",
    "{}-II",
    "{}-I",
    "{} - S1",
    "{}(S1)",
    "{}\tS1",
    "{}\xa0S1",
    "{}\u3000S1",
    "{}, S1",
    "{} batch 3",
    "S1 {}",
    "S1-{}",
    "S1: {}",
    "S1_{}",
    "sample 3: {}",
    "LACO {}",
    "β-{}",
    "t-{}",
    "HT-{}",
    "Pnma {}",
    "{} Li",
    "{} S1.2",
    "{} (LACO)",
    "{} run 2",
    "#2 {}",
]
MATERIALS = ("LiAlCl2.5O0.75", "Li10GeP2S12", "Li3YCl6", "LiCl", "75Li2S-25P2S5", "(LiF)0.5(AlF3)0.5", "LiTaOCl4")

CAPITALS = ["KP1", "BP1", "BN1", "HK2", "CN12"]


def refused(text):
    with pytest.raises(FormulaError) as error:
        found = Composition.parse(text)
        pytest.fail(f"{text!r} reads as {found.formula}")
    return str(error.value)


def sum_of(*texts):
    amounts = {}
    for text in texts:
        for symbol, amount in Composition.parse(text).amounts.items():
            amounts[symbol] = amounts.get(symbol, 0) + amount
    return Composition(amounts)


@pytest.mark.parametrize("form", FORMS)
def test_a_label_beside_a_formula_is_refused_with_the_formula_without_it(form):
    for material in MATERIALS:
        message = refused(form.format(material))
        assert f"write {material}" in message, message


@pytest.mark.parametrize("form", ["{} S1", "{} K1", "S1 {}", "{}-S1", "{} (S1)"])
def test_no_published_formula_takes_a_label_for_an_element(form):
    table = files("vitrion.datasets") / "data" / "halide_electrolytes.csv"
    with table.open(encoding="utf-8") as file:
        published = sorted({row["formula"] for row in csv.DictReader(file) if len(row["formula"]) > 5})
    tried = 0
    for text in random.Random(3).sample(published, 120):
        try:
            whole = Composition.parse(text)
        except FormulaError:
            continue
        if len(whole.elements) > 2 and re.search("Li|Na", text):
            with pytest.raises(FormulaError):
                Composition.parse(form.format(text))
            tried += 1
    assert tried > 60


@pytest.mark.parametrize("sign", ["-", " - ", "+", " + ", "·", " · "])
@pytest.mark.parametrize(
    "label", ["S", "C", "B", "2B", "3C", "Co", "Ho", "I", "II", "III", "P2", "(C2)", "[B]", *CAPITALS]
)
def test_what_a_sign_joins_to_a_compound_may_be_a_label(label, sign):
    for material in ("LiAlCl4", "SnCl2", "Li3PS4", "Li6PS5Cl", "75Li2S-25P2S5", "2LiCl-AlCl3"):
        for text in (f"{label}{sign}{material}", f"{material}{sign}{label}"):
            message = refused(text)
            if "label" in message:
                assert f"write {material}" in message, message
            for written in re.findall(r"(?:write|or) ([\dA-Z(][^ ,]*)", message):
                Composition.parse(written)


@pytest.mark.parametrize("label", ["I", "II", "III", "P", "C", "B", "S", "Co", "S1", "KP1", "HK2"])
def test_what_stands_in_brackets_beside_a_compound_may_be_a_label(label):
    for material in ("LiAlCl4", "SnCl2", "Li3PS4"):
        for text in (
            f"{material}({label})",
            f"({label}){material}",
            f"{material}[{label}]",
            f"[{label}]{material}",
            f"{material}(C)({label})",
        ):
            assert f"write {material} or " in refused(text)


@pytest.mark.parametrize("mark", [":", ": ", ", ", "; ", " | ", "_"])
@pytest.mark.parametrize("label", ["S1", "B3", "K", "Co", "S", "P12"])
@pytest.mark.parametrize("material", ["0.5Li2O-TaCl5", "2LiCl-AlCl3", "75Li2S-25P2S5", "(LiF)0.5(AlF3)0.5", "2LiCl"])
def test_a_label_is_never_advised_to_run_into_a_coefficient(material, label, mark):
    for text in (f"{label}{mark}{material}", f"{material}{mark}{label}"):
        message = refused(text)
        dopant = text.startswith(material) and ":" in mark  # Y2O3:Eu
        assert f"write {material}" in message or dopant, message
        for written in re.findall(r" or ([\dA-Z(][^ ,]*)", message):
            assert Composition.parse(written) == sum_of(label, material), message


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("Li10GeP2S12 P1", "write Li10GeP2S12 or Li10GeP2S12P1, and put a label in a column of its own"),
        ("LiAlCl4 K1", "write LiAlCl4 or LiAlCl4K1, and put"),
        ("LiAlCl4-S1", "write LiAlCl4 or LiAlSCl4, and put"),
        ("Li2TaCl6O K1", "write Li2TaCl6O or Li2TaCl6OK1, and put"),
        ("Li6PS5 I", "write Li6PS5 or Li6PS5I, and put"),
        ("CO2 LiAlCl4", "write LiAlCl4 or CO2+LiAlCl4, and put"),
        ("BN LiAlCl4", "write LiAlCl4 or BN+LiAlCl4, and put"),
        ("HF LiAlCl4", "write LiAlCl4 or HF+LiAlCl4, and put"),
        ("NH3 LiAlCl4", "write LiAlCl4 or NH3+LiAlCl4, and put"),
        ("NO2 LiAlCl4", "write LiAlCl4 or NO2+LiAlCl4, and put"),
        ("KI LiAlCl4", "write LiAlCl4 or KI+LiAlCl4, and put"),
        ("LiFePO4 F1", "write LiFePO4 or LiFePO4F1, and put"),
        ("Li Cl S1", "write LiCl or LiClS1, and put"),
        ("2(LiCl S1)", "write 2(LiCl) or 2(LiClS1), and put"),
        ("LiAlCl{4-2x}O{x} S1", "its member LiAlCl3O0.5 S1: S1 after a blank"),
        ("LiAlCl{4-2x}O{x}-S1", "its member LiAlCl3O0.5-S1: S1 beside"),
    ],
)
def test_both_readings_are_named(text, both):
    with pytest.raises(FormulaError, match=re.escape(both)):
        Template.parse(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Li Al Cl4", "LiAlCl4"),
        ("Li1 Al1 Cl4", "LiAlCl4"),
        ("Na2 S O4", "Na2SO4"),
        ("Zr65 Cu17.5 Ni10 Al7.5", "Zr65Cu17.5Ni10Al7.5"),
        ("LiAl Cl4", "LiAlCl4"),
        ("K2 SO4", "K2SO4"),
        ("Li2O - 2 B2O3", "Li2B4O7"),
        ("0.5 LiCl + 0.5 LiF", "Li2ClF"),
        ("LiCl LiF", "Li2ClF"),
        ("LiAlCl2.5 O0.75", "LiAlCl2.5O0.75"),
        ("(SiO2)70 (Na2O)30", "Na60Si70O170"),
        ("2 Ag + S", "Ag2S"),
        ("LiI+I2", "LiI3"),
        ("(GeS2)80-Ag20", "Ag20Ge80S160"),
        ("LiCl-LiI-Li2O", "Li4ClIO"),
        ("KF LiF", "KLiF2"),
        ("LiI LiAlCl4", "Li2AlCl4I"),
        ("LiTa Cl4 O", "LiTaCl4O"),
        ("Li2ZrCl4 O", "Li2ZrCl4O"),
        ("LiTaO Cl4", "LiTaOCl4"),
        ("Li6 PS5 Cl", "Li6PS5Cl"),
        ("Li2O Ta Cl5", "Li2OTaCl5"),
        ("AlCl3 Li2 O", "AlCl3Li2O"),
        ("Li2S-S", "Li2S2"),
        ("P2S5-S", "P2S6"),
        ("Li2S - P2S5 - I2", "Li2P2S6I2"),
        ("Li2S-P2S5-S", "Li2P2S7"),
        ("70Li2S-30P", "Li140P30S70"),
        ("70LiCl-30C", "Li70Cl70C30"),
        ("0.5S-LiAlCl4", "LiAlCl4S0.5"),
        ("1LiAlCl4+1S", "LiAlCl4S"),
        ("1LiAlCl4-2O", "LiAlCl4O2"),
        ("LiAlCl4-Br2", "LiAlCl4Br2"),
        ("LiAlCl4-BN", "LiAlCl4BN"),
        ("LiAlCl4-SO2", "LiAlCl4SO2"),
        ("LiBH4-NH3", "LiBH7N"),
        ("LiAlCl3(OH)", "LiAlCl3OH"),
        ("Li2O-Al20-Cu80", "Li2OAl20Cu80"),
        ("0.5 Ta2O5 + 2.5 Cl2", "TaO2.5Cl5"),
    ],
)
def test_what_can_only_be_joined_is_read(text, meant):
    assert Composition.parse(text) == Composition.of(Composition.parse(meant))


@pytest.mark.parametrize(
    "text",
    ["Li3PS4 doped with I", "LiCl doped", "LiAlCl4 and lif", "Li2O B2O3 glass 40:60", "Y2O3:Eu", "LiAlCl4 V2O5?"],
)
def test_words_that_may_say_more_of_the_composition_are_not_advised_away(text):
    assert not re.search(r"write \w*(?:PS4|LiCl|AlCl4|B2O3|Y2O3)\b", refused(text))
