"""A home of its own for every test."""

import dataclasses

import pytest
from vitrion.experiments.recipe import Recipe


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """Keep every test away from the home folder of whoever runs it, and from any MLflow server."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("VITRION_HOME", str(folder))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def tiny(monkeypatch, tables, quick):
    """Make every recipe train in a moment, on few rows."""
    whole = Recipe.rows

    def few(recipe, data=None):
        lean = dataclasses.replace(recipe, weights={"literature": 5.0})
        return whole(lean, tables[recipe.property] if data is None else data)

    monkeypatch.setattr(Recipe, "rows", few)
    monkeypatch.setattr(Recipe, "predictor", quick)
