"""The chemistry of routes as data: every source can leave what it says, and every route says what it needs."""

import numpy as np
import pytest
from vitrion.datasets.price_table import default_table
from vitrion.datasets.syntheses import Source, all_syntheses, applicable, chemistry, fired, sources
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
        assert one.practice != "published" or not one.made_with or one.doi
        assert "{leaves}" not in one.line or one.vented
    assert set(chemistry()["inert"]["oxides"]) <= set(default_table().formulas)
    assert set(chemistry()["volatile"]) <= set(default_table().formulas)


def test_oxides_are_fired_where_involatile_cations_hold_the_halide():
    batch = Fractions.of(
        ["LiAlO2", "Li4B7ClO12", "Li3OCl", "LiAlClO1.5", "LiAlCl2.5O0.75", "LiAlCl4", "SiO2", "Li6PS5Cl"]
    )
    assert fired(batch.matrix).tolist() == [True, True, True, False, False, False, True, False]


@pytest.mark.parametrize(
    "symbols,first",
    [
        ("Li Al Cl O", ["antimony oxide"]),
        ("Li Zr Cl O", ["carbonate", "alkali oxide"]),
        ("Li Al Zr Cl O", ["antimony oxide", "carbonate", "alkali oxide"]),
        ("Li Ga Cl O", ["antimony oxide"]),
        ("Li Al Cl", ["halides"]),
        ("Li P S Cl", ["sulfides"]),
    ],
)
def test_the_best_known_routes_come_first(symbols, first):
    own = tuple(sorted(INDEX[symbol] for symbol in symbols.split()))
    tier = applicable(own, False)[0]
    assert [one.name for one in tier] == first
    expected = "alike" if "Ga" in symbols else "glass" if "O" in symbols.split() else "published"
    assert {one.practice_for(own) for one in tier} == {expected}


def test_no_vented_route_holds_a_volatile_halide_and_no_carbonate_is_fired_without_an_acid():
    own = tuple(sorted(INDEX[symbol] for symbol in ("Li", "Ti", "O", "Cl")))
    for tier in applicable(own, False):
        for one in tier:
            held = {source.precursor for source in sources(one, own, default_table())}
            assert ("TiCl4" in held) != one.vented
    firing = applicable(own, True)[0][0]
    names = {source.precursor for source in sources(firing, own, default_table())}
    assert "Li2CO3" in names
    basic = tuple(sorted(INDEX[symbol] for symbol in ("Li", "O", "Cl")))
    assert "Li2CO3" not in {source.precursor for source in sources(firing, basic, default_table())}
