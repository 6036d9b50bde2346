"""A predictor as one file: written once, hashed, and read only through the guard."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import skops.io

from .predictor import Predictor

LARGEST_FILE = 200_000_000  # bytes
LARGEST_CONTENT = 2_000_000_000  # bytes, unpacked

TRUSTED = (
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "vitrion.models.blend.BlendedRegressor",
    "vitrion.models.committee.Committee",
    "vitrion.models.conformal.Calibration",
    "vitrion.models.difficulty.Difficulty",
    "vitrion.models.domain.Domain",
    "vitrion.models.predictor.Predictor",
    "vitrion.models.process.FamilyProcess",
    "vitrion.models.process.Views",
)


class ArtifactError(ValueError):
    """A model file that is not to be read, and why."""


def save(predictor: Predictor, path: Path) -> str:
    """Write a fitted predictor without its held-out rows, and return the sha256 of the file."""
    lean = Predictor(**predictor.get_params(deep=False))
    lean.__dict__.update({name: value for name, value in vars(predictor).items() if name != "held_out_"})
    skops.io.dump(lean, path, compression=zipfile.ZIP_DEFLATED, compresslevel=3)
    return sha256(path)


def load(path: Path, expected: str) -> Predictor:
    """Read a predictor whose file has the expected sha256 and holds no type but the trusted ones."""
    size = path.stat().st_size if path.is_file() else -1
    if size < 0:
        raise ArtifactError(f"{path.name} is not there; train again with 'vitrion train'")
    if size > LARGEST_FILE:
        raise ArtifactError(f"{path.name} has {size:,} bytes; a predictor has at most {LARGEST_FILE:,}")
    found = sha256(path)
    if found != expected:
        raise ArtifactError(
            f"{path.name} has sha256 {found[:12]}... and not {expected[:12]}...: it was changed after training; "
            "train again with 'vitrion train'"
        )
    _check_zip(path)
    try:
        foreign = sorted(set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED))
        loaded = None if foreign else skops.io.load(path, trusted=list(TRUSTED))
    except Exception as error:  # skops lets through whatever JSON, NumPy or an object's state raise
        raise ArtifactError(f"{path.name} is damaged ({type(error).__name__}: {error}); train again") from error
    if foreign:
        raise ArtifactError(f"{path.name} holds {', '.join(foreign)}, which no predictor of ours does; it is not read")
    if not isinstance(loaded, Predictor):
        raise ArtifactError(f"{path.name} holds a {type(loaded).__name__} and not a predictor")
    return loaded


def sha256(path: Path) -> str:
    """Sha256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            content = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise ArtifactError(f"{path.name} is not a skops file: {error}") from None
    if content > LARGEST_CONTENT:
        raise ArtifactError(f"{path.name} unpacks to {content:,} bytes; a predictor has at most {LARGEST_CONTENT:,}")
