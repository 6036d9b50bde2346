"""The fast way through a column gives what the careful parser gives, for every kind of string."""

import json
import math
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vitrion.datasets import load
from vitrion.features import Composition, FormulaError, Fractions
from vitrion.features.column import amounts, canonical, fill
from vitrion.features.elements import SYMBOLS

ODD = [
    text for rows in json.loads((Path(__file__).parent / "odd_formulas.json").read_text()).values() for text, _ in rows
]


def careful(texts):
    matrix, errors = np.zeros((len(texts), len(SYMBOLS))), {}
    for row, text in enumerate(texts):
        try:
            fill(matrix[row], Composition.of(text))
        except FormulaError as error:
            errors[row] = str(error)
    return matrix, errors


def assert_same(texts):
    matrix, errors = amounts(texts)
    expected, reasons = careful(texts)
    assert errors == reasons
    assert np.array_equal(matrix, expected)


def assert_same_formulas(texts):
    """Of what is read without being parsed, the canonical formula is that of the parser."""
    parsed = {}
    _, errors = amounts(texts, parsed)
    plain = [text for row, text in enumerate(texts) if row not in errors and text not in parsed]
    assert [canonical(text) for text in plain] == [Composition.parse(text).formula for text in plain]
    return len(plain)


def test_canonical_formulas_of_what_was_measured():
    texts = [text for name in ("tg", "conductivity") for text in load(name, lab=False).rows["formula"].astype(str)]
    assert assert_same_formulas(sorted(set(texts))[::40] + ODD) > 1500


def test_canonical_formulas_of_plain_ones_in_any_order():
    assert assert_same_formulas(
        ["Cl2.50O0.75Al1Li", "OC2H4", "P1O3Li", "O2Ti", "Cl4Al1Na", "LiO1Cl", "CIn", "InC", "HO2"]
    )
    draw = random.Random(1)
    symbols = ["Li", "Na", "Al", "Zr", "Cl", "O", "S", "P", "C", "Co", "B", "F", "I", "In", "N", "K", "H", "Ta"]
    numbers = ["", "1", "1.0", "2", "10", "0.75", "0.250", "2.50", "14", "103", "0.000001", "3.0"]
    texts = [
        "".join(symbol + draw.choice(numbers) for symbol in draw.sample(symbols, draw.randint(1, 6)))
        for _ in range(20_000)
    ]
    assert assert_same_formulas(texts) > 1000


def test_odd_strings():
    assert_same(ODD)


PIECES = [
    "Li",
    "Na",
    "Al",
    "Cl",
    "O",
    "S",
    "I",
    "C",
    "N",
    "B",
    "Co",
    "H",
    "Zz",
    "0",
    "2",
    "1.5",
    "0.75",
    "2.5",
    "10",
    ".",
    "(",
    ")",
    "-",
    "5",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join), min_size=1, max_size=12))
def test_made_up_strings(texts):
    assert_same(texts)


def test_many_plain_formulas():
    rng = random.Random(7)
    texts = [
        "".join(f"{s}{rng.choice(['', rng.randint(1, 99), f'{rng.random() * 5:.3f}'])}" for s in rng.sample(SYMBOLS, 5))
        for _ in range(5_000)
    ]
    assert_same(texts)


def test_things_that_are_no_strings():
    assert_same([None, math.nan, 3, {"Li": 1, "Cl": 1}, Composition.parse("LiCl"), "LiCl"])


def test_fractions_name_the_row_that_cannot_be_read():
    with pytest.raises(FormulaError, match=r"row 1: .*Li0"):
        Fractions.of(["LiCl", "Li0", "NaCl"])
    batch, rows, errors = Fractions.read(["LiCl", "Li0", "NaCl"])
    assert rows.tolist() == [0, 2]
    assert list(errors) == [1]
    assert np.array_equal(batch.matrix, Fractions.of(["LiCl", "NaCl"]).matrix)


def test_one_string_is_not_a_batch():
    with pytest.raises(FormulaError, match="give a list"):
        Fractions.of("LiCl")
