"""What held-out errors teach: a law of how those of a laboratory go together, and what remains after some results."""

from dataclasses import replace

import numpy as np
import pytest
from vitrion.features.descriptors.glass import NAMES as GLASS
from vitrion.models.design.layout import Layout
from vitrion.models.fitting.crossfit import Design, HeldOut
from vitrion.models.fitting.episodes import Errors
from vitrion.models.fitting.learnt_errors import errors, forgotten, learnt

LAYOUT = Layout(103 + len(GLASS) + 3 + 1, 3)


def world(n_papers=80, members=6, seed=0):
    """Errors of papers that share most of what is wrong with them, as episodes are played on them."""
    draw = np.random.default_rng(seed)
    n = n_papers * members
    paper = np.repeat(np.arange(n_papers), members)
    mean, difficulty = draw.uniform(400, 900, n), draw.uniform(5, 20, n)
    score = draw.normal(size=n_papers)[paper] + 0.3 * draw.normal(size=n)
    return Errors(
        truth=mean + difficulty * score,
        mean=mean,
        difficulty=difficulty,
        points=draw.normal(size=(n, 3)),
        keys=np.arange(n),
        papers=paper,
        laboratories=paper // 2,
        near=paper % 2 == 0,
        temperature_C=np.zeros(n),
    )


def test_memory():
    years = [2020, 2010, 2000, np.nan]
    assert forgotten(years, 10.0, 4) == pytest.approx(np.exp([0.0, -1.0, -2.0, -1.0]))  # undated: the middle age
    assert (forgotten(years, None, 4) == 1).all()
    assert (forgotten(None, 10.0, 3) == 1).all()
    assert (forgotten([np.nan] * 2, 10.0, 2) == 1).all()
    with pytest.raises(ValueError, match=r"years of shape \(2,\) for 3 compositions; give one each"):
        forgotten([2000, 2001], 10.0, 3)


def test_law_and_distributions_are_those_of_the_papers():
    told = world()
    law, calibration, episodes = learnt(told, 80.0, np.ones(len(told.truth)))
    assert law.laboratory > 3 * (law.field + law.row)
    none = np.array([600.0]), np.ones(1), np.ones(1, dtype=bool)
    apart = [np.diff(calibration.interval(*none, np.array([ratio]), 0.9), axis=0)[0, 0] for ratio in (1.0, 0.2)]
    assert apart[0] == pytest.approx(2 * 1.645 * np.hypot(1.0, 0.3), rel=0.25)
    assert set(episodes.revealed) == {0, 1, 2, 3, 4}
    left = {k: np.abs(episodes.scores.score * np.sqrt(episodes.scores.ratio))[episodes.revealed == k] for k in (0, 4)}
    assert left[4].mean() < 0.6 * left[0].mean()


def test_errors_of_old_papers_count_for_less():
    """Papers of the first half err five times as much: intervals are theirs until they are forgotten."""
    told = world(160)
    old = told.papers < 80
    wrong = replace(told, truth=told.mean + np.where(old, 5.0, 1.0) * (told.truth - told.mean))
    one = np.array([600.0]), np.ones(1), np.ones(1, dtype=bool), np.ones(1)
    widths = []
    for weight in (1.0, 0.3, 0.0):
        calibration = learnt(wrong, 80.0, np.where(old, weight, 1.0))[1]
        widths.append(float(np.diff(calibration.interval(*one, 0.9), axis=0)[0, 0]))
    assert widths[0] > 1.1 * widths[1] > 1.5 * widths[2]
    assert widths[2] == pytest.approx(2 * 1.645 * np.hypot(1.0, 0.3), rel=0.3)


def test_same_seed_same_law():
    told = world(40)
    first, second = (learnt(told, 80.0, np.ones(len(told.truth)), 3) for _ in range(2))
    assert first[0] == second[0]
    assert (first[1].quantiles == second[1].quantiles).all()


def test_held_out_predictions_become_errors():
    n = 7
    X = np.zeros((n, LAYOUT.width))
    X[:, LAYOUT.glass.stop] = 1000.0 / (np.array([25.0, 25, 60, 60, 100, 100, 25]) + 273.15)
    fold, keys = np.array([0, -1, 1, 0, 1, -1, 1]), np.arange(n) * 10
    design = Design(X, np.arange(7.0), fold, keys, np.ones(n), np.arange(n), np.arange(n))
    row = np.flatnonzero(fold >= 0)
    nothing, points = np.zeros(len(row)), np.arange(10.0).reshape(5, 2)
    held = HeldOut(
        row=row,
        fold=fold[row],
        truth=design.y[row],
        mean=design.y[row] - 2.0,
        lower=nothing,
        upper=nothing,
        difficulty=np.full(5, 4.0),
        distance=nothing,
        verdict=np.full(5, "inside"),
        near=np.ones(5, dtype=bool),
        papers=design.papers[row],
        laboratories=design.laboratories[row],
        ages=np.ones(5),
    )
    told = errors(held, design, points, LAYOUT, -1.0)
    assert told.scores.tolist() == [0.5] * 5
    assert told.keys.tolist() == [0, 20, 30, 40, 60]
    assert told.temperature_C == pytest.approx([25.0, 60.0, 60.0, 100.0, 25.0])
    assert told.better == -1.0
    assert told.points is points
    plain = errors(held, design, points, Layout(103 + len(GLASS) + 1), 1.0)
    assert (plain.temperature_C == 0).all()
