"""Small real data and predictors that train in a second."""

import warnings

import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.experiments.recipes.energies import measured_energies
from vitrion.features.elements import SYMBOLS
from vitrion.models.blend import BlendedRegressor
from vitrion.models.committee import Committee
from vitrion.models.design.conditions import NAMES
from vitrion.models.design.nearness import nearness
from vitrion.models.predictor import Predictor
from vitrion.models.process import FamilyProcess

N_CONDITIONS = {"tg": 0, "conductivity": len(NAMES)}


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """Keep every test away from the home folder of whoever runs it."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("VITRION_HOME", str(folder))
    return folder


def sample(name, n_near, n_far, seed=0):
    """Some rows like the candidates and some that are not, whole papers mixed, always the same ones."""
    data = load(name, lab=False)
    near = nearness(data.fractions) >= 1
    draw = np.random.default_rng(seed)
    rows = [
        draw.choice(np.flatnonzero(mask), number, replace=False) for mask, number in ((near, n_near), (~near, n_far))
    ]
    return data.take(np.sort(np.concatenate(rows)))


def small(name, **settings):
    committee = Committee(n_iterations=20, n_trees=5, n_networks=1, n_epochs=5, roots=len(SYMBOLS))
    settings = {"conditions": name == "conductivity", "n_folds": 3} | settings
    blended = BlendedRegressor(N_CONDITIONS[name], committee, FamilyProcess(n_steps=12))
    return Predictor(name, regressor=blended, **settings)


def fit(name, data, n_folds=3, n_jobs=1, random_state=0, memory_years=None, **told):
    """Fit a small predictor; what `told` holds takes the place of what the data say."""
    rows = {"compositions": data.fractions, "values": data.values, "groups": data.groups}
    rows |= {"formulas": data.rows["formula"], "references": data.rows["group"], "laboratories": data.laboratories}
    if name == "conductivity":
        rows |= {"conditions": data.conditions, "energies": measured_energies(data)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        settings = {"n_folds": n_folds, "n_jobs": n_jobs, "random_state": random_state, "memory_years": memory_years}
        return small(name, **settings).fit(**(rows | told))


@pytest.fixture(scope="session")
def learn():
    return fit


@pytest.fixture(scope="session")
def tg_rows(once):
    return once("tg_rows", lambda: sample("tg", 120, 400))


@pytest.fixture(scope="session")
def sigma_rows(once):
    return once("sigma_rows", lambda: sample("conductivity", 250, 350))


@pytest.fixture(scope="session")
def tg(tg_rows, once):
    return once("tg", lambda: fit("tg", tg_rows))


@pytest.fixture(scope="session")
def sigma(sigma_rows, once):
    return once("sigma", lambda: fit("conductivity", sigma_rows))
