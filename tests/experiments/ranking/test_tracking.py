"""Rankings in MLflow: what was ranked, against which goal, by which versions."""

import json

import pytest
import vitrion
from vitrion.experiments.ranking import tracking as ranking_run
from vitrion.experiments.task.goal import Goal
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.training.train import train

pytestmark = pytest.mark.slow

CANDIDATES = ["LiAlCl2.5O0.75", "NaAlCl4", "?"]


def test_a_ranking_names_its_models(tiny, stored):
    train(n_jobs=1)
    goal = Goal(tg_C=60)
    table = vitrion.rank(CANDIDATES, goal, temperature_C=40)
    run_id = ranking_run.log_ranking(table, CANDIDATES, goal, 40, "mine.csv")
    client = tracking.store()
    run = client.get_run(run_id)
    assert run.info.run_name == "rank mine.csv at 40 C"
    assert run.data.tags["model_tg"] == run.data.tags["model_conductivity"] == "1"
    assert run.data.params["model_tg"] == "vitrion-tg 1"
    assert run.data.params["goal_tg_C"] == "60.0"
    assert run.data.params["version_scikit-learn"]
    assert run.data.metrics["candidates_unread"] == 1
    assert run.data.metrics["best_p_goal"] == table["p_goal"].max()
    (given,) = run.inputs.dataset_inputs
    assert (given.dataset.name, json.loads(given.dataset.profile)["num_rows"]) == ("candidates", 3)
    assert {one.model_id for one in run.inputs.model_inputs} == {
        client.get_model_version(f"vitrion-{name}", "1").source.removeprefix("models:/")
        for name in ("tg", "conductivity")
    }
    files = {entry.path for entry in client.list_artifacts(run_id)}
    assert {"candidates.csv", "ranking.csv", "ranking.json", "goal.toml", "figures"} <= files
    assert "LiAlCl2.5O0.75" in run.data.tags["mlflow.note.content"]


def test_a_ranking_of_which_nothing_is_read(stored):
    table = vitrion.rank(["?"])
    run = tracking.store().get_run(ranking_run.log_ranking(table, ["?"], Goal()))
    assert run.info.status == "FINISHED"
    assert run.data.metrics["candidates_unread"] == 1
