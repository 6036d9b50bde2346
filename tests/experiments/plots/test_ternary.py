"""Ternary maps."""

import numpy as np
import pandas as pd
import pytest
from vitrion.experiments.plots.ternary import corner_shares, ternary_map


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "formula": ["LiAlCl4", "LiAlCl2O", "LiGaCl2O", "LiF", "rubbish"],
            "conductivity_S_cm": [1e-6, 1e-3, 1e-4, 1e-9, np.nan],
            "tg_C": [0.0, -20.0, -10.0, 500.0, np.nan],
            "verdict": ["inside", "edge", "outside", "outside", None],
        }
    )


def test_shares_of_groups_sum_to_one_and_are_missing_where_none_is_held():
    shares = corner_shares(["LiAlCl2O", "Li2Al0.5Ga0.5Cl2O", "LiF"], ["O", "Cl", ["Al", "Ga"]])
    assert np.allclose(shares[:2], [0.25, 0.5, 0.25])
    assert np.isnan(shares[2]).all()


@pytest.mark.parametrize("corners", [("O", "Cl"), ("O", "Cl", "Xx"), ("O", "Cl", ["Al", "O"])])
def test_corners_must_be_three_of_their_own(corners):
    with pytest.raises(ValueError, match="give three"):
        corner_shares(["LiAlCl4"], corners)


def test_map_draws_rows_that_hold_a_corner_best_on_top(table):
    figure = ternary_map(table, corners=("O", "Cl", ["Al", "Ga"]))
    (points,) = figure.data
    assert list(points.marker.color) == [-6.0, -4.0, -3.0]
    assert list(points.marker.symbol) == ["circle", "triangle-up-open", "diamond"]
    assert np.allclose(np.array(points.a) + np.array(points.b) + np.array(points.c), 1)
    assert "Al, Ga 25%" in points.text[1]
    assert figure.layout.ternary.caxis.title.text == "<b>Al, Ga</b>"


def test_a_plain_scale_shows_the_values_themselves(table):
    (points,) = ternary_map(table, "tg_C", names=("O", "Cl", "M")).data
    assert list(points.marker.color) == [-20.0, -10.0, 0.0]
