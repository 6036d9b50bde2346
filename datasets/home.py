"""The folder where Vitrion keeps what it makes: models, runs and the lab's own measurements.

It is for its owner alone, or for the group that a folder which is there already is open to; never for all others.
"""

from __future__ import annotations

import logging
import os
import secrets
import stat
import unicodedata
from contextlib import suppress
from pathlib import Path

from platformdirs import user_data_dir

FOLDER_MODE, FILE_MODE = 0o700, 0o600  # of what is made in the home folder
_LOG = logging.getLogger(__name__)
_looked_at: set[Path] = set()


class HomeError(ValueError):
    """A home folder whose name cannot be used."""


def home() -> Path:
    """Return the folder named by ``VITRION_HOME``, else the user's data folder; it need not exist yet.

    Raises `HomeError` where its name could not be written into a database or a message.
    """
    told = os.environ.get("VITRION_HOME") or user_data_dir("vitrion", appauthor=False)
    if any(unicodedata.category(mark) in ("Cc", "Cs") for mark in told):
        shown = told.encode("utf-8", "backslashreplace").decode().encode("unicode_escape").decode()
        raise HomeError(f"VITRION_HOME={shown!r} holds a control character or no UTF-8; name a folder without")
    return Path(told).expanduser().absolute()


def made() -> Path:
    """Return the home folder, made if it was not there; raises `OSError` with the reason if it cannot be.

    One that all others on this machine may enter is used as it is, with a warning; a group may share one.
    """
    folder = home()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(FOLDER_MODE, exist_ok=True)
        wide = os.name == "posix" and folder.stat().st_mode & 0o007
    except OSError as error:
        mend = "cannot be made; name a folder with VITRION_HOME"
        raise OSError(error.errno, f"the home folder {mend} ({error.strerror})", str(folder)) from None
    if wide and folder not in _looked_at:
        _looked_at.add(folder)
        mode, to = folder.stat().st_mode & 0o777, "o-rwx" if _group_bits(folder) else "700"
        _LOG.warning(
            "the home folder %s is open to others (mode %o); close it: chmod %s '%s'", folder, mode, to, folder
        )
    return folder


def _group_bits(folder: Path) -> int:
    """What its group may do in a home folder that is shared with it; 0 where it is not.

    It is shared where the group may write or is handed on (setgid), and where it may enter and all others may not.
    """
    try:
        mode = folder.stat().st_mode
    except OSError:
        return 0
    meant = mode & (stat.S_ISGID | stat.S_IWGRP) or not mode & 0o007
    return mode & 0o070 if os.name == "posix" and meant else 0


def file_mode(path: Path) -> int:
    """Return the mode of a new file: for its owner alone, or for the group of a shared home that it is in."""
    return FILE_MODE | _shared_with(path) & 0o060


def _shared_with(path: Path) -> int:
    """Group bits of the home folder for what is below it; 0 for what is elsewhere."""
    top = home().resolve()
    return _group_bits(top) if path.resolve().is_relative_to(top) else 0


def private_folder(folder: Path) -> Path:
    """Return a folder, made with those above it: for its owner alone, or the group of a shared home that it is in."""
    if not folder.is_dir():
        if folder.parent != folder:
            private_folder(folder.parent)
        with suppress(FileExistsError):  # another process made it meanwhile
            folder.mkdir(FOLDER_MODE)
            if group := _shared_with(folder):  # a mode of mkdir is cut by the umask; setgid comes from the folder above
                folder.chmod(stat.S_IMODE(folder.stat().st_mode) | group)
    return folder


def new_file(path: Path, kinds: int = os.O_WRONLY) -> int:
    """Return the handle of a file that was not there: for its owner alone, or the group of a shared home.

    Raises `FileExistsError` where it is there.
    """
    flags = kinds | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    handle = os.open(path, flags, FILE_MODE)
    if (mode := file_mode(path)) != FILE_MODE:
        os.fchmod(handle, mode)
    return handle


def private_file(path: Path) -> Path:
    """Return a file that others will write, such as a database: where it is not there, made empty as `new_file` does.

    SQLite gives its journals the mode of their database.
    """
    with suppress(FileExistsError):
        os.close(new_file(path))
    return path


def sqlite_url(path: Path) -> str:
    """Return the address of a SQLite file as SQLAlchemy reads it, whatever letters the path has.

    It is the path itself where that can be: MLflow takes what follows ``sqlite:///`` for one, and makes its folder.
    """
    import sqlalchemy as sa

    plain = f"sqlite:///{path}"
    if sa.make_url(plain).database == str(path):
        return plain
    return sa.URL.create("sqlite+pysqlite", database=str(path)).render_as_string(hide_password=False)


def put(path: Path, content: bytes) -> None:
    """Put a file in place in one step: a reader, or a crash, sees the old one or the new one, never half of it.

    It has the mode of the old one. A new one in the home folder is as `new_file` makes it, and as usual elsewhere.
    """
    target = path.resolve()
    part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    if target.is_relative_to(home().resolve()):
        handle = new_file(part)
    else:
        kinds = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        handle = os.open(part, kinds, 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            if target.exists() and hasattr(os, "fchmod"):
                os.fchmod(handle, target.stat().st_mode & 0o777)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        error.filename = error.filename or str(path)  # a full disk names none
        raise
    except BaseException:
        part.unlink(missing_ok=True)
        raise
