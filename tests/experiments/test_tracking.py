import subprocess
import sys

import pandas as pd
import pytest
from vitrion.experiments import tracking
from vitrion.experiments.recipe import Recipe


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


def test_processes_at_once_make_one_store(home):
    code = "from vitrion.experiments import tracking\nprint(len(tracking.store().search_experiments()))"
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0, 0], told
    assert [out.strip().splitlines()[-1] for out, _ in told] == ["6", "6"]


def test_a_store_of_ones_own(home, monkeypatch, tmp_path):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'other.db'}")
    tracking.store()
    assert (tmp_path / "other.db").exists()
    assert not (home / "mlflow.db").exists()


def test_scores_without_a_value(home, tables):
    """R2 of one row is NaN: the run is logged all the same."""
    scores = pd.DataFrame(
        [{"subset": "O and Cl", "n": 1, "mae": 1.0, "rmse": 1.0, "r2": float("nan"), "coverage": 1.0, "width": 2.0}]
    )
    run = tracking.log_evaluation(Recipe.named("tg"), tables["tg"], scores, "paper")
    logged = tracking.store().get_run(run).data
    assert logged.metrics["O_and_Cl/mae_K"] == 1.0
    assert logged.params["data_fingerprint"] == tables["tg"].fingerprint
    assert logged.params["version_mlflow"]


def test_versions_name_what_shapes_a_predictor():
    told = tracking.package_versions()
    assert {"python", "scikit-learn", "numpy", "skops", "vitrion"} <= set(told)
    assert all(told.values())


@pytest.mark.parametrize("name", ["tg", "conductivity"])
def test_registered_name(name):
    assert tracking.registered_name(name) == f"vitrion-{name}"
