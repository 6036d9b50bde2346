import json
import os
import subprocess
import sys

import mlflow
import pandas as pd
import pytest
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.tracking import processes


def test_fresh_store(home):
    client = tracking.store()
    names = {one.name for one in client.search_experiments()}
    assert {tracking.TRAINING, tracking.EVALUATION} <= names
    assert (home / "mlflow.db").exists()
    place = client.get_experiment_by_name(tracking.TRAINING).artifact_location
    assert place == (home / "mlartifacts").as_uri()


def test_opening_again_changes_nothing(home):
    before = tracking.store().get_experiment_by_name(tracking.TRAINING).experiment_id
    assert tracking.store().get_experiment_by_name(tracking.TRAINING).experiment_id == before


@pytest.mark.slow
def test_processes_at_once_make_one_store(home):
    code = "from vitrion.experiments.tracking import log as tracking\nprint(len(tracking.store().search_experiments()))"
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    told = [process.communicate(timeout=300) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0, 0], told
    assert [out.strip().splitlines()[-1] for out, _ in told] == ["6"] * 4


def test_a_store_of_ones_own(home, monkeypatch, tmp_path):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'other.db'}")
    tracking.store()
    assert (tmp_path / "other.db").exists()
    assert not (home / "mlflow.db").exists()


def test_another_home_is_another_store(home, monkeypatch, tmp_path):
    """MLflow writes the place it was told into the environment, where it would outlive a change of the home."""
    tracking.store()
    assert "MLFLOW_TRACKING_URI" not in os.environ
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "other"))
    tracking.store()
    assert (home / "mlflow.db").exists() and (tmp_path / "other" / "mlflow.db").exists()


def test_scores_without_a_value(home, tables, stored):
    """R2 of one row is NaN: the run is logged all the same."""
    scores = pd.DataFrame(
        [{"subset": "O and Cl", "n": 1, "mae": 1.0, "rmse": 1.0, "r2": float("nan"), "coverage": 1.0, "width": 2.0}]
    )
    run = tracking.log_evaluation(Recipe.named("tg"), tables["tg"], scores, "paper")
    logged = tracking.store().get_run(run).data
    assert logged.metrics["O_and_Cl/mae_K"] == 1.0
    assert logged.params["data_fingerprint"] == tables["tg"].fingerprint
    assert logged.params["version_mlflow"]


def runs_of(experiment):
    client = tracking.store()
    found = client.search_runs([client.get_experiment_by_name(experiment).experiment_id])
    return {run.info.run_name: run for run in found}


def scored(unit, **further):
    row = {"subset": "all", "n": 9, "mae": 1.0, "rmse": 2.0, "r2": 0.5, "coverage": 0.9, "width": 3.0}
    return pd.DataFrame([{"unit": unit, **row, **further}])


def test_an_evaluation_says_what_it_stands_on(tables, stored):
    recipe = Recipe.named("conductivity")
    scores = scored("log10(S/cm)", crps=0.4, log_likelihood=-1.0)
    run = tracking.store().get_run(tracking.log_evaluation(recipe, tables["conductivity"], scores, "family"))
    assert run.data.metrics["all/mae_decades"] == 1.0
    assert run.data.metrics["all/crps_decades"] == 0.4
    assert {"all/r2", "all/coverage", "all/n", "all/log_likelihood"} <= set(run.data.metrics)
    assert run.data.tags["unit"] == "decades"
    assert "held out by family" in run.data.tags["mlflow.note.content"]
    (given,) = run.inputs.dataset_inputs
    told = json.loads(given.dataset.profile)
    assert given.dataset.name == "conductivity"
    assert tables["conductivity"].fingerprint.startswith(given.dataset.digest)
    assert told["fingerprint"] == tables["conductivity"].fingerprint
    assert told["num_rows"] == len(tables["conductivity"])
    assert sum(told["sources"].values()) == told["num_rows"]
    text = mlflow.artifacts.load_text(f"{run.info.artifact_uri}/recipe.toml")
    assert Recipe.from_toml(text) == recipe


def test_runs_that_belong_together(tables, stored):
    with tracking.together(tracking.EVALUATION, "evaluate by paper", ["tg", "conductivity"]):
        for name, unit in (("tg", "K"), ("conductivity", "log10(S/cm)")):
            with tracking.begun(tracking.EVALUATION, f"evaluate {name} by paper"):
                tracking.log_evaluation(Recipe.named(name), tables[name], scored(unit), "paper")
    found = runs_of(tracking.EVALUATION)
    assert set(found) == {"evaluate by paper", "evaluate tg by paper", "evaluate conductivity by paper"}
    parent = found.pop("evaluate by paper").info.run_id
    assert [run.data.tags["mlflow.parentRunId"] for run in found.values()] == [parent, parent]
    assert all(run.data.tags["split"] == "paper" for run in found.values())


def test_one_alone_has_no_parent(tables, stored):
    with tracking.together(tracking.EVALUATION, "evaluate by paper", ["tg"]):
        tracking.log_evaluation(Recipe.named("tg"), tables["tg"], scored("K"), "paper")
    (run,) = runs_of(tracking.EVALUATION).values()
    assert "mlflow.parentRunId" not in run.data.tags


@pytest.mark.parametrize(("error", "status"), [(ValueError("bad\nluck"), "FAILED"), (KeyboardInterrupt(), "KILLED")])
def test_a_run_ends_as_its_work_does(error, status, stored):
    with pytest.raises(type(error)), tracking.begun(tracking.TRAINING, "train tg"):
        raise error
    (run,) = runs_of(tracking.TRAINING).values()
    assert run.info.status == status
    assert run.data.tags["error"].startswith(type(error).__name__)
    assert processes.owner().items() <= run.data.tags.items()


def test_a_run_of_the_user_is_left_alone(tables, stored):
    """A notebook may have a run of its own open."""
    tracking.store()
    mlflow.set_experiment("mine")
    with mlflow.start_run() as mine:
        tracking.log_evaluation(Recipe.named("tg"), tables["tg"], scored("K"), "paper")
        assert mlflow.active_run().info.run_id == mine.info.run_id
    assert tracking.store().get_run(mine.info.run_id).data.metrics == {}


def test_the_challenger_comes_and_goes(home, stored):
    client = tracking.store()
    client.create_registered_model("vitrion-tg")
    for _ in range(2):
        client.create_model_version("vitrion-tg", home.as_uri())
    tracking.set_champion("tg", 1)
    tracking.set_challenger("tg", 2)
    assert client.get_registered_model("vitrion-tg").aliases == {"champion": 1, "challenger": 2}
    tracking.set_challenger("tg", None)
    assert client.get_registered_model("vitrion-tg").aliases == {"champion": 1}


def test_versions_name_what_shapes_a_predictor():
    told = tracking.package_versions()
    assert {"python", "scikit-learn", "numpy", "safetensors", "vitrion"} <= set(told)
    assert all(told.values())


@pytest.mark.parametrize("name", ["tg", "conductivity"])
def test_registered_name(name):
    assert tracking.registered_name(name) == f"vitrion-{name}"
