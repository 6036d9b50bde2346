"""Activation energies, and a rise with temperature that never falls."""

from itertools import pairwise

import numpy as np
import pytest
from vitrion.models.temperature import (
    ANCHORS_C,
    ARRHENIUS,
    DECADES_PER_EV,
    FEWEST_ENERGIES,
    LEAST_EV,
    MOST_EV,
    ROOM,
    USUAL_EV,
    EnergyModel,
    climb,
    usual_rise,
)

CELSIUS = np.sort(np.r_[np.array(ANCHORS_C), np.linspace(-199.0, 1500.0, 300)])
INVERSE = 1000.0 / (CELSIUS + 273.15)


def told(of):
    """What `climb` asks, of a function of 1000 K / T alone."""
    return lambda rows, inverse: np.full(len(rows), of(inverse))


def wild(inverse):
    """Something that falls and jumps with temperature."""
    return 3.0 * np.sin(7.0 * inverse) - 1.5 * (inverse > 2.0) + 20.0 * (inverse < 1.3)


def energy(rise, at):
    """Activation energy in eV between successive points."""
    return np.diff(rise) / np.diff(-at) / DECADES_PER_EV


def test_a_tenth_of_an_ev_is_half_a_decade_per_thousand_inverse_kelvin():
    boltzmann, line = 8.617333e-5, (DECADES_PER_EV, ARRHENIUS)
    decades = 1 / (boltzmann * np.log(10) * 1000.0)
    assert line == pytest.approx((decades, USUAL_EV * decades), rel=1e-4)
    assert usual_rise(np.array([ROOM, ROOM - 1.0])).tolist() == pytest.approx([0.0, ARRHENIUS])


@pytest.mark.parametrize("ev", [0.1, 0.355, 0.9, 1.2])
def test_what_follows_arrhenius_is_left_as_it_is(ev):
    line = lambda inverse: -4.0 - ev * DECADES_PER_EV * (inverse - ROOM)  # noqa: E731
    rise = climb(INVERSE, np.full(len(INVERSE), -4.0), told(line))
    assert rise == pytest.approx(line(INVERSE) + 4.0)


@pytest.mark.parametrize(("ev", "least_or_most"), [(-0.5, LEAST_EV), (0.0, LEAST_EV), (3.0, MOST_EV)])
def test_what_no_ion_does_is_brought_to_the_ends(ev, least_or_most):
    line = lambda inverse: -ev * DECADES_PER_EV * (inverse - ROOM)  # noqa: E731
    rise = climb(INVERSE, np.zeros(len(INVERSE)), told(line))
    assert rise == pytest.approx(-least_or_most * DECADES_PER_EV * (INVERSE - ROOM))


def test_it_never_falls_and_has_no_step_at_an_anchor_nor_anywhere():
    rise = climb(INVERSE, np.full(len(INVERSE), wild(ROOM)), told(wild))
    found = energy(rise, INVERSE)[np.diff(INVERSE) < -1e-9]
    assert found.min() >= LEAST_EV - 1e-9
    assert found.max() <= MOST_EV + 1e-9
    for anchor in ANCHORS_C:
        sides = 1000.0 / (anchor + np.array([-1e-6, 0.0, 1e-6]) + 273.15)
        assert np.ptp(climb(sides, np.full(3, wild(ROOM)), told(wild))) < 1e-5


def test_between_anchors_it_is_straight_over_the_inverse_temperature():
    ends = [*ANCHORS_C, 2000.0]
    for low, high in pairwise(ends):
        inverse = np.linspace(1000.0 / (low + 273.15), 1000.0 / (high + 273.15), 7)
        rise = climb(inverse, np.full(7, wild(ROOM)), told(wild))
        assert np.ptp(energy(rise, inverse)) < 1e-9, (low, high)


def test_nothing_is_added_at_25_degrees():
    assert climb(np.array([ROOM]), np.array([-3.0]), told(wild)).tolist() == [0.0]
    assert climb(np.empty(0), np.empty(0), told(wild)).shape == (0,)


def test_each_row_climbs_as_it_would_alone():
    """With another temperature, value at 25 C and regressor of each."""
    draw = np.random.default_rng(0)
    n = 60
    at, level, slope = 1000.0 / draw.uniform(150, 900, n), draw.normal(size=n), draw.uniform(-2, 8, n)

    def asked(rows, inverse):
        return level[rows] + slope[rows] * np.sin(3 * (ROOM - inverse))

    whole = climb(at, level, asked)
    for row in range(n):
        only = lambda rows, inverse, row=row: asked(np.full(len(rows), row), inverse)  # noqa: E731
        assert climb(at[[row]], level[[row]], only)[0] == whole[row]


def rows(n, seed=0):
    draw = np.random.default_rng(seed)
    X = draw.uniform(size=(n, 6))
    return X, 0.2 + 0.6 * X[:, 0]


def test_energies_are_learnt_from_those_that_were_measured():
    X, energies = rows(300)
    blind = energies.copy()
    blind[::3] = np.nan
    found = EnergyModel().fit(X, blind, np.ones(300)).predict(X[::3])
    assert np.abs(found - energies[::3]).mean() < 0.3 * np.abs(energies[::3] - USUAL_EV).mean()
    assert np.corrcoef(found, energies[::3])[0, 1] > 0.95


def test_heavy_rows_count_for_more():
    X = np.tile(rows(1)[0], (200, 1))
    energies, weight = np.tile([0.2, 0.8], 100), np.tile([1.0, 9.0], 100)
    assert EnergyModel().fit(X, energies, weight).predict(X[:1])[0] == pytest.approx(0.74)


def test_energies_that_cannot_be_are_brought_to_the_ends():
    X, _ = rows(100)
    for wrong, right in ((7.0, MOST_EV), (0.001, LEAST_EV)):
        assert EnergyModel().fit(X, np.full(100, wrong), np.ones(100)).predict(X) == pytest.approx(right)


@pytest.mark.parametrize("known", [0, FEWEST_ENERGIES - 1])
def test_too_few_energies_leave_the_usual_one(known):
    X, energies = rows(200)
    energies[known:] = np.nan
    model = EnergyModel().fit(X, energies, np.ones(200))
    assert model.trees_ is None
    assert (model.predict(X) == USUAL_EV).all()


def test_same_seed_same_energies():
    X, energies = rows(100)
    one, two, other = (EnergyModel(seed).fit(X, energies, np.ones(100)).predict(X) for seed in (1, 1, 2))
    assert (one == two).all()
    assert (one != other).any()
