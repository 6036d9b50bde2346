"""A stand-in for the experiments floor, so that these tests need no trained model."""

import contextlib
import functools
import importlib
import math
import os
import shutil
import sys
import time
import types
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import sklearn
from vitrion.features import Composition, FormulaError, Template
from vitrion.features.charge import explain
from vitrion.serve.settings import Settings

COLUMNS = [
    *("rank", "formula", "p_goal", "conductivity_S_cm", "conductivity_low_S_cm", "conductivity_high_S_cm"),
    *("tg_C", "tg_low_C", "tg_high_C", "verdict", "nearest", "nearest_distance", "nearest_doi"),
    *("o_to_cl", "cost_usd_per_kg", "neutral", "pareto", "note", "error"),
]


@dataclass(frozen=True)
class Champion:
    property: str
    version: str
    created: str
    metrics: dict


def predicted(composition):
    """Smooth rules that look like the truth: oxygen helps up to a point, Na is a little softer, tantalum conducts."""
    oxygen, chlorine = composition.fraction("O"), composition.fraction("Cl")
    metal = {name: composition.fraction(name) for name in ("Al", "Ga", "Zr", "Hf", "Ta", "Nb")}
    total = sum(metal.values()) or 1.0
    share = {name: value / total for name, value in metal.items()}
    log = -5.9 + 22 * oxygen - 55 * oxygen**2 + 0.4 * share["Ta"] + 0.2 * share["Nb"] - 0.3 * share["Zr"]
    sodium = composition.fraction("Na") / (composition.fraction("Na") + composition.fraction("Li") + 1e-9)
    tg = -10 - 9 * sodium + 12 * share["Ga"] + 60 * share["Zr"] + 70 * share["Hf"] + 45 * share["Ta"] + 90 * chlorine
    verdict = "inside" if share["Al"] > 0.6 else "edge" if chlorine and oxygen else "outside"
    return 10**log, tg - 60 * oxygen, verdict


@functools.cache
def row_of(candidate):
    try:
        composition = Composition.of(candidate)
    except FormulaError as error:
        shown = "" if candidate is None or candidate != candidate else str(candidate)
        return dict.fromkeys(COLUMNS) | {"formula": shown, "note": "", "error": str(error)}
    sigma, tg, verdict = predicted(composition)
    charge = explain(composition)
    return {
        "formula": composition.formula,
        "p_goal": round(1 / (1 + math.exp(-(math.log10(sigma) + 3) - (25 - tg) / 20)), 4),
        "conductivity_S_cm": sigma,
        "conductivity_low_S_cm": sigma / (4 if verdict == "inside" else 15),
        "conductivity_high_S_cm": sigma * (4 if verdict == "inside" else 20),
        "tg_C": tg,
        "tg_low_C": tg - (30 if verdict == "inside" else 90),
        "tg_high_C": tg + (35 if verdict == "inside" else 110),
        **dict.fromkeys(("verdict", "tg_verdict", "conductivity_verdict"), verdict),
        "nearest": "LiAlCl2.5O0.75",
        "nearest_distance": 0.1,
        "nearest_doi": "10.1038/s41560-023-01356-y",
        **dict.fromkeys(("measured_conductivity_S_cm", "measured_temperature_C", "measured_tg_C"), np.nan),
        **{"measured_phase": "", "measured_doi": "", "n_measured": 0},
        "o_to_cl": composition.fraction("O") / composition.fraction("Cl") if composition.fraction("Cl") else np.nan,
        "cost_usd_per_kg": 6.85,
        "neutral": charge.startswith("neutral"),
        "pareto": composition.formula == "LiAlCl2.5O0.75",
        "note": "" if charge == "neutral" else charge,
        "error": "",
    }


def rank(candidates, goal=None, temperature_C=25.0, predictors=None, also=()):
    assert not also
    table = pd.DataFrame([row_of(candidate) for candidate in candidates], columns=COLUMNS)
    table = table.astype(dict.fromkeys(COLUMNS[2:9], float) | {"neutral": "boolean", "pareto": "boolean"})
    table = table.sort_values("p_goal", ascending=False, na_position="last", kind="stable")
    places = pd.Series(range(1, len(table) + 1), index=table.index, dtype="Int64")
    return table.assign(rank=places.where(table["error"] == ""))


def sweep(template, temperature_C=25.0, goal=None, predictors=None, **variables):
    members = list(Template.parse(template).grid(**variables))
    rows = [dict(member.variables) | row_of(member.composition) | {"rank": n} for n, member in enumerate(members, 1)]
    return pd.DataFrame(rows, columns=[*variables, *COLUMNS])


