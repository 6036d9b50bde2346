"""Experiment tracking with MLflow: a run for every training and evaluation, one registered model a property."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...datasets import Dataset
from .. import flavour
from ..recipes.glass_formation import FormationRecipe
from ..recipes.recipe import Recipe
from . import model_card
from .experiment_names import CAMPAIGN, EVALUATION, RANKING, REPLAY, TRAINING
from .open_run import LONGEST_NOTE, NOTE, OpenRun
from .reach import MODEL_S, answered
from .store import address, begun, continued, package_versions, store, together

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from mlflow.tracking import MlflowClient

__all__ = [
    "ALIAS",
    "CAMPAIGN",
    "CHALLENGER",
    "EVALUATION",
    "RANKING",
    "REPLAY",
    "TRAINING",
    "begun",
    "ensure",
    "fetch",
    "gate_tags",
    "log_dataset",
    "log_evaluation",
    "log_gate",
    "log_training",
    "log_versions",
    "model_uri",
    "package_versions",
    "registered_name",
    "set_challenger",
    "set_champion",
    "store",
    "together",
]
ALIAS, CHALLENGER = "champion", "challenger"
MODEL = "predictor"  # name of the logged model of a run
LONGEST_DIGEST = 36  # letters that MLflow takes


def log_training(
    recipe: Recipe | FormationRecipe,
    data: Dataset,
    scores: pd.DataFrame,
    figures: Mapping[str, go.Figure],
    bundle: Path,
    tags: Mapping[str, str],
) -> tuple[str, int]:
    """Log a training as a run, register its predictor, and return the run and the registered version."""
    told = {"property": recipe.property, "unit": model_card.unit_word(data.property), **tags}
    with continued(TRAINING, f"train {recipe.property}", told) as run:
        _log_inputs(run, recipe, data, "training")
        _log_scores(run, scores, data)
        run.figures(figures)
        card = model_card.model_card(recipe, data, scores, tags.get("sha256", ""))
        run.note(card)
        number = _register(run, recipe, data, bundle, told, card)
        run.tags({"model": f"{registered_name(recipe.property)} {number}"})
        if run.parent is not None and run.parent.gathers:
            head = {name: value for name, value in _metrics(scores, data).items() if name.startswith("all/")}
            run.parent.metrics({f"{recipe.property}/{name[4:]}": value for name, value in head.items()})
    return run.id, number


def log_evaluation(
    recipe: Recipe | FormationRecipe,
    data: Dataset,
    scores: pd.DataFrame,
    split: str,
    figures: Mapping[str, go.Figure] = MappingProxyType({}),
) -> str:
    """Log the scores of a recipe under one split as a run, and return its id."""
    tags = {"property": recipe.property, "split": split, "unit": model_card.unit_word(data.property)}
    with continued(EVALUATION, f"evaluate {recipe.property} by {split}", tags) as run:
        _log_inputs(run, recipe, data, "evaluation")
        run.params({"split": split})
        _log_scores(run, scores, data)
        run.figures(figures)
        run.note(model_card.evaluation_note(data, scores, split))
    return run.id


def log_gate(name: str, number: int, run_id: str, told: Mapping[str, Any]) -> None:
    """Log what the gate said of a version: as tags of the version and of its run, and whole as an artifact."""
    client = store()
    tags = gate_tags(told)
    for key, value in tags.items():
        client.set_model_version_tag(registered_name(name), str(number), key, value)
        client.set_tag(run_id, key, value)
    if tags:
        client.log_dict(run_id, dict(told), "gate.json")


def gate_tags(told: Mapping[str, Any]) -> dict[str, str]:
    """Tags that say what the gate said; none where it was not asked."""
    if not told:
        return {}
    return {"gate": "passed" if told.get("passed") else "refused", "gate_reason": str(told.get("reason"))[:4000]}


def set_champion(name: str, number: int) -> None:
    """Point the alias ``champion`` of a property's registered model at a version.

    Version 0, which is shipped, is none of MLflow's: the alias goes then, and the tag ``champion`` says who answers.
    """
    client, model = store(), registered_name(name)
    client.set_registered_model_tag(model, ALIAS, f"version {number}")
    if number:
        client.set_registered_model_alias(model, ALIAS, str(number))
    else:
        client.delete_registered_model_alias(model, ALIAS)


def set_challenger(name: str, number: int | None) -> None:
    """Point the alias ``challenger`` of a property's registered model at a version; None takes it away."""
    if number is None:
        store().delete_registered_model_alias(registered_name(name), CHALLENGER)
    else:
        store().set_registered_model_alias(registered_name(name), CHALLENGER, str(number))


def registered_name(name: str) -> str:
    """Return the name of a property's model in the registry, such as ``vitrion-tg``."""
    return f"vitrion-{name}"


def model_uri(name: str, number: int) -> str:
    """Return where MLflow finds a version of a property's model."""
    return f"models:/{registered_name(name)}/{number}"


