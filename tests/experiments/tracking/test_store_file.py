"""A home folder that was moved takes its runs along; a database that cannot be opened is named at once."""

import shutil
import sqlite3

import pytest
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.tracking import reach, store_file

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
    from vitrion.experiments.training.train import train

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


def rows_of(database, question):
    with sqlite3.connect(database) as opened:
        return opened.execute(question).fetchall()


def test_files_of_others_stay_where_they_are(home, stored, tmp_path):
    """Only what we put below the home folder follows it."""
    client = tracking.store()
    share = tmp_path / "share" / "mlartifacts"
    for name, location in {
        "theirs": "file:///data/lab",
        "far": "s3://lab/mlartifacts",
        "on the share": share.as_uri(),
        "on a share that is away": "file:///no/such/share/mlartifacts",
    }.items():
        client.create_experiment(name, artifact_location=location)
    run = client.create_run(client.get_experiment_by_name("on the share").experiment_id)
    client.log_param(run.info.run_id, "list", str(share / "may.csv"))
    question = "SELECT name, artifact_location FROM experiments UNION SELECT run_uuid, artifact_uri FROM runs"
    before = rows_of(home / "mlflow.db", question)
    for _ in range(2):
        assert store_file.follow(home / "mlflow.db", home) == []
        assert rows_of(home / "mlflow.db", question) == before
        share.mkdir(parents=True, exist_ok=True)
    assert reach.is_local(tracking.address())


def test_only_locations_follow_and_other_texts_stay(home, stored, tmp_path, monkeypatch):
    with tracking.begun(tracking.RANKING, "before") as run:
        run.text("hello", "a.txt")
        run.params({"list": str(home / "may.csv")})
        run.tags({"note": (home / "mlartifacts" / "x").as_uri()})
    client = tracking.store()
    theirs = client.create_experiment("theirs", artifact_location=(home / "theirs").as_uri())
    client.log_text(client.create_run(theirs).info.run_id, "theirs", "b.txt")
    new = tmp_path / STRANGE
    home.rename(new)
    monkeypatch.setenv("VITRION_HOME", str(new))
    data = tracking.store().get_run(run.id).data
    assert data.params["list"] == str(home / "may.csv")
    assert data.tags["note"] == (home / "mlartifacts" / "x").as_uri()
    assert files_of(run.id) == ["a.txt"]
    assert tracking.store().get_experiment(theirs).artifact_location == (new / "theirs").as_uri()


def test_a_copy_of_a_home_has_files_of_its_own(home, stored, tmp_path, monkeypatch):
    run, copy = logged("before"), tmp_path / "copy"
    shutil.copytree(home, copy)
    monkeypatch.setenv("VITRION_HOME", str(copy))
    assert store_file.follow(copy / "mlflow.db", copy) == [home]
    question = f"SELECT artifact_uri FROM runs WHERE run_uuid = '{run}'"
    ((first,),), ((copied,),) = (rows_of(folder / "mlflow.db", question) for folder in (home, copy))
    assert first.startswith(home.as_uri()) and copied == first.replace(home.as_uri(), copy.as_uri())
    assert store_file.follow(home / "mlflow.db", home) == [], "the first one is as it was"


def test_our_files_that_were_put_elsewhere_stay_there(home, tmp_path):
    """A folder of another disk, made for our experiment by hand, is no home that was left."""
    share = tmp_path / "share" / "mlartifacts"
    share.mkdir(parents=True)
    with sqlite3.connect(home / "mlflow.db") as opened:
        opened.execute("CREATE TABLE experiments (name TEXT, artifact_location TEXT)")
        opened.execute("INSERT INTO experiments VALUES (?, ?)", (tracking.RANKING, share.as_uri()))
    assert store_file.follow(home / "mlflow.db", home) == []
    share.rmdir()
    assert store_file.follow(home / "mlflow.db", home) == [share.parent]
    found = rows_of(home / "mlflow.db", "SELECT artifact_location FROM experiments")
    assert found == [((home / "mlartifacts").as_uri(),)]
