"""How far predictions tell compositions apart: what is expected of it, and what is measured of it."""

import numpy as np
import pytest
from vitrion.features import Fractions
from vitrion.models.explanation import slope


def test_the_slope_does_not_hang_on_the_size_of_the_error():
    """An error that is independent of the prediction leaves a slope of 1, whatever the old formula v / (v + e) says."""
    random = np.random.default_rng(0)
    mean = random.normal(0, 1, 4000)
    papers = random.integers(0, 400, 4000)
    shift = random.normal(0, 2, 400)[papers]
    for size in (0.1, 1.0, 3.0):
        truth = mean + shift + random.normal(0, size, 4000)
        assert slope.within(truth, mean, papers) == pytest.approx(1.0, abs=0.05 + 0.05 * size)
        assert slope.within(0.4 * mean + shift, mean, papers) == pytest.approx(0.4)
    assert np.isnan(slope.within(np.ones(3), np.ones(3), np.zeros(3)))


def test_every_paper_weighs_alike():
    mean = np.concatenate([[0.0, 1.0], np.tile([0.0, 1.0], 50)])
    truth = np.concatenate([[0.0, 1.0], np.zeros(100)])
    assert slope.within(truth, mean, np.concatenate([np.zeros(2), np.ones(100)])) == pytest.approx(0.5)


def test_it_is_less_for_elements_never_seen():
    near, far, known, new = np.ones(1), np.zeros(1), np.array([True]), np.array([False])
    assert 0.8 < slope.expected(known, near) < slope.expected(known, far) <= 1
    assert slope.expected(new, near) < 0.7 * slope.expected(known, near)
    assert slope.expected(new, far) > 0.8, "of oxides the model carries over to other elements"
    both = slope.expected(np.array([True, False]), np.ones(2))
    assert both == pytest.approx((slope.expected(known, near) + slope.expected(new, near)) / 2)


def test_familiar_is_whose_very_elements_were_measured(predictors):
    known = predictors["conductivity"].known_formulas_
    asked = Fractions.of(["LiAlCl2.45O0.775", "LiAlCl4", "Li0.3Rb0.7ScBr4", known[0]])
    told = slope.familiar(predictors["conductivity"], asked)
    assert told[0], "the glasses of VIGLAS are among the known"
    assert not told[2]
    assert told[3]
    assert slope.elements(asked)[0] == "Al-Cl-Li-O"


def test_of_candidates_reads_elements_and_likeness(predictors):
    asked = Fractions.of(["LiAlCl2.45O0.775", "Li0.3Rb0.7ScBr4"])
    by_hand = slope.expected(np.array([True, False]), np.ones(2))
    assert slope.of_candidates(predictors["conductivity"], asked) == by_hand
