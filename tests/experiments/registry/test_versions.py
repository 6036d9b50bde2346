"""The record of champions: kept whole, changed by one at a time, read without MLflow."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import sklearn
from vitrion.experiments.registry import Champion, NoChampionError
from vitrion.experiments.registry import loading as loaded
from vitrion.experiments.registry import versions as registry
from vitrion.models.artifacts import artifact
from vitrion.models.artifacts.artifact import ArtifactError


@pytest.fixture(scope="module")
def bundle(predictors, tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / registry.BUNDLE
    return path, artifact.save(predictors["tg"], path)


def card(digest, version=1, name="tg", **changes):
    told = {
        "property": name,
        "version": version,
        "sha256": digest,
        "run_id": "r",
        "created": "2026-01-01T00:00:00+00:00",
        "fingerprint": "f",
        "recipe": {"blocks": "glass"},
        "metrics": {"all/mae": 1.5},
        "versions": {"scikit-learn": sklearn.__version__, "format": str(artifact.FORMAT)},
    }
    return Champion(**(told | changes))


@pytest.fixture
def promoted(bundle):
    registry.keep(card(bundle[1]), bundle[0])
    registry.promote("tg", 1)


def test_nothing_yet(home):
    with pytest.raises(NoChampionError, match=r"no predictor of tg in .*; make one with 'vitrion train'"):
        registry.load_predictor("tg")
    assert registry.champions() == {}
    assert not registry.usable()


def test_kept_is_not_promoted(bundle):
    registry.keep(card(bundle[1]), bundle[0])
    with pytest.raises(NoChampionError):
        registry.load_predictor("tg")
    registry.promote("tg", 1)
    assert registry.load_predictor("tg").predict(["LiAlCl4"]).mean.shape == (1,)


def test_what_comes_back(promoted, predictors, bundle):
    told = registry.load_predictor("tg").predict(["LiAlCl2.5O0.75"])
    assert (told.mean == predictors["tg"].predict(["LiAlCl2.5O0.75"]).mean).all()
    assert registry.champions() == {"tg": card(bundle[1])}
    assert not registry.usable()
    registry.keep(card(bundle[1], name="conductivity"), bundle[0])
    registry.promote("conductivity", 1)
    assert registry.usable()


def test_a_kept_version_is_never_replaced_by_another(promoted, bundle):
    with pytest.raises(NoChampionError, match="kept already, from another MLflow store"):
        registry.keep(card("0" * 64), bundle[0])
    assert registry.load_predictor("tg").predict(["LiAlCl4"]).mean.shape == (1,)


def test_promote_what_was_never_kept(home):
    with pytest.raises(NoChampionError, match="tg version 9"):
        registry.promote("tg", 9)
    assert not (home / "champions.json").exists()


def test_rollback(promoted, bundle):
    registry.keep(card(bundle[1], version=2), bundle[0])
    registry.promote("tg", 2)
    assert registry.champions()["tg"].version == 2
    registry.promote("tg", 1)
    assert registry.champions()["tg"].version == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[1]", '"x"', "null", '{"tg": 3}', '{"tg": {}}', '{"tg": {"version": "a"}}']
)
def test_damaged_record(promoted, home, text):
    (home / "champions.json").write_text(text)
    for ask in (registry.champions, lambda: registry.load_predictor("tg")):
        with pytest.raises(NoChampionError, match=r"train'?"):
            ask()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"property": "tg"}', '{"unknown": 1}'])
def test_damaged_card(promoted, text):
    (registry.folder("tg", 1) / registry.CARD).write_text(text)
    for ask in (registry.champions, lambda: registry.load_predictor("tg"), lambda: registry.promote("tg", 1)):
        with pytest.raises(NoChampionError, match="the card of tg version 1 cannot be read"):
            ask()


def test_changed_file(promoted):
    path = registry.folder("tg", 1) / registry.BUNDLE
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ArtifactError, match="changed after training"):
        registry.load_predictor("tg")


def test_lost_file(promoted):
    (registry.folder("tg", 1) / registry.BUNDLE).unlink()
    with pytest.raises(ArtifactError, match="is not there"):
        registry.load_predictor("tg")


def test_another_scikit_learn_reads_it_too(promoted, bundle):
    versions = {"scikit-learn": "0.1", "format": str(artifact.FORMAT)}
    registry.keep(card(bundle[1], versions=versions), bundle[0])
    assert registry.load_predictor("tg").property == "tg"
    assert registry.fault("tg") == ""


def test_versions_of_older_formats_ask_for_a_training(promoted, bundle):
    registry.keep(card(bundle[1], versions={"scikit-learn": sklearn.__version__, "format": "6"}), bundle[0])
    said = "tg version 1: the model file is of format 6, and this version of Vitrion reads format 8; train again"
    with pytest.raises(ArtifactError, match=said):
        registry.load_predictor("tg")
    assert not registry.usable()


def test_many_promote_at_once(bundle, home):
    for name in ("tg", "conductivity"):
        for version in range(1, 9):
            registry.keep(card(bundle[1], version=version, name=name), bundle[0])
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(lambda job: registry.promote(*job), [(n, v) for n in ("tg", "conductivity") for v in range(1, 9)])
        )
    assert set(registry.champions()) == {"tg", "conductivity"}
    assert not list(home.glob("*.part"))


def test_two_processes_promote_at_once(bundle, home):
    for name in ("tg", "conductivity"):
        registry.keep(card(bundle[1], name=name), bundle[0])
    code = "import sys\nfrom vitrion.experiments import registry\nfor _ in range(50): registry.promote(sys.argv[1], 1)"
    started = [subprocess.Popen([sys.executable, "-c", code, name]) for name in ("tg", "conductivity")]
    assert [process.wait(60) for process in started] == [0, 0]
    assert set(json.loads((home / "champions.json").read_text())) == {"tg", "conductivity"}


def test_no_file_is_left_half_written(promoted, home, monkeypatch):
    before = (home / "champions.json").read_text()
    monkeypatch.setattr(json, "dumps", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        registry.promote("tg", 1)
    assert (home / "champions.json").read_text() == before


def test_what_is_loaded_is_what_it_says_whatever_is_promoted_meanwhile(promoted, bundle, monkeypatch):
    registry.keep(card(bundle[1], version=2), bundle[0])
    used, load_version = [], registry.load_version

    def then_promoted(read):
        def asked():
            told = read()
            registry.promote("tg", 2)
            return told

        return asked

    def noted(name, version, *told):
        used.append(version)
        return load_version(name, version, *told)

    monkeypatch.setattr(registry, "champions", then_promoted(registry.champions))
    monkeypatch.setattr(loaded, "record", then_promoted(registry.record), raising=False)
    monkeypatch.setattr(registry, "load_version", noted)
    assert loaded.load(["tg"]).versions == {"tg": 1} and used == [1]
    assert loaded.load(["tg"], {"tg": 1}).versions == {"tg": 1} and used == [1, 1]


@pytest.mark.parametrize(("form", "opens"), [("4", False), ("6", False), (str(artifact.FORMAT), True), ("99", False)])
def test_formats_that_can_be_read(bundle, form, opens):
    registry.keep(card(bundle[1], versions={"scikit-learn": sklearn.__version__, "format": form}), bundle[0])
    registry.promote("tg", 1)
    assert (registry.fault("tg") == "") == opens


def test_a_champion_of_other_descriptors_is_at_fault(promoted, cohesion_changed):
    """So that it is trained again where something is asked of it, and never asked."""
    assert registry.fault("tg") == "the model was trained on other descriptors: cohesion changed"
    assert not registry.usable()
    with pytest.raises(artifact.OtherDescriptorsError, match=r"of tg was .* again: vitrion train -p tg") as error:
        registry.load_predictor("tg")
    assert (error.value.missing, error.value.changed) == ((), ("glass cohesion",))
