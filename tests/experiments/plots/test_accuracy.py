"""Parity and calibration."""

import numpy as np
import pytest
from vitrion.experiments.plots import figures
from vitrion.experiments.plots.accuracy import MOST_POINTS, calibration, coverage_curve, parity


def test_parity_has_equal_axes_and_tells_the_mean_error_of_all():
    truth = np.linspace(200, 900, 5000)
    figure = parity(truth, truth + 10.0, "Tg", "K")
    assert figure.layout.xaxis.range == figure.layout.yaxis.range
    assert figure.layout.yaxis.scaleanchor == "x"
    assert "5,000 measurements" in figure.layout.annotations[0].text
    assert "mean error 10 K" in figure.layout.annotations[0].text
    cloud, line = figure.data
    assert len(cloud.x) == MOST_POINTS
    assert np.allclose(np.array(cloud.y) - np.array(cloud.x), 10.0)
    assert line.x == line.y


def test_parity_tells_verdicts_apart():
    figure = parity([1, 2, 3], [1, 2, 4], "σ", "S/cm", ["inside", "edge", "outside"])
    clouds = {trace.name: trace for trace in figure.data if trace.name != "equal"}
    assert {name: list(cloud.x) for name, cloud in clouds.items()} == {"inside": [1], "edge": [2], "outside": [3]}
    assert len({cloud.marker.symbol for cloud in clouds.values()}) == 3


@pytest.mark.parametrize(
    ("truth", "mean", "said"), [([1, 2], [1], "shape"), ([], [], "at least one"), ([1, np.nan], [1, 1], "first at 1")]
)
def test_parity_refuses_what_it_cannot_draw(truth, mean, said):
    with pytest.raises(ValueError, match=said):
        parity(truth, mean, "Tg", "K")


def test_calibration_draws_each_curve_beside_the_honest_line():
    figure = calibration({"ours": ([0.1, 0.9], [0.2, 0.8]), "theirs": ([0.1, 0.9], [0.05, 0.5])})
    assert [trace.name for trace in figure.data] == ["honest", "ours", "theirs"]
    assert list(figure.data[1].y) == [0.2, 0.8]
    assert figure.data[0].x == figure.data[0].y


def test_coverage_grows_with_the_level_and_figures_show_it(predictors, tables):
    held_out = predictors["tg"].held_out()
    nominal, found = coverage_curve(held_out, (0.5, 0.9))
    assert nominal.tolist() == [0.5, 0.9]
    assert 0.3 < found[0] < found[1] <= 1
    drawn = figures.parity(tables["tg"], held_out)
    assert sum(len(trace.x) for trace in drawn.data if trace.mode == "markers") == len(held_out.truth)
    assert len(figures.reliability(tables["tg"], held_out).data[1].x) == 18
