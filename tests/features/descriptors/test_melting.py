"""Melting points of the parent chlorides, as descriptors."""

import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.features import Fractions
from vitrion.features.descriptors.glass import descriptor
from vitrion.features.ions.chlorides import chlorides, melting
from vitrion.features.ions.states import Ions


def told(name, formula):
    return float(descriptor(name, Fractions.of([formula]))[0])


def test_every_cation_counts_as_much_as_its_charge():
    li, al = (chlorides()[key] for key in (("Li", 1), ("Al", 3)))
    assert told("parent_melting", "LiAlCl4") == pytest.approx((li + 3 * al) / 4)
    assert told("m_parent_melting", "LiAlCl4") == pytest.approx(al)
    assert told("parent_melting", "LiCl") == pytest.approx(li)


def test_the_anions_do_not_matter():
    """The oxychloride is counted as the chloride that it is made of."""
    series = [told("parent_melting", formula) for formula in ("LiAlCl4", "LiAlCl2.5O0.75", "LiAlCl2O", "LiAlBr4")]
    assert series == pytest.approx([series[0]] * 4)


def test_without_cations_nothing_melts():
    assert told("parent_melting", "Cl2") == told("m_parent_melting", "LiCl") == 0


def test_the_table_agrees_with_the_melting_points_in_the_data():
    """Those of the data are of the same handbook or measured anew; 1.5 % apart at most."""
    rows = load("melting", lab=False).rows
    found = 0
    for (symbol, state), kelvin in chlorides().items():
        formula = f"{symbol}Cl{state if state > 1 else ''}"
        if len(same := rows.loc[rows["formula"] == formula, "value"]):
            assert kelvin == pytest.approx(float(same.median()) + 273.15, rel=0.015), formula
            found += 1
    assert found > 60


def test_between_two_known_states_a_straight_line_and_the_usual_where_none_is_known():
    ions = Ions.of(["Sn", "W", "Rh", "Cl"], [3.0, 4.0, 3.0, -1.0], np.array([False, False, False, True]))
    tin, tungsten, rhodium, chloride = melting(ions)
    assert tin == pytest.approx((chlorides()["Sn", 2] + chlorides()["Sn", 4]) / 2)
    assert tungsten == chlorides()["W", 5], "beyond the known states the nearest"
    assert rhodium == np.median([value for (_, charge), value in chlorides().items() if charge == 3])
    assert chloride == 0


def test_the_state_counts_that_balances():
    """Sn2+ in the glass that it makes with phosphate, Fe2+ in its chloride."""
    assert told("m_parent_melting", "FeCl2") == pytest.approx(chlorides()["Fe", 2])
    assert told("m_parent_melting", "FeCl3") == pytest.approx(chlorides()["Fe", 3])


def test_cations_mix():
    assert told("cation_entropy", "LiCl") == told("cation_entropy", "Cl2") == 0
    assert told("cation_entropy", "LiAlCl4") == pytest.approx(np.log(2))
    assert told("cation_entropy", "Li0.5Na0.5AlCl4") == pytest.approx(1.5 * np.log(2))
