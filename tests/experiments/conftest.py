"""A home of its own for every test."""

import contextlib
import dataclasses
import shutil
import sqlite3

import pytest
from vitrion.experiments.campaigns import tracking as campaign_runs
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.training import retraining
from vitrion.models.design import descriptor_record


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """Keep every test away from the home folder of whoever runs it, and from any MLflow server."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("VITRION_HOME", str(folder))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(autouse=True)
def untracked(request, monkeypatch):
    """Keep rounds of campaigns out of MLflow, whose import takes seconds, but where a test asks for `tracked`."""
    if "tracked" not in request.fixturenames:
        monkeypatch.setattr(campaign_runs, "track_round", lambda name, event: None)


@pytest.fixture
def tracked():
    """Let rounds of campaigns become runs of MLflow."""


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory):
    """A home with an MLflow store in which nothing is yet; making one takes seconds."""
    folder = tmp_path_factory.mktemp("empty")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITRION_HOME", str(folder))
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        tracking.store()
    return folder


@pytest.fixture
def stored(home, empty_home):
    """Have an empty MLflow store in the home of the test already."""
    shutil.copyfile(empty_home / "mlflow.db", home / "mlflow.db")
    with contextlib.closing(sqlite3.connect(home / "mlflow.db")) as database, database:
        moved = "update experiments set artifact_location = replace(artifact_location, ?, ?)"
        database.execute(moved, (empty_home.as_uri(), home.as_uri()))


@pytest.fixture
def tiny(monkeypatch, tables, quick):
    """Make every recipe train in a moment, on few rows."""
    whole = Recipe.rows

    def few(recipe, data=None):
        lean = dataclasses.replace(recipe, weights={"literature": 5.0})
        return whole(lean, tables[recipe.property] if data is None else data)

    monkeypatch.setattr(Recipe, "rows", few)
    monkeypatch.setattr(Recipe, "predictor", quick)


@pytest.fixture
def training_reads(monkeypatch):
    """Let a training read other tables: takes a function from the name of a property to its data."""

    def reads(tables_of):
        monkeypatch.setattr(retraining, "load", tables_of)

    return reads


@pytest.fixture
def cohesion_changed(monkeypatch):
    """Let the descriptor ``cohesion`` give other values than those that models were trained on."""
    known = descriptor_record.fingerprints
    monkeypatch.setattr(descriptor_record, "fingerprints", lambda block: {**known(block), "glass cohesion": "0" * 12})
