import numpy as np
import pytest
from scipy.spatial.distance import cdist
from vitrion.features import Fractions
from vitrion.models.design.nearness import nearest_root, nearness, ramp


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("LiAlCl4", 1.0),
        ("SiO2", 0.0),
        ("LiF", 0.0),
        ("Li6PS5Cl", 0.0),
        ("Li3OCl3", 1.0),
        ("Li7O3Cl", 0.5),
        ("LiAlCl2.5O0.75", 1.0),
        ("AlLi", 0.0),
    ],
)
def test_nearness(formula, expected):
    assert nearness(Fractions.of([formula]))[0] == pytest.approx(expected)


def test_ramp():
    assert ramp(np.array([0.0, 0.2, 0.3, 0.4, 9.0]), (0.2, 0.4)).tolist() == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0])


@pytest.fixture(scope="module")
def roots():
    """Square roots of atomic fractions of many compositions, and of fewer known ones with fewer elements."""
    draw = np.random.default_rng(0)
    asked = np.sqrt(draw.dirichlet(np.full(30, 0.1), size=1300))
    known = np.sqrt(draw.dirichlet(np.full(12, 0.2), size=70))
    return asked, np.column_stack([known, np.zeros((70, 18))])


def test_nearest_root_by_brute_force(roots):
    asked, known = roots
    assert nearest_root(asked, known) == pytest.approx(cdist(asked, known).min(axis=1), abs=1e-7)


def test_what_is_known_itself_has_no_distance(roots):
    _, known = roots
    assert nearest_root(known, known) == pytest.approx(0.0, abs=1e-7)


def test_no_row_depends_on_the_batch(roots):
    """To the last bit, wherever a row stands and however many stand beside it."""
    asked, known = roots
    whole = nearest_root(asked, known)
    order = np.random.default_rng(1).permutation(len(asked))
    assert (nearest_root(asked[order], known) == whole[order]).all()
    for rows in (slice(0, 1), slice(7, 9), slice(239, 242), slice(1000, 1300)):
        assert (nearest_root(asked[rows], known) == whole[rows]).all()
