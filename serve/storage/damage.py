"""Databases of the home folder at the start of the service: whole, free and writable, or it says how to mend them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from ...datasets.home import home
from ..errors.refusals import WorkError
from ..settings import Settings

WAIT_S = 30.0  # for a backup, which keeps writers waiting
LARGEST_READ = 50_000_000  # bytes up to which all of a file is read at the start
WITHOUT: Mapping[str, str] = {
    "service.db": "without one begin a new file, which knows no access keys, no jobs and no owners of jobs",
    "workflows.db": "or only move it away with its -wal and -shm: open jobs begin anew then, and nothing else is lost",
}
_DAMAGED = ("malformed", "not a database", "corrupt", "disk I/O error")


class DamagedError(WorkError):
    """A database that cannot be used as it is; it is left alone."""


def check(
    settings: Settings, wait_s: float = WAIT_S, connect: Callable[..., sqlite3.Connection] = sqlite3.connect
) -> None:
    """Raise `DamagedError` where a database that the service opens at its start cannot be used.

    Parameters
    ----------
    settings
        Of the service; beside a database server there are no such files.
    wait_s
        How long a lock of another process is waited for, in s.
    connect
        What opens a file, as `sqlite3.connect` does.
    """
    for name in () if settings.database_url else WITHOUT:
        if (path := home() / name).exists():
            _check(path, wait_s, connect)


def mended(name: str, fault: str) -> str:
    """What to say of a database of the home folder, and of what is wrong with it."""
    if "locked" in fault or "busy" in fault:
        return f"{name} is locked by another process ({fault}); end what works with it, then start again"
    if "readonly" in fault or "unable to open" in fault:
        how = "give whoever runs this the right to write it and its folder, or name another folder with VITRION_HOME"
        return f"{name} cannot be written ({fault}); {how}"
    return f"{name} is damaged ({fault}); restore it from a backup ({WITHOUT.get(name, 'see vitrion restore')})"


def is_damage(fault: str) -> bool:
    """Whether what SQLite says of an error is that a file is damaged."""
    return any(words in fault for words in _DAMAGED)


def _check(path: Path, wait_s: float, connect: Callable[..., sqlite3.Connection]) -> None:
    try:
        with closing(connect(path, timeout=wait_s, isolation_level=None)) as database:
            size = path.stat().st_size
            said = database.execute("PRAGMA quick_check(1)" if size < LARGEST_READ else "PRAGMA schema_version")
            found = str(said.fetchone()[0])
            database.execute("BEGIN IMMEDIATE")
            database.execute("CREATE TABLE vitrion_may_write (x)")
            database.execute("ROLLBACK")
    except (sqlite3.Error, OSError) as error:
        raise DamagedError(mended(path.name, str(error))) from error
    if size < LARGEST_READ and found != "ok":
        raise DamagedError(mended(path.name, found.replace("\n", " ")[:120]))
