"""Round trips, identity and the ways in of `Composition`."""

import copy
import math
import pickle
import random
import string
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from vitrion.features import Composition, FormulaError, Fractions
from vitrion.features.elements import SYMBOLS

DECIMALS = st.decimals("0.001", "999", places=3).map(Fraction) | st.integers(1, 200).map(Fraction)
AMOUNTS = st.dictionaries(st.sampled_from(SYMBOLS), DECIMALS, min_size=1, max_size=8)
ALPHABET = string.ascii_letters + string.digits + "LiAlClOTaZr()[]+-.·₂₅²⁺ ,^{}_" * 4


def written(amount):
    return "" if amount == 1 else f"{float(amount):.3f}".rstrip("0").rstrip(".")


@settings(max_examples=600, deadline=None)
@given(AMOUNTS)
def test_rendering_and_reading_is_the_identity(amounts):
    one = Composition(amounts)
    again = Composition.parse(one.formula)
    assert again == one
    assert again.formula == one.formula
    assert dict(again.amounts) == dict(one.amounts)
    assert Composition.parse(one.pretty) == one


@settings(max_examples=300, deadline=None)
@given(AMOUNTS, st.randoms(use_true_random=False))
def test_order_does_not_matter(amounts, rng):
    symbols = list(amounts)
    rng.shuffle(symbols)
    shuffled = "".join(f"({symbol}){written(amounts[symbol])}" for symbol in symbols)
    try:
        again = Composition.parse(shuffled)
    except FormulaError as error:  # (Ce)2.1(I)24(Ti)6 may be two compounds, the second one TiI4
        assert "may be decimal or join two compounds" in str(error)
        return
    assert again == Composition(amounts)
    assert hash(again) == hash(Composition(amounts))


@settings(max_examples=300, deadline=None)
@given(AMOUNTS, st.fractions(min_value="1/1000", max_value=1000, max_denominator=1000))
def test_scale_does_not_matter(amounts, factor):
    scaled = Composition({symbol: amount * factor for symbol, amount in amounts.items()})
    assert scaled == Composition(amounts)
    assert hash(scaled) == hash(Composition(amounts))
    assert Composition.parse(scaled.formula) == scaled


@settings(max_examples=300, deadline=None)
@given(AMOUNTS, st.sampled_from(SYMBOLS), st.fractions("1/1000", 2, max_denominator=1000))
def test_any_other_ratio_is_another_composition(amounts, symbol, more):
    changed = dict(amounts)
    changed[symbol] = changed.get(symbol, Fraction(0)) + more
    assume(len(changed) > 1)
    assert Composition(changed) != Composition(amounts)


@settings(max_examples=1500, deadline=None)
@given(st.text(max_size=300) | st.text(ALPHABET, max_size=60))
def test_any_text_reads_or_is_refused(text):
    try:
        found = Composition.parse(text)
    except FormulaError as error:
        assert str(error)
    else:
        assert Composition.parse(found.formula) == found


def test_random_edits_of_formulas_read_or_are_refused():
    rng = random.Random(5)
    seeds = ["LiAlCl2.5O0.75", "(LiCl)0.25((Li2O)0.6(P2O5)0.4)0.75", "1.6Li2O-TaCl5", "CuSO4·5H2O", "[AlCl4]^-"]
    for _ in range(20_000):
        text = list(rng.choice(seeds))
        for _ in range(rng.randint(1, 3)):
            text[rng.randrange(len(text))] = rng.choice(ALPHABET)
        try:
            found = Composition.parse("".join(text))
        except FormulaError as error:
            assert str(error)
        else:
            assert Composition.parse(found.formula) == found


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("LiAlCl2.5O0.75", "LiAlCl2.5O0.75"),
        ("O0.75Cl2.5AlLi", "LiAlCl2.5O0.75"),
        ("AlCl4Na", "NaAlCl4"),
        ("0.5Li2O+0.5TaCl5", "LiTa0.5Cl2.5O0.5"),
        ("OH2", "H2O"),
        ("HeLi", "LiHe"),
    ],
)
def test_canonical_formula(text, formula):
    assert Composition.parse(text).formula == formula


