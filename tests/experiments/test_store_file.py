"""A home folder that was moved takes its runs along; a database that cannot be opened is named at once."""

import pytest
from vitrion.experiments import reach, registry, store_file, tracking

STRANGE = "moved (50%20 #1?) Schmölz"


def files_of(run_id):
    return sorted(one.path for one in tracking.store().list_artifacts(run_id))


def text_of(home):
    """All that stands in the files of a home."""
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def logged(name):
    with tracking.begun(tracking.RANKING, name) as run:
        run.text("hello", "a.txt")
    return run.id


def test_runs_follow_a_home_that_was_moved(home, stored, tmp_path, monkeypatch):
    before = logged("before")
    new = tmp_path / STRANGE
    home.rename(new)
    monkeypatch.setenv("VITRION_HOME", str(new))
    assert files_of(before) == ["a.txt"]
    after = logged("after")
    assert files_of(after) == ["a.txt"] and list(new.rglob(f"{after}/artifacts/a.txt"))
    assert not home.exists(), "nothing goes to the old place"
    assert str(home).encode() not in text_of(new) and home.as_uri().encode() not in text_of(new)
    link = tmp_path / "link"
    link.symlink_to(new)
    monkeypatch.setenv("VITRION_HOME", str(link))
    assert files_of(before) == ["a.txt"]
    assert store_file.follow(new / "mlflow.db", link) == [], "another name of the same folder is no move"


def test_models_are_found_after_a_move(home, tiny, tmp_path, monkeypatch):
    from vitrion.experiments.training import train

    train(["tg"], n_jobs=1)
    new = tmp_path / STRANGE
    home.rename(new)
    monkeypatch.setenv("VITRION_HOME", str(new))
    tracking.store()
    (tmp_path / "room").mkdir()
    found = tracking.fetch("tg", 1, tmp_path / "room")
    assert registry.artifact.sha256(found) == registry.champions()["tg"].sha256
    assert str(home).encode() not in text_of(new) and home.as_uri().encode() not in text_of(new)


@pytest.mark.parametrize("where", ["home", "elsewhere"])
def test_a_database_that_cannot_be_opened_is_named_at_once(home, tmp_path, monkeypatch, where):
    if where == "home":
        (home / "mlflow.db").write_bytes(b"no database at all" * 100)
        words = "mlflow.db cannot be opened .*restore that file from a backup"
    else:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/no/such/place.db")
        words = "place.db cannot be opened .*MLFLOW_TRACKING_URI"
    with pytest.raises(store_file.StoreFileError, match=words):
        tracking.store()


def test_files_of_others_stay_where_they_are(home, stored, tmp_path):
    """Only what we put below the home folder follows it."""
    client = tracking.store()
    client.create_experiment("theirs", artifact_location="file:///data/lab")
    client.create_experiment("far", artifact_location="s3://lab/mlartifacts")
    assert store_file.follow(home / "mlflow.db", home) == []
    assert client.get_experiment_by_name("theirs").artifact_location == "file:///data/lab"
    assert reach.is_local(tracking.address())
