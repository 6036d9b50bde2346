"""Every example in every docstring runs."""

import doctest
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

FLOORS = ("features", "datasets", "models", "experiments", "serve")


def modules():
    for floor in FLOORS:
        package = import_module(f"vitrion.{floor}")
        yield package.__name__
        yield from (info.name for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", [*modules()])
def test_examples(name):
    module = import_module(name)
    assert doctest.testmod(module).failed == 0


def test_examples_of_the_page_on_features():
    page = Path(__file__).parents[1] / "docs" / "features.md"
    told = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert told.attempted > 20
    assert told.failed == 0
