"""A list ranked in blocks is the list ranked at once."""

import pandas as pd
import pytest
from vitrion.experiments.ranking.blocks import united
from vitrion.experiments.ranking.rank import judged, rank
from vitrion.experiments.registry.loading import Loaded

LIST = [
    "LiAlCl2.5O0.75",
    "no formula",
    "LiAlCl4",
    "NaAlCl4",
    "NaAlCl2.5O0.75",
    None,
    "LiTaCl6",
    "Li2O-TaCl5",
    "LiCl4",
]


@pytest.mark.parametrize("goal", [None, {"max_cost_usd_per_kg": 50, "forbidden": ["Ta"]}, {"tg_C": None}])
@pytest.mark.parametrize("size", [1, 4, 20])
def test_blocks_make_the_whole(predictors, goal, size):
    blocks = [judged(LIST[start : start + size], goal, predictors=predictors) for start in range(0, len(LIST), size)]
    told, right = united(blocks, goal), rank(LIST, goal, predictors=predictors)
    pd.testing.assert_frame_equal(in_kelvin(told), in_kelvin(right), rtol=1e-5)


def in_kelvin(table):
    """A ranking whose temperatures have no zero nearby, so that single precision is a share of them."""
    return table.assign(**{name: table[name] + 273.15 for name in ("tg_C", "tg_low_C", "tg_high_C")})


def test_loaded_predictors_know_their_versions(predictors):
    known = Loaded(predictors, {"tg": 3, "conductivity": 4})
    assert known.versions == {"tg": 3, "conductivity": 4}
    assert rank(LIST[:1], predictors=known)["formula"].tolist() == ["LiAlCl2.5O0.75"]