def test_equality_knows_neither_scale_nor_order():
    assert Composition.parse("Li2O") == Composition.parse("Li4O2") == Composition.parse("OLi2")
    assert Composition.parse("0.5Li2O+0.5TaCl5") == Composition.parse("Li2O-TaCl5")
    assert Composition.parse("Li2O") != Composition.parse("Li2.000001O")
    assert Composition.parse("Li2O") != "Li2O"
    assert len({Composition.parse(text) for text in ("LiCl", "Li2Cl2", "ClLi", "NaCl")}) == 2


def test_warnings_are_no_part_of_identity():
    assert Composition.parse("Li+").warnings
    assert Composition.parse("Li+") == Composition.parse("Li")


def test_fraction():
    assert Composition.parse("LiAlCl2.5O0.75").fraction("Cl") == 2.5 / 5.25
    assert Composition.parse("LiCl").fraction("Na") == 0
    with pytest.raises(FormulaError, match="cl"):
        Composition.parse("LiCl").fraction("cl")


def test_a_composition_cannot_be_changed():
    one = Composition.parse("LiCl")
    with pytest.raises(AttributeError):
        one.warnings = ()
    with pytest.raises(TypeError):
        one.amounts["Li"] = Fraction(2)


def test_copies():
    one = Composition.parse("Li+")
    for other in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert other == one
        assert other.warnings == one.warnings


def test_of_takes_mappings_exactly():
    assert Composition.of({"Li": 0.1, "Cl": 0.1}) == Composition.parse("LiCl")
    assert Composition.of({"Li": np.float64(2), "O": np.int64(1)}) == Composition.parse("Li2O")
    assert Composition.of({"Li": Fraction(1, 3), "O": Fraction(1, 6)}).formula == "LiO0.5"


@pytest.mark.parametrize(
    "amounts",
    [
        {},
        {"Li": 0},
        {"Li": -1, "O": 1},
        {"Li": math.nan},
        {"Li": math.inf},
        {"Li": True},
        {"Li": "2"},
        {"Li": None},
        {"Lq": 1},
        {1: 1},
        {"Li": 1e-15, "O": 1},
        {"Li": 1j},
    ],
)
def test_of_refuses_mappings_that_are_no_composition(amounts):
    with pytest.raises(FormulaError):
        Composition.of(amounts)


@pytest.mark.parametrize("thing", [None, math.nan, 3, 2.5, ["Li"], b"LiCl", object(), np.nan])
def test_of_refuses_other_things(thing):
    with pytest.raises(FormulaError):
        Composition.of(thing)


def test_of_takes_pymatgen():
    import pymatgen.core as pymatgen

    assert Composition.of(pymatgen.Composition("LiAlCl2.5O0.75")) == Composition.parse("LiAlCl2.5O0.75")
    ions = pymatgen.Composition({"Li+": 1, "Fe2+": 1, "Fe3+": 1, "Cl-": 6})
    assert Composition.of(ions) == Composition.parse("LiFe2Cl6")


def test_agreement_with_pymatgen_on_well_formed_formulas():
    import pymatgen.core as pymatgen

    for text in well_formed(4_000, seed=11):
        theirs = pymatgen.Composition(text)
        ours = Composition.parse(text)
        assert {str(element) for element in theirs} == set(ours.elements), text
        for element in theirs:
            assert abs(theirs.get_atomic_fraction(element) - ours.fraction(str(element))) < 1e-12, text


