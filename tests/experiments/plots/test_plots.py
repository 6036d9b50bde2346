"""The map of a ranking and the lines of a sweep."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from vitrion.experiments.plots import conductivity_map, map_names, sweep_lines, sweep_maps
from vitrion.experiments.plots.labels import place
from vitrion.experiments.task.goal import Goal


@pytest.fixture
def ranking():
    rng = np.random.default_rng(0)
    sigma = 10 ** rng.uniform(-7, -2, 60)
    tg = rng.uniform(-40, 200, 60)
    table = pd.DataFrame(
        {
            "rank": np.arange(1, 61),
            "formula": [f"LiAlCl{4 - 2 * x / 60:.2f}O{x / 60:.2f}" for x in range(60)],
            "p_goal": np.linspace(0.9, 0, 60),
            "conductivity_S_cm": sigma,
            "conductivity_low_S_cm": sigma / 9,
            "conductivity_high_S_cm": sigma * 9,
            "tg_C": tg,
            "tg_low_C": tg - 40,
            "tg_high_C": tg + 40,
            "verdict": ["inside", "edge", "outside"] * 20,
            "nearest": "LiAlCl4",
            "nearest_doi": "10.1/x",
        }
    )
    table.loc[59, ["tg_C", "conductivity_S_cm", "verdict", "nearest", "nearest_doi"]] = [
        np.nan,
        np.nan,
        None,
        None,
        None,
    ]
    return table


def test_map_draws_every_number_once(ranking):
    figure = conductivity_map(ranking, Goal())
    assert sum(len(trace.x) for trace in figure.data) == 59
    assert {trace.name for trace in figure.data} == {"inside", "edge", "outside"}
    assert len({trace.marker.symbol for trace in figure.data}) == 3
    assert len({trace.marker.color for trace in figure.data}) == 3
    assert figure.layout.yaxis.type == "log"


def test_map_shows_intervals_and_goal(ranking):
    figure = conductivity_map(ranking, Goal())
    first = next(trace for trace in figure.data if trace.name == "inside" and trace.error_x.array is not None)
    assert np.allclose(first.error_x.array, 40)
    assert np.allclose(np.array(first.y) - np.array(first.error_y.arrayminus), np.array(first.y) / 9)
    corner = figure.layout.shapes[0]
    assert (corner.x1, corner.y0) == (25.0, 1.0)


def test_only_the_best_have_bars_and_every_mark_knows_its_own(ranking):
    figure = conductivity_map(ranking, Goal())
    barred = [trace for trace in figure.data if trace.error_x.array is not None and len(trace.x)]
    assert sum(len(trace.x) for trace in barred) == 10
    for trace in figure.data:
        for x, y, ends in zip(trace.x, trace.y, trace.customdata, strict=True):
            assert np.allclose(ends, [x - 40, x + 40, y / 9, y * 9], rtol=1e-4, atol=1e-6)


def test_axes_show_nearly_all_means_and_not_the_outermost(ranking):
    many = pd.concat([ranking.iloc[:59]] * 4, ignore_index=True)
    far = many.assign(tg_C=many["tg_C"].where(many.index != 200, 9000.0))
    wide, usual = (conductivity_map(table, Goal()).layout.xaxis.range for table in (far, many))
    assert wide[1] < 1.5 * usual[1]
    assert np.mean(many["tg_C"].between(*usual)) > 0.97
    first = many.assign(tg_C=many["tg_C"].where(many.index != 0, 9000.0))
    assert conductivity_map(first, Goal()).layout.xaxis.range[1] > 9000, "the best are always in sight"


def test_measured_glasses_are_stars(ranking):
    known = ranking.assign(
        n_measured=0, measured_conductivity_S_cm=np.nan, measured_temperature_C=np.nan, measured_tg_C=np.nan
    ).assign(measured_phase="", measured_doi="")
    assert "measured glass" not in {trace.name for trace in conductivity_map(known).data}
    known.loc[0, ["measured_conductivity_S_cm", "measured_temperature_C"]] = [1.5e-3, 30.0]
    known.loc[1, ["measured_conductivity_S_cm", "measured_temperature_C"]] = [1.5e-3, 200.0]
    known.loc[2, ["measured_conductivity_S_cm", "measured_temperature_C"]] = [1.5e-3, 25.0]
    known.loc[3, "measured_tg_C"] = -16.8
    known["measured_phase"] = ["glass", "glass", "crystal", *["glass"] * 57]
    (stars,) = [trace for trace in conductivity_map(known).data if trace.name == "measured glass"]
    assert stars.marker.symbol == "star"
    assert np.allclose(stars.x, [known["tg_C"][0], -16.8])
    assert np.allclose(stars.y, [1.5, known["conductivity_S_cm"][3] * 1e3])


def test_hover_is_escaped(ranking):
    ranking.loc[0, "nearest"] = "<a href='x'>"
    assert "<a href" not in conductivity_map(ranking).to_json()


def test_map_of_nothing_and_of_one(ranking):
    assert len(conductivity_map(ranking.iloc[:0]).data) == 6
    one = conductivity_map(ranking.iloc[:1])
    assert sum(bool(trace.showlegend) for trace in one.data if len(trace.x)) == 1


@pytest.mark.parametrize("size", [(340, 460), (740, 600), (1060, 600)])
def test_names_do_not_cover_each_other(ranking, size):
    names = [mark for mark in map_names(ranking, Goal(), 10, size) if mark["showarrow"]]
    assert len(names) >= 5
    assert len({mark["text"] for mark in names}) == len(names)


def test_place_leaves_out_what_has_no_room():
    points = [(100.0 + x, 60.0) for x in range(40)]
    placed = place(points, ["LiAlCl4"] * 40, (200, 120))
    assert 1 <= len(placed) < 40
    boxes = [(points[n][0] + dx, points[n][1] + dy) for n, dx, dy in placed]
    width = 7 * 6.6
    assert all(abs(a[0] - b[0]) >= width or abs(a[1] - b[1]) >= 17 for a, b in itertools.combinations(boxes, 2))


def test_sweep_has_two_panels_and_bands(ranking):
    table = ranking.iloc[:20].assign(x=np.linspace(0, 1, 20))
    figure = sweep_lines(table, ["x"], Goal())
    assert {trace.yaxis for trace in figure.data} == {"y", "y2"}
    assert sum(trace.fill == "toself" for trace in figure.data) == 2
    assert list(figure.data[1].x) == sorted(figure.data[1].x)


def test_the_chance_of_a_glass_is_a_band_under_the_others(ranking):
    chance = np.linspace(1, 0, 20)
    told = ranking.iloc[:20].assign(x=np.linspace(0, 1, 20), p_glass=chance, glass_verdict="inside")
    figure = sweep_lines(told, ["x"], Goal())
    assert {trace.yaxis for trace in figure.data} == {"y", "y2", "y3"}
    (band,) = [trace for trace in figure.data if trace.yaxis == "y3"]
    assert band.fill == "tozeroy"
    assert np.allclose(np.array(band.y, dtype=float), 100 * chance)
    assert "P(glass) 100 %, inside" in band.text[0]
    assert figure.layout.yaxis3.domain[1] < figure.layout.yaxis2.domain[0]
    assert figure.layout.yaxis2.domain[1] < figure.layout.yaxis.domain[0]


def test_sweep_of_many_lines_shows_six_without_bands(ranking):
    table = ranking.iloc[:40].assign(x=[0.0, 1.0] * 20, y=np.repeat(np.arange(20) / 10, 2))
    figure = sweep_lines(table, ["x", "y"])
    assert len(figure.data) == 12
    assert figure.data[0].name == "y = 0"
    assert json.loads(figure.to_json())["layout"]["showlegend"]


def test_two_variables_are_maps_with_the_line_of_the_goal(ranking):
    table = ranking.iloc[:56].assign(x=np.tile(np.linspace(0, 1, 8), 7), y=np.repeat(np.arange(7) / 10, 8))
    measured = pd.DataFrame({"x": [0.0], "y": [0.1], "formula": "LiAlCl4", "conductivity_S_cm": 1e-3, "tg_C": np.nan})
    figure = sweep_maps(table.drop(index=3), ["x", "y"], Goal(), 25.0, measured.assign(source="10.1/x"))
    heats = [trace for trace in figure.data if trace.type == "heatmap"]
    assert [np.shape(heat.z) for heat in heats] == [(7, 8)] * 3
    assert heats[2].z[0][3] is None or np.isnan(heats[2].z[0][3]), "a point left out is a hole"
    assert np.isclose(heats[1].z[1][0], np.log10(table["conductivity_S_cm"][8] * 1e3))
    lines = [trace.contours.start for trace in figure.data if trace.type == "contour"]
    assert lines == [50.0, 0.0, 25.0]
    stars = [trace.xaxis for trace in figure.data if trace.type == "scatter"]
    assert stars == ["x", "x2"], "of the chance and of the conductivity; its Tg is not known"
    free = sweep_maps(table, ["x", "y"], Goal(tg_C=None))
    assert sum(trace.type == "contour" for trace in free.data) == 2
    tall = sweep_maps(table, ["x", "y"], across=False).layout
    assert tall.yaxis.domain[0] > tall.yaxis2.domain[1] > tall.yaxis3.domain[1]


LIQUIDUS = {"liquidus": {"below": 160}}


@pytest.mark.parametrize("rows", [0, 60])
def test_a_goal_without_some_limits_is_drawn(ranking, rows):
    table = ranking.iloc[:rows]
    full, cold, fast, other = (
        conductivity_map(table, goal).layout
        for goal in (Goal(), Goal(None), Goal(tg_C=None), Goal(None, None, limits=LIQUIDUS))
    )
    assert len(full.shapes) == len(cold.shapes) == len(fast.shapes) == 1
    assert (cold.shapes[0].x1, fast.shapes[0].y0) == (25.0, 1.0)
    assert 0 < cold.shapes[0].y0 < 10 ** cold.yaxis.range[0]
    assert fast.shapes[0].x1 > fast.xaxis.range[1]
    assert not other.shapes
    names = map_names(table, Goal(None, None, limits=LIQUIDUS), 10, (740, 600))
    assert "goal" in {mark.text for mark in full.annotations}
    assert "goal" not in {mark["text"] for mark in names}


def test_a_sweep_shows_the_limits_that_there_are(ranking):
    table = ranking.iloc[:20].assign(x=np.linspace(0, 1, 20))
    levels = [
        [(shape.yref, shape.y0) for shape in sweep_lines(table, ["x"], goal).layout.shapes]
        for goal in (Goal(), Goal(None, 60), Goal(tg_C=None), Goal(None, None, limits=LIQUIDUS))
    ]
    assert levels == [[("y", 1.0), ("y2", 25.0)], [("y2", 60.0)], [("y", 1.0)], []]


def test_ticks_of_logarithmic_axes_are_written_in_one_way(ranking):
    """A format of numbers, such as ~g, writes 0.000001 beside 1e-7."""
    wide = conductivity_map(ranking, Goal()).layout.yaxis
    narrow = conductivity_map(ranking.assign(conductivity_S_cm=1e-9), Goal(conductivity_S_cm=1e-9)).layout.yaxis
    for axis in (wide, narrow):
        assert (axis.type, axis.exponentformat, axis.tickformat) == ("log", "power", None)
    assert (wide.dtick, narrow.dtick) == (1, "D2")
