"""Slices and measures of calibration on drawn predictions whose answers are known."""

import numpy as np
import pandas as pd
import pytest
from vitrion.experiments.holdout.headline import NEW, RECENT
from vitrion.experiments.scores.calibration import (
    EDGES,
    LIKE,
    MEASURES,
    NARROW,
    PROMISING,
    WIDE,
    estimate,
    interval_score,
    new_laboratories,
    reliability,
    slices,
)

Z = 1.6449  # 90 % of a normal distribution lie within


def drawn(n_papers=600, shift=0.0, seed=0):
    """Predictions with normal errors of size 1, of papers of 1 to 9 rows whose rows share a shift of that size."""
    draw = np.random.default_rng(seed)
    size = draw.integers(1, 10, n_papers)
    paper = np.repeat(np.arange(n_papers), size)
    n = len(paper)
    error = (draw.normal(0, shift, n_papers) if shift else np.zeros(n_papers))[paper]
    error = error + draw.normal(0, np.sqrt(1 - shift**2), n)
    mean = draw.uniform(-6, -1, n)
    author = paper // 2
    return pd.DataFrame(
        {
            "truth": mean + error,
            "mean": mean,
            "lower": mean - Z,
            "upper": mean + Z,
            "fold": author % 5,
            "paper": paper.astype(str),
            "laboratory": author.astype(str),
            "author": author.astype(str),
            "year": 1980.0 + paper % 40,
            "curated": True,
            "near": paper % 3 == 0,
            "temperature_C": 25.0,
        }
    )


def test_right_intervals_hold_what_they_should():
    frame = drawn()
    for measure in ("coverage", "coverage_by_paper"):
        found = estimate(frame, measure)
        assert abs(found.value - 0.9) < 3 * found.error
        assert found.error < 0.01
    assert estimate(frame, "mae").value == pytest.approx(np.sqrt(2 / np.pi), rel=0.05)
    assert estimate(frame, "width").value == pytest.approx(2 * Z)
    assert np.isnan(estimate(frame, "width").error)
    for side in ("missed_low", "missed_high"):
        assert abs(estimate(frame, side).value - 0.05) < 3 * estimate(frame, side).error


def test_the_interval_score_is_least_for_the_right_width():
    frame = drawn()

    def of_width(times):
        half = times * Z
        told = frame.assign(lower=frame["mean"] - half, upper=frame["mean"] + half)
        return estimate(told, "interval_score_by_paper").value

    assert of_width(1.0) < min(of_width(0.7), of_width(1.4))
    expected = 2 * Z + 2 * 20 * (np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi) - Z * 0.05)
    assert of_width(1.0) == pytest.approx(expected, rel=0.03)


def test_interval_score_by_hand():
    frame = pd.DataFrame({"truth": [0.0, 3.0, -2.0], "lower": [-1.0] * 3, "upper": [1.0] * 3})
    assert interval_score(frame).tolist() == [2.0, 2.0 + 20 * 2.0, 2.0 + 20 * 1.0]


def test_rows_of_a_paper_that_err_together_make_coverage_less_sure():
    alone, together = (estimate(drawn(shift=shift), "coverage") for shift in (0.0, 0.9))
    assert together.error > 1.4 * alone.error


def test_by_paper_is_not_by_row():
    rows = pd.DataFrame(
        {
            "paper": ["large"] * 9 + ["small"],
            "laboratory": ["a"] * 9 + ["b"],
            "truth": [0.0] * 9 + [5.0],
            "lower": -1.0,
            "upper": 1.0,
        }
    )
    assert estimate(rows, "coverage").value == pytest.approx(0.9)
    assert estimate(rows, "coverage_by_paper").value == pytest.approx(0.5)
    assert estimate(rows, "missed_high_by_paper").value == pytest.approx(0.5)


