"""The lean reader of skops leaves nothing of its own in `sys.modules`, whatever happens."""

import sys

import pytest
from vitrion.models.artifacts import skops as lean_skops


def loaded():
    return {name for name in sys.modules if name.partition(".")[0] == "skops"}


@pytest.fixture
def without(monkeypatch):
    """No module of skops is loaded."""
    for name in loaded():
        monkeypatch.delitem(sys.modules, name)


def test_an_error_on_the_way_leaves_no_bare_module(without, monkeypatch):
    usual = lean_skops.import_module

    def broken(name):
        if name == "skops.io._persist":
            raise ImportError("the disk went away")
        return usual(name)

    monkeypatch.setattr(lean_skops, "import_module", broken)
    with pytest.raises(ImportError, match="the disk went away"):
        lean_skops._parts()
    assert loaded() == set()
    monkeypatch.undo()


def test_what_was_there_before_stays(without):
    import skops

    parts = lean_skops._parts()
    assert [part.__name__ for part in parts] == [f"skops.io.{part}" for part in lean_skops.PARTS]
    assert sys.modules["skops"] is skops and "skops.io" not in sys.modules
