"""Backups taken while others write: each equals a state that there was, and comes back whole or not at all."""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
from vitrion.datasets.results import store
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.experiments.registry import versions as registry
from vitrion.serve.errors.refusals import InputError, WorkError
from vitrion.serve.settings import Settings
from vitrion.serve.storage import backup
from vitrion.serve.storage.store import Job, Store, now

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("kept_in")]
WRITER = str(Path(__file__).parents[1] / "busy_writer.py")


def counts():
    """Events of the campaign, facts of the lab and jobs of the service in the present home."""
    samples = [event.told["values"]["sample"] for event in Campaign.load("laco").state.events]
    facts = store.facts(store.default_path())["sample"].tolist()
    kept = Store(Settings.of_environment().store_url)
    jobs = sorted((job.name for job in kept.jobs(limit=10_000)), key=lambda name: int(name[1:]))
    kept.close()
    return samples, facts, jobs


def moved(monkeypatch, request, folder, kept_in):
    """Make an empty home, and an empty database where there is one, the present ones."""
    monkeypatch.setenv("VITRION_HOME", str(folder))
    if kept_in == "postgresql":
        server = request.getfixturevalue("postgresql")
        name = f"back_{time.monotonic_ns()}"
        server.psql(f"CREATE DATABASE {name};")
        monkeypatch.setenv("VITRION_DATABASE_URL", server.get_uri(database=name))


def test_a_backup_while_others_write_equals_a_state_that_was(house, kept_in, tmp_path, monkeypatch, request):
    writer = subprocess.Popen([sys.executable, WRITER], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout.readline() == "1\n"
        targets = [tmp_path / f"copy{n}{'.tar' if n % 2 else ''}" for n in range(4)]
        for target in targets:
            made = backup.back_up(Settings.of_environment(), target)
            assert "champions.json" in made["files"] and "workflows.db" not in made["files"]
            time.sleep(0.2)
        assert writer.poll() is None, "it wrote all the time"
    finally:
        writer.kill()
        writer.wait()
    at_the_end, sizes = counts(), []
    for place, target in enumerate(targets):
        with monkeypatch.context() as patch:
            moved(patch, request, tmp_path / f"home{place}", kept_in)
            backup.restore(Settings.of_environment(), target)
            found = counts()
            lengths = [len(one) for one in found]
            assert lengths[0] >= lengths[1] >= lengths[2] >= lengths[0] - 1, lengths
            assert all(mine == all_of_it[: len(mine)] for mine, all_of_it in zip(found, at_the_end, strict=True))
            assert registry.champions()["tg"].version == 8 and registry.is_whole("tg", 8)
            Campaign.load("laco").record("LiAlCl2.5O0.75", tg_C=-1.0, sample="after")
            sizes.append(lengths[0])
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1], sizes
    assert not list(house.glob(".backup-*"))


def test_what_was_open_begins_anew(house, kept_in, tmp_path, monkeypatch, request, opened):
    with opened() as http:
        done = http.post("/api/v1/jobs", json={"candidates": ["LiAlCl4"]}).json()["id"]
        until = time.monotonic() + 120
        while http.get(f"/api/v1/jobs/{done}").json()["state"] != "done":
            assert time.monotonic() < until
            time.sleep(0.1)
        told = http.get(f"/api/v1/jobs/{done}/result").json()
        open_one = Job("c" * 20, "rank", "mine", {}, now(), models={"tg": 8, "conductivity": 8})
        shutil.copytree(house / "jobs" / done, house / "jobs" / open_one.id)
        http.app.state.desk.store.add(open_one)
        backup.back_up(Settings.of_environment(), tmp_path / "copy.tar")
    moved(monkeypatch, request, tmp_path / "back", kept_in)
    backup.restore(Settings.of_environment(), tmp_path / "copy.tar")
    with opened() as http:
        until = time.monotonic() + 120
        while http.get(f"/api/v1/jobs/{open_one.id}").json()["state"] != "done":
            assert time.monotonic() < until, http.get(f"/api/v1/jobs/{open_one.id}").json()
            time.sleep(0.1)
        assert http.get(f"/api/v1/jobs/{done}/result").json() == told


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_a_damaged_backup_changes_nothing(house, tmp_path, monkeypatch):
    backup.back_up(Settings(), tmp_path / "copy")
    with pytest.raises(InputError, match="is there already"):
        backup.back_up(Settings(), tmp_path / "copy")
    with pytest.raises(InputError, match="is not empty"):
        backup.restore(Settings(), tmp_path / "copy")
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "new"))
    bundle = next((tmp_path / "copy" / "models").rglob(registry.BUNDLE))
    content = bundle.read_bytes()
    for damaged in (content[:-1], bytes([content[0] ^ 1]) + content[1:]):
        bundle.unlink()
        bundle.write_bytes(damaged)
        with pytest.raises(WorkError, match="is not as it was written"):
            backup.restore(Settings(), tmp_path / "copy")
    bundle.write_bytes(content)
    (tmp_path / "copy" / "more").write_text("x")
    with pytest.raises(WorkError, match="its manifest does not name more;"):
        backup.restore(Settings(), tmp_path / "copy")
    (tmp_path / "copy" / "more").unlink()
    (tmp_path / "copy" / backup.MANIFEST).write_text(json.dumps({"format": 99, "files": {}}))
    with pytest.raises(InputError, match="has format 99"):
        backup.restore(Settings(), tmp_path / "copy")
    (tmp_path / "no.tar").write_bytes(b"no archive")
    with pytest.raises(InputError, match="cannot be read as a backup"):
        backup.restore(Settings(), tmp_path / "no.tar")
    assert not (tmp_path / "new").exists() and not list(tmp_path.glob(".restore-*"))


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_runs_find_their_files_in_another_home(house, tmp_path, monkeypatch):
    with sqlite3.connect(house / "mlflow.db") as database:
        database.execute("create table runs (run_uuid varchar(32), artifact_uri varchar(200), status varchar(20))")
        rows = [
            (f"file://{house}/mlartifacts/1/a", "FINISHED"),
            (f"{house}x/other", "KILLED"),
            ("s3://lab/b", "FAILED"),
        ]
        database.executemany("insert into runs values ('r', ?, ?)", rows)
    backup.back_up(Settings(), tmp_path / "copy.tar")
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "new"))
    backup.restore(Settings(), tmp_path / "copy.tar")
    with sqlite3.connect(tmp_path / "new" / "mlflow.db") as database:
        found = database.execute("select artifact_uri, status from runs").fetchall()
    assert found == [(f"file://{tmp_path}/new/mlartifacts/1/a", "FINISHED"), *rows[1:]]


