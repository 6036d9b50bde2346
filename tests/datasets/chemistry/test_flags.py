"""Each flag marks the kinds of compositions that it is for, and leaves its neighbours alone."""

import dataclasses

import numpy as np
import pytest
from vitrion.datasets.cards import DATA
from vitrion.datasets.chemistry.flags import (
    CODES,
    FlagError,
    checked,
    explained,
    flagged,
    flags,
    not_refuted,
    short_notes,
    texts,
)
from vitrion.datasets.chemistry.volatility import halides, potentials, reducible
from vitrion.features import Composition, Fractions

YES = {
    "trace": ["Li0.001AlCl3.001", "AlCl3", "Na0.03TaCl5.03", "SiO2"],
    "gas": [
        *(
            "LiBCl2.5O0.75",
            "NaBCl4",
            "LiAsCl4",
            "LiSiCl3O",
            "LiPOCl4",
            "LiSnCl5",
            "Li0.5SnCl2.5O",
            "Li0.5TiOCl2.5",
            "LiGeCl5",
        ),
        *("LiVOCl4", "LiBBr4", "SiF4", "LiAl0.5B0.5Cl4", "LiPCl4", "LiSeCl5", "HCl", "H2O", "CO2", "N2", "Hg"),
        *("LiSbCl6", "K0.5SbCl5.5", "Li0.5K0.5SbCl6", "AgSbCl6", "SbCl5", "KTiCl5", "KSb0.5Si0.5Cl5.5", "NaPCl6"),
        *("SnCl4", "TiCl4", "LiTiCl5", "Li1.5Sn0.5Ti0.5Cl5.5", "K2SiCl6", "K2GeCl6", "LiAsSe2Cl2", "K2BCl5"),
    ],
    "volatile": [
        *("K2SnCl6", "Li2SnCl6", "LiTa0.9Sn0.1Cl5.9", "LiSnCl3O", "LiTiOCl3", "LiAsBr4", "KSbCl6", "NaSbCl6"),
        *("Li0.5AlCl3.5", "LiZrCl5", "Li0.5TaCl5.5", "LiSbCl4", "LiHgCl3", "LiWCl7", "LiHfCl4O0.5", "FeCl3"),
    ],
    "no_vacancies": [
        *("NaCl", "LiF", "KBr", "CsI", "NaI", "LiCl", "LiCl0.5Br0.5", "Li2O", "Na2S", "Na3InCl6", "Na3YCl6", "K3ScCl6"),
        *("Na3In0.5Y0.5Cl6", "Na3AlF6", "Na2ZnCl4", "Li2ZnCl4", "K2ZnBr4"),
        *("LiNbO3", "LiTaO3", "Li2SO4", "LiGaO2", "LiAlO2", "NaAlO2", "Li2CO3", "Na2CO3", "Na2SO4", "Li3AlF6"),
        *("Na2SiF6", "Li3PO4", "Na3PO4", "LiNO3", "KNO3", "K2SiF6"),
    ],
    "crystalline_conductor": [
        *("Li1.3Al0.3Ti1.7P3O12", "Li1.5Al0.5Ge1.5P3O12", "Na3Zr2Si2PO12", "NaZr2P3O12", "Li7La3Zr2O12"),
        *("Li6.4Al0.2La3Zr2O12", "Li6.5La3Zr1.5Ta0.5O12", "Li5La3Nb2O12", "Li10GeP2S12", "Li10SnP2S12"),
        *("Li9.54Si1.74P1.44S11.7Cl0.3", "Li6PS5Cl", "Li6PS5I", "Li5.5PS4.5Cl1.5", "Li0.34La0.56TiO3"),
        *("Na3PS4", "Na3SbS4", "Na2.88Sb0.88W0.12S4", "NaAl11O17", "Na1.2Al11O17.1", "Na1.67Mg0.67Al10.33O17"),
        *("Na11Sn2PS12", "Li7PS6", "Ag7PS6", "Li9.6P3S12", "Li3N", "RbAg4I5", "Li14ZnGe4O16"),
    ],
    "electronic": ["LiFeCl4", "CuCl2", "LiV3O8", "LiCoO2", "Li2MoO4", "Li2MnCl4", "NaNi0.5Mn0.5O2", "LiCuCl3"],
    "reduced_by_lithium": [
        *("Li3InCl6", "LiTaOCl4", "LiNbOCl4", "LiSnCl3", "LiPbCl3", "LiBiCl4", "AgI", "Li10GeP2S12", "LiGaCl4"),
        *("LiWCl7", "Li2TeCl6", "Li2PtCl4"),
    ],
    "toxic": [
        *("Li2CrO4", "CrO3", "Li2NiCl4", "LiCoCl3"),
        "LiBeCl3",
        "LiAsCl4",
        "Li2CdCl4",
        "LiHgCl3",
        "LiTlCl2",
        "LiPbCl3",
        "LiUCl4O",
        "Li2Se",
    ],
    "radioactive": ["LiUCl4O", "ThCl4-LiCl", "LiTcO4", "RaCl2", "LiPmCl4", "PuCl3"],
    "controlled": ["LiUCl4O", "LiThCl5", "NaPuCl4"],
    "oxidiser_and_fuel": ["LiClO4C", "LiClO4-LiNH2", "LiNO3-LiBH4", "LiNH2-LiNO3", "LiNO3-Li2S", "Li2O2-LiNH2"],
    "licl_expected": ["LiAlCl2O", "LiAlClO1.5", "NaAlClO1.5", "Li2AlCl2O1.5", "LiAl0.8Zr0.2ClO1.6", "LiAlCl2O-H2O"],
}
NO = {
    "trace": ["LiAlCl4", "Li0.1AlCl3.1", "AgI"],
    "gas": [
        *("LiAlCl2.5O0.75", "Li6PS5Cl", "Li2SiO3-LiCl", "Li4B7O12Cl", "LiSnCl3", "LiTiCl4", "LiVCl4", "LiSbCl4"),
        *("NaPO3-NaCl", "GeS2-LiI", "LiTaOCl4", "LiPO3-LiCl", "Li2SO4-LiCl", "Li2CO3-LiCl", "LiBF4", "Li2TiO3-LiCl"),
        *("Ti", "Sn", "V", "C", "Li3CrCl6"),
        *("K2SnCl6", "Na2SnCl6", "Li2SnCl6", "K2TiCl6", "Li2Zr0.95Sn0.05Cl6", "Li2Zr0.9Ti0.1Cl6", "LiTa0.9Sn0.1Cl5.9"),
        *(
            "KSbCl6",
            "NaSbCl6",
            "CsSbCl6",
            "K0.5Rb0.5SbCl6",
            "K2SbTaCl12",
            "CsTaCl6",
            "KNbCl6",
            "LiSbF6",
            "NaPF6",
            "LiAsF6",
        ),
        *("Cu10As30Se30I30", "LiAsBr4", "K2SnBr6", "K2TiBr6", "Cs2SnI6", "LiSnCl3O", "LiTiOCl3"),
    ],
    "volatile": [
        *("LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl4", "LiTaOCl4", "Li3.2TaCl5O1.6", "LiTaCl6", "NaNbCl6"),
        *("CsTaCl6", "KNbCl6", "LiSbF6", "NaPF6", "LiAsF6", "LiBF4", "Na2SiF6"),
        *("Li2ZrCl6", "Li2HfCl6", "Li3InCl6", "LiGaCl4", "Li2FeCl4", "Li3YCl6", "Al2O3-LiCl", "Ta2O5-LiCl", "LiPbCl3"),
    ],
    "no_vacancies": [
        *("Li3InCl6", "Li3YCl6", "Na2.5Y0.5Zr0.5Cl6", "Na2ZrCl6", "LiAlCl4", "NaAlCl4", "LiAlCl2.5O0.75", "LiI", "AgI"),
        *("Li3N", "Li2.45Zn0.55In0.45Cl4.9", "Li0.9Na0.1Cl", "Na2ZrOCl4", "MgCl2", "Na2.25Y0.25Zr0.75Cl6"),
        *("Na1.62Zn0.62Al0.38Cl4", "Li3OCl", "Li2MgCl4"),
        *("LiBO2", "LiPO3", "Li2SiO3", "Li4SiO4", "Li3BO3", "NaPO3", "LiNaSO4", "Li2.9PO3.9", "Li1.05NbO3.025"),
        *("Li2SO4-LiCl", "Li2.9PO3.3N0.46", "Li4P2O7", "Li2ZrF6", "AgNO3", "LiVO3", "Li3.5Si0.5P0.5O4"),
    ],
    "crystalline_conductor": [
        *("Li3PS4", "Li7P3S11", "Li2S", "LiAlCl2.5O0.75", "Li2.9PO3.3N0.46", "Na2Si2O5", "Li4SiO4", "NaPO3"),
        *("LiTi2O4", "Na2TiO3", "LiNbO3", "La2Ti2O7", "Na2P4O11", "Li3InCl6", "Na4SiS4", "Na3PSe2O2"),
        *("Al2O3", "NaAlO2", "Li4P2S7", "Li4GeO4", "AgI", "KI", "Li3P", "Li2ZnGeO4", "Na4SnS4"),
    ],
    "electronic": ["LiAlCl4", "Li2ZrCl6", "CuI", "LiTaOCl4", "NaAlCl2.5O0.75", "CuCl", "LiWCl7"],
    "reduced_by_lithium": ["LiAlCl2.5O0.75", "Li2ZrCl6", "Li3YCl6", "Li3ScCl6", "Li2ZnCl4", "Li2MgCl4", "LiLaCl4"],
    "toxic": [
        "LiCrO2",
        "Cr2O3",
        "Li3CrCl6",
        "LiAlCl2.5O0.75",
        "Li3InCl6",
        "LiSbCl4",
        "LiTaOCl4",
        "Li6PS5Cl",
        "LiBiCl4",
    ],
    "radioactive": ["LiAlCl4", "LiBiCl4", "KCl", "LiSmCl4"],
    "controlled": ["LiAlCl4", "RaCl2", "LiTcO4"],
    "oxidiser_and_fuel": [
        *("LiClO4", "LiNO3", "Li2OHCl", "Li2SO4", "Li2CO3", "Li2.9PO3.3N0.46", "Li6PS5Cl", "Li2S-P2S5-Li2O"),
        *("LiBH4", "LiOH", "LiNO3-LiCl", "Li3PS3O", "NH4Cl", "LiAl(OH)4", "Na2O-Al2O3"),
        *("LiN(SO2F)2", "LiN(SO2CF3)2", "NaN(SO2F)2-NaCl"),
        *("LiNH2SO3", "KNH2SO3", "LiNH2SO3-LiCl"),
    ],
    "licl_expected": [
        *("LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl4", "LiAlO2", "LiAlCl2.4O0.8", "Na2O-Al2O3-4SiO2-0.2NaCl"),
        *("LiTaCl2O2", "AlClO", "Li3.2TaCl5O1.6", "Li2AlCl0.5O2.25"),
        *("NaAlCl4-H2O", "LiAlCl4-2H2O"),
    ],
}
CLEAN = ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "KAlCl2.5O0.75", "LiAlCl4", "Li2ZrCl6", "Li3YCl6"]


