"""A hundred hostile model files are promoted under a server that runs: none is followed, the old model answers on."""

import importlib.util
from pathlib import Path

import pytest
import sklearn
from vitrion.experiments.registry import versions as registry
from vitrion.models.artifacts import artifact

pytestmark = pytest.mark.filterwarnings("ignore")
LACO = "LiAlCl2.5O0.75"


def other(place):
    """A module of the tests that is no part of a package."""
    spec = importlib.util.spec_from_file_location(Path(place).stem, Path(__file__).parents[1] / place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def files(tmp_path):
    """Made of a good file that has parts of every kind."""
    models = other("models/conftest.py")
    path = tmp_path / "good.safetensors"
    good = models.fit("conductivity", models.sample("conductivity", 250, 350))
    artifact.save(good.updated(["LiAlCl2.9O0.55"], [1e-3]), path)
    return other("bench/hostile_models.py").hostile(path.read_bytes(), tmp_path / "ran")


def promoted(content, version, scratch):
    """Keep and promote a file with a record that agrees with it."""
    path = scratch / "hostile.safetensors"
    path.write_bytes(content)
    digest = artifact.sha256(path)
    versions = {"scikit-learn": sklearn.__version__, "format": str(artifact.FORMAT)}
    told = ("conductivity", version, digest, "run", "2026-01-01T00:00:00+00:00", "print", {}, {}, versions)
    registry.keep(registry.Champion(*told), path)
    registry.promote("conductivity", version)


def test_none_is_followed(http, files, tmp_path):
    models, before = http.app.state.desk.models, http.post("/api/v1/rank", json={"candidates": [LACO]}).json()
    assert len(files) >= 60
    for version, (name, content) in enumerate(files.items(), start=20):
        promoted(content, version, tmp_path)
        models.renew()
        assert models._why and "hostile.safetensors" not in models._why, (name, models._why)
        assert models.versions == {"tg": 8, "conductivity": 8}, name
        assert http.get("/health").status_code == 200, name
    assert http.post("/api/v1/rank", json={"candidates": [LACO]}).json() == before
    assert not (tmp_path / "ran").exists()
    assert not list(tmp_path.parent.glob("**/ran"))
    registry.promote("conductivity", 9)
    models.renew()
    assert models.versions == {"tg": 8, "conductivity": 9}
