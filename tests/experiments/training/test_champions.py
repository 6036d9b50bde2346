"""What is shipped: made the same again by anyone, of the committed data and recipes, and no larger than promised."""

import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from vitrion.datasets import load
from vitrion.experiments.recipes.glass_formation import recipe_of
from vitrion.experiments.registry import shipped
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.training import champions
from vitrion.models.artifacts import artifact

PLACE = Path(champions.__file__).parents[2] / "models" / "shipped"
MB = 2**20
LARGEST = {"tg": 12 * MB}
OTHERS = 6 * MB


@pytest.fixture
def pinned(monkeypatch):
    for name in champions.PINNED:
        monkeypatch.setenv(name, "1")


def test_kernels_must_be_pinned(tmp_path, monkeypatch):
    for name in champions.PINNED:
        monkeypatch.setenv(name, "1")
    monkeypatch.delenv("OPENBLAS_CORETYPE")
    with pytest.raises(champions.NotShippedError, match=r"OPENBLAS_CORETYPE must be set.* run 'make champions'"):
        champions.make(tmp_path, ["tg"])
    assert list(tmp_path.iterdir()) == []


def test_they_are_made_and_made_the_same_again(tiny, pinned, tmp_path, monkeypatch, home):
    said = []
    champions.make(tmp_path / "shipped", ["tg"], said.append)
    folder = tmp_path / "shipped" / "tg"
    assert {path.name for path in folder.iterdir()} == {
        *(registry.BUNDLE, registry.CARD, registry.GATE, registry.HELD_OUT)
    }
    assert any(line.startswith("tg: written") for line in said)
    monkeypatch.setenv("VITRION_SHIPPED", str(tmp_path / "shipped"))
    card = registry.champions()["tg"]
    assert (card.version, card.run_id) == (0, "")
    assert registry.fault("tg") == "" and registry.gate_of("tg", 0)["passed"] is True
    assert set(registry.held_out("tg", 0).dtypes[["truth", "mean", "lower", "upper"]]) == {pd.Series([0.5]).dtype}
    assert registry.load_predictor("tg").predict(["LiAlCl4"]).mean.shape == (1,)
    assert list(home.iterdir()) == [], "a home of its own, which is empty, and not that of whoever makes them"

    (again,) = champions.check(tmp_path / "shipped", ["tg"])
    assert again.same and "the same to the last bit" in again.words
    (folder / registry.BUNDLE).write_bytes((folder / registry.BUNDLE).read_bytes() + b" ")
    told = json.loads((folder / registry.CARD).read_text())
    told["versions"]["numpy"] = "0.1"
    (folder / registry.CARD).write_text(json.dumps(told))
    (other,) = champions.check(tmp_path / "shipped", ["tg"])
    assert not other.same and "predictor.safetensors differ (numpy 0.1 then" in other.words


def committed():
    """Properties of which a predictor is committed, in `models/shipped`."""
    listed = subprocess.run(["git", "ls-files", "-z", "."], cwd=PLACE.parents[0], capture_output=True, check=True)
    files = {name for name in listed.stdout.decode().split("\0") if name.startswith("shipped/")}
    return sorted({name.split("/")[1] for name in files})


def test_all_are_shipped_or_none():
    assert committed() in ([], sorted(shipped.SHIPPED))


def test_what_is_shipped_is_what_its_card_says(monkeypatch):
    """Each file has the hash of its card, each card the present data and recipe, and all its descriptors are known."""
    monkeypatch.setenv("VITRION_SHIPPED", str(PLACE))
    for name in committed():
        card, folder = registry.read_card(name, 0), shipped.folder(name)
        assert (card.property, card.version) == (name, 0)
        assert artifact.sha256(folder / registry.BUNDLE) == card.sha256, f"{name}: run 'make champions'"
        assert card.fingerprint == load(name, lab=False).fingerprint, f"{name}: the data changed; 'make champions'"
        assert json.loads(json.dumps(recipe_of(name).parameters())) == dict(card.recipe), f"{name}: the recipe changed"
        assert registry.fault(name) == ""
        assert registry.gate_of(name, 0)["passed"] is True
        assert len(registry.held_out(name, 0)) > 100
        assert (folder / registry.BUNDLE).stat().st_size <= LARGEST.get(name, OTHERS)
        assert registry.load_version(name, 0).property == name


def test_nothing_else_is_in_its_folder():
    names = {path.name for path in PLACE.glob("*/*")}
    assert names <= {registry.BUNDLE, registry.CARD, registry.GATE, registry.HELD_OUT}
