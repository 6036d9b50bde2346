"""The folder where Vitrion keeps what it makes: models, runs and the lab's own measurements."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from platformdirs import user_data_dir


def home() -> Path:
    """Return the folder named by ``VITRION_HOME``, else the user's data folder; it need not exist yet."""
    return Path(os.environ.get("VITRION_HOME") or user_data_dir("vitrion", appauthor=False)).expanduser().absolute()


def made() -> Path:
    """Return the home folder, made if it was not there; raises `OSError` with the reason if it cannot be."""
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        mend = "cannot be made; name a folder with VITRION_HOME"
        raise OSError(error.errno, f"the home folder {mend} ({error.strerror})", str(folder)) from None
    return folder


def put(path: Path, content: bytes) -> None:
    """Put a file in place in one step: a reader, or a crash, sees the old one or the new one, never half of it."""
    target = path.resolve()
    mask = os.umask(0)
    os.umask(mask)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~mask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
