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
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ...datasets.home import home, private_file, private_folder, put
from ...experiments.tracking.store_file import ARTIFACTS, rename_models, rewrite
from ..errors.refusals import InputError, WorkError, visible
from ..settings import Settings
from . import archive
from . import database_dump as tables_out
from .archive import FORMAT, MANIFEST

_LOG = logging.getLogger(__name__)

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
    if taken := [name for name in (MANIFEST, tables_out.FILE) if (home() / name).exists()]:
        raise InputError(f"the home folder {home()} holds {taken[0]}, as a backup does; rename it first")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=home()) as made:
        copy = Path(made)
        with _still():
            if settings.database_url:
                tables_out.write(settings.store_url, copy / tables_out.FILE)
            _copied(home(), copy)
        names = _files(copy)
        if wrong := archive.wrong_names(names):
            raise InputError(
                f"the home folder holds {visible(wrong[0], 100)}, which no backup can hold; rename it first"
            )
        _whole(copy, names, "the home folder", "mend it or restore it from a backup first")
        manifest = _manifest(copy)
        archive.packed(copy, _files(copy), target)
    return manifest


def restore(settings: Settings, source: Path) -> dict[str, Any]:
    """Bring a backup back into an empty home folder, and an empty database server if there is one.

    All files are checked against the manifest before anything is put in place. Where the home folder is there, such as
    a volume, the files are checked within it; else beside it.
    """
    there = sorted(path.name for path in home().iterdir()) if home().is_dir() else []
    if there:
        raise InputError(f"the home folder {home()} is not empty ({there[0]}); name another one with VITRION_HOME")
    within = home().is_dir()
    if not within:
        home().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=home() if within else home().parent) as made:
        copy = Path(made) / "home"
        manifest = archive.unpacked(source, copy)
        _whole(copy, manifest["files"], "the backup", "take another one")
        _followed(copy, str(manifest.get("home", "")))
        rows = copy / tables_out.FILE
        if rows.exists():
            if not settings.database_url:
                raise InputError(f"{source} holds the tables of a database server; name one with VITRION_DATABASE_URL")
            tables_out.read(settings.store_url, rows)
            rows.unlink()
        if within:
            for path in sorted(copy.iterdir(), key=lambda path: path.name == "champions.json"):  # with it all is there
                path.replace(home() / path.name)
        else:
            copy.replace(home())
    return manifest


def _whole(copy: Path, names: Iterable[str], where: str, mend: str) -> None:
    """Refuse what a backup never holds, and databases that are not whole; asked of a home before it is packed, too."""
    for name in names:
        if _is_left_out(name):
            raise InputError(f"{where} holds {visible(name)}, which no backup has; {mend}")
        if name.endswith(_DATABASES):
            try:
                with closing(sqlite3.connect(f"{(copy / name).as_uri()}?mode=ro", uri=True)) as database:
                    said = database.execute("PRAGMA integrity_check").fetchone()[0]
            except sqlite3.DatabaseError as error:
                said = str(error)
            if said != "ok":
                raise WorkError(f"{where} is damaged: {visible(name)} is no whole database ({said[:80]}); {mend}")


def _followed(copy: Path, old: str) -> None:
    """Have MLflow look for its files in the present home folder instead of the one that was backed up."""
    path = copy / "mlflow.db"
    if path.exists() and old and Path(old).is_absolute() and Path(old) != home():
        with closing(sqlite3.connect(path)) as database, database:
            rewrite(database, Path(old), home())
        rename_models(copy / ARTIFACTS, Path(old), home())


@contextmanager
def _still() -> Iterator[None]:
    """Keep all writers of the home folder waiting."""
    from filelock import FileLock

    from ...experiments.campaign_log.store import folder, names
    from ...experiments.registry.record import lock

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
        private_folder(target.parent)
        if name.endswith(_DATABASES):
            private_file(target)
            with closing(sqlite3.connect(source / name)) as old, closing(sqlite3.connect(target)) as new:
                old.backup(new)
                new.execute("PRAGMA journal_mode = DELETE")
            continue
        try:
            os.link(source / name, target)
        except FileNotFoundError as error:  # such as a file of an unfinished job
            _LOG.warning("%s went while it was copied: %s", name, error.strerror)
        except OSError:  # a file system without links
            shutil.copyfile(source / name, private_file(target))


def _files(folder: Path) -> list[str]:
    """Files that are kept, as paths below a folder, in order."""
    found = []
    for here, folders, files in os.walk(folder):
        for one in sorted([*folders, *files]):
            name = (Path(here) / one).relative_to(folder).as_posix()
            mode = _mode(Path(here) / one)
            if not _is_left_out(name) and stat.S_ISLNK(mode):
                _LOG.warning("%s is a link and not in the backup; copy what it leads to yourself", name)
            elif not _is_left_out(name) and mode and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                _LOG.warning("%s is a pipe, socket or device, and not in the backup", name)
        folders[:] = [one for one in folders if not one.startswith(".") and one not in _NOT_KEPT]
        found += [(Path(here) / one).relative_to(folder).as_posix() for one in files]
    return sorted(name for name in found if not _is_left_out(name) and stat.S_ISREG(_mode(folder / name)))


def _mode(path: Path) -> int:
    """What a path is, as the system says; 0 for one that went meanwhile."""
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return 0


def _is_left_out(name: str) -> bool:
    """Whether a path below the home folder is in no backup."""
    *folders, last = name.split("/")
    return last.endswith(_LEFT_OUT) or any(one in _NOT_KEPT for one in (*folders, last)) or _hidden(folders)


def _hidden(folders: Sequence[str]) -> bool:
    return any(one.startswith(".") for one in folders)


def _manifest(copy: Path) -> dict[str, Any]:
    files = {name: _sha256(copy / name) for name in _files(copy)}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    told = {"format": FORMAT, "vitrion": version("vitrion"), "made": at, "home": str(home()), "files": files}
    put(copy / MANIFEST, json.dumps(told, indent=1).encode())
    return told


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
