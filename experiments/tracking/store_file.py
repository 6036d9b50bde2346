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

from ...datasets.home import put
from .experiment_names import EXPERIMENTS

ARTIFACTS = "mlartifacts"  # folder of the files of runs
DATABASE = "mlflow.db"
LOCATIONS = ("artifact_location", "artifact_uri", "source", "storage_location")  # columns of MLflow, in any table
TRACE_TAGS, TRACE_LOCATION = "trace_tags", "mlflow.artifactLocation"  # a location that is a tag
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

    These are the places of our own experiments whose files are gone there, or which the present home is a copy of.
    All that was with them comes along, whoever made it; what is anywhere else stays as it is.
    Raises `StoreFileError` where the database cannot be read.
    """
    with _opened(database, "restore that file from a backup, or move it away to begin a new one") as opened:
        before = [place for place in _places(opened) if not _same(place, home) and _is_left(place)]
        moves = [(place / ARTIFACTS, home / ARTIFACTS) for place in before]
        moves += [(place, home) for place in before if not place.exists()]
        with opened:
            for old, new in moves:
                rewrite(opened, old, new)
    for old, new in moves:
        rename_models(home / ARTIFACTS, old, new)
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
    """Replace a folder by another one where a database says where files are, as a path and as an address.

    Other texts, such as parameters and tags of runs, are what was true of the run, and stay.
    """
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for _, column, *_ in database.execute(f'PRAGMA table_info("{table}")').fetchall():
            if column in LOCATIONS:
                _replaced(database, table, column, old, new)
            elif (table, column) == (TRACE_TAGS, "value"):
                _replaced(database, table, column, old, new, f"AND \"key\" = '{TRACE_LOCATION}'")


def _replaced(database: sqlite3.Connection, table: str, column: str, old: Path, new: Path, only: str = "") -> None:
    for before, after in ((old.as_uri(), new.as_uri()), (str(old), str(new))):
        database.execute(
            f'UPDATE "{table}" SET "{column}" = ? || substr("{column}", ?) '  # noqa: S608 - names of its own
            f'WHERE ("{column}" = ? OR substr("{column}", 1, ?) = ?) {only}',
            (after, len(before) + 1, before, len(before) + 1, f"{before}/"),
        )


def _places(database: sqlite3.Connection) -> list[Path]:
    """Home folders in which the database says that files of runs of our own experiments are."""
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'experiments'").fetchone():
        return []
    rows = database.execute("SELECT DISTINCT name, artifact_location FROM experiments").fetchall()
    told = [urlparse(str(location)) for name, location in rows if name in EXPERIMENTS]
    paths = [Path(url2pathname(one.path)) for one in told if one.scheme == "file"]
    return sorted({path.parent for path in paths if path.name == ARTIFACTS})


def _is_left(place: Path) -> bool:
    """Whether no files of runs are in a place any more, or it is a home that the present one is a copy of."""
    return not (place / ARTIFACTS).exists() or (place / DATABASE).is_file()


def _same(place: Path, home: Path) -> bool:
    """Whether a place is the home folder, maybe by another name."""
    try:
        return place == home or place.samefile(home)
    except OSError:
        return False
