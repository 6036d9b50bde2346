"""A predictor as one file: written once, hashed, and read only through the guard."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import sklearn

from ..blend import BlendedRegressor
from ..design.descriptor_record import Difference, Record, block_of, difference, of_format_5, record
from ..predictor import Predictor
from .allowlist import ForeignError, read
from .canonical import canonical
from .skops import dumps
from .tree_check import UnsoundError
from .validation import check

LARGEST_FILE = 200_000_000  # bytes
LARGEST_CONTENT = 2_000_000_000  # bytes, unpacked
FORMAT = (
    6  # of what a file holds; before 6 it did not name its descriptors, before 5 these knew no melting of chlorides
)
READABLE = (5, FORMAT)
LABEL = "vitrion.json"  # entry that names the format, the version of scikit-learn, the property and the descriptors
LARGEST_LABEL = 100_000  # bytes
OUTSIDE = ("held_out_", "descriptors_")  # of a predictor: what its file does not hold, or tells in the label
WORD = re.compile(r"[a-z][a-z0-9_]{0,60}")  # name of a property
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")  # name of an entry: no folder, no way out of one


class ArtifactError(ValueError):
    """A model file that is not to be read, and why."""


class OtherDescriptorsError(ArtifactError):
    """A model file that was trained on descriptors that are gone or that give other values by now.

    Parameters
    ----------
    property
        Property of the model.
    difference
        Names that are missing and names that changed.
    """

    def __init__(self, property: str, difference: Difference) -> None:  # noqa: A002 - the field's word
        super().__init__(property, difference)
        self.property, self.difference = property, difference

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the descriptors that there are no more."""
        return self.difference.missing

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the descriptors that give other values than in training."""
        return self.difference.changed

    def __str__(self) -> str:
        return (
            f"the predictor of {self.property} was trained on other descriptors: {self.difference}; train again: "
            f"vitrion train -p {self.property}"
        )


@dataclass(frozen=True)
class Label:
    """What a file says of itself: its format, and from format 6 on its property and the record of its descriptors."""

    form: int
    property: str = ""
    descriptors: Record = field(default_factory=dict)


def save(predictor: Predictor, path: Path) -> str:
    """Write a fitted predictor without its held-out rows, and return the sha256 of the file: equal for equal ones."""
    lean = Predictor(**predictor.get_params(deep=False))
    lean.__dict__.update({name: value for name, value in vars(predictor).items() if name not in OUTSIDE})
    path.write_bytes(canonical(dumps(lean), LABEL, label(predictor.property, predictor.descriptors)))
    return sha256(path)


def label(property: str, descriptors: tuple[str, ...]) -> str:  # noqa: A002 - the field's word
    """What a file says of itself, as JSON: versions, property, and its descriptors with their fingerprints."""
    versions = {"format": FORMAT, "scikit-learn": sklearn.__version__}
    return json.dumps(versions | {"property": property, "descriptors": record(descriptors)}, indent=1)


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
    heading = _check_zip(name, content)
    if changes := difference(heading.descriptors):
        raise OtherDescriptorsError(heading.property, changes)
    try:
        loaded = read(content)
        if not isinstance(loaded, Predictor):
            raise ArtifactError(f"{name} holds a {type(loaded).__name__} and not a predictor")
        loaded.descriptors_ = tuple(heading.descriptors or _of_older(loaded))
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


def unlike(path: Path) -> OtherDescriptorsError | None:
    """What `load` would raise for the descriptors of a file that is one of ours; None where they are as in training.

    The descriptors of a file of format 5 are those of every predictor of its time: atomic fractions and glass.
    """
    heading = _check_zip(path.name, path.read_bytes())
    changes = difference(heading.descriptors or of_format_5(("fractions", "glass")))
    return OtherDescriptorsError(heading.property, changes) if changes else None


def _of_older(predictor: Predictor) -> Record:
    """The record of a predictor of format 5, whose regressors do not name their descriptors either."""
    known = of_format_5(predictor.blocks)
    if changes := difference(known):
        raise OtherDescriptorsError(predictor.property, changes)
    glass = tuple(name.removeprefix("glass ") for name in known if block_of(name) == "glass")
    for regressor in (predictor.regressor, vars(predictor).get("regressor_")):
        if isinstance(regressor, BlendedRegressor):
            regressor.descriptors = glass
    return known


def _check_zip(name: str, content: bytes) -> Label:
    """Refuse what is no zip, unpacks to too much, holds an entry twice or under a path, or is of other versions."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            twice = len(entries) > len({entry.filename for entry in entries})
            sized = {entry.filename: entry.file_size for entry in entries}
            text = archive.read(LABEL) if sized.get(LABEL, LARGEST_LABEL) < LARGEST_LABEL else b"{}"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise ArtifactError(f"{name} is not a skops file: {error}") from None
    if unpacked > LARGEST_CONTENT:
        raise ArtifactError(f"{name} unpacks to {unpacked:,} bytes; a predictor has at most {LARGEST_CONTENT:,}")
    if strange := next((entry for entry in sized if not PLAIN.fullmatch(entry)), None):
        raise ArtifactError(f"{name} holds an entry called {strange[:40]!r}; none of ours is, and it is not read")
    if twice:
        raise ArtifactError(f"{name} holds an entry twice; it is not read")
    return _checked_label(name, text)


def _checked_label(name: str, text: bytes) -> Label:
    try:
        told = json.loads(text)
        form, version = told.get("format"), told.get("scikit-learn")
    except (ValueError, AttributeError, RecursionError):
        told, form, version = {}, None, None
    if form not in READABLE:
        older = "by a newer" if isinstance(form, int) and form > FORMAT else "by an older"
        shown = f"format {form}" if isinstance(form, int) else "no format number"
        raise ArtifactError(
            f"{name} was made {older} version of Vitrion ({shown}, this one reads formats {READABLE[0]} to {FORMAT}); "
            "train again with 'vitrion train'"
        )
    if version != sklearn.__version__:
        raise ArtifactError(
            f"{name} was made with scikit-learn {str(version)[:20]}, this is {sklearn.__version__}; "
            "train again with 'vitrion train'"
        )
    if form == READABLE[0]:
        return Label(form)
    quantity, known = told.get("property"), told.get("descriptors")
    named = isinstance(known, dict) and all(isinstance(value, str) for value in known.values())
    if not named or not known or not isinstance(quantity, str) or not WORD.fullmatch(quantity):
        raise ArtifactError(f"{name} does not say of what and on which descriptors it was trained; train again")
    return Label(form, quantity, known)
