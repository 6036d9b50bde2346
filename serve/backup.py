"""A copy of all that is kept, at one moment, while others go on writing; and the way back.

At that moment every writer waits: the locks of promotions and campaigns are held, and the databases of SQLite take no
writer. They are copied then, and other files are linked, since these are never changed in place. What was copied and
linked is packed afterwards, when nobody waits any more.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..datasets.home import home
from . import tables_out
from .refusals import InputError, WorkError
from .settings import Settings

_LOG = logging.getLogger(__name__)

MANIFEST = "manifest.json"
FORMAT = 1
_DATABASES = (".db", ".sqlite")
_LEFT_OUT = (".lock", ".part", "-wal", "-shm", "-journal")
_NOT_KEPT = ("workflows.db", "executors")  # steps of jobs: those that are open begin anew
PATIENCE_S = 60.0


def back_up(settings: Settings, target: Path) -> dict[str, Any]:
    """Write a backup and return its manifest.

    Parameters
    ----------
    settings
        Of the service.
    target
        A file ending in ``.tar``, or a folder; neither may be there yet.
    """
    if target.exists():
        raise InputError(f"{target} is there already; name a new file or folder")
    if not home().is_dir():
        raise InputError(f"there is no home folder {home()}; nothing to back up")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=home()) as made:
        copy = Path(made)
        with _still():
            if settings.database_url:
                tables_out.write(settings.store_url, copy / tables_out.FILE)
            _copied(home(), copy)
        manifest = _manifest(copy)
        _packed(copy, target)
    return manifest


def restore(settings: Settings, source: Path) -> dict[str, Any]:
    """Bring a backup back into an empty home folder, and an empty database server if there is one.

    All files are checked against the manifest before anything is put in place.
    """
    there = [path.name for path in home().glob("*")] if home().is_dir() else []
    if there:
        raise InputError(f"the home folder {home()} is not empty ({there[0]}); name another one with VITRION_HOME")
    home().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=home().parent) as made:
        copy = Path(made) / "home"
        _unpacked(source, copy)
        manifest = checked(copy)
        (copy / MANIFEST).unlink()
        _moved(copy / "mlflow.db", str(manifest.get("home", "")), str(home()))
        rows = copy / tables_out.FILE
        if rows.exists():
            if not settings.database_url:
                raise InputError(f"{source} holds the tables of a database server; name one with VITRION_DATABASE_URL")
            tables_out.read(settings.store_url, rows)
            rows.unlink()
        if home().is_dir():
            home().rmdir()
        copy.replace(home())
    return manifest


def checked(copy: Path) -> dict[str, Any]:
    """The manifest of an unpacked backup whose files are all there, and none other; raises `WorkError` if not."""
    try:
        told: dict[str, Any] = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
        listed = dict(told["files"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError("this is no backup of Vitrion, or a damaged one: its manifest cannot be read") from None
    if told.get("format") != FORMAT:
        raise InputError(f"the backup has format {told.get('format')!r}, this version reads {FORMAT}; update vitrion")
    found = {name: _sha256(copy / name) for name in _files(copy) if name != MANIFEST}
    wrong = sorted({*listed, *found} - {name for name in listed if found.get(name) == listed[name]})
    if wrong:
        raise WorkError(f"the backup is damaged: {wrong[0]} is not as it was written; take another backup")
    for name in found:
        if name.endswith(_DATABASES):
            with closing(sqlite3.connect(f"file:{copy / name}?mode=ro", uri=True)) as database:
                said = database.execute("PRAGMA integrity_check").fetchone()[0]
            if said != "ok":
                raise WorkError(f"the backup is damaged: {name} is no whole database ({said[:80]}); take another one")
    return told


@contextmanager
def _still() -> Iterator[None]:
    """Keep all writers of the home folder waiting."""
    from filelock import FileLock

    from ..experiments.campaign_store import folder, names
    from ..experiments.record import lock

    with ExitStack() as held:
        held.enter_context(lock())
        if folder().is_dir():
            for name in names():
                held.enter_context(FileLock(folder() / f".{name}.lock", timeout=PATIENCE_S))
        for path in sorted(home().glob("*")):
            if path.name.endswith(_DATABASES) and path.name not in _NOT_KEPT:
                database = held.enter_context(closing(sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)))
                try:
                    database.execute("BEGIN IMMEDIATE")
                except sqlite3.DatabaseError as error:
                    raise WorkError(f"{path.name} cannot be copied: {error}; mend it first") from None
        yield


def _copied(source: Path, copy: Path) -> None:
    for name in _files(source):
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(_DATABASES):
            with closing(sqlite3.connect(source / name)) as old, closing(sqlite3.connect(target)) as new:
                old.backup(new)
                new.execute("PRAGMA journal_mode = DELETE")
            continue
        try:
            os.link(source / name, target)
        except FileNotFoundError as error:  # such as a file of an unfinished job
            _LOG.warning("%s went while it was copied: %s", name, error.strerror)
        except OSError:  # a file system without links
            shutil.copy2(source / name, target)


def _files(folder: Path) -> list[str]:
    """Files that are kept, as paths below a folder, in order."""
    found = []
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in _NOT_KEPT)
        names = (one for one in files if not one.endswith(_LEFT_OUT) and one not in _NOT_KEPT)
        found += [
            (Path(here) / one).relative_to(folder).as_posix() for one in names if not (Path(here) / one).is_symlink()
        ]
    return sorted(found)


def _manifest(copy: Path) -> dict[str, Any]:
    files = {name: _sha256(copy / name) for name in _files(copy)}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    told = {"format": FORMAT, "vitrion": version("vitrion"), "made": at, "home": str(home()), "files": files}
    (copy / MANIFEST).write_text(json.dumps(told, indent=1), encoding="utf-8")
    return told


def _packed(copy: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.part")
    try:
        if target.suffix == ".tar":
            with tarfile.open(part, "w") as archive:
                for name in [*_files(copy)]:
                    archive.add(copy / name, name, recursive=False)
        else:
            shutil.copytree(copy, part)
        part.replace(target)
    finally:
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)


def _unpacked(source: Path, copy: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, copy, symlinks=True)
        return
    try:
        with tarfile.open(source, "r:") as archive:
            archive.extractall(copy, filter="data")  # refuses what would leave the folder
    except (tarfile.TarError, OSError) as error:
        raise InputError(f"{source} cannot be read as a backup ({error})") from None


def _moved(path: Path, old: str, new: str) -> None:
    """Have MLflow look for its files in another home folder than the one that was backed up."""
    if not path.exists() or not old or old == new:
        return
    with closing(sqlite3.connect(path)) as database, database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for _, column, kind, *_ in database.execute(f'PRAGMA table_info("{table}")').fetchall():
                if "CHAR" not in kind.upper() and "TEXT" not in kind.upper():
                    continue
                for before, after in ((Path(old).as_uri(), Path(new).as_uri()), (old, new)):
                    database.execute(
                        f'UPDATE "{table}" SET "{column}" = ? || substr("{column}", ?) '  # noqa: S608 - names of its own
                        f'WHERE substr("{column}", 1, ?) = ?',
                        (after, len(before) + 1, len(before) + 1, f"{before}/"),
                    )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
