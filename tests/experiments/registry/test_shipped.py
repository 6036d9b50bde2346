"""What is shipped is version 0: it answers at once, is held against what is trained, and is never written to."""

import dataclasses
import json

import pytest
import vitrion
from vitrion.experiments.registry import NoChampionError, promotion, reconcile, record
from vitrion.experiments.registry import loading as loaded
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.training import retraining
from vitrion.experiments.training.train import train
from vitrion.models.artifacts import artifact
from vitrion.models.artifacts.artifact import ArtifactError


@pytest.fixture
def shipped(small_shipped, tmp_path, monkeypatch):
    """That folder, which nothing may have written to at the end."""
    place = tmp_path / "package"
    for path in small_shipped.glob("*/*"):
        (place / path.parent.name).mkdir(parents=True, exist_ok=True)
        (place / path.parent.name / path.name).write_bytes(path.read_bytes())
    monkeypatch.setenv("VITRION_SHIPPED", str(place))
    return place


@pytest.fixture
def untouched(shipped):
    """The same, compared at the end."""
    before = {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()}
    yield shipped
    assert {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()} == before


@pytest.fixture
def own(shipped, home):
    """A version 1 of one's own of Tg, which is kept and not promoted."""
    card = dataclasses.replace(registry.read_card("tg", 0), version=1, run_id="r", created="2026-02-01")
    registry.keep(card, shipped / "tg" / registry.BUNDLE)
    return card


def test_a_home_without_models_answers_with_what_is_shipped(untouched, home, predictors):
    table = vitrion.rank(["LiAlCl2.5O0.75", "NaAlCl4"])
    assert sorted(table["rank"]) == [1, 2] and registry.usable()
    assert {name: card.version for name, card in registry.champions().items()} == {"tg": 0, "conductivity": 0}
    assert loaded.load().versions == {"tg": 0, "conductivity": 0}
    asked = ["LiAlCl2.5O0.75", "SiO2"]
    assert (registry.load_predictor("tg").predict(asked).mean == predictors["tg"].predict(asked).mean).all()
    assert list(home.iterdir()) == []
    with pytest.raises(NoChampionError, match="no predictor of liquidus"):
        registry.load_predictor("liquidus")


def test_versions_and_standings(own):
    assert registry.versions("tg") == [0, 1]
    assert registry.every("tg") == [("tg", "1"), ("tg", "0")]
    assert [registry.standing_of("tg", number) for number in (0, 1)] == ["answers", "kept"]
    registry.promote("tg", 1)
    assert [registry.standing_of("tg", number) for number in (0, 1)] == ["shipped", "answers"]
    assert record.record()["tg"].before == ((0, registry.read_card("tg", 0).sha256),)
    assert record.record()["conductivity"] == record.Entry(0, registry.read_card("conductivity", 0).sha256)


def test_rollback_ends_at_what_is_shipped(own, home):
    registry.promote("tg", 1)
    assert registry.rollback("tg") == 0
    assert registry.champions()["tg"].version == 0
    with pytest.raises(NoChampionError, match="tg version 0 is the first that answered"):
        registry.rollback("tg")
    assert json.loads((home / "champions.json").read_text())["tg"]["version"] == 0
    assert "conductivity" not in json.loads((home / "champions.json").read_text())


def test_a_home_older_than_what_is_shipped_can_go_back_to_it(own, home):
    told = {"tg": {"version": 1, "sha256": own.sha256, "before": []}}
    (home / "champions.json").write_text(json.dumps(told))
    assert registry.champions()["tg"].version == 1
    assert registry.rollback("tg") == 0


def test_a_later_package_brings_a_later_one(shipped, own):
    registry.promote("tg", 1)
    registry.rollback("tg")
    path = shipped / "tg" / registry.BUNDLE
    digest = artifact.save(registry.load_version("conductivity", 0), path)
    card = json.loads((shipped / "tg" / registry.CARD).read_text())
    (shipped / "tg" / registry.CARD).write_text(json.dumps(card | {"sha256": digest, "created": "2027-01-01"}))
    assert record.record()["tg"].sha256 == digest
    assert registry.fault("tg") == ""


def test_version_0_is_never_kept_over(untouched):
    card = registry.read_card("tg", 0)
    with pytest.raises(NoChampionError, match="the shipped one, which is only read"):
        registry.keep(card, untouched / "tg" / registry.BUNDLE)


def test_what_the_gate_says_of_it_stays_in_the_home(untouched, home):
    assert registry.gate_of("tg", 0)["reason"] == "the first"
    registry.put_gate("tg", 0, {"passed": True, "reason": "by hand"})
    assert registry.gate_of("tg", 0)["reason"] == "by hand"
    assert registry.versions("tg") == [0]
    assert (home / "models" / "tg" / "0" / registry.GATE).is_file()


def damaged(shipped):
    path = shipped / "tg" / registry.BUNDLE
    path.write_bytes(path.read_bytes() + b" ")


def lost(shipped):
    (shipped / "tg" / registry.BUNDLE).unlink()


def unreadable(shipped):
    (shipped / "tg" / registry.CARD).write_text("{")


@pytest.mark.parametrize("harm", [damaged, lost, unreadable])
def test_a_damaged_one_says_what_to_do(shipped, harm):
    harm(shipped)
    mend = "install Vitrion again, or train one with 'vitrion train --property tg'"
    with pytest.raises((ArtifactError, NoChampionError), match=mend):
        registry.load_predictor("tg")
    assert mend in registry.fault("tg")
    assert registry.unusable() == ["tg"]
    assert registry.load_predictor("conductivity").property == "conductivity"


def test_one_of_other_descriptors_says_what_to_do(untouched, cohesion_changed):
    with pytest.raises(registry.ShippedError, match=r"cohesion changed.* install Vitrion again, or train") as error:
        registry.load_predictor("tg")
    assert error.value.property == "tg"
    assert isinstance(error.value.cause, artifact.OtherDescriptorsError)


def test_the_first_training_is_held_against_it(untouched, tiny, stored):
    (done,) = train(["tg"], n_jobs=1)
    told = registry.gate_of("tg", done.version)
    assert done.version == 1 and done.seconds > 0
    assert "rows" in {check["name"] for check in told["checks"]}, "judged on the rows of the shipped one"
    assert registry.standing_of("tg", 0) == ("shipped" if done.promoted else "answers")
    client = tracking.store()
    model = client.get_registered_model("vitrion-tg")
    assert model.tags["shipped"] == "0"
    run = client.get_run(model.tags["shipped_run"])
    assert run.info.run_name == "shipped tg (version 0)"
    assert run.data.metrics["all/mae_K"] == pytest.approx(registry.read_card("tg", 0).metrics["all/mae"])
    assert run.data.tags["sha256"] == registry.read_card("tg", 0).sha256
    assert client.get_registered_model("vitrion-conductivity").tags["champion"] == "version 0"
    runs = len(client.search_runs([run.info.experiment_id]))
    if not done.promoted:
        promotion.promote("tg", 1, force=True)
    assert int(client.get_model_version_by_alias("vitrion-tg", "champion").version) == 1
    promotion.promote("tg", 0, force=True)
    assert reconcile.reconcile() == []
    model = client.get_registered_model("vitrion-tg")
    assert ("champion" in model.aliases, model.tags["champion"]) == (False, "version 0")
    assert len(client.search_runs([run.info.experiment_id])) == runs
    assert registry.champions()["tg"].version == 0


def test_nothing_has_to_be_trained_for_it(untouched, training_reads, tables):
    training_reads(lambda name: tables[name])
    told = retraining.why("tg")
    assert not told.needed