@pytest.mark.parametrize("code", CODES)
def test_a_flag_marks_its_kind(code):
    found = flagged(Fractions.of(YES[code]), [code])[:, 0]
    assert found.all(), [name for name, here in zip(YES[code], found, strict=True) if not here]


@pytest.mark.parametrize("code", CODES)
def test_a_flag_leaves_its_neighbours_alone(code):
    found = flagged(Fractions.of(NO[code]), [code])[:, 0]
    assert not found.any(), [name for name, here in zip(NO[code], found, strict=True) if here]


def test_the_first_oxychloride_glasses_have_no_flag():
    assert texts(flagged(Fractions.of(CLEAN))) == [""] * len(CLEAN)


def test_a_flag_does_not_depend_on_the_other_rows_nor_on_scale():
    names = [*YES["gas"], *YES["volatile"], *YES["oxidiser_and_fuel"], *NO["gas"], *YES["crystalline_conductor"]]
    together = flagged(Fractions.of(names))
    alone = np.vstack([flagged(Fractions.of([name])) for name in names])
    assert (together == alone).all()
    assert (flagged(Fractions.of([f"3{name}-3{name}" if "-" not in name else name for name in names])) == alone).all()
    assert flagged(Fractions.of([])).shape == (0, len(CODES))


def test_no_salt_lacks_vacancies_that_was_measured_to_conduct():
    salts = flagged(Fractions.of(["Li3AlF6", "LiCl", "Na3InCl6"]))
    kept = not_refuted(salts, np.array([1.0e-4, 1.0e-9, np.nan]), np.array([24.7, 25.0, np.nan]))
    place = CODES.index("no_vacancies")
    assert salts[:, place].all()
    assert kept[:, place].tolist() == [False, True, True]
    others = [column for column in range(len(CODES)) if column != place]
    assert (kept[:, others] == salts[:, others]).all()


