"""The home folder: for its owner alone, whatever letters its name has, and without a touch of the process's umask."""

import logging
import os
import threading

import pytest
from vitrion.datasets import home
from vitrion.datasets.results import store


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "new"))
    return tmp_path / "new"


def test_what_is_made_is_for_its_owner_alone(fresh):
    home.made()
    home.put(fresh / "a.json", b"1")
    home.private_file(home.private_folder(fresh / "b" / "c") / "d")
    with store.transaction(store.default_path(), write=True):
        pass
    found = {path.relative_to(fresh).as_posix(): path.stat().st_mode & 0o777 for path in [fresh, *fresh.rglob("*")]}
    assert found == {".": 0o700, "a.json": 0o600, "b": 0o700, "b/c": 0o700, "b/c/d": 0o600, "lab.sqlite": 0o600}


@pytest.mark.parametrize("umask", [0o002, 0o077])
@pytest.mark.parametrize(
    ("mode", "folders", "files"),
    [
        (0o2770, 0o2770, 0o660),
        (0o770, 0o770, 0o660),
        (0o2750, 0o2750, 0o640),
        (0o2775, 0o2770, 0o660),
        (0o755, 0o700, 0o600),
    ],
)
def test_a_home_that_a_group_shares_stays_shared(fresh, tmp_path, mode, folders, files, umask):
    """Whatever the umask is; all others never get anything."""
    fresh.mkdir()
    fresh.chmod(mode)
    before = os.umask(umask)
    try:
        home.made()
        home.put(fresh / "a.json", b"1")
        home.private_file(home.private_folder(fresh / "b" / "c") / "d")
        with store.transaction(store.default_path(), write=True):
            pass
        home.private_file(home.private_folder(tmp_path / "elsewhere") / "f")
    finally:
        os.umask(before)
    found = {path.stat().st_mode & 0o7777 for path in fresh.rglob("*") if path.is_dir()}
    assert found == {folders}
    assert {path.stat().st_mode & 0o7777 for path in fresh.rglob("*") if path.is_file()} == {files}
    assert fresh.stat().st_mode & 0o7777 == mode
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("elsewhere", "elsewhere/f")] == [0o700, 0o600]


@pytest.mark.parametrize(("mode", "command"), [(0o2770, ""), (0o750, ""), (0o2775, "o-rwx"), (0o701, "700")])
def test_only_a_home_open_to_all_others_is_named(fresh, caplog, mode, command):
    fresh.mkdir()
    fresh.chmod(mode)
    with caplog.at_level(logging.WARNING):
        home.made()
    said = [record.getMessage().partition("chmod ")[2] for record in caplog.records]
    assert said == ([f"{command} '{fresh}'"] if command else [])


def test_elsewhere_a_file_has_the_mode_of_new_ones_or_of_the_old_one(fresh, tmp_path):
    (tmp_path / "usual").write_text("x")
    home.put(tmp_path / "out.csv", b"1")
    assert (tmp_path / "out.csv").stat().st_mode == (tmp_path / "usual").stat().st_mode
    (tmp_path / "out.csv").chmod(0o640)
    home.put(tmp_path / "out.csv", b"2")
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o640 and (tmp_path / "out.csv").read_bytes() == b"2"


def test_the_umask_of_the_process_is_left_alone(fresh, monkeypatch):
    monkeypatch.setattr(os, "umask", lambda mask: pytest.fail("other threads make files meanwhile"))
    home.made()
    threads = [threading.Thread(target=home.put, args=(fresh / f"{n}", b"x")) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(list(fresh.iterdir())) == 8


def test_a_home_that_is_open_to_others_is_named_once(fresh, caplog):
    fresh.mkdir(mode=0o755)
    fresh.chmod(0o755)
    with caplog.at_level(logging.WARNING):
        home.made()
        home.made()
    assert [record.getMessage() for record in caplog.records] == [
        f"the home folder {fresh} is open to others (mode 755); close it: chmod 700 '{fresh}'"
    ]


def test_a_full_disk_is_named_with_the_file(fresh, monkeypatch):
    home.made()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as refused:
        home.put(fresh / "a", b"x")
    assert refused.value.filename == str(fresh / "a") and not list(fresh.iterdir())


@pytest.mark.parametrize(
    "name",
    [
        "two words",
        "a%20b",
        "50%",
        "what?x=1",
        "no#1",
        "Schm\u00f6lz",
        "it's; [a]&b@c:d",
        "a\u00a0\u3000\u2009b",
        "a\u200db",
    ],
)
def test_any_letters_may_be_in_its_name(tmp_path, monkeypatch, name):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / name))
    with store.transaction(store.default_path(), write=True):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert [path.name for path in (tmp_path / name).iterdir()] == ["lab.sqlite"]
    import sqlalchemy as sa

    told = home.sqlite_url(tmp_path / name / "x.db")
    assert sa.make_url(told).database == str(tmp_path / name / "x.db")


@pytest.mark.parametrize("name", ["a\nb", "a\x1bb", "a\x85b", "\udcff"])
def test_letters_that_no_message_can_hold_are_refused_at_once(monkeypatch, name):
    monkeypatch.setenv("VITRION_HOME", f"/tmp/{name}")
    with pytest.raises(home.HomeError, match="name a folder without"):
        home.home()
