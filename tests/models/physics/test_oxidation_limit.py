from pathlib import Path

import numpy as np
import pytest
from vitrion.datasets.chemistry.redox import above_lithium
from vitrion.datasets.chemistry.thermochemistry import decomposition_voltage
from vitrion.features import Fractions
from vitrion.models.physics.oxidation_class import classes
from vitrion.models.physics.oxidation_limit import (
    ANALOGUES,
    CEILING,
    LADDER,
    analogues,
    at_least,
    held_out,
    oxidation_limits,
)

LACO, NACO = "LiAlCl2.5O0.75", "NaAlCl2.5O0.75"


@pytest.mark.parametrize(
    ("formula", "anion"),
    [
        (LACO, "Cl"),
        ("LiTaOCl4", "Cl"),
        ("Li3YBr3Cl3", "Br"),
        ("Li3HoI3Br3", "I"),
        ("Li6PS5Cl", "S"),
        ("Li3YCl3F3", "Cl"),
        ("Li3OCl", "O"),  # nothing but lithium holds the oxygen
        ("Li3YCl5.999Br0.001", "Cl"),  # a trace caps nothing
        ("Li3YCl5.9Br0.1", "Br"),
        ("LiF", "F"),
    ],
)
def test_the_weakest_anion_that_counts(formula, anion):
    assert classes(Fractions.of([formula]))[0].tolist() == [anion]


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("KAlCl4", "no lithium or sodium"),
        ("LiClO4", "unusual charge"),
        ("Li3TiCl6", "a metal that is oxidised first"),
        ("LiFePO4", "no anion whose oxidation is known"),
        ("Li2FeCl4", "the metal is oxidised first: Fe before Cl-"),
        ("LiVOCl3", "the metal is oxidised first: V before Cl-"),
        ("LiCuCl2", "the metal is oxidised first: Cu before Cl-"),
        ("LiSnCl3", "the metal is oxidised first: Sn before Cl-"),
        ("LiTlCl2", "the metal is oxidised first: Tl before Cl-"),
        ("LiSbCl4", "the metal is oxidised first: Sb before Cl-"),
        ("LiMnCl3", "the metal may be oxidised first"),
        ("Li3N", "for Se, Te, N, H as an anion"),
    ],
)
def test_what_has_no_answer_says_why(formula, why):
    told = oxidation_limits([formula])
    assert np.isnan([told.typical_V[0], told.low_V[0], told.high_V[0], told.probability(4.3)[0]]).all()
    assert why in told.note[0] and told.basis[0] == ""


def test_a_metal_in_its_highest_state_leaves_it_to_the_anion():
    told = oxidation_limits(["LiFeCl4", "LiSnCl5", "Li3InCl6", "LiVOCl4", "Li2SnS2", "Li2FeCl4"])
    assert told.anion.tolist() == ["Cl", "Cl", "Cl", "Cl", "S", ""]


def test_a_cut_off_of_a_cell_is_no_limit():
    told = oxidation_limits([NACO])
    assert (told.measured_low_V[0], told.measured_high_V[0], told.n_measured[0]) == (3.9, 3.9, 1)
    assert len(analogues("Cl")) == 38


def test_values_above_the_ceiling_say_only_at_least():
    values = analogues("Cl")["value"]
    assert at_least("Cl") == (values >= CEILING["Cl"]).sum() == 10 and at_least("Br") == 0
    exact = held_out()[np.isfinite(held_out())]
    published = held_out(published=True)[np.isfinite(held_out())]
    assert (published >= exact).all() and (published > exact).sum() == 8
    told = oxidation_limits([LACO])
    assert told.low_V[0] == pytest.approx(3.85) and told.high_V[0] == CEILING["Cl"]


def test_a_chloride_never_exceeds_its_ceiling():
    table = analogues("Cl")
    told = oxidation_limits([*table["formula"], LACO, "Li3YCl3F3"])
    assert table["value"].max() == 6.0  # a sweep, as published
    assert (told.high_V <= CEILING["Cl"]).all() and (told.typical_V < told.high_V).all()
    assert (told.probability(4.51) == 0).all()


def test_scales_of_lithium_and_sodium_stand_apart():
    told = oxidation_limits([LACO, NACO])
    assert told.metal.tolist() == ["Li", "Na"]
    for ends in (told.typical_V, told.low_V, told.high_V):
        assert ends[0] - ends[1] == pytest.approx(above_lithium()["Na"])
    assert told.probability(4.3)[0] == pytest.approx(told.probability(4.3 - above_lithium()["Na"])[1])


def test_about_half_of_the_chlorides_hold_at_4_3_volts():
    told = oxidation_limits([LACO, "Li3YBr6", "Li6PS5Cl"]).probability(4.3)
    assert 0.4 < told[0] < 0.6
    assert told[1] < 0.05 and told[2] == 0


def test_a_class_without_measurements_stands_on_the_ladder():
    told = oxidation_limits(["Li6PS5Cl", LACO, "LiF"])
    assert told.basis.tolist() == [LADDER, ANALOGUES, LADDER]
    assert told.typical_V[0] == decomposition_voltage("Li", "S") and told.n_analogues.tolist() == [0, 38, 1]
    assert told.low_V[0] < 2.2 < told.high_V[0] < 3.0
    assert told.low_V[2] < 4.3 < told.typical_V[2]  # the one fluoride that was measured lies within


def test_measured_values_come_back_as_published():
    told = oxidation_limits([LACO, "LiTaOCl4", "LiAlCl4"])
    assert (told.measured_low_V[0], told.measured_high_V[0], told.n_measured[0]) == (3.85, 4.3, 2)
    assert told.measured_doi[0] == "10.1038/s41560-023-01356-y" and told.measured_phase[0] == "glass"
    assert told.measured_low_V[1] == 5.0 and "gives way by 4.50 V" in told.note[1]
    assert np.isnan(told.measured_low_V[2]) and told.n_measured[2] == 0


def test_the_class_is_the_anion_because_more_teaches_nothing():
    anion, company, nothing = (np.abs(held_out(by)) for by in ("anion", "company", "nothing"))
    known = np.isfinite(company)
    assert known.sum() == 38  # bromides and iodides are all of one review
    assert anion[known].mean() < nothing[known].mean() < nothing.mean()
    assert company[known].mean() > 0.9 * anion[known].mean()


def test_the_documents_tell_the_error_that_is_measured():
    docs = Path(__file__).parents[3] / "docs"
    text = (docs / "explanation/virtues.md").read_text(encoding="utf-8")
    models = (docs / "models.md").read_text(encoding="utf-8")
    errors = held_out(published=True)
    assert f"off by {np.nanmean(np.abs(errors)):.2f} V" in models
    assert f"half of them by less than {np.nanmedian(np.abs(errors)):.2f} V" in models
    assert f"{np.isfinite(errors).sum()} are of chlorides" in text
    assert f"{at_least('Cl')} of them are 4.5 V or more" in text
    for formula, metal in ((LACO, "Li"), (NACO, "Na")):
        told = oxidation_limits([formula])
        ends = [float(end[0]) for end in (told.typical_V, told.low_V, told.high_V)]
        assert "{:.2f} V ({:.2f} to {:.2f}) against {}".format(*ends, metal) in text
