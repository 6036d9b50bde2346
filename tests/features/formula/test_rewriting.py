"""A piece of a formula written otherwise reads as the whole formula does with it."""

import pytest
from vitrion.features import Composition, FormulaError
from vitrion.features.formula.grammar import read_part, tokenise
from vitrion.features.formula.rewriting import rewritten

MIXTURES = [
    "Li2O·5TaCl5·2LiCl",
    "LiAlCl2·5O0.75+LiCl",
    "2CaSO4·1H2O·2CaSO4·1H2O-3NaCl",
    "(LiCl·2AlCl3)2·3Li2O",
    "LiCl1·2.5NaCl",
    "K2O3·2K3",
]


@pytest.mark.parametrize("body", MIXTURES)
@pytest.mark.parametrize("new", [".", "2", "+", "Na", "..", ""])
def test_every_dot_rewritten_reads_as_the_whole_does(body, new):
    tokens, amounts = tokenise(body, body), read_part(body)
    dots = [(at, token.start) for at, token in enumerate(tokens) if token.text == "·"]
    assert dots
    for at, start in dots:
        found = rewritten(body, tokens, amounts, (at, start, start + 1), new)
        assert found == read_part(body[:start] + new + body[start + 1 :])


def test_amounts_that_vanish_leave_no_element():
    body = "LiCl·2O"
    found = rewritten(body, tokenise(body, body), read_part(body), (2, 4, 7), "")
    assert found == {"Li": 1, "Cl": 1}


def test_a_long_text_by_mass_is_told_so():
    text = "40 mass% Li2O - 30 mass% B2O3 - 10 mass% Al2O3 - 10 mass% SiO2 - 10 mass% P2O5"
    with pytest.raises(FormulaError, match="amounts by mass or volume"):
        Composition.parse(text)