def test_slices_hold_what_they_say():
    frame = drawn()
    frame.loc[frame.index % 7 == 0, "temperature_C"] = 200.0
    frame["upper"] = frame["mean"] + Z * (1 + frame.index.to_numpy() / len(frame))
    found = slices(frame, "conductivity")
    width = (frame["upper"] - frame["lower"]).to_numpy()
    assert abs(found[NARROW].mean() - 0.1) < 0.001
    assert width[found[NARROW]].max() <= width[~found[NARROW]].min()
    assert width[found[WIDE]].min() >= width[~found[WIDE]].max()
    assert (frame["year"][found[RECENT]] >= 2005).all()
    assert (frame["year"][~found[RECENT]] < 2005).all()
    assert frame["near"][found[LIKE]].all()
    assert (frame["temperature_C"][found[LIKE]] == 25).all()
    assert (frame["mean"][found[PROMISING]] > -3.5).all()
    assert "promising predictions" not in slices(frame.assign(mean=-9.0), "conductivity")
    tg = slices(frame.assign(mean=100 - 50 * frame["mean"], temperature_C=np.nan), "tg")
    assert frame["near"][tg[PROMISING]].all()
    assert (frame["mean"][tg[PROMISING]] > -5).all()
    assert LIKE not in slices(frame, "liquidus")


def test_new_laboratories():
    frame = pd.DataFrame({"author": ["a", "a", "b", "b", "", "c"], "fold": [0, 1, 2, 2, 0, 1]})
    assert new_laboratories(frame).tolist() == [False, False, True, True, False, True]
    assert not new_laboratories(frame.assign(fold=0)).any()
    assert NEW not in slices(drawn().assign(fold=0), "conductivity")


def with_chances(factor=1.0, n_papers=3000):
    """Chances to keep a limit, and what was kept of them; `factor` times too many are predicted."""
    frame, draw = drawn(n_papers), np.random.default_rng(3)
    right = draw.uniform(0, 0.5, len(frame))
    return frame.assign(chance=factor * right, kept=draw.uniform(size=len(frame)) < right)


def test_right_chances_are_right_in_every_range():
    table = reliability(with_chances())
    assert (table["excess"].abs() < 3 * table["excess_error"]).all()
    assert table["rows"].iloc[-1] == table["rows"].iloc[:-1].sum()
    assert table["predicted"].iloc[-1] == pytest.approx(table["predicted"].iloc[:-1].sum())
    assert table["observed"].iloc[-1] == table["observed"].iloc[:-1].sum()
    assert table["high"].tolist() == [0.1, 0.2, 0.35, 0.5, 1.0]
    assert (table["mean_chance"].iloc[:-1].between(table["low"].iloc[:-1], table["high"].iloc[:-1])).all()
    assert estimate(with_chances(), "predicted_over_observed").value == pytest.approx(1.0, abs=0.05)


def test_chances_twice_too_high_show():
    frame = with_chances(2.0)
    whole = reliability(frame).iloc[-1]
    found = estimate(frame, "predicted_over_observed")
    assert whole["excess"] > 10 * whole["excess_error"]
    assert found.value == pytest.approx(2.0, abs=4 * found.error)
    assert whole["share"] == pytest.approx(0.25, abs=0.02)
    assert whole["share_by_paper"] == pytest.approx(0.25, abs=0.02)


def test_edges_hold_all_chances():
    frame = with_chances().head(3).assign(chance=[0.0, 0.1, 1.0], kept=[False, True, True])
    table = reliability(frame)
    assert table["low"].tolist() == [0.0, 0.1, 0.8, 0.0]
    assert table["rows"].tolist() == [1, 1, 1, 3]
    assert (EDGES[0], EDGES[-1]) == (0.0, 1.0)


def test_every_measure_is_there_and_no_other():
    frame = with_chances(n_papers=20)
    assert all(np.isfinite(estimate(frame, name).value) for name in MEASURES)
    with pytest.raises(ValueError, match="'rmse' is no measure; use one of mae, mae_by_paper"):
        estimate(frame, "rmse")
