"""Standard errors against draws of whole clusters."""

import numpy as np
import pytest
from vitrion.experiments.scores import standard_error
from vitrion.experiments.scores.standard_error import difference, mean, of_equal_weight, ratio


def drawn(n_clusters=400, seed=0):
    """Clusters of 1 to 9 rows that share a shift."""
    draw = np.random.default_rng(seed)
    size = draw.integers(1, 10, n_clusters)
    cluster = np.repeat(np.arange(n_clusters), size)
    return draw.normal(0, 1, n_clusters)[cluster] + draw.normal(0, 0.3, len(cluster)), cluster


def redrawn(statistic, cluster, n_draws=400):
    """Standard deviation of a statistic of rows over draws of whole clusters."""
    draw, rows = np.random.default_rng(1), [np.flatnonzero(cluster == one) for one in np.unique(cluster)]
    found = [
        statistic(np.concatenate([rows[k] for k in draw.integers(len(rows), size=len(rows))])) for _ in range(n_draws)
    ]
    return float(np.std(found))


@pytest.mark.parametrize("alike", [False, True])
def test_the_error_of_a_mean_is_that_of_drawing_clusters_anew(alike):
    values, cluster = drawn()
    weights = of_equal_weight(cluster) if alike else np.ones(len(values))
    found = mean(values, cluster, weights)
    expected = redrawn(lambda rows: np.average(values[rows], weights=weights[rows]), cluster)
    assert found.value == pytest.approx(np.average(values, weights=weights))
    assert found.error == pytest.approx(expected, rel=0.15)
    assert found.error > 1.3 * values.std() / np.sqrt(len(values)), "rows of a cluster count as if they were alone"


def test_the_errors_of_a_ratio_and_of_a_difference():
    values, cluster = drawn()
    above, below = np.abs(values), np.abs(values) + np.random.default_rng(2).uniform(0, 1, len(values))
    found = ratio(above, below, cluster)
    assert found.value == pytest.approx(above.sum() / below.sum())
    assert found.error == pytest.approx(redrawn(lambda rows: above[rows].sum() / below[rows].sum(), cluster), rel=0.15)
    apart = difference(above, below, cluster)
    assert apart.value == pytest.approx((above - below).sum())
    assert apart.error == pytest.approx(redrawn(lambda rows: (above - below)[rows].sum(), cluster), rel=0.15)


def test_the_mean_error_is_right_on_average():
    """Over worlds drawn anew, the scatter of the mean is the error that it states."""
    found = [mean(*drawn(60, seed)) for seed in range(300)]
    assert np.std([one.value for one in found]) == pytest.approx(np.mean([one.error for one in found]), rel=0.12)


def test_equal_weight():
    assert of_equal_weight(np.array(["a", "b", "a", "a"])) == pytest.approx([1 / 3, 1, 1 / 3, 1 / 3])


def test_where_there_is_none():
    one = np.array([1.0, 2.0])
    alone = mean(one, np.array(["a", "a"]))
    assert alone.value == 1.5
    assert np.isnan(alone.error)
    assert np.isnan(mean(one[:0], np.array([])).value)
    assert np.isnan(ratio(one, np.zeros(2), np.array(["a", "b"])).value)
    assert np.isnan(difference(one, one, np.array(["a", "a"])).error)
    assert standard_error.Estimate(1.0).error != 0
