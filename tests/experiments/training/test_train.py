import pytest
import vitrion
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.training.train import train
from vitrion.models.artifacts import artifact


@pytest.fixture
def trained(tiny, stored):
    said = []
    return train(n_jobs=1, progress=said.append), said


def test_everything_is_kept(trained, home, tables, tmp_path):
    done, said = trained
    assert [one.property for one in done] == ["tg", "conductivity"]
    assert all(one.promoted and one.version == 1 and one.seconds > 0 for one in done)
    assert any(line.startswith("conductivity: fold 3 of 3") for line in said)
    client = tracking.store()
    for one in done:
        card = registry.champions()[one.property]
        run = client.get_run(card.run_id)
        assert run.info.status == "FINISHED"
        assert run.data.params["data_fingerprint"] == tables[one.property].fingerprint == card.fingerprint
        assert run.data.params["weight_literature"] == "5.0"
        assert run.data.params["n_folds"] == "5"
        unit = {"tg": "K", "conductivity": "decades"}[one.property]
        assert run.data.metrics[f"all/mae_{unit}"] == pytest.approx(one.metrics["all/mae"]) == card.metrics["all/mae"]
        assert 0.8 < run.data.metrics["all/coverage"] <= 1
        assert "O_and_Cl/n" in run.data.metrics
        assert run.data.tags["sha256"] == card.sha256
        champion = client.get_model_version_by_alias(tracking.registered_name(one.property), "champion")
        assert int(champion.version) == one.version
        assert champion.tags["sha256"] == card.sha256
        assert champion.run_id == card.run_id
        files = {entry.path for entry in client.list_artifacts(card.run_id, "figures")}
        assert files == {"figures/parity.html", "figures/reliability.html"}
        fetched = tracking.fetch(one.property, 1, tmp_path / one.property)
        assert artifact.sha256(registry.folder(one.property, 1) / registry.BUNDLE) == card.sha256
        assert artifact.load(fetched, card.sha256).property == one.property
    place = client.get_experiment_by_name(tracking.TRAINING).experiment_id
    found = {run.info.run_name: run for run in client.search_runs([place])}
    assert set(found) == {"train", "train tg", "train conductivity"}
    parent = found["train"].info.run_id
    assert {found[f"train {one.property}"].data.tags["mlflow.parentRunId"] for one in done} == {parent}
    assert found["train"].data.metrics["tg/mae_K"] == done[0].metrics["all/mae"]
    assert not list(home.glob("mlruns")), "the folder where the command ran stays as it was"
    assert registry.usable()
    assert vitrion.load_predictor("tg").predict(["LiAlCl2.5O0.75"]).mean.shape == (1,)
    table = vitrion.rank(["LiAlCl2.5O0.75", "NaAlCl4", "?"])
    assert table["rank"].tolist()[:2] == [1, 2]


def test_second_training_is_a_second_version(tiny, stored):
    (first,) = train(["tg"], n_jobs=1)
    (second,) = train(["tg"], promote=False, n_jobs=1)
    assert (first.version, second.version) == (1, 2)
    assert not second.promoted
    assert "not promoted" in second.reason
    assert registry.champions()["tg"].version == 1
    alias = tracking.store().get_model_version_by_alias("vitrion-tg", "champion")
    assert int(alias.version) == 1
    assert first.metrics == second.metrics
    cards = [registry.read_card("tg", number) for number in (1, 2)]
    assert cards[0].sha256 == cards[1].sha256 or cards[0].metrics == cards[1].metrics


def test_recipe_of_ones_own(tiny, stored, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('property = "tg"\nseed = 3\n')
    (done,) = train(["conductivity"], recipe=path, n_jobs=1)
    assert done.property == "tg"
    assert registry.champions()["tg"].recipe["seed"] == 3


def test_a_training_that_fails_is_told(tiny, stored, monkeypatch):
    def broken(recipe, data=None):
        raise OSError("no space left")

    monkeypatch.setattr(Recipe, "rows", broken)
    with pytest.raises(OSError, match="no space"):
        train(n_jobs=1)
    client = tracking.store()
    found = client.search_runs([client.get_experiment_by_name(tracking.TRAINING).experiment_id])
    assert {run.info.run_name: run.info.status for run in found} == {"train": "FAILED", "train tg": "FAILED"}


def test_unknown_property_trains_nothing(tiny, home):
    with pytest.raises(ValueError, match="no recipe for 'hardness'"):
        train(["tg", "hardness"])
    assert not (home / "mlflow.db").exists()
