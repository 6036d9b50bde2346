"""What a kill may leave is mended: runs left open, aliases beside the record, folders half made."""

import os
import subprocess
import sys

import pytest
import sklearn
from vitrion.experiments.registry import reconcile
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.tracking import processes
from vitrion.models.artifacts import artifact


@pytest.fixture
def client(home):
    return tracking.store()


def opened(client, **tags):
    experiment = client.get_experiment_by_name(tracking.TRAINING).experiment_id
    return client.create_run(experiment, tags={**processes.owner(), **tags}, run_name="train tg").info.run_id


def test_a_run_of_a_dead_process_is_ended_and_one_of_a_living_one_is_not(client):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    living = opened(client)
    dead = opened(client, **{processes.PROCESS: f"{child.pid}/{processes.started(child.pid)}"})
    reused = opened(client, **{processes.PROCESS: f"{child.pid}/1"})
    elsewhere = opened(client, **{processes.HOST: "another machine"})
    child.kill()
    child.wait()
    said = reconcile.reconcile()
    assert len(said) == 2
    assert all("ended as KILLED" in sentence for sentence in said)
    status = {run: client.get_run(run).info.status for run in (living, dead, reused, elsewhere)}
    assert status == {living: "RUNNING", dead: "KILLED", reused: "KILLED", elsewhere: "RUNNING"}
    assert reconcile.reconcile() == []


@pytest.fixture
def kept(client, predictors, tmp_path):
    """Two versions of a property, in the record's folders and in MLflow."""
    bundle = tmp_path / registry.BUNDLE
    digest = artifact.save(predictors["tg"], bundle)
    client.create_registered_model("vitrion-tg")
    for version in (1, 2):
        client.create_model_version("vitrion-tg", "file:///nowhere", tags={"sha256": digest})
        versions = {"scikit-learn": sklearn.__version__, "format": str(artifact.FORMAT)}
        told = {"run_id": "r", "created": "2026-01-01T00:00:00+00:00", "fingerprint": "f", "versions": versions}
        registry.keep(registry.Champion("tg", version, digest, **told), bundle)
    return bundle


def test_the_alias_follows_the_record(client, kept):
    registry.promote("tg", 2)
    assert "it is at version 2 now" in reconcile.reconcile()[0]
    assert int(client.get_model_version_by_alias("vitrion-tg", "champion").version) == 2
    client.set_registered_model_alias("vitrion-tg", "champion", "1")
    assert len(reconcile.reconcile()) == 1
    assert int(client.get_model_version_by_alias("vitrion-tg", "champion").version) == 2
    assert reconcile.reconcile() == []


def test_a_version_that_mlflow_does_not_know_is_told_and_the_record_stands(client, kept):
    registry.promote("tg", 2)
    client.delete_registered_model("vitrion-tg")
    assert reconcile.reconcile() == ["MLflow does not know tg version 2, which answers by our record"]
    assert registry.champions()["tg"].version == 2


def test_unfinished_folders_of_dead_processes_are_removed(client, kept, home):
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    left = home / "models" / "tg" / f".3.{child.pid}.part"
    mine = home / "models" / "tg" / f".4.{os.getpid()}.part"
    for folder in (left, mine):
        folder.mkdir()
    assert reconcile.reconcile() == [f"the unfinished folder tg/{left.name} is removed"]
    assert mine.exists()
    assert registry.versions("tg") == [1, 2]


def test_what_the_gate_said_reaches_mlflow_after_a_kill(client, kept):
    run = opened(client)
    client.delete_model_version("vitrion-tg", "2")
    client.create_model_version("vitrion-tg", "file:///nowhere", run_id=run, tags={"sha256": "x"})
    digest = registry.read_card("tg", 2).sha256
    client.set_model_version_tag("vitrion-tg", "3", "sha256", digest)
    versions = {"scikit-learn": sklearn.__version__, "format": str(artifact.FORMAT)}
    told = {"run_id": run, "created": "2026-01-01T00:00:00+00:00", "fingerprint": "f", "versions": versions}
    registry.keep(registry.Champion("tg", 3, digest, **told), kept)
    registry.write(registry.folder("tg", 3) / registry.GATE, {"passed": True, "reason": "better"})
    registry.promote("tg", 3)
    tracking.set_challenger("tg", 3)
    assert "MLflow had not heard why tg version 3 answers; it has now" in reconcile.reconcile()
    version = client.get_model_version("vitrion-tg", "3")
    assert (version.tags["gate"], version.tags["gate_reason"]) == ("passed", "better")
    assert set(client.get_registered_model("vitrion-tg").aliases) == {"champion"}
    assert reconcile.reconcile() == []


def test_another_file_in_mlflow_is_told_and_gets_no_alias(client, kept):
    registry.promote("tg", 2)
    client.set_model_version_tag("vitrion-tg", "2", "sha256", "another")
    assert reconcile.reconcile() == ["tg version 2 is another file in MLflow than in our record, which counts"]
    assert client.get_registered_model("vitrion-tg").aliases == {}