def test_of_a_crystal_nothing_is_said_of_crystals():
    batch = Fractions.of(["Li7La3Zr2O12"])
    place = CODES.index("crystalline_conductor")
    assert flagged(batch)[0, place] and not flagged(batch, phase="crystal")[0, place]
    assert [flag.code for flag in explained(["Li7La3Zr2O12"], "crystal")[0]] == []


def test_reasons_name_what_is_meant():
    told = {
        flag.code: flag.reason
        for name in ("LiBCl2.5O0.75", "LiPbCl3", "Li6PS5Cl", "LiUCl4O")
        for flag in explained([name])[0]
    }
    assert "BCl3 boils at 12 °C" in told["gas"]
    assert "(Pb at 2.4 V)" in told["reduced_by_lithium"]
    assert "10.1002/anie.200703900" in told["crystalline_conductor"]
    assert told["radioactive"].endswith("(U)")


@pytest.mark.parametrize(
    ("formula", "code", "detail"),
    [
        ("LiSbCl6", "gas", "SbCl5 boils at 140 °C"),
        ("LiSbCl4", "volatile", "SbCl3 boils at 220 °C"),
        ("LiPCl6", "gas", "PCl5 sublimes at 160 °C"),
        ("LiPCl4", "gas", "PCl3 boils at 76 °C"),
        ("LiPOCl4", "gas", "POCl3 boils at 106 °C"),
        ("K2SnCl6", "volatile", "SnCl4 boils at 114 °C until alkali binds it"),
        ("KSbCl6", "volatile", "SbCl5 boils at 140 °C until alkali binds it"),
        ("KTiCl5", "gas", "TiCl4 boils at 136 °C"),
        ("KSbBr6", "gas", "Br2 boils at 59 °C"),
        ("HgI2", "volatile", "HgI2 boils at 351 °C"),
        ("MoO2Cl2", "volatile", "MoOCl4 boils at 159 °C, MoO2Cl2 boils at 250 °C"),
        ("CCl4", "gas", "CCl4 boils at 77 °C"),
        ("HCl", "gas", "HCl boils at -85 °C"),
        ("CuCl2", "electronic", "Cu"),
        ("LiFeCl4", "electronic", "Fe"),
        ("SiO2", "trace", "no mobile ion"),
        ("Na0.03TaCl5.03", "trace", "0.5 at.%"),
        ("Li2CrO4", "toxic", "Cr"),
        ("NaAlClO1.5", "licl_expected", "NaCl; 1.50 O for each of the network"),
        ("LiVCl5", "gas", "VCl4 boils at 151 °C"),
        ("LiCdCl3", "toxic", "Cd"),
    ],
)
def test_details_name_the_very_halide_and_element(formula, code, detail):
    told = {flag.code: flag.reason for flag in explained([formula])[0]}
    assert told[code].endswith(f"({detail})"), told[code]


