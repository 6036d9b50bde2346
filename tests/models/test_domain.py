import numpy as np
import pytest
from vitrion.models.domain import SLACK, VERDICTS, Domain, foreign_distance

draw = np.random.default_rng(0)
X = draw.normal(size=(600, 20)) * np.linspace(3, 0.1, 20)
FOLD = draw.integers(0, 5, size=600)
KEYS = np.arange(600)


@pytest.fixture(scope="module")
def domain():
    return Domain().fit(X, FOLD, KEYS)


def test_own_distance_is_zero(domain):
    distance, row = domain.nearest(domain.projected(X))
    assert distance == pytest.approx(0, abs=1e-9)
    assert (row == np.arange(600)).all()


def test_of_points_measured_twice_the_first_is_named():
    twice = Domain().fit(np.vstack([X, X]), np.tile(FOLD, 2), np.tile(KEYS, 2))
    distance, row = twice.nearest(twice.projected(X))
    assert distance == pytest.approx(0, abs=1e-9)
    assert (row == np.arange(600)).all()


def projected(domain, X):
    """Points of the domain, as its components have them."""
    return (X - domain.scale_.mean) / domain.scale_.spread @ domain.components_.T - domain.origin_


def test_distance_of_brute_force(domain):
    """Of what was found: exactly; and hardly ever is anything else nearer."""
    points = projected(domain, X)
    new = draw.normal(size=(400, 20)) * np.linspace(3, 0.1, 20)
    gaps = np.linalg.norm(projected(domain, new)[:, None] - points[None], axis=2)
    distance, row = domain.nearest(domain.projected(new))
    assert distance == pytest.approx(gaps[np.arange(400), row])
    excess = distance / gaps.min(axis=1) - 1
    assert excess.max() <= SLACK
    assert excess.mean() < 0.02
    assert (domain.verdict(distance) == domain.verdict(gaps.min(axis=1))).mean() > 0.97


def test_answer_does_not_depend_on_the_batch(domain):
    new = draw.normal(size=(50, 20)) * np.linspace(3, 0.1, 20)
    whole = domain.nearest(domain.projected(new))[0]
    alone = [domain.nearest(domain.projected(one[None]))[0][0] for one in new]
    assert alone == pytest.approx(whole.tolist(), rel=1e-12)


def test_verdict_worsens_with_distance(domain):
    verdict = domain.verdict(np.linspace(0, 20, 500))
    places = [VERDICTS.index(name) for name in verdict]
    assert places == sorted(places)
    assert set(verdict) == set(VERDICTS)


def test_limits_belong_to_the_better_side(domain):
    edge, outside = domain.limits_
    assert 0 < edge < outside
    at = domain.verdict(np.array([0.0, edge, np.nextafter(edge, 9), outside, np.nextafter(outside, 99), np.inf]))
    assert at.tolist() == ["inside", "inside", "edge", "edge", "outside", "outside"]


def test_limits_are_the_quantiles_told(domain):
    verdict = domain.verdict(foreign_distance(domain.points_, FOLD, KEYS))
    assert (verdict == "outside").mean() == pytest.approx(0.02, abs=0.003)
    assert (verdict == "edge").mean() == pytest.approx(0.08, abs=0.005)


def test_foreign_distance_by_brute_force():
    points, fold, keys = X[:60], FOLD[:60], KEYS[:60] % 50
    expected = []
    for i in range(60):
        test = fold == fold[i]
        strangers = ~test & ~np.isin(keys, keys[test])
        expected.append(np.linalg.norm(points[strangers] - points[i], axis=1).min())
    assert foreign_distance(points, fold, keys) == pytest.approx(np.array(expected))


def test_no_stranger_at_all():
    assert np.isinf(foreign_distance(X[:3], np.zeros(3, int), np.arange(3))).all()
    assert np.isinf(foreign_distance(X[:3], np.arange(3), np.zeros(3, int))).all()


def test_far_away_is_outside(domain):
    distance, _ = domain.nearest(domain.projected(np.full((1, 20), 100.0)))
    assert domain.verdict(distance).tolist() == ["outside"]


def test_nothing_known_of_strangers_leaves_only_itself_inside():
    """One composition alone has no neighbour: whatever differs from it is beyond the known."""
    alone = Domain().fit(X[:4], np.array([0, 0, 1, 1]), np.zeros(4, int))
    assert alone.verdict(np.array([50.0])).tolist() == ["outside"]


def test_search_tree_is_in_no_file(domain):
    fitted = set(vars(domain))
    domain.nearest(domain.projected(X[:1]))
    assert set(vars(domain)) == fitted