def well_formed(count, seed):
    """Formulas that read one way only: distinct elements in random amounts, with and without brackets."""
    rng = random.Random(seed)
    safe = [symbol for symbol in SYMBOLS[:98] if len(symbol) == 2 or symbol in "FOIKSP"]
    for _ in range(count):
        symbols = rng.sample(safe, rng.randint(1, 7))
        parts = [
            f"{symbol}{rng.choice(['', rng.randint(2, 30), f'0.{rng.randint(1, 999):03d}'])}" for symbol in symbols
        ]
        text = "".join(parts)
        if len(parts) > 3 and rng.random() < 0.5:
            text = f"{parts[0]}({''.join(parts[1:3])}){rng.randint(2, 9)}{''.join(parts[3:])}"
        try:
            Composition.parse(text)
        except FormulaError:
            continue
        yield text


def test_the_batch_gives_the_same_fractions():
    texts = list(well_formed(500, seed=3))
    batch = Fractions.of(texts)
    for row, text in enumerate(texts):
        one = Composition.parse(text)
        assert [batch.column(symbol)[row] for symbol in one.elements] == [one.fraction(s) for s in one.elements]


@pytest.mark.parametrize(("text", "meant"), [("LiCI", "LiCl"), ("NaCI", "NaCl"), ("LiAlCI4", "LiAlCl4")])
def test_a_capital_i_typed_for_a_small_l_is_named(text, meant):
    with pytest.raises(FormulaError, match=f"write {meant} or"):
        Composition.parse(text)
    matrix = Fractions.of([text.replace("CI", "C1I")]).matrix
    assert matrix[0, SYMBOLS.index("C")] > 0
    with pytest.raises(FormulaError):
        Fractions.of([text])


def test_carbon_iodides_are_read():
    for text in ("CI4", "CHI3", "C2I4"):
        assert Composition.parse(text).fraction("I") > 0


def test_the_mend_of_a_leading_zero_can_be_read():
    with pytest.raises(FormulaError, match=r"write 0\.5, or O"):
        Composition.parse("Li00.5Cl")


def test_amounts_that_look_like_letters_or_coefficients_render_to_what_reads():
    rng = random.Random(17)
    likely = "C H O Cl Li Na Al Te I S P B N Si V Se Au W F Co".split()  # noqa: SIM905
    wholes = (1, 1, 2, 3, 10, 12, 13, 14, 15, 20, 30, 60, 100, 102, 203, 205)
    for _ in range(4_000):
        chosen = rng.sample(likely, rng.randint(1, 5))
        one = Composition({s: Fraction(rng.choice(wholes), rng.choice((1, 1, 1, 2, 10))) for s in chosen})
        assert Composition.parse(one.formula) == one
        assert Composition.parse(one.pretty) == one


def test_a_formula_that_may_be_misread_is_rendered_with_brackets():
    assert Composition({"Al": 1, "C": 13}).formula == "Al(C)13"
    assert Composition({"Al": 203}).formula == "(Al)203"
    assert Composition({"Li": 1, "C": 12}).formula == "LiC12"
    assert Composition({"Al": 1, "Co": 10, "B": 102.5, "H": 2, "O": 1}).formula == "AlCo10B102.5H2O"


@pytest.mark.parametrize("text", ["2" + "LiCl" * 19, "2" + "Li2O3" * 40, "1" + "Na20" * 15, "5Te1" * 30, "Li2O3" * 50])
def test_long_runs_read_or_are_refused_at_once(text):
    try:
        assert Composition.parse(text).elements
    except FormulaError as error:
        assert "coefficient" in str(error)


def test_the_constructor_takes_what_a_mapping_holds():
    assert Composition({"Li": 0.1, "O": 1}) == Composition.of({"Li": 1, "O": 10})
    for thing, words in (("LiCl", "Composition.of"), (None, "Composition.of"), ({"Li": math.nan}, "finite")):
        with pytest.raises(FormulaError, match=words):
            Composition(thing)


def test_a_refusal_shows_the_first_words_of_a_long_thing():
    with pytest.raises(FormulaError) as error:
        Composition.of(np.arange(1000))
    assert len(str(error.value)) < 250
    assert str(error.value).isprintable()
