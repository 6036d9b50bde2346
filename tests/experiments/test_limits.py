"""Rankings, screenings and proposals keep to what can be, with the same words."""

import numpy as np
import pytest
from vitrion.experiments.proposals.propose import propose
from vitrion.experiments.ranking.rank import rank, sweep
from vitrion.experiments.screening.screen import screen
from vitrion.experiments.task.goal import Goal

TRACES = ["Li0.001AlCl3.001", "Na0.02SiCl4.02", "Li0.0001TaCl5.0001", "K0.01AlCl3.01"]
LIQUIDS = ["CCl4", "SiCl4", "PCl3O", "TiCl4"]
GOOD = ["LiAlCl2.5O0.75", "LiAlCl4", "NaTaCl4O"]


def test_a_trace_of_mobile_ions_has_no_chance(predictors):
    told = rank([*TRACES, *GOOD], predictors=predictors).set_index("formula")
    assert (told.loc[TRACES, "p_goal"] == 0).all() and (told.loc[GOOD, "p_goal"] > 0).all()
    assert told.loc[TRACES, "note"].str.contains("trace: less than 1 at.% of Li, Na, K, Ag, Cu").all()
    assert not told.loc[GOOD, "note"].str.contains("trace").any()
    assert not told.loc[TRACES, "pareto"].any()


def test_a_goal_without_conductivity_takes_traces(predictors):
    told = rank(["Li0.001AlCl3.001"], Goal(conductivity_S_cm=None), predictors=predictors)
    assert told["p_goal"][0] > 0


def test_one_percent_is_no_trace_and_the_chance_begins_there(predictors):
    grid = sweep("Li{x}AlCl{3+x}", predictors=predictors, x=[0.01, 0.04, 0.041, 0.05, 0.1])
    share = grid["x"] / (4 + 2 * grid["x"])
    assert ((grid["p_goal"] == 0) == (share < 0.01)).all() and (grid["p_goal"] > 0).any()


def test_a_molecular_liquid_has_no_tg_and_says_so(predictors):
    told = rank([*LIQUIDS, *GOOD], predictors=predictors).set_index("formula")
    for name in ("tg_C", "tg_low_C", "tg_high_C"):
        assert told.loc[LIQUIDS, name].isna().all() and told.loc[GOOD, name].notna().all()
    assert (told.loc[LIQUIDS, "p_goal"] == 0).all()
    assert told.loc[LIQUIDS, "note"].str.contains("molecular liquid or gas: no glass transition").all()
    assert (told.loc[LIQUIDS, "tg_verdict"] == "outside").all()
    only = rank(LIQUIDS[:1], Goal(conductivity_S_cm=None), predictors=predictors)
    assert only["p_goal"][0] == 0 and not only["pareto"][0]


def test_screening_says_what_ranking_says(predictors, tmp_path):
    told = screen([*TRACES, *LIQUIDS, *GOOD], top=20, predictors=predictors)
    same = rank([*TRACES, *LIQUIDS, *GOOD], predictors=predictors)
    assert told["formula"].tolist() == same["formula"].tolist()
    assert np.array_equal(told["p_goal"].to_numpy(dtype=float), same["p_goal"].to_numpy(dtype=float))
    every = screen(
        [*TRACES, *LIQUIDS, *GOOD], top=2, predictors=predictors, out=tmp_path / "a.parquet", everything=True
    )
    assert len(every) == 2 and set(every["formula"]) <= set(GOOD)


def test_neither_is_proposed(predictors):
    with pytest.warns(UserWarning):
        told = propose([*TRACES, *LIQUIDS, *GOOD], batch=7, predictors=predictors)
    assert set(told["formula"]) <= set(GOOD) and len(told)
