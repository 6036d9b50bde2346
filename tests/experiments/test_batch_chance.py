"""The chance that one of a batch meets the goal."""

import numpy as np
import pytest
from vitrion.experiments.batch_chance import chance_of_any, shared_part


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_two_even_chances_as_the_arcsine_law_has_them(share):
    exact = 0.75 - np.arcsin(share) / (2 * np.pi)
    assert chance_of_any([np.full(2, 0.5)], [share]) == pytest.approx(exact, abs=0.003)


def test_against_draws_of_two_properties_with_shifts_of_their_own():
    draw, (conductivity, tg) = np.random.default_rng(0), (np.array([0.1, 0.4, 0.3]), np.array([0.8, 0.2, 0.5]))
    told = chance_of_any([conductivity, tg], [0.5, 0.7])
    met = np.ones((200_000, 3), dtype=bool)
    for given, share in ((conductivity, 0.5), (tg, 0.7)):
        errors = np.sqrt(share) * draw.normal(size=(200_000, 1)) + np.sqrt(1 - share) * draw.normal(size=(200_000, 3))
        met &= errors < np.array([np.quantile(draw.normal(size=400_000), one) for one in given])
    assert told == pytest.approx(met.any(axis=1).mean(), abs=0.006)


def test_a_batch_of_one_has_its_own_chance_and_none_has_none():
    assert chance_of_any([np.array([0.4]), np.array([0.5])], [0.6, 0.6]) == pytest.approx(0.2, abs=0.002)
    assert chance_of_any([np.empty(0)], [0.5]) == chance_of_any([], []) == 0.0


def test_what_two_errors_share():
    assert shared_part(np.array([[4.0, 1.0], [1.0, 1.0]])) == pytest.approx(0.5)
    assert shared_part(np.eye(1)) == 0.0
