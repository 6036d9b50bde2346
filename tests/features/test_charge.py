"""Neutrality by linear sums: well-known compounds, impossible ones, and the states by which they balance."""

import itertools

import numpy as np
import pytest
from vitrion.features import Composition, Fractions
from vitrion.features.charge import TOLERANCE, explain, gaps, nearest_role, neutral, unknown
from vitrion.features.elements import SYMBOLS
from vitrion.features.ions.oxidation import ordinary_spans, roles

NEUTRAL = {
    "electrolytes": """LiAlCl2.5O0.75 NaAlCl2.5O0.75 LiAlCl4 Li3.2TaCl5O1.6 LiTaOCl4 NbOCl3 Li6PS5Cl Li3YCl6 Li2ZrCl6
        Li7La3Zr2O12 Li10GeP2S12 LiTi2P3O12 Cs2LiYCl6 Li3InCl6 LiPF6 LiBF4 LiF2NO4S2 Li0.388La0.475Ta0.238Cl3
        Li0.319La0.488Ta0.244Cl3 Li4SiO4 Li3PO4 LiBH4 Li3OCl Na3Zr2Si2PO12 Li2SO4 AgPO3 CuI ZnCl2 Na2B4O7""",
    "metals below their usual states": """Li3TiCl6 Li3VCl6 Li3CrCl6 TiCl3 TiCl2 NbCl4 TaCl4 VCl3 VCl2 CrCl2 InCl InCl2
        GaCl GaCl2 ZrCl3 MoCl3 WCl4 UCl3 SmCl2 YbCl2 InGaCl4 Ti2O3 TiN VC CrSO4 Ti2S3O12 VP TiH2 MoS2 NbS2""",
    "metals in ordinary states": """LiFeCl4 Li2MnCl4 Li2FeCl4 CuCl CuCl2 FeCl2 FeCl3 MnO2 SnCl2 SnCl4 PbO PbO2 CeO2
        CeCl3 EuCl2 EuO TlCl HgCl2 Hg2Cl2 MoCl5 WO3 CrO3 K2Cr2O7 SbCl5 Sb2O3 As2O5 CoCl2 PdCl2 PtCl4 UO2 FeTiO3""",
    "metals above their usual states": "LiNiO2 KMnO4 K2MnO4 PrO2 NaBiO3 YBa2Cu3O7 AgF2 IrF6 OsO4 K2FeO4",
    "mixed valence": "Fe3O4 Mn3O4 Co3O4 Pb3O4 Sb2O4 CsAuCl3 Ti4O7 LiTi2O4 V6O13 U3O8 Tb4O7 LiMn2O4 W18O49 BaBiO3",
    "positive nonmetals": "TeO2 SeO2 TeCl4 Na2SO3 NaNO3 NaNO2 NH4NO3 KClO4 KIO3 KBrO3 SF6 IF5 Na2S2O3 Na2TeO3",
    "negative ones": """Li3N AlN GaAs InP Li3P Mg2Si Al4C3 SiC CaC2 NaN3 LiH MgH2 LiAlH4 NH4Cl LiNH2 Na2S2 FeS2 GeSe4
        As2Se5 NaBH4 Mg3N2 Li2NH NaAlH4 LiBH6O MgB2H26N6 BH6N Li2NH3""",
    "clusters of boron": "Li2B12H12 Na2B12H12 Li2B10H10 Na4B22H22 LiCB11H12 NaCB11H12 LiCB9H10",
    "carbon": "Li2CO3 CCl4 KCN K1S1C1N1 Li2C2O4 CO CH4 CH6NPbI3 K3FeC6N6",
}
CHARGED = """
Li2TaCl6O LiAlCl4O LiCl2 Li2Cl AlCl4 AlCl2 AlCl TaCl6 NaAlCl5 Li2O2 KO2 LiAl NaZn13 LiAlCl2.5O0.8 Li4TaCl5O NbCl6
NbCl4.5 Li0.388La0.475Zr0.238Cl3 LiN Li2N AlN2 SiN LiC AlC LiC6 LiNCl4 LiNCl2 LiSCl5 LiHCl LiHCl3 LiH2 AlO2 LiO LiO2
Li3O SiO SiO3 NaCl2 MgCl MgCl3 CaO2 ZnCl ZnCl3 GaCl2.5 GaCl4 InCl2.5 ZrCl5 ZrCl3.5 HfCl5 YCl4 YCl2 LaCl4 LiAlCl5
Li2AlCl4 LiYCl2 TiCl5 TiCl AgCl2 AgI2 KMnO5 CuCl3 Mg FeCl5 LiP LiSi BCl4 BO2 PCl6 LiIO6 Li3YCl7 LiTaOCl5 NiCl4 ClO2
NO3 NO3.1 ZnN3O9 NH4 BH4 AlH4 LiBH5 NaBH2 LiB12H12 Li3B12H12 LiCB11H11
"""


@pytest.mark.parametrize("kind", NEUTRAL)
def test_well_known_compounds_are_neutral(kind):
    formulas = NEUTRAL[kind].split()
    found = neutral(Fractions.of(formulas))
    assert [formula for formula, good in zip(formulas, found, strict=True) if not good] == []