def fetch(name: str, number: int, folder: Path) -> Path:
    """Copy the predictor's file of a registered version into a folder, and return it; nothing is loaded."""
    import mlflow

    store()
    told = partial(mlflow.artifacts.download_artifacts, model_uri(name, number), dst_path=str(folder))
    place = Path(answered(address(), told, MODEL_S))
    return next(place.rglob(flavour.FILE))


def log_dataset(run: OpenRun, name: str, digest: str, rows: int, source: str, context: str, **profile: Any) -> None:
    """Log what a run was made from: name, fingerprint, number of rows, and the call or command that gives it.

    MLflow takes 36 letters of a fingerprint; the profile has all of it.
    """
    from mlflow.entities import Dataset as Entity
    from mlflow.entities import DatasetInput, InputTag

    told = {"num_rows": rows, "fingerprint": digest, **profile}
    origin = {"tags": {"mlflow.source.type": "LOCAL", "mlflow.source.name": source}}
    entity = Entity(name, digest[:LONGEST_DIGEST], "code", json.dumps(origin), profile=json.dumps(told))
    run.client.log_inputs(run.id, [DatasetInput(entity, [InputTag("mlflow.data.context", context)])])


def log_versions(run: OpenRun) -> None:
    """Log the versions of all that shapes an answer."""
    run.params({f"version_{name}": number for name, number in package_versions().items()})


def _log_inputs(run: OpenRun, recipe: Recipe | FormationRecipe, data: Dataset, context: str) -> None:
    """Recipe, data and versions of a run."""
    told = {"data_fingerprint": data.fingerprint, "rows": len(data), "papers": int(data.rows["paper"].nunique())}
    run.params(recipe.parameters() | told)
    log_versions(run)
    run.text(recipe.to_toml(), "recipe.toml")
    call = f'vitrion.datasets.load("{recipe.property}")'
    sources = {"sources": model_card.sources_of(data), "papers": told["papers"]}
    log_dataset(run, recipe.property, data.fingerprint, len(data), call, context, **sources)


def _metrics(scores: pd.DataFrame, data: Dataset) -> dict[str, float]:
    return model_card.metrics_of(scores, data.property)


def _log_scores(run: OpenRun, scores: pd.DataFrame, data: Dataset) -> None:
    run.metrics(_metrics(scores, data))
    run.table(scores, "scores.json")
    run.table(scores, "scores.csv")


def _register(
    run: OpenRun, recipe: Recipe | FormationRecipe, data: Dataset, bundle: Path, tags: Mapping[str, str], card: str
) -> int:
    """Log the predictor as a model of the run, and register it; return the number of the version."""
    name = registered_name(recipe.property)
    model_id = _log_model(run, data, bundle, {**tags, NOTE: card[:LONGEST_NOTE]})
    ensure(run.client, recipe.property)
    told = {**tags, "fingerprint": data.fingerprint}
    made = run.client.create_model_version(
        name, f"models:/{model_id}", run.id, tags=told, description=card, model_id=model_id
    )
    link = json.dumps([{"name": name, "version": made.version}])
    run.client.set_logged_model_tags(model_id, {"mlflow.modelVersions": link})
    return int(made.version)


def _log_model(run: OpenRun, data: Dataset, bundle: Path, tags: Mapping[str, str]) -> str:
    """Log the folder that `flavour` reads: our one file and its sha256, no pickle."""
    import mlflow
    from mlflow.models import Model

    quantity, told = data.property, package_versions()
    needed = [
        f"{package}=={told[package]}" for package in ("vitrion", "scikit-learn", "safetensors", "numpy", "pandas")
    ]
    held = run.client.get_run(run.id)
    made = run.client.create_logged_model(
        held.info.experiment_id, MODEL, run.id, {**tags, "fingerprint": data.fingerprint}, dict(held.data.params)
    )
    with tempfile.TemporaryDirectory() as scratch:
        log = partial(
            Model.log,
            None,
            mlflow.pyfunc,
            run_id=run.id,
            model_id=made.model_id,  # else it would stand in the experiment that a notebook has open
            metadata={"property": quantity.name, "unit": quantity.unit, "sha256": tags.get("sha256", "")},
            loader_module=flavour.__name__,
            data_path=str(flavour.fill(Path(scratch) / MODEL, bundle)),
            signature=flavour.signature(quantity.name),
            input_example=pd.DataFrame(flavour.EXAMPLE),
            pip_requirements=needed,
        )
        return str(answered(address(), log, MODEL_S).model_id)


def ensure(client: MlflowClient, quantity: str) -> None:
    """Make the registered model of a property if there is none."""
    from mlflow.exceptions import MlflowException

    name = registered_name(quantity)
    try:
        client.get_registered_model(name)
    except MlflowException:
        with suppress(MlflowException):  # another process makes it at the same time
            client.create_registered_model(
                name, tags={"property": quantity}, description=model_card.registered_card(quantity)
            )
        client.get_registered_model(name)
