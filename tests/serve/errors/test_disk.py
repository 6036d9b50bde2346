"""A disk that is full ends in a sentence, and leaves nothing half done."""

import os
import resource
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa
from vitrion.datasets.results import store
from vitrion.serve.errors import disk
from vitrion.serve.errors import outcomes as errors
from vitrion.serve.errors.refusals import InputError
from vitrion.serve.settings import Settings
from vitrion.serve.storage import backup


def caused(error, cause):
    """An error that came of another one."""
    try:
        raise error from cause
    except type(error) as raised:
        return raised


FULL = sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        OSError(122, "Disk quota exceeded", "/data/x"),
        OSError(28, "Error writing bytes to file. Detail: [errno 28] No space left on device"),
        FULL,
        sa.exc.OperationalError("insert", {}, FULL),
        caused(RuntimeError("the run was not logged"), FULL),
        RuntimeError("(sqlite3.OperationalError) database or disk is full [SQL: ...]"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_full_disk_is_no_surprise(error):
    said, code = errors.explained(error)
    assert said.startswith("no room is left on the disk") and "make room" in said and code == errors.FAILED


@pytest.mark.parametrize(
    "text", ["unable to open database file", "attempt to write a readonly database", "disk I/O error"]
)
def test_a_database_that_cannot_be_used_is_no_surprise(text):
    said, code = errors.explained(caused(RuntimeError("no"), sqlite3.OperationalError(text)))
    assert "a database in the home folder cannot be used" in said and code == errors.FAILED


def test_other_errors_stay_what_they_are():
    assert disk.full(InputError("give a number")) is None
    assert disk.full(PermissionError(13, "Permission denied", "/x")) is None
    assert "this should not have happened" in errors.explained(ZeroDivisionError("division by zero"))[0]
    assert store._mend("database or disk is full") == "make room on that disk, then do it again"


def limited():
    """Let no file grow beyond 20 kB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="files have no limit here")
def test_a_backup_and_its_way_back_on_a_full_disk_leave_nothing(house, tmp_path):
    backup.back_up(Settings(), tmp_path / "whole.tar")
    for command, home in (
        (["backup", "copy.tar"], house),
        (["backup", "copy"], house),
        (["restore", "whole.tar"], "new"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "vitrion", *command],
            env={**os.environ, "VITRION_HOME": str(tmp_path / home)},
            cwd=tmp_path,
            preexec_fn=limited,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1 and "no room is left on the disk" in done.stderr, done.stderr
    assert [path.name for path in tmp_path.iterdir() if path != house] == ["whole.tar"]
    assert not list(house.glob(".backup-*"))
