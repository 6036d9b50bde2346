"""The SQLite file of MLflow: opened at once or refused, and brought along when the home folder was moved.

MLflow writes whole paths, and tries for minutes to open a file that cannot be opened.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

from ..datasets.home import put

ARTIFACTS = "mlartifacts"  # folder of the files of runs
PATIENCE_S = 60.0


class StoreFileError(RuntimeError):
    """A database of MLflow that cannot be opened."""


def check(uri: str) -> None:
    """Refuse the address of a SQLite file that cannot be opened or is none; one that is not there is made."""
    import sqlalchemy as sa

    try:
        path = sa.make_url(uri).database
    except sa.exc.ArgumentError as error:
        raise StoreFileError(
            f"MLFLOW_TRACKING_URI={uri} is no address ({error}); give sqlite:////path/to/file"
        ) from None
    if path and path != ":memory:":
        mend = "restore that file from a backup, or name one that can be written in MLFLOW_TRACKING_URI or VITRION_HOME"
        with _opened(Path(path), mend) as database:
            database.execute("PRAGMA schema_version").fetchone()


def follow(database: Path, home: Path) -> list[Path]:
    """Have MLflow look for the files of its runs in the present home folder; return the places where it was before.

    Raises `StoreFileError` where the database cannot be read.
    """
    with _opened(database, "restore that file from a backup, or move it away to begin a new one") as opened:
        before = [place for place in _places(opened) if not _same(place, home)]
        with opened:
            for place in before:
                rewrite(opened, place, home)
    for place in before:
        rename_models(home / ARTIFACTS, place, home)
    return before


def rename_models(folder: Path, old: Path, new: Path) -> None:
    """Replace a folder by another one where the cards of logged models say where they are."""
    for card in folder.rglob("MLmodel"):
        text = card.read_text(encoding="utf-8")
        moved = text.replace(f"artifact_path: {old.as_uri()}/", f"artifact_path: {new.as_uri()}/")
        if moved != text:
            put(card, moved.encode())


@contextmanager
def _opened(path: Path, mend: str) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE_S)) as database:
            yield database
    except sqlite3.Error as error:
        raise StoreFileError(f"the runs of MLflow in {path} cannot be opened ({error}); {mend}") from error


def rewrite(database: sqlite3.Connection, old: Path, new: Path) -> None:
    """Replace a folder by another one at the beginning of all texts of a database, as a path and as an address."""
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for _, column, kind, *_ in database.execute(f'PRAGMA table_info("{table}")').fetchall():
            if "CHAR" not in kind.upper() and "TEXT" not in kind.upper():
                continue
            for before, after in ((old.as_uri(), new.as_uri()), (str(old), str(new))):
                database.execute(
                    f'UPDATE "{table}" SET "{column}" = ? || substr("{column}", ?) '  # noqa: S608 - names of its own
                    f'WHERE substr("{column}", 1, ?) = ?',
                    (after, len(before) + 1, len(before) + 1, f"{before}/"),
                )


def _places(database: sqlite3.Connection) -> list[Path]:
    """Home folders in which the database says that files of runs are."""
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'experiments'").fetchone():
        return []
    rows = database.execute("SELECT DISTINCT artifact_location FROM experiments").fetchall()
    told = [urlparse(str(location)) for (location,) in rows]
    paths = [Path(url2pathname(one.path)) for one in told if one.scheme == "file"]
    return [path.parent for path in paths if path.name == ARTIFACTS]


def _same(place: Path, home: Path) -> bool:
    """Whether a place is the home folder, maybe by another name."""
    try:
        return place == home or place.samefile(home)
    except OSError:
        return False
