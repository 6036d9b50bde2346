"""A predictor as one file: written once, hashed, and read only through the guard."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import sklearn

from .canonical import canonical
from .file_contents import ForeignError, read
from .lean_skops import dumps
from .predictor import Predictor
from .soundness import check
from .tree_check import UnsoundError

LARGEST_FILE = 200_000_000  # bytes
LARGEST_CONTENT = 2_000_000_000  # bytes, unpacked
FORMAT = 5  # of what a file holds; before 5 the descriptors knew no melting of chlorides
LABEL = "vitrion.json"  # entry that names the format and the version of scikit-learn
LARGEST_LABEL = 10_000  # bytes
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")  # name of an entry: no folder, no way out of one


class ArtifactError(ValueError):
    """A model file that is not to be read, and why."""


def save(predictor: Predictor, path: Path) -> str:
    """Write a fitted predictor without its held-out rows, and return the sha256 of the file: equal for equal ones."""
    lean = Predictor(**predictor.get_params(deep=False))
    lean.__dict__.update({name: value for name, value in vars(predictor).items() if name != "held_out_"})
    label = json.dumps({"format": FORMAT, "scikit-learn": sklearn.__version__})
    path.write_bytes(canonical(dumps(lean), LABEL, label))
    return sha256(path)


def load(path: Path, expected: str) -> Predictor:
    """Read a predictor from a file that has the expected sha256, holds no kind of object but ours, and is sound.

    The file is read once: what was hashed is what is checked and loaded. Its trees are checked before objects are made
    of them, see `file_contents`; all else before the predictor is handed out, see `soundness`.
    """
    size = path.stat().st_size if path.is_file() else -1
    if size < 0:
        raise ArtifactError(f"{path.name} is not there; train again with 'vitrion train'")
    if size > LARGEST_FILE:
        raise ArtifactError(f"{path.name} has {size:,} bytes; a predictor has at most {LARGEST_FILE:,}")
    return loads(path.read_bytes(), expected, path.name)


def loads(content: bytes, expected: str, name: str = "the model file") -> Predictor:
    """Read a predictor from the bytes of a file, as `load` does."""
    if len(content) > LARGEST_FILE:
        raise ArtifactError(f"{name} has {len(content):,} bytes; a predictor has at most {LARGEST_FILE:,}")
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ArtifactError(
            f"{name} has sha256 {found[:12]}... and not {expected[:12]}...: it was changed after training; "
            "train again with 'vitrion train'"
        )
    _check_zip(name, content)
    try:
        loaded = read(content)
        if not isinstance(loaded, Predictor):
            raise ArtifactError(f"{name} holds a {type(loaded).__name__} and not a predictor")
        check(loaded)
    except ArtifactError:
        raise
    except ForeignError as error:
        raise ArtifactError(f"{name} holds {error}, which no predictor of ours does; it is not read") from None
    except UnsoundError as error:
        raise ArtifactError(f"{name} holds {error}, which no training writes; train again") from None
    except Exception as error:  # skops lets through whatever JSON, NumPy or an object's state raise
        raise ArtifactError(f"{name} is damaged ({type(error).__name__}: {error}); train again") from error
    return loaded


def sha256(path: Path) -> str:
    """Sha256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_zip(name: str, content: bytes) -> None:
    """Refuse what is no zip, unpacks to too much, holds an entry twice or under a path, or is of other versions."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            twice = len(entries) > len({entry.filename for entry in entries})
            sized = {entry.filename: entry.file_size for entry in entries}
            label = archive.read(LABEL) if sized.get(LABEL, LARGEST_LABEL) < LARGEST_LABEL else b"{}"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise ArtifactError(f"{name} is not a skops file: {error}") from None
    if unpacked > LARGEST_CONTENT:
        raise ArtifactError(f"{name} unpacks to {unpacked:,} bytes; a predictor has at most {LARGEST_CONTENT:,}")
    if strange := next((entry for entry in sized if not PLAIN.fullmatch(entry)), None):
        raise ArtifactError(f"{name} holds an entry called {strange[:40]!r}; none of ours is, and it is not read")
    if twice:
        raise ArtifactError(f"{name} holds an entry twice; it is not read")
    _check_label(name, label)


def _check_label(name: str, label: bytes) -> None:
    try:
        told = json.loads(label)
        form, version = told.get("format"), told.get("scikit-learn")
    except (ValueError, AttributeError, RecursionError):
        form, version = None, None
    if form != FORMAT:
        older = "by a newer" if isinstance(form, int) and form > FORMAT else "by an older"
        shown = f"format {form}" if isinstance(form, int) else "no format number"
        raise ArtifactError(
            f"{name} was made {older} version of Vitrion ({shown}, this one reads format {FORMAT}); "
            "train again with 'vitrion train'"
        )
    if version != sklearn.__version__:
        raise ArtifactError(
            f"{name} was made with scikit-learn {str(version)[:20]}, this is {sklearn.__version__}; "
            "train again with 'vitrion train'"
        )