def test_impossible_compounds_are_charged():
    found = neutral(Fractions.of(CHARGED.split()))
    assert [formula for formula, good in zip(CHARGED.split(), found, strict=True) if good] == []


def test_the_tables_are_long_enough():
    known = [formula for formulas in NEUTRAL.values() for formula in formulas.split()]
    assert len(set(known)) >= 150
    assert len(set(CHARGED.split())) >= 70
    assert not set(known) & set(CHARGED.split())


PEROXIDES = "Li2O2 Na2O2 K2O2 BaO2 H2O2 Li2TaCl6O NaTaOCl5"


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("Ti2O3", "neutral with Ti at +3"),
        ("V1OCl", "neutral with V at +3"),
        ("Ti2S3O12", "neutral with S positive; Ti at +3"),
        ("Li2B12H12", "neutral with B in clusters; H at -1; B averages +0.833"),
        ("SO4", "not neutral: the charges sum to -2 per SO4 with S positive"),
        ("NO3", "not neutral: the charges sum to -1 per NO3 with N positive"),
    ],
)
def test_the_sentence_names_only_what_is_there(formula, sentence):
    assert explain(formula) == sentence


def test_peroxide_only_when_asked():
    batch = Fractions.of([*PEROXIDES.split(), "LiAlCl4", "LiAlCl4O", "LiCl2"])
    assert neutral(batch, peroxide=True).tolist() == [True] * 8 + [False, False]
    assert neutral(batch).tolist() == [False] * 7 + [True, False, False]


@pytest.mark.parametrize("formula", PEROXIDES.split())
def test_a_peroxide_is_named(formula):
    assert "neutral only as a peroxide, with O at -1 on average" in explain(formula)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("LiAlCl4", "neutral"),
        ("Li3TiCl6", "neutral with Ti at +3"),
        ("Li3VCl6", "neutral with V at +3"),
        ("Li3CrCl6", "neutral with Cr at +3"),
        ("Li2MnCl4", "neutral with Mn at +2"),
        ("LiFeCl4", "neutral with Fe at +3"),
        ("FeCl2", "neutral with Fe at +2"),
        ("TiCl3", "neutral with Ti at +3"),
        ("NbCl4", "neutral with Nb at +4"),
        ("MoCl5", "neutral with Mo at +5"),
        ("WCl5", "neutral with W at +5"),
        ("ReCl5", "neutral with Re at +5"),
        ("UCl5", "neutral with U at +5"),
        ("ReO3", "neutral with Re at +6"),
        ("MoCl5.5", "neutral with mixed valence: Mo averages +5.5"),
        ("InCl", "neutral with In at +1"),
        ("CuCl", "neutral with Cu at +1"),
        ("SnCl2", "neutral with Sn at +2"),
        ("Ti2S3O12", "neutral with S positive; Ti at +3"),
        ("Ti4O7", "neutral with mixed valence: Ti averages +3.5"),
        ("YBa2Cu3O7", "neutral with mixed valence: Cu averages +2.33"),
        ("KMnO4", "neutral with Mn at +7"),
        ("NaN3", "neutral with N as azide"),
        ("Li2S4", "neutral with S, Se and Te bound to each other; S averages -0.5"),
        ("Ti3V2O7", "neutral with metals below their usual states: Ti, V"),
        ("TeO2", "Te positive"),
        ("LiBH4", "H negative"),
        ("Fe3O4", "neutral with mixed valence: Fe averages +2.67"),
        ("CsAuCl3", "neutral with mixed valence: Au averages +2"),
        ("Sb2O4", "neutral with mixed valence: Sb averages +4"),
        ("LiAlCl5", "not neutral: the charges sum to -1 per LiAlCl5"),
        ("Li2AlCl4", "not neutral: the charges sum to +1 per Li2AlCl4"),
    ],
)
def test_explain(formula, words):
    said = explain(formula)
    assert said == words or (words in said and not words.startswith(("neutral with", "not neutral")))
    assert explain(Composition.parse(formula)) == said
    assert said.startswith("neutral") == bool(neutral(Fractions.of([formula]))[0])


@pytest.mark.parametrize("formula", ["SnCl2", "Fe2O3", "TeO2", "Li2S2", "FeCl2", "Li3P", "TiCl3", "LiNiO2"])
def test_a_whole_state_is_no_mixed_valence(formula):
    assert "mixed valence" not in explain(formula)


def test_every_sentence_agrees_with_the_verdict():
    elements = ["Li", "Ti", "Ga", "N", "S", "C", "H", "O", "Cl"]
    made = [dict.fromkeys(some, 1) for size in (2, 3, 4) for some in itertools.combinations(elements, size)]
    verdicts = neutral(Fractions.of(made))
    assert [explain(Composition.of(one)).startswith("neutral") for one in made] == verdicts.tolist()
    assert 0 < verdicts.sum() < len(made)


