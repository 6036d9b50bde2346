"""Replays in MLflow: one run a kind of pool, with the numbers of the page."""

import numpy as np
import pytest
from vitrion.experiments.backtests import replay as replays
from vitrion.experiments.backtests import tracking as backtest_runs
from vitrion.experiments.backtests.pools import ReplayPool
from vitrion.experiments.backtests.replay import GREEDY, OURS, Run, Runs
from vitrion.experiments.tracking import log as tracking
from vitrion.features import Fractions, Template
from vitrion.models.fitting import inputs

BLOCKS = ("fractions", "glass")


def made_up(name):
    """A line of 31 compositions whose best lies inside it."""
    grid = Template.parse("LiAlCl{4-2x}O{x}").grid(x="0:1.5:0.05")
    fractions = Fractions.of([member.composition for member in grid])
    x = np.array([member.variables["x"] for member in grid])
    views = inputs.layout(BLOCKS, False).views(inputs.matrix(fractions, BLOCKS, False, None))
    names = [member.composition.formula for member in grid]
    values = (-3 - 4 * np.square(x - 0.7))[:, None]
    priors, slopes = np.zeros_like(values), np.full(values.shape[1], 0.9)
    return ReplayPool(name, "made up", names, values, views, priors, slopes, fractions.matrix)


def replayed(pool, method, seed, batch=1):
    order = np.random.default_rng(seed).permutation(len(pool)).tolist()
    return Run(pool.name, method, batch, seed, order, 0.1, 5, fingerprint=replays.fingerprint(pool, method))


def test_a_command_and_its_kinds(stored):
    pools = {"halides": [made_up("halides")], "series": [made_up("series 1"), made_up("series 2")]}
    kept = Runs()
    with tracking.together(tracking.REPLAY, "vitrion backtest halides series", list(pools)):
        for kind, members in pools.items():
            with backtest_runs.tracked(kind, members, kept, "vitrion backtest halides series"):
                kept.add(*(replayed(pool, way, 0 if kind == "series" else seed)
                           for pool in members for way in (OURS, GREEDY) for seed in range(3)))  # fmt: skip
    client = tracking.store()
    found = client.search_runs([client.get_experiment_by_name(tracking.REPLAY).experiment_id])
    by_name = {run.info.run_name: run for run in found}
    parent, one, other = (
        by_name[name] for name in ("vitrion backtest halides series", "replay halides", "replay series")
    )
    assert {run.data.tags["mlflow.parentRunId"] for run in (one, other)} == {parent.info.run_id}
    assert one.data.metrics["ours_batch_1/replays"] == 3
    assert one.data.metrics["chance/regret_after_20"] >= 0
    curve = client.get_metric_history(one.info.run_id, "ours_batch_1/regret")
    assert [point.step for point in curve] == list(range(1, 32))
    assert curve[0].value > 0
    assert curve[-1].value == 0
    assert 0 <= other.data.metrics["ours_batch_1/waiting"] <= 1
    assert len(other.inputs.dataset_inputs) == 2
    assert {entry.path for entry in client.list_artifacts(one.info.run_id)} >= {"page.md", "figures"}


def test_a_replay_that_fails(stored):
    with pytest.raises(RuntimeError, match="no luck"), backtest_runs.tracked("halides", [], Runs(), "vitrion backtest"):
        raise RuntimeError("no luck")
    client = tracking.store()
    (run,) = client.search_runs([client.get_experiment_by_name(tracking.REPLAY).experiment_id])
    assert run.info.status == "FAILED"
    assert run.data.tags["error"] == "RuntimeError: no luck"