def test_every_flag_has_words_and_a_source():
    assert len({flag.code for flag in flags()}) == len(CODES)
    for flag in flags():
        assert all(dataclasses.astuple(flag)) and flag.severity in ("danger", "caution", "note")
    with pytest.raises(dataclasses.FrozenInstanceError):
        flags()[0].code = "x"


def test_unknown_flags_are_named_with_a_list_of_all():
    with pytest.raises(FlagError, match=r"'toxik' is no flag \(toxic\?\); there are trace, gas, .*licl_expected"):
        checked(["toxik"])
    with pytest.raises(FlagError, match="give a list of codes"):
        checked("toxic")
    assert checked(("gas", "toxic", "gas")) == ("gas", "toxic")


def test_what_contradicts_a_prediction_is_said_unless_it_was_measured():
    found = flagged(Fractions.of(["NaCl", "Na3InCl6", "LiAlCl4"]))
    assert [row for row, _ in short_notes(found, np.array([False, True, False]))] == [0]


def test_volatile_halides_are_of_one_metal_and_rise():
    known = halides()
    assert len({one.formula for one in known}) == len(known) > 40
    assert [one.temperature_C for one in known] == sorted(one.temperature_C for one in known)
    for one in known:
        assert one.metal in Composition.parse(one.formula).elements and one.source
        assert (one.state == "gas") == (one.temperature_C < 25), one.formula
        assert one.state != "liquid" or one.temperature_C > 25
    by_name = {one.formula: one.temperature_C for one in known}
    for formula, celsius in {
        **{"BCl3": 12, "SiCl4": 58, "PCl3": 76, "POCl3": 106, "SnCl4": 114, "TiCl4": 136, "AlCl3": 180, "GaCl3": 201},
        **{"SbCl3": 220, "TaCl5": 239, "NbCl5": 247, "FeCl3": 316, "ZrCl4": 331},
    }.items():
        assert by_name[formula] == pytest.approx(celsius, abs=1.0)


def test_potentials_follow_from_the_chlorides():
    """Of the chlorides of the CRC Handbook: aluminium below the limit, indium and all that is nobler above it."""
    assert potentials()["In"] == pytest.approx(2.38, abs=0.1)
    assert potentials()["Li"] == pytest.approx(0.0) and potentials()["Na"] == pytest.approx(0.0, abs=0.02)
    assert {"Sn", "Sb", "Bi", "Ge", "In", "Pb", "Ag", "Nb", "Ta"} <= set(reducible())
    assert not {"Al", "Zr", "Ti", "Zn", "Y", "Sc", "Mg", "La"} & set(reducible())


def test_tables_are_shipped():
    assert {"flags.toml", "volatile.csv", "chlorides.csv", "limits.toml"} <= {path.name for path in DATA.iterdir()}
