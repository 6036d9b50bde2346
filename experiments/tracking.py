"""MLflow: one run for every training and evaluation, one registered model a property."""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from filelock import FileLock

from ..datasets import Dataset
from ..datasets.home import home, made
from ..models import artifact
from .recipe import Recipe

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from mlflow.tracking import MlflowClient

TRAINING = "vitrion training"
EVALUATION = "vitrion evaluation"
ALIAS = "champion"
PACKAGES = ("scikit-learn", "numpy", "pandas", "skops", "mlflow", "vitrion")


def package_versions() -> dict[str, str]:
    """Return the versions of Python, of a predictor's file and of everything that shapes a predictor."""
    told = {"python": platform.python_version(), "format": str(artifact.FORMAT)}
    return told | {name: version(name) for name in PACKAGES}


def store() -> MlflowClient:
    """Open the tracking store: ``MLFLOW_TRACKING_URI``, else a SQLite file in the home folder.

    One process at a time makes the tables: several at once on a fresh database break it.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    import mlflow

    logging.getLogger("mlflow").setLevel(logging.WARNING)
    made()
    ours = f"sqlite:///{home() / 'mlflow.db'}"
    uri = os.environ.get("MLFLOW_TRACKING_URI") or ours
    place = (home() / "mlartifacts").as_uri() if uri == ours else None
    with FileLock(home() / "mlflow.lock"):
        mlflow.set_tracking_uri(uri)
        client = mlflow.MlflowClient()
        for name in (TRAINING, EVALUATION):
            if client.get_experiment_by_name(name) is None:
                client.create_experiment(name, artifact_location=place)
    return client


def log_training(
    recipe: Recipe,
    data: Dataset,
    scores: pd.DataFrame,
    figures: Mapping[str, go.Figure],
    bundle: Path,
    tags: Mapping[str, str],
) -> tuple[str, int]:
    """Log a training as a run, register its predictor, and return the run and the registered version."""
    import mlflow

    client = store()
    mlflow.set_experiment(TRAINING)
    with mlflow.start_run(run_name=f"train {recipe.property}", tags={"property": recipe.property, **tags}) as run:
        _log_inputs(recipe, data)
        _log_scores(scores)
        for name, figure in figures.items():
            mlflow.log_figure(figure, f"figures/{name}.html")
        mlflow.log_artifact(str(bundle), "predictor")
    name = registered_name(recipe.property)
    _register(client, name, recipe)
    source = f"{run.info.artifact_uri}/predictor"
    made = client.create_model_version(name, source, run.info.run_id, tags=dict(tags))
    return str(run.info.run_id), int(made.version)


def log_evaluation(recipe: Recipe, data: Dataset, scores: pd.DataFrame, split: str) -> str:
    """Log the scores of a recipe under one split as a run, and return its id."""
    import mlflow

    store()
    mlflow.set_experiment(EVALUATION)
    tags = {"property": recipe.property, "split": split}
    with mlflow.start_run(run_name=f"evaluate {recipe.property} by {split}", tags=tags) as run:
        _log_inputs(recipe, data)
        _log_scores(scores)
    return str(run.info.run_id)


def set_champion(name: str, number: int) -> None:
    """Point the alias ``champion`` of a property's registered model at a version."""
    store().set_registered_model_alias(registered_name(name), ALIAS, str(number))


def registered_name(name: str) -> str:
    """Return the name of a property's model in the registry, such as ``vitrion-tg``."""
    return f"vitrion-{name}"


def _register(client: MlflowClient, name: str, recipe: Recipe) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.get_registered_model(name)
    except MlflowException:
        client.create_registered_model(name, description=f"Vitrion's predictor of {recipe.property}")


def _log_inputs(recipe: Recipe, data: Dataset) -> None:
    import mlflow

    mlflow.log_params(recipe.parameters() | {"data_fingerprint": data.fingerprint, "rows": len(data)})
    mlflow.log_params({f"version_{name}": number for name, number in package_versions().items()})


def _log_scores(scores: pd.DataFrame) -> None:
    import mlflow

    for row in scores.to_dict("records"):
        subset = str(row["subset"]).replace(" ", "_")
        mlflow.log_metrics(
            {f"{subset}/{name}": float(row[name]) for name in ("n", "mae", "rmse", "r2", "coverage", "width")}
        )
    mlflow.log_table(scores, "scores.json")
