"""Neutrality by linear sums, with mixed valence and peroxide named."""

import numpy as np
import pytest
from vitrion.features import Composition, Fractions
from vitrion.features.charge import explain, neutral

NEUTRAL = """
LiAlCl2.5O0.75 NaAlCl2.5O0.75 LiAlCl4 Li3.2TaCl5O1.6 LiTaOCl4 NbOCl3 Li6PS5Cl Li3YCl6 Li2ZrCl6 Fe3O4 TeO2 Li2SO4
NaNO3 NH4NO3 LiBH4 KClO4 KIO3 GaAs MoCl5 Li10GeP2S12 AgPO3 CuI ZnCl2 Li7La3Zr2O12 Na2SO3 SeO2 NH4Cl Mn3O4 Li3N
Li0.388La0.475Ta0.238Cl3 Li0.319La0.488Ta0.244Cl3 Cs2LiYCl6 LiTi2P3O12 Pb3O4
"""
CHARGED = """
Li2TaCl6O LiAlCl4O LiCl2 Li2Cl AlCl4 TaCl6 NaAlCl5 Li2O2 KO2 LiAl NaZn13 LiAlCl2.5O0.8 NbCl4 Li4TaCl5O
Li0.388La0.475Zr0.238Cl3
"""


def test_neutral():
    found = neutral(Fractions.of(NEUTRAL.split()))
    assert [formula for formula, good in zip(NEUTRAL.split(), found, strict=True) if not good] == []


def test_charged():
    found = neutral(Fractions.of(CHARGED.split()))
    assert [formula for formula, good in zip(CHARGED.split(), found, strict=True) if good] == []


def test_peroxide_only_when_asked():
    batch = Fractions.of(["Li2O2", "Li2TaCl6O", "LiAlCl4", "LiAlCl4O", "LiCl2"])
    assert neutral(batch, peroxide=True).tolist() == [True, True, True, False, False]
    assert neutral(batch).tolist() == [False, False, True, False, False]


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("LiAlCl4", "neutral"),
        ("Fe3O4", "mixed valence: Fe averages +2.67"),
        ("TeO2", "Te positive"),
        ("LiBH4", "H negative"),
        ("Li2TaCl6O", "neutral only as a peroxide, with O at -1"),
        ("Li2O2", "peroxide"),
        ("LiAlCl5", "not neutral: the charges sum to -1 per LiAlCl5"),
        ("Li2AlCl4", "not neutral: the charges sum to +1 per Li2AlCl4"),
    ],
)
def test_explain(formula, words):
    assert words in explain(formula)
    assert explain(Composition.parse(formula)) == explain(formula)
    assert explain(formula).startswith("neutral") == bool(neutral(Fractions.of([formula]))[0])


def test_the_gap_is_linear_in_the_amounts():
    excess = np.linspace(0, 0.5, 11)
    batch = Fractions.of([{"Li": 1 + extra, "Al": 1, "Cl": 4} if extra else "LiAlCl4" for extra in excess])
    assert neutral(batch).tolist() == [extra < 0.01 for extra in excess]


def test_rounded_formulas_are_forgiven_up_to_the_tolerance():
    batch = Fractions.of(["Li0.319La0.488Ta0.244Cl3"])
    assert neutral(batch).all()
    assert not neutral(batch, tolerance=1e-6).any()


@pytest.mark.parametrize(("formula", "words"), [("CsAuCl3", "Au averages +2"), ("Sb2O4", "Sb averages +4")])
def test_an_average_that_is_no_state_of_the_element_is_named_although_it_is_whole(formula, words):
    assert explain(formula) == f"neutral with mixed valence: {words}"


@pytest.mark.parametrize("formula", ["SnCl2", "Fe2O3", "TeO2", "Li2S2", "FeCl2", "Li3P"])
def test_an_ordinary_state_is_no_mixed_valence(formula):
    assert "mixed valence" not in explain(formula)