def packed_with(source, target, *more):
    """A backup with further entries: pairs of a head and its content."""
    with tarfile.open(source, "r:") as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            new.addfile(member, old.extractfile(member))
        for name, kind, link, content in more:
            head = tarfile.TarInfo(name)
            head.type, head.linkname, head.size = kind, link, len(content)
            new.addfile(head, io.BytesIO(content))


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_what_the_manifest_does_not_name_is_refused_with_its_name(house, tmp_path, monkeypatch):
    backup.back_up(Settings(), tmp_path / "copy.tar")
    assert (tmp_path / "copy.tar").stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "new"))
    monkeypatch.setattr(os, "umask", lambda mask: pytest.fail("a server has threads that make files meanwhile"))
    hostile = [
        ("models/evil", tarfile.SYMTYPE, "/etc", b"", r"models/evil \(a link to /etc\)"),
        ("evil", tarfile.LNKTYPE, "champions.json", b"", r"evil \(a link to champions.json\)"),
        ("pipe", tarfile.FIFOTYPE, "", b"", r"pipe \(no file\)"),
        ("null", tarfile.CHRTYPE, "", b"", r"null \(no file\)"),
        ("/outside", tarfile.REGTYPE, "", b"x", r"/outside \(outside\)"),
        ("jobs/../../outside", tarfile.REGTYPE, "", b"x", r"\(outside\)"),
        ("jobs//twice", tarfile.REGTYPE, "", b"x", r"\(no plain name\)"),
        ("champions.json", tarfile.REGTYPE, "", b"{}", r"champions.json \(twice\)"),
    ]
    for *entry, words in hostile:
        packed_with(tmp_path / "copy.tar", tmp_path / "evil.tar", entry)
        with pytest.raises(InputError, match=words):
            backup.restore(Settings(), tmp_path / "evil.tar")
    for name in ("Champions.json", "service.db-wal", ".hidden/x", "workflows.db", "champions.json/x"):
        packed_with(tmp_path / "copy.tar", tmp_path / "evil.tar", (name, tarfile.REGTYPE, "", b"x"))
        with pytest.raises(WorkError, match=f"its manifest does not name {name};"):
            backup.restore(Settings(), tmp_path / "evil.tar")
    assert not (tmp_path / "new").exists() and not list(tmp_path.rglob("outside"))


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["../outside"], r"\.\./outside \(outside\)"),
        (["workflows.db"], "workflows.db, which no backup has"),
        ([".x/evil"], ".x/evil, which no backup has"),
        (["service.db-wal"], "service.db-wal, which no backup has"),
    ],
)
def test_a_hostile_manifest_is_refused(house, tmp_path, monkeypatch, names, words):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "new"))
    digest = hashlib.sha256(b"x").hexdigest()
    told = {"format": 1, "made": "now", "home": "/", "files": dict.fromkeys(names, digest)}
    entries = [(backup.MANIFEST, json.dumps(told).encode()), *((name, b"x") for name in names)]
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        for name, content in entries:
            head = tarfile.TarInfo(name if name != "../outside" else "inside")
            head.size = len(content)
            archive.addfile(head, io.BytesIO(content))
    with pytest.raises(InputError, match=words):
        backup.restore(Settings(), tmp_path / "evil.tar")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_a_folder_with_a_link_is_refused_and_a_volume_is_filled(house, tmp_path, monkeypatch):
    backup.back_up(Settings(), tmp_path / "copy")
    (tmp_path / "new").mkdir(0o700)  # as a volume that is mounted: it cannot be replaced
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "new"))
    number = (tmp_path / "new").stat().st_ino
    (tmp_path / "copy" / "link").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match=r"link \(a link to /etc/passwd\)"):
        backup.restore(Settings(), tmp_path / "copy")
    (tmp_path / "copy" / "link").unlink()
    backup.restore(Settings(), tmp_path / "copy")
    assert (tmp_path / "new").stat().st_ino == number and registry.is_whole("tg", 8)
    assert not list((tmp_path / "new").glob(".restore-*"))
    for path in [tmp_path / "copy", *(tmp_path / "copy").rglob("*"), *(tmp_path / "new").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_an_archive_writes_nothing_outside(house, tmp_path, monkeypatch):
    evil = tmp_path / "evil.tar"
    (tmp_path / "x").write_text("x")
    with tarfile.open(evil, "w") as archive:
        archive.add(tmp_path / "x", "../../outside")
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "new"))
    with pytest.raises(InputError, match="cannot be read as a backup"):
        backup.restore(Settings(), evil)
    assert not list(tmp_path.rglob("outside"))