@pytest.fixture
def floor(monkeypatch):
    """The experiments floor replaced by simple rules."""
    importlib.import_module("vitrion.experiments.screening.screen")  # it stays as it is, whichever test comes first
    ranking = types.ModuleType("vitrion.experiments.ranking.rank")
    ranking.rank, ranking.sweep, ranking.LEFT_OUT = rank, sweep, "left out"
    registry = types.ModuleType("vitrion.experiments.registry.versions")
    registry.NoChampionError = type("NoChampionError", (RuntimeError,), {})
    scores = {"all/n": 90568, "all/mae": 0.512, "all/mae_by_paper": 0.634, "O and Cl/mae": 0.8}
    scores |= {"all/coverage": 0.91, "all/coverage_by_paper": 0.87, "oxychloride electrolytes/n": 2}
    scores |= {f"Li-Na oxyhalides 15-45 C/{name}": n for name, n in (("n", 63), ("papers", 24), ("mae", 0.86))}
    known = {name: Champion(name, "3", "2026-11-23T10:00:00", scores) for name in ("tg", "conductivity")}
    registry.champions, registry.read_card = lambda: known, lambda name, version: known[name]
    registry.usable = lambda: len(known) == 2
    for module in (ranking, registry):
        package, _, name = module.__name__.rpartition(".")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(importlib.import_module(package), name, module, raising=False)
    return types.SimpleNamespace(ranking=ranking, registry=registry, champions=known)


@pytest.fixture(scope="session")
def trained(predictors, beaten, tmp_path_factory):
    """A home with small champions, to be copied."""
    from vitrion.experiments.registry import versions as registry
    from vitrion.models.artifacts import artifact

    folder = tmp_path_factory.mktemp("trained")
    before = os.environ.get("VITRION_HOME")
    os.environ["VITRION_HOME"] = str(folder)
    try:
        for name, predictor in predictors.items():
            path = tmp_path_factory.mktemp("bundle") / registry.BUNDLE
            digest = artifact.save(predictor, path)
            versions = {"scikit-learn": sklearn.__version__, "format": str(artifact.FORMAT)}
            told = {
                "all/mae": beaten(predictor),
                "all/coverage": 0.9,
                "all/width": 2.0,
                "all/r2": 0.8,
                "all/n": 602.0,
                "all/mae_by_paper": 1.3,
                "all/coverage_by_paper": 0.87,
                "Cl/mae": 1.1,
            }
            chief = {
                "tg": ("oxychloride electrolytes", {"n": 2.0, "papers": 1.0, "mae": 170.0}),
                "conductivity": ("Li-Na oxyhalides 15-45 C", {"n": 63.0, "papers": 24.0, "mae": 0.86}),
            }[name]
            told |= {f"{chief[0]}/{measure}": value for measure, value in chief[1].items()}
            for version in (8, 9):
                card = registry.Champion(
                    name, version, digest, "run", f"2026-01-0{version}T00:00:00+00:00", "print", {}, told, versions
                )
                registry.keep(card, path)
            registry.promote(name, 8)
    finally:
        os.environ.pop("VITRION_HOME")
        if before is not None:
            os.environ["VITRION_HOME"] = before
    return folder


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """A home without models."""
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def house(trained, empty):
    """A home with small champions of its own."""
    shutil.copytree(trained, empty)
    return empty


@pytest.fixture
def opened(monkeypatch):
    """Open the service of the present home, and wait until it is ready where it can be; it may not load MLflow."""
    from starlette.testclient import TestClient
    from vitrion.serve.api.app import create_app

    monkeypatch.setitem(sys.modules, "mlflow", None)

    @contextlib.contextmanager
    def open_it(ready=True, track=0, **settings):
        url = os.environ.get("VITRION_DATABASE_URL", "")
        told = Settings(**{"track": track, "database_url": url, "hosts": "testserver", **settings})
        with TestClient(create_app(told), raise_server_exceptions=False) as http:
            until = time.monotonic() + 60
            while ready and http.get("/ready").status_code != 200:
                assert time.monotonic() < until, http.get("/ready").json()
                time.sleep(0.05)
            yield http

    return open_it


@pytest.fixture
def http(house, opened):
    """The service with small champions."""
    with opened(block_rows=7) as client:
        yield client


@pytest.fixture(params=["sqlite", "postgresql"])
def kept_in(request, monkeypatch):
    """Where the service of a test keeps jobs and campaigns: files of its home, then a PostgreSQL server."""
    if request.param == "postgresql":
        monkeypatch.setenv("VITRION_DATABASE_URL", request.getfixturevalue("fresh_postgresql"))
    return request.param
