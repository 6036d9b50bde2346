import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.datasets.cards import card
from vitrion.datasets.curation import arrhenius, consensus
from vitrion.datasets.curation import curate as curation
from vitrion.datasets.curation.duplicates import TOLD_TWICE
from vitrion.datasets.curation.tellings import LATER
from vitrion.datasets.measurement import Measurements, tabulate
from vitrion.datasets.properties import CONDUCTIVITY, LIQUIDUS, TG, find
from vitrion.datasets.sources import literature
from vitrion.features import Fractions
from vitrion.features.elements import SYMBOLS


def measured(formulas, values, **columns):
    rows = tabulate(
        len(values), formula=formulas, value=values, source="test", **{"paper": "p", "group": "p"} | columns
    )
    return Measurements(rows, Fractions.of(formulas).matrix)


def test_every_row_is_kept_or_has_a_reason():
    rows = measured(["Li2O-SiO2"] * 4, [300.0, np.nan, np.inf, 5000.0])
    kept, dropped = curation.curate(rows, TG)
    assert kept.rows["value"].tolist() == [300.0]
    assert dropped["reason"].tolist() == [curation.NOT_A_NUMBER, curation.NOT_A_NUMBER, curation.IMPLAUSIBLE]


def test_an_impossible_temperature_takes_the_glass_along_and_no_other():
    formulas = ["Li2O-SiO2"] * 2 + ["Li2O-2SiO2"] * 2
    rows = measured(formulas, [1.0, 1e-4, 1e-8, 1e-5], temperature_C=[20.0, 300.0] * 2, phase="glass")
    kept, dropped = curation.curate(rows, CONDUCTIVITY)
    assert kept.rows["formula"].tolist() == ["Li2O-2SiO2"] * 2
    assert len(dropped) == 2


def test_crystals_and_melts_are_not_judged_as_glasses():
    rows = measured(["RbAg4I5", "LiCl"], [0.9, 4.0], temperature_C=[20.0, 650.0], phase=["crystal", "molten"])
    assert len(curation.curate(rows, CONDUCTIVITY)[0]) == 2


def test_no_conductivity_of_the_literature_is_lost_but_those_that_an_audit_withdrew():
    kept, dropped = curation.curate(literature.read("conductivity", tuple(literature.TABLES)), CONDUCTIVITY)
    assert (len(kept), len(dropped)) == (377 - 5 + 451 + 59, 5)
    assert dropped.groupby("reason")["formula"].unique().map(list).to_dict() == {
        "falls with temperature; hydration": ["Li3Br0.5Cl0.5O"],
        "LiAlCl4.SO2 is a liquid solvate: no solid": ["LiAlSCl4O2"],
    }


def test_endotherms_of_residual_salt_are_no_liquidus():
    kept, dropped = curation.curate(literature.read("liquidus"), LIQUIDUS)
    residual = dropped[dropped["reason"].str.startswith("the endotherm is the melting of residual")]
    assert set(residual["formula"]) == {"LiAlCl2.5O0.75", "NaAlCl2.5O0.75"}
    bound = dropped["reason"].str.startswith("its chlorine is bound to oxygen")
    assert set(dropped.loc[~bound, "formula"]) - set(residual["formula"]) == {"GeCl3"}
    assert {"LiAlCl4", "NaAlCl4"} <= set(kept.rows["formula"])


@pytest.mark.parametrize("name", ["liquidus", "melting"])
def test_salts_whose_chlorine_is_positive_are_no_parents_of_an_oxychloride(name):
    prop = find(name)
    kept, dropped = curation.curate(literature.read(name, tuple(literature.TABLES)), prop)
    bound = dropped[dropped["reason"].str.startswith("its chlorine is bound to oxygen")]
    assert bound["formula"].nunique() == 17
    charge_of = {"Li": 1, "Na": 1, "K": 1, "Rb": 1, "Ag": 1, "Tl": 3, "Ca": 2, "Ba": 2, "O": -2, "Cl": -1}
    for matrix in Fractions.of(bound["formula"].unique().tolist()).matrix:
        most = sum(matrix[SYMBOLS.index(symbol)] * charge for symbol, charge in charge_of.items())
        assert most < -1e-6, "the metals cannot balance oxide and chloride"
    kept_formulas = set(kept.rows["formula"])
    assert {"PCl3O", "SCl2O"} <= kept_formulas
    assert not kept_formulas & set(bound["formula"])


def test_the_card_tells_what_the_rules_do_today():
    """A reader of the card learns how much was doubted and dropped without running anything."""
    told = " ".join(card("curation").notes)
    sigma, tg = load("conductivity", lab=False), load("tg", lab=False)
    counts = sigma.rows["doubt"].value_counts()
    consensus_doubts = counts[[consensus.ALONE, consensus.BY_PAPER]].sum()
    for text in (
        f"{counts[curation.EXTRAPOLATED]:,} conductivities below 1e-16 S/cm",
        f"{counts[arrhenius.ODD_PREFACTOR]:,} in series whose Arrhenius prefactor",
        f"{counts[arrhenius.BENT]} in series that bend",
        f"{consensus_doubts} against the consensus",
        f"of Tg {(tg.rows['doubt'] != '').sum()} rows",
        f"{tg.reasons[LATER]:,} Tg, {sigma.reasons[LATER]:,} conductivities",
    ):
        assert text in told
    for reason, count in sigma.reasons.items():
        assert reason in (LATER, TOLD_TWICE) or f"{count:,}" in told or count == 4


def test_doubtful_rows_stay_with_less_weight():
    rows = measured(["Na2O-9SiO2"], [1e-18], temperature_C=[20.0], phase="glass")
    row = curation.curate(rows, CONDUCTIVITY)[0].rows.iloc[0]
    assert (row["doubt"], row["confidence"], row["weight"]) == (curation.EXTRAPOLATED, "low", 0.3)


def test_repeats_of_a_paper_merge_to_the_median_of_targets():
    rows = measured(
        ["LiCl", "LiCl", "LiCl", "LiCl", "NaCl"],
        [1e-6, 1e-4, 1e-5, 1e-2, 1e-3],
        temperature_C=[20.0] * 5,
        paper=["p", "p", "p", "q", "p"],
        confidence=["high", "low", "high", "high", "high"],
        weight=[1.0, 0.3, 1.0, 1.0, 1.0],
    )
    merged = curation.merge_repeats(rows, CONDUCTIVITY)
    np.testing.assert_allclose(merged.rows["value"], [1e-5, 1e-2, 1e-3])
    assert merged.rows["repeats"].tolist() == [3, 1, 1]
    assert merged.rows["confidence"].tolist() == ["low", "high", "high"]
    np.testing.assert_allclose(merged.matrix, rows.matrix[[0, 3, 4]])