def test_the_gap_is_linear_in_the_amounts():
    excess = np.linspace(0, 0.5, 11)
    batch = Fractions.of([{"Li": 1 + extra, "Al": 1, "Cl": 4} if extra else "LiAlCl4" for extra in excess])
    assert neutral(batch).tolist() == [extra < 0.01 for extra in excess]
    assert np.allclose(gaps(batch)[:, 0] * (6 + excess), excess, atol=1e-12)


def test_rounded_formulas_are_forgiven_up_to_the_tolerance():
    batch = Fractions.of(["Li0.319La0.488Ta0.244Cl3"])
    assert neutral(batch).all()
    assert not neutral(batch, tolerance=1e-6).any()


def test_a_state_that_is_taken_whole_has_no_average():
    """Ga lies at +3, +2 or +1 and not between, so that an oxychloride short of chlorine stays charged."""
    chlorine = np.linspace(1, 3, 201)
    found = neutral(Fractions.of([{"Ga": 1, "Cl": amount} for amount in chlorine]))
    assert np.allclose(np.unique(np.round(chlorine[found])), [1, 2, 3])
    assert (np.abs(chlorine[found] - np.round(chlorine[found])) < 4 * TOLERANCE).all()


def test_the_ordinary_role_comes_first():
    batch = Fractions.of(["LiAlCl4", "TiO2", "FeCl2", "Li3PS4", "TiCl3", "TeO2"])
    names = [roles().names[place] for place in nearest_role(gaps(batch))]
    assert names == ["ordinary"] * 4 + ["trivalent", "tellurite"]


def test_roles_have_a_span_each():
    assert (roles().low <= roles().high).all()
    assert np.array_equal(np.column_stack([roles().low[:, 0], roles().high[:, 0]]), np.array(ordinary_spans()))
    assert len(roles().names) == len(set(roles().names)) == len(roles().notes) == len(roles().special)


def test_a_role_is_left_out_only_where_it_cannot_come_nearer():
    """Every gap, worked out for all roles by hand, is never smaller than the one chosen."""
    rng = np.random.default_rng(5)
    amounts = np.zeros((400, len(SYMBOLS)))
    for row in amounts:
        row[rng.choice(98, 4, replace=False)] = rng.integers(1, 9, 4)
    batch = Fractions.from_matrix(amounts)
    low, high = batch.matrix @ roles().low, batch.matrix @ roles().high
    size = np.abs(np.maximum(low, 0) + np.minimum(high, 0))
    for group, place in zip(roles().needs, roles().needed_by, strict=True):
        there = batch.matrix @ group
        size[there < 0 if group.min() < 0 else there == 0, place] = np.inf
    chosen = np.abs(gaps(batch)).min(axis=1)
    assert np.allclose(chosen, size.min(axis=1), atol=1e-12)


def test_a_role_is_closed_beside_elements_that_it_forbids():
    """Nitride beside oxide is no azide: LiPON keeps P at +5 where its amounts are rounded."""
    chosen = [roles().names[place] for place in nearest_role(gaps(Fractions.of(["NaN3", "Li2.9PO3.3N0.46"])))]
    assert chosen == ["azide", "ordinary"]


def test_a_role_is_closed_without_the_elements_it_needs():
    place = roles().names.index("cuprate")
    gap = gaps(Fractions.of(["Cu2O3", "BaCl5Cu", "Ba2Cu2O5.5", "BaCuO3.1"]))[:, place]
    assert np.isfinite(gap).tolist() == [False, False, True, True]


def test_unknown_names_the_elements_without_any_state():
    assert unknown(Fractions.of(["LiCl", "HeNe2O", "ArLi"])) == ["He", "Ne", "Ar"]
    assert unknown(Fractions.of(["LiAlCl2.5O0.75", "KrF2", "AtLi"])) == []
    assert unknown(Fractions.of([])) == []
    everything = Fractions.from_matrix(np.ones((1, len(SYMBOLS))))
    assert unknown(everything) == ["He", "Ne", "Ar", "Rn"]


def test_a_rest_that_rounding_leaves_is_no_peroxide():
    assert explain("Li0.27La0.57TiO3").endswith("little enough for rounded amounts")
    assert explain("NaTaCl5O").endswith("neutral only as a peroxide, with O at -1 on average")


@pytest.mark.parametrize(("formula", "state"), [("Li2ZrCl5", "Zr at +3"), ("LiGaCl3", "Ga at +2")])
def test_a_state_below_the_usual_is_named(formula, state):
    assert explain(formula) == f"neutral with {state}"


def test_an_average_of_nothing_has_no_sign():
    assert explain("CH3COOLi") == "neutral with C bound to H; C averages +0"


@pytest.mark.parametrize("kind", [str, Composition.parse, lambda text: dict(Composition.parse(text).amounts)])
def test_one_composition_is_a_batch_of_one(kind):
    assert neutral(kind("LiAlCl4")).tolist() == [True]
    assert neutral(kind("LiAlCl4O")).tolist() == [False]
    assert neutral([kind("LiCl"), kind("LiCl2")]).tolist() == [True, False]