def brought_back(tmp_path, monkeypatch, source):
    """Files of a home that came back from a backup, by name, without databases."""
    new = tmp_path / f"new-{source.name}"
    monkeypatch.setenv("VITRION_HOME", str(new))
    backup.restore(Settings(), source)
    return {path.relative_to(new).as_posix(): path.read_text() for path in new.rglob("*") if path.is_file()}


ODD = {
    "a.txt": "x",
    "Notes.txt": "x",
    "notes.txt": "y",
    "jobs/A.csv": "x",
    "jobs/a.csv": "y",
    "a\\b.txt": "x",
    "a\nb.txt": "x",
    os.fsdecode(b"caf\xe9.txt"): "x",
    "caf\u00e9": "x",
    "cafe\u0301": "y",
}


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["copy.tar", "copy"])
def test_what_a_backup_takes_comes_back(kept_in, tmp_path, monkeypatch, name):
    """Files of several names, names that differ in case alone, and letters of any kind."""
    old = tmp_path / "old"
    monkeypatch.setenv("VITRION_HOME", str(old))
    for file, content in ODD.items():
        (old / file).parent.mkdir(parents=True, exist_ok=True)
        (old / file).write_text(content)
    os.link(old / "a.txt", old / "linked.txt")
    os.mkfifo(old / "pipe")
    backup.back_up(Settings(), tmp_path / name)
    assert brought_back(tmp_path, monkeypatch, tmp_path / name) == {**ODD, "linked.txt": "x"}
    monkeypatch.setattr(backup.archive, "_is_folding", lambda folder: True)
    with pytest.raises(InputError, match=r"notes.txt \(beside Notes.txt\).* cannot tell apart; name a home folder"):
        brought_back(tmp_path / "folding", monkeypatch, tmp_path / name)


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (backup.MANIFEST, b"{}", "holds manifest.json, as a backup does; rename it"),
        (backup.tables_out.FILE, b"{}", "as a backup does; rename it"),
        ("models/lab.db", None, "models/lab.db is no whole database .*; mend it"),
    ],
)
def test_what_could_not_come_back_is_not_taken(kept_in, tmp_path, monkeypatch, name, content, words):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "old"))
    place = tmp_path / "old" / name
    place.parent.mkdir(parents=True)
    place.write_bytes(content or b"")
    if content is None:
        with sqlite3.connect(place) as database:
            database.execute("CREATE TABLE t (x TEXT)")
            database.executemany("INSERT INTO t VALUES (?)", [("y" * 900,)] * 50)
        database.close()
        whole = place.read_bytes()
        place.write_bytes(whole[:8192] + b"\xff" * 4096 + whole[12288:])
    with pytest.raises((InputError, WorkError), match=words):
        backup.back_up(Settings(), tmp_path / "copy.tar")
    assert not (tmp_path / "copy.tar").exists()


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_a_volume_that_a_group_shares_is_filled_for_the_group(kept_in, tmp_path, monkeypatch):
    (tmp_path / "old" / "jobs").mkdir(parents=True)
    (tmp_path / "old" / "jobs" / "a.csv").write_text("x")
    new = tmp_path / "new-copy.tar"
    new.mkdir()
    new.chmod(0o2770)
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "old"))
    backup.back_up(Settings(), tmp_path / "copy.tar")
    assert (tmp_path / "copy.tar").stat().st_mode & 0o777 == 0o600
    assert brought_back(tmp_path, monkeypatch, tmp_path / "copy.tar") == {"jobs/a.csv": "x"}
    modes = {path.name: path.stat().st_mode & 0o7777 for path in new.rglob("*")}
    assert modes == {"jobs": 0o2770, "a.csv": 0o660}
