"""A predictor as one file of arrays: written once, hashed, and made again only of what it should be made of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from ...datasets.properties import GLASS_FORMATION, MODELLED
from ..blend import BlendedRegressor
from ..design.descriptor_record import Difference, difference, record
from ..fitting.glass_former import GlassFormer
from ..predictor import Predictor
from . import container, glass_former
from .contents import assemble, draft
from .fields import Content, UnsoundError
from .parameters import describe, make
from .validation import check_answers, check_settings

LARGEST_FILE = 200_000_000  # bytes
FORMAT = 8  # of what a file holds; before 7 it held objects, and other versions of scikit-learn could not read it
READABLE = (7, FORMAT)
OF_OBJECTS = (b"PK\x03\x04", b"PK\x05\x06")  # how files of formats before 7 begin
CARD = ("format", "property", "descriptors", "predictor", "regressor", "numbers")
FORMER_CARD = tuple(name for name in CARD if name != "regressor")  # of a predictor of glass formation
MOST_DESCRIPTORS = 5000
WORD = re.compile(r"[a-z][a-z0-9_]{0,60}")  # name of a property

Anything = Predictor | GlassFormer
T = TypeVar("T", bound=Anything)


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


def save(predictor: Anything, path: Path) -> str:
    """Write a fitted predictor without its held-out rows, and return the sha256 of the file: equal for equal ones.

    Raises
    ------
    TypeError
        Where the predictor was given a regressor of a kind that files do not hold.
    """
    content = glass_former.draft_former(predictor) if isinstance(predictor, GlassFormer) else draft(predictor)
    path.write_bytes(container.write(content.arrays, card(predictor, content.numbers)))
    return sha256(path)


def card(predictor: Anything, numbers: Mapping[str, float | int]) -> dict[str, Any]:
    """What a file says of itself: format, property, descriptors with their fingerprints, parameters, and numbers."""
    told = {"format": FORMAT, "property": predictor.property, "descriptors": record(predictor.descriptors)}
    told["predictor"] = describe(predictor)
    if isinstance(predictor, Predictor):
        told["regressor"] = describe(predictor.regressor_)
    return told | {"numbers": dict(numbers)}


def load(path: Path, expected: str) -> Predictor:
    """Read the predictor of a measured property from a file, as `opened` does."""
    return _of_kind(opened(path, expected), Predictor, path.name)


def load_former(path: Path, expected: str) -> GlassFormer:
    """Read the predictor of glass formation from a file, as `opened` does."""
    return _of_kind(opened(path, expected), GlassFormer, path.name)


def loads(content: bytes, expected: str, name: str = "the model file") -> Predictor:
    """Read the predictor of a measured property from the bytes of a file, as `opened` does."""
    return _of_kind(opened_bytes(content, expected, name), Predictor, name)


def opened(path: Path, expected: str) -> Anything:
    """Read a predictor from a file that has the expected sha256 and holds what a predictor is made of.

    The file is read once: what was hashed is what answers, as views of these bytes.
    """
    size = path.stat().st_size if path.is_file() else -1
    if size < 0:
        raise ArtifactError(f"{path.name} is not there; train again with 'vitrion train'")
    if size > LARGEST_FILE:
        raise ArtifactError(f"{path.name} has {size:,} bytes; a predictor has at most {LARGEST_FILE:,}")
    return opened_bytes(path.read_bytes(), expected, path.name)


def opened_bytes(content: bytes, expected: str, name: str = "the model file") -> Anything:
    """Read a predictor from the bytes of a file, as `opened` does."""
    if len(content) > LARGEST_FILE:
        raise ArtifactError(f"{name} has {len(content):,} bytes; a predictor has at most {LARGEST_FILE:,}")
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ArtifactError(
            f"{name} has sha256 {found[:12]}... and not {expected[:12]}...: it was changed after training; "
            "train again with 'vitrion train'"
        )
    try:
        _check_kind(content, name)
        arrays, told = container.read(content)
        quantity, descriptors = _heading(told, name)
        if changes := difference(descriptors):
            raise OtherDescriptorsError(quantity, changes)
        return _assembled(arrays, told)
    except container.FormatError as error:
        raise ArtifactError(f"{name} is no model file: {error}; train again with 'vitrion train'") from None
    except UnsoundError as error:
        raise ArtifactError(
            f"{name} holds {error}, which no training writes; train again with 'vitrion train'"
        ) from None


def sha256(path: Path) -> str:
    """Sha256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unlike(path: Path) -> OtherDescriptorsError | None:
    """What `opened` would raise for the descriptors of a file that is ours; None where they are as in training."""
    with path.open("rb") as file:
        content = file.read(container.LENGTH + container.LARGEST_HEADING)
    try:
        _check_kind(content, path.name)
        quantity, descriptors = _heading(container.read_card(content), path.name)
    except container.FormatError as error:
        raise ArtifactError(f"{path.name} is no model file: {error}; train again with 'vitrion train'") from None
    changes = difference(descriptors)
    return OtherDescriptorsError(quantity, changes) if changes else None


