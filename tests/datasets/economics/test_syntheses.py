"""The chemistry of routes as data: every source can leave what it says, and every route says what it needs."""

import re

import numpy as np
import pytest
from vitrion.datasets.chemistry.volatility import halides
from vitrion.datasets.economics.precursors import sources
from vitrion.datasets.economics.prices import default_table
from vitrion.datasets.economics.routes import alternatives
from vitrion.datasets.economics.syntheses import (
    Source,
    all_syntheses,
    applicable,
    boiling,
    chemistry,
    conditional,
    fired,
    grades,
    volatile,
)
from vitrion.features import Fractions
from vitrion.features.elements import INDEX

TEXTS = [text for one in all_syntheses() for text in (*one.sources, *one.acid_sources) if " " in text]


@pytest.mark.parametrize("text", sorted(set(TEXTS)))
def test_what_leaves_is_made_of_the_precursor_and_of_halogen(text):
    source = Source.parse(text)
    assert source.precursor in default_table().formulas
    negative = {int(place) for place in np.flatnonzero(source.gives < 0)}
    assert negative <= {INDEX[symbol] for symbol in ("Cl", "Br", "I")}
    assert (source.gives > 0).any()


def test_every_route_says_what_it_needs():
    practices = chemistry()["practices"]
    for one in all_syntheses():
        assert one.practice in practices
        assert one.temperature_C > 0
        assert one.vessel
        assert bool(one.doi) == (one.practice in ("glass", "published"))
        assert all(doi.startswith("10.") for doi in one.papers.values())
        assert "{leaves}" not in one.line or one.vented


def test_boiling_points_stand_once_and_cold_ones_ask_for_an_ampoule():
    assert set(chemistry()["inert"]["oxides"]) <= set(default_table().formulas)
    further = set(chemistry()["volatile"]["further"])
    assert not further & {one.formula for one in halides()}
    assert further <= set(default_table().formulas)
    assert {"BCl3", "SiCl4", "TiCl4", "SnCl4", "PF5", "WF6", "SbCl5"} <= set(volatile())
    assert not {"AlCl3", "SbCl3", "TaCl5"} & set(volatile())
    boron = next(one for one in halides() if one.formula == "BCl3")
    assert volatile()["BCl3"] == boiling()["BCl3"] == boron.temperature_C


def test_oxides_are_fired_where_involatile_cations_hold_the_halide():
    held = ["LiAlO2", "Li4B7ClO12", "Li3OCl", "SiO2"]
    others = ["LiAlClO1.5", "LiAlCl2.5O0.75", "LiAlCl4", "Li6PS5Cl", "Li2OHCl"]  # the last loses water
    assert fired(Fractions.of(held).matrix).all()
    assert not fired(Fractions.of(others).matrix).any()


@pytest.mark.parametrize(
    "formula,practice,first",
    [
        ("LiAlCl2.5O0.75", "glass", ["antimony oxide"]),
        ("NaAlCl2.4O0.8", "glass", ["antimony oxide"]),
        ("LiAlCl2.4Br0.1O0.75", "glass", ["antimony oxide"]),
        ("LiAl0.6Ga0.4Cl2.5O0.75", "alike", ["antimony oxide"]),  # 1.25 oxygen for an aluminium
        ("LiAl0.8Ga0.2Cl2.8O0.6", "glass", ["antimony oxide"]),
        ("LiAlCl2.3O0.85", "alike", ["antimony oxide"]),
        ("LiAlBr2.5O0.75", "alike", ["antimony oxide"]),
        ("LiAlFCl2O0.5", "alike", ["antimony oxide"]),
        ("KAlCl2.5O0.75", "alike", ["antimony oxide"]),
        ("LiGaCl2.5O0.75", "alike", ["antimony oxide"]),
        ("Li2ZrOCl4", "alike", ["carbonate", "alkali oxide"]),
        ("Li2HfOCl4", "alike", ["carbonate", "alkali oxide"]),
        ("Li3.2TaCl5O1.6", "glass", ["alkali oxide"]),
        ("Li3TaCl4.5O1.5F0.5", "glass", ["alkali oxide"]),
        ("Li2.7Al0.7Zr0.3Cl3.3O1.35", "alike", ["antimony oxide", "carbonate", "alkali oxide"]),
        ("LiAlCl4", "published", ["halides"]),
        ("Li6PS5Cl", "published", ["sulfides"]),
    ],
)
def test_the_best_known_routes_come_first(formula, practice, first):
    tier = tiers(formula)[0]
    assert [one.name for one in tier] == first
    assert {one.practice for one in tier} == {practice}
    assert all(one.doi == "" for tier in tiers(formula) for one in tier if one.practice not in ("glass", "published"))


def test_a_trace_of_aluminium_makes_no_aluminium_oxychloride():
    names = {one.name: one.practice for tier in tiers("LiAl0.02Ta0.98Cl3.96O") for one in tier}
    assert names["alkali oxide"] == "glass"
    assert {names["antimony oxide"], names["hydrate"]} == {"possible"}


def tiers(formula):
    batch = Fractions.of([formula])
    own = tuple(np.flatnonzero(batch.matrix[0] > 0).tolist())
    return applicable(own, bool(fired(batch.matrix)[0]), tuple(grades(batch.matrix)[0].tolist()))


def test_no_vented_route_holds_a_volatile_halide_and_no_carbonate_is_fired_without_an_acid():
    own = tuple(sorted(INDEX[symbol] for symbol in ("Li", "Ti", "O", "Cl")))
    others = (2,) * len(conditional())
    for tier in applicable(own, False, others):
        for one in tier:
            held = {source.precursor for source in sources(one, own, default_table())}
            assert ("TiCl4" in held) != one.vented
    firing = applicable(own, True, others)[0]
    vented = {one.vented: {source.precursor for source in sources(one, own, default_table())} for one in firing}
    assert ("Li2CO3" in vented[True], "Li2CO3" in vented[False]) == (True, False)
    basic = tuple(sorted(INDEX[symbol] for symbol in ("Li", "O", "Cl")))
    for one in firing:
        assert "Li2CO3" not in {source.precursor for source in sources(one, basic, default_table())}


@pytest.mark.parametrize("formula", ["LiAlCl2.5O0.75", "Li2ZrOCl4", "NaTaOCl4", "Li6PS5Cl", "Li3InCl6", "NaPO3"])
def test_every_route_says_what_is_done_in_which_order_and_under_what(formula):
    for route in alternatives(formula):
        words = " ".join(route.steps)
        assert route.atmosphere and len(route.steps) >= 2
        assert not re.search(r"[{}]|nothing", f"{words} {route.atmosphere}"), words
        assert all(name in words for name in route.moles), words


def test_a_halide_is_molten_before_antimony_oxide_comes_into_it():
    steps = alternatives("LiAlCl2.5O0.75")[0].steps
    assert steps[0].startswith("melt LiCl and AlCl3") and "add Sb2O3" in steps[1] and "250 °C" in steps[2]
