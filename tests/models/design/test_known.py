import numpy as np
import pytest
from scipy.spatial.distance import cdist
from vitrion.models.design.known import nearer

draw = np.random.default_rng(0)
KNOWN, OWN, ASKED = draw.normal(size=(50, 4)), draw.normal(size=(9, 4)), draw.normal(size=(200, 4))


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
