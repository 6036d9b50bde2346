"""The grove is scikit-learn's forest to the last bit, whatever version stands here."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor
from vitrion.models.numerics.grove import votes


@pytest.mark.parametrize(("rows", "columns", "seed"), [(8, 1, 0), (12, 3, 1), (40, 90, 2), (120, 30, 3)])
def test_equal_to_scikit_learn(rows, columns, seed):
    draw = np.random.default_rng(seed)
    asked = draw.normal(size=(rows + 50, columns)).round(1).astype(np.float32)
    targets, weight = draw.normal(size=rows).round(1), draw.uniform(0.3, 1.0, size=rows)
    forest = ExtraTreesRegressor(25, max_features=0.5, random_state=seed)
    forest.fit(asked[:rows], targets, sample_weight=weight)
    expected = np.array([tree.predict(asked) for tree in forest.estimators_])
    np.testing.assert_array_equal(votes(asked[:rows], targets, weight, asked, 25, seed), expected)
