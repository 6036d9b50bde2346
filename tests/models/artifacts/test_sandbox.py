"""The first load of a model file happens in a process of its own, under limits."""

import os
import subprocess
import sys

import pytest
from vitrion.models.artifacts import artifact
from vitrion.models.artifacts import sandbox as trial
from vitrion.models.artifacts.artifact import ArtifactError

LIMITED = """
import sys
from vitrion.models.artifacts.sandbox import confine
confine(2 * 2**30, 2)
{}
"""


@pytest.fixture(scope="module")
def kept(sigma, tmp_path_factory):
    path = tmp_path_factory.mktemp("kept") / "predictor.skops"
    return path, artifact.save(sigma, path)


def test_a_good_file_is_tried_once(kept, tmp_path, monkeypatch):
    trial.stand(*kept, tmp_path)
    assert [path.name[:64] for path in (tmp_path / trial.KNOWN).iterdir()] == [kept[1]]
    monkeypatch.setattr(subprocess, "run", lambda *told, **more: pytest.fail("tried again"))
    trial.stand(*kept, tmp_path)


def test_a_bad_file_is_refused_in_the_words_of_the_guard(tmp_path):
    path = tmp_path / "predictor.skops"
    path.write_bytes(b"no zip")
    with pytest.raises(ArtifactError, match=r"predictor\.skops is not a skops file"):
        trial.stand(path, artifact.sha256(path), tmp_path)
    assert not (tmp_path / trial.KNOWN).exists()


@pytest.mark.parametrize(
    ("ending", "reason"), [("os.kill(os.getpid(), 9)", "exit code -9"), ("time.sleep(60)", "within")]
)
def test_a_file_that_ends_or_holds_the_process_is_refused(kept, tmp_path, monkeypatch, ending, reason):
    usual = subprocess.run
    monkeypatch.setattr(trial, "MOST_S", 1.0 if "sleep" in ending else 60.0)
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda words, **told: usual([sys.executable, "-c", f"import os, time; {ending}"], **told),
    )
    with pytest.raises(ArtifactError, match=reason):
        trial.stand(*kept, tmp_path)
    assert not (tmp_path / trial.KNOWN).exists()


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
@pytest.mark.parametrize("work", ["bytes(3 * 2**30)", "\nwhile True: pass"])
def test_limits_hold(work):
    done = subprocess.run([sys.executable, "-c", LIMITED.format(work)], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "MemoryError" in done.stderr or done.returncode < 0
