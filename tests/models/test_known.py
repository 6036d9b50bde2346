import numpy as np
import pytest
from scipy.spatial.distance import cdist
from vitrion.models.known import SAME_GLASS, alike, nearer, papers_of

draw = np.random.default_rng(0)
KNOWN, OWN, ASKED = draw.normal(size=(50, 4)), draw.normal(size=(9, 4)), draw.normal(size=(200, 4))


def test_what_others_measured_counts_in_full_for_the_same_glass_and_fades_without_a_step():
    distance = np.linspace(0, 1, 501)
    told = alike(distance)
    assert told[0] == 1.0
    assert (np.diff(told) <= 0).all()
    assert np.abs(np.diff(told)).max() < 0.02
    assert alike(np.array([SAME_GLASS, 5 * SAME_GLASS])) == pytest.approx([np.exp(-1), 0.0], abs=1e-6)


def test_papers_are_counted_once_for_a_composition():
    keys, papers = np.array([5, 5, 5, 8, 8, 9]), np.array([0, 0, 3, 3, 3, 7])
    assert papers_of(keys, papers).tolist() == [2, 2, 2, 1, 1, 1]
    assert papers_of(keys[:0], papers[:0]).shape == (0,)


def nearest_known():
    apart = cdist(ASKED, KNOWN)
    return apart.min(axis=1), apart.argmin(axis=1)


def test_nearest_of_all_is_found_among_the_fit_and_ones_own():
    distance, row = nearer(ASKED, *nearest_known(), OWN, len(KNOWN))
    apart = cdist(ASKED, np.vstack([KNOWN, OWN]))
    assert distance == pytest.approx(apart.min(axis=1))
    assert (row == apart.argmin(axis=1)).all()
    assert row.dtype == np.intp
    assert (row >= len(KNOWN)).any() and (row < len(KNOWN)).any()


def test_without_own_results_the_nearest_of_the_fit_stays():
    distance, row = nearest_known()
    told = nearer(ASKED, distance, row, np.empty((0, 0)), len(KNOWN))
    assert told[0] is distance and told[1] is row


def test_ones_own_glass_is_at_no_distance_and_one_that_the_fit_knows_too_keeps_its_row():
    near = OWN + 1e-12
    distance, row = nearer(near, np.full(9, 0.3), np.arange(9), OWN, 50)
    assert (distance == 0).all()
    assert row.tolist() == list(range(50, 59))
    distance, row = nearer(near, np.zeros(9), np.arange(9), OWN, 50)
    assert row.tolist() == list(range(9))
