"""Homes with small champions, and services of them."""

import contextlib
import functools
import os
import shutil
import sys
import time

import pytest
import sklearn
from filelock import FileLock
from vitrion.experiments.registry import versions as registry
from vitrion.models.artifacts import artifact
from vitrion.serve.settings import Settings


@pytest.fixture(scope="session")
def trained(predictors, beaten, shared):
    """A home with small champions, to be copied or read."""
    folder, part = shared / "trained", shared / "trained.part"
    with FileLock(shared / "trained.lock"), pytest.MonkeyPatch.context() as patch:
        if not folder.exists():
            patch.setenv("VITRION_HOME", str(part))
            for name, predictor in predictors.items():
                keep_champions(name, predictor, beaten(predictor), shared / registry.BUNDLE)
            part.rename(folder)
    return folder


def keep_champions(name, predictor, error, path):
    """Keep a predictor as versions 8 and 9 of its property, and let 8 answer."""
    digest = artifact.save(predictor, path)
    versions = {"scikit-learn": sklearn.__version__, "format": str(artifact.FORMAT)}
    chief = {
        "tg": ("oxychloride electrolytes", {"n": 2.0, "papers": 1.0, "mae": 170.0}),
        "conductivity": ("Li-Na oxyhalides 15-45 C", {"n": 63.0, "papers": 24.0, "mae": 0.86}),
    }[name]
    scores = {"mae": error, "coverage": 0.9, "width": 2.0, "r2": 0.8, "n": 602.0}
    scores |= {"mae_by_paper": 1.3, "coverage_by_paper": 0.87}
    metrics = {f"all/{measure}": value for measure, value in scores.items()} | {"Cl/mae": 1.1}
    metrics |= {f"{chief[0]}/{measure}": value for measure, value in chief[1].items()}
    for version in (8, 9):
        created = f"2026-01-0{version}T00:00:00+00:00"
        card = registry.Champion(name, version, digest, "run", created, "print", {}, metrics, versions)
        registry.keep(card, path)
    registry.promote(name, 8)


@pytest.fixture
def models(trained, monkeypatch):
    """The home with small champions that all tests share which only read it."""
    monkeypatch.setenv("VITRION_HOME", str(trained))
    return trained


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


@contextlib.contextmanager
def service(patch, ready=True, track=0, **settings):
    """The service of the present home, ready where it can be; it may not load MLflow."""
    from starlette.testclient import TestClient
    from vitrion.serve.api.app import create_app

    patch.setitem(sys.modules, "mlflow", None)
    url = os.environ.get("VITRION_DATABASE_URL", "")
    chosen = Settings(**{"track": track, "database_url": url, "hosts": "testserver", **settings})
    with TestClient(create_app(chosen), raise_server_exceptions=False) as http:
        until = time.monotonic() + 60
        while ready and http.get("/ready").status_code != 200:
            assert time.monotonic() < until, http.get("/ready").json()
            time.sleep(0.05)
        yield http


class ReadServer:
    """The one service that tests share which only read: opened for the first of them, closed before any other test."""

    def __init__(self):
        self._stack, self._http = contextlib.ExitStack(), None

    def open(self, trained, home):
        """Return the service with small champions; its home is a copy, and where the processes of it look."""
        if self._http is None:
            with contextlib.ExitStack() as stack:
                patch = stack.enter_context(pytest.MonkeyPatch.context())
                shutil.copytree(trained, home)
                patch.setenv("VITRION_HOME", str(home))
                patch.delenv("VITRION_DATABASE_URL", raising=False)
                self._http = stack.enter_context(service(patch, block_rows=7, most_per_second=1e6, most_burst=1e6))
                self._stack = stack.pop_all()
        return self._http

    def close(self):
        """End the service, where there is one."""
        self._http = None
        self._stack.close()


READ_SERVER = ReadServer()


def pytest_collection_modifyitems(items):
    """Put the tests of a module that share its service before the others."""
    first = {}
    for place, item in enumerate(items):
        first.setdefault(item.path, place)
    items.sort(key=lambda item: (first[item.path], "reading" not in item.fixturenames))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem):
    """Close the shared service after the fixtures of the last test that uses it."""
    try:
        return (yield)
    finally:
        if nextitem is None or "reading" not in nextitem.fixturenames:
            READ_SERVER.close()


@pytest.fixture
def reading(trained, tmp_path_factory):
    """The service with small champions that tests share which only read."""
    return READ_SERVER.open(trained, tmp_path_factory.mktemp("reading") / "home")


@pytest.fixture
def opened(monkeypatch):
    """Open a service of the present home."""
    return functools.partial(service, monkeypatch)


@pytest.fixture
def http(house, opened):
    """A service with small champions of its own, for a test that writes."""
    with opened(block_rows=7) as client:
        yield client


@pytest.fixture(params=["sqlite", "postgresql"])
def kept_in(request, monkeypatch):
    """Where the service of a test keeps jobs and campaigns: files of its home, then a PostgreSQL server."""
    if request.param == "postgresql":
        monkeypatch.setenv("VITRION_DATABASE_URL", request.getfixturevalue("fresh_postgresql"))
    return request.param