def _of_kind(loaded: Anything, kind: type[T], name: str) -> T:
    if not isinstance(loaded, kind):
        raise ArtifactError(f"{name} holds a {type(loaded).__name__}; a {kind.__name__} is read here")
    return loaded


def _assembled(arrays: dict[str, Any], told: dict[str, Any]) -> Anything:
    """The predictor of a file whose heading was looked at."""
    if told["property"] == GLASS_FORMATION.name:
        return _former(arrays, told)
    predictor: Predictor = make(told["predictor"], Predictor)
    regressor: BlendedRegressor = make(told["regressor"], BlendedRegressor)
    if predictor.property != told["property"] or not isinstance(told["numbers"], dict):
        raise UnsoundError("a card that contradicts itself")
    predictor.descriptors_ = tuple(told["descriptors"])
    check_settings(predictor, regressor)
    assemble(predictor, regressor, Content(arrays, dict(told["numbers"]), {}))
    check_answers(predictor)
    return predictor


def _former(arrays: dict[str, Any], told: dict[str, Any]) -> GlassFormer:
    """The predictor of glass formation of such a file."""
    former: GlassFormer = make(told["predictor"], GlassFormer)
    if not isinstance(told["numbers"], dict):
        raise UnsoundError("a card that contradicts itself")
    former.descriptors_ = tuple(told["descriptors"])
    glass_former.assemble_former(former, Content(arrays, dict(told["numbers"]), {}))
    glass_former.check_answers(former)
    return former


def _check_kind(content: bytes, name: str) -> None:
    """Refuse files of objects, which versions before format 7 wrote, in words of their own."""
    if content.startswith(OF_OBJECTS):
        raise ArtifactError(
            f"{name} was made by an older version of Vitrion (before format {FORMAT}), as objects that this one does "
            "not read; train again with 'vitrion train'"
        )


def _heading(told: dict[str, Any], name: str) -> tuple[str, dict[str, str]]:
    """Property of a card of this format, and its descriptors with their fingerprints."""
    form = told.get("format")
    if form not in READABLE or type(form) is not int:
        older = "by a newer" if type(form) is int and form > FORMAT else "by an older"
        shown = f"format {form}" if type(form) is int else "no format number"
        raise ArtifactError(
            f"{name} was made {older} version of Vitrion ({shown}, this one reads format {FORMAT}); "
            "train again with 'vitrion train'"
        )
    quantity, known = told.get("property"), told.get("descriptors")
    named = isinstance(known, dict) and all(isinstance(value, str) for value in known.values())
    if not named or not known or len(known) > MOST_DESCRIPTORS:
        raise ArtifactError(f"{name} does not say on which descriptors it was trained; train again")
    if not isinstance(quantity, str) or not WORD.fullmatch(quantity) or quantity not in MODELLED:
        raise ArtifactError(f"{name} does not say of which property it is; train again")
    if set(told) != set(FORMER_CARD if quantity == GLASS_FORMATION.name else CARD):
        raise UnsoundError("a card with other entries")
    return quantity, known
