"""Compounds in brackets with a decimal share behind each, as databases of glasses write them, are read."""

import random
from fractions import Fraction
from importlib.resources import files

import numpy as np
import pyarrow.parquet as pq
import pytest
from vitrion.features import Composition, FormulaError

OXIDES = {"Si": "SiO2", "B": "B2O3", "P": "P2O5", "Ge": "GeO2", "Te": "TeO2", "Na": "Na2O", "K": "K2O", "Li": "Li2O"}
OXIDES |= {"Ca": "CaO", "Mg": "MgO", "Ba": "BaO", "Zn": "ZnO", "Pb": "PbO", "Al": "Al2O3", "Ti": "TiO2", "Zr": "ZrO2"}
OXIDES |= {"Ag": "Ag2O", "Bi": "Bi2O3", "Nb": "Nb2O5", "Fe": "Fe2O3", "V": "V2O5", "La": "La2O3", "W": "WO3"}
OTHERS = (  # noqa: SIM905
    "SnO SnCl2 AgI AgPO3 Ba(PO3)2 LiF ZrF4 BaF2 LiCl ZnCl2 PbF2 CsI GeS2 As2S3 Ga2S3 Li2S P2S5 As Se Te CO2 Na2CO3 "
    "Li2SO4 KNO3 NH4PO3 H2O PbO2 MnO2 Cr2O3 CoO NiO CuO Sc2O3 Yb2O3 InF3 HfF4 BiCl3 CdCl2 NaBO2 Ca(NO3)2"
).split()


def expected(shares):
    """Amounts of the mixture, from its compounds one by one."""
    total = {}
    for compound, share in shares:
        for symbol, amount in Composition.parse(compound).amounts.items():
            total[symbol] = total.get(symbol, 0) + amount * Fraction(share)
    return Composition(total)


def assert_read(shares, brackets="()"):
    text = "".join(f"{brackets[0]}{compound}{brackets[1]}{share}" for compound, share in shares)
    assert Composition.parse(text) == expected(shares), text


def test_every_oxide_glass_of_the_embedded_table_is_read():
    table = pq.read_table(files("vitrion.datasets") / "data" / "sciglass.parquet", columns=[*OXIDES, "O"])
    parts = np.stack([table[symbol].to_numpy() for symbol in OXIDES], axis=1)
    per = np.array([float(Composition.parse(oxide).amounts[symbol]) for symbol, oxide in OXIDES.items()])
    moles = parts / per
    glasses = np.flatnonzero((parts.sum(axis=1) + table["O"].to_numpy() == 1_000_000) & ((moles > 0).sum(axis=1) > 1))
    assert len(glasses) > 1000
    for row in random.Random(1).sample(glasses.tolist(), 400):
        shares = 100 * moles[row] / moles[row].sum()
        assert_read(
            [(oxide, f"{share:.2f}") for oxide, share in zip(OXIDES.values(), shares, strict=True) if share > 0.01]
        )


@pytest.mark.parametrize("style", ["{:.2f}", "{:.1f}", "{:.3f}", "{:.3f} of one", "{:g}"])
def test_mixtures_of_any_compounds_are_read(style):
    rng = random.Random(style)
    for _ in range(200):
        compounds = rng.sample([*OXIDES.values(), *OTHERS], rng.randint(2, 7))
        whole = 1 if "one" in style else 100
        weights = np.array([rng.random() + 0.05 for _ in compounds])
        numbers = [
            style.split()[0].format(round(share, 2 if whole == 100 else 3)) for share in whole * weights / weights.sum()
        ]
        assert_read(list(zip(compounds, numbers, strict=True)), rng.choice(["()", "[]"]))


@pytest.mark.parametrize(
    "text",
    ["(Al2O3)1.5(SiO2)2", "(LiCl)1.2(H2O)", "Al2(SO4)3.18H2O", "CuSO4.5H2O", "K(Al(SO4)2)3.12H2O", "(LiCl)1.2H2O"],
)
def test_a_point_that_may_join_two_compounds_is_refused_as_before(text):
    with pytest.raises(FormulaError, match="may be decimal or join two compounds"):
        Composition.parse(text)


@pytest.mark.parametrize("text", ["(PbO2)36.4(SIO2)63.6", "(FeO)0.5(NIO)0.5", "FeO-COCl2", "(Na2CO3)9.3(COCl2)90.7"])
def test_capitals_of_one_compound_of_a_mixture_are_refused_where_they_spell_another(text):
    with pytest.raises(FormulaError, match="in capitals"):
        Composition.parse(text)
