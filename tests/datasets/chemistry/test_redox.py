"""Potentials that order which ion is oxidised first, and the numbers under which the European Union classifies."""

import csv

import pytest
from vitrion.datasets.cards import DATA
from vitrion.datasets.chemistry import redox
from vitrion.datasets.chemistry.flag_table import table
from vitrion.features.elements import SYMBOLS


def rows():
    with (DATA / "redox_potentials.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_anions_are_ordered_as_halogens_are():
    volts = redox.anions()
    assert sorted(volts, key=volts.get) == ["S", "O", "I", "Br", "Cl", "F"]
    assert redox.above_lithium() == {"Li": 0.0, "Na": 0.33}


def test_states_of_a_metal_rise_and_each_is_reached_at_its_potential():
    for element, steps in redox.cations().items():
        assert element in SYMBOLS and [state for state, _ in steps] == sorted({state for state, _ in steps})
    assert redox.cations()["V"] == ((3, -0.26), (4, 0.34), (5, 0.99))


def test_each_half_reaction_names_its_element_and_what_it_was_compared_with_stands_on_the_card():
    card = (DATA / "redox_potentials.card.toml").read_text(encoding="utf-8")
    alone = {row["element"] for row in rows() if not row["compared_with"]}
    assert all(row["element"] in row["half_reaction"] for row in rows())
    assert alone and all(f"{element}," in card or f"{element} " in card for element in alone)


@pytest.mark.parametrize(("element", "number"), table()["toxic"]["elements"].items())
def test_index_numbers_begin_with_the_atomic_number_and_end_with_the_check_digit(element, number):
    """As Annex VI, 1.1.1, of the regulation says: the check digit is that of the ten-digit ISBN."""
    digits = [int(one) for one in number.replace("-", "")]
    assert SYMBOLS[int(number[:3]) - 1] == element
    assert sum(place * digit for place, digit in enumerate(digits[:-1], start=1)) % 11 == digits[-1]
