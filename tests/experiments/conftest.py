"""A home of its own for every test, and one small pair of predictors for all of them."""

import contextlib
import dataclasses
import shutil
import sqlite3
import warnings

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from vitrion.datasets import load
from vitrion.experiments import campaign_runs, tracking
from vitrion.experiments.recipe import Recipe, TrainingRows
from vitrion.models.blend import BlendedRegressor
from vitrion.models.conditions import NAMES
from vitrion.models.nearness import nearness
from vitrion.models.process import FamilyProcess

NEAR, FAR = 150, 450


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


@pytest.fixture(scope="session")
def tables():
    """Few rows of both properties, always the same: the VIGLAS glasses among them."""
    kept = {}
    for name in ("tg", "conductivity"):
        data = load(name, lab=False)
        near, viglas = nearness(data.fractions) >= 1, (data.rows["doi"] == "10.1038/s41560-023-01356-y").to_numpy()
        draw = np.random.default_rng(0)
        rows = [np.flatnonzero(viglas)]
        rows += [draw.choice(np.flatnonzero(m & ~viglas), n, replace=False) for m, n in ((near, NEAR), (~near, FAR))]
        kept[name] = data.take(np.sort(np.concatenate(rows)))
    return kept


def modest(recipe, n_jobs=1):
    """The predictor of a recipe with an ensemble that trains in a moment."""
    ensemble = HistGradientBoostingRegressor(max_iter=20, max_bins=32, max_leaf_nodes=15, learning_rate=0.3)
    told = Recipe.predictor(recipe, n_jobs)
    return told.set_params(n_folds=3, regressor=blended(recipe, ensemble))


def blended(recipe, ensemble):
    """A blend that trains in a moment."""
    return BlendedRegressor(len(NAMES) if recipe.conditions else 0, ensemble, FamilyProcess(n_steps=12))


@pytest.fixture(scope="session")
def quick():
    """Make the predictor of a recipe so that it trains in a moment."""
    return modest


@pytest.fixture(scope="session")
def predictors(tables):
    fitted = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in tables.items():
            recipe = dataclasses.replace(Recipe.named(name), weights={"literature": 5.0})
            rows = TrainingRows.of(recipe, data)
            fitted[name] = modest(recipe).fit(**rows.keywords(), **rows.names())
    return fitted


@pytest.fixture
def tiny(monkeypatch, tables):
    """Make every recipe train in a moment, on few rows."""
    whole = Recipe.rows

    def few(recipe, data=None):
        lean = dataclasses.replace(recipe, weights={"literature": 5.0})
        return whole(lean, tables[recipe.property] if data is None else data)

    usual = Recipe.predictor

    def quick(recipe, n_jobs=1):
        ensemble = HistGradientBoostingRegressor(max_iter=20, max_bins=32, max_leaf_nodes=15, learning_rate=0.3)
        return usual(recipe, 1).set_params(n_folds=3, regressor=blended(recipe, ensemble))

    monkeypatch.setattr(Recipe, "rows", few)
    monkeypatch.setattr(Recipe, "predictor", quick)
