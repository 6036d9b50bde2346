"""Which predictor answers: our own record of the champions, read without MLflow.

The record is the truth; MLflow's aliases follow it (see `reconcile`). Version 0 of a property is the predictor that is
shipped with the package (see `shipped`): it is read like any other, and never written to.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from ...datasets.exchange.structured import of_json
from ...datasets.home import home, private_file, private_folder
from ...datasets.properties import GLASS_FORMATION, MODELLED, RANKED
from ...models.artifacts import artifact
from ...models.fitting.glass_former import GlassFormer
from ...models.predictor import Predictor
from . import shipped
from .record import Entry, NoChampionError, lock, put, record, write

if TYPE_CHECKING:
    import pandas as pd

BUNDLE = "predictor.safetensors"
CARD = shipped.CARD
HELD_OUT = "held_out.parquet"
GATE = "gate.json"
REMEMBERED = 20  # champions before the present one, for a rollback


class ShippedError(artifact.ArtifactError):
    """A shipped predictor that cannot be used.

    Parameters
    ----------
    property
        Of the predictor.
    cause
        What is wrong with its file.
    """

    def __init__(self, property: str, cause: artifact.ArtifactError) -> None:  # noqa: A002 - the field's word
        super().__init__(property, cause)
        self.property, self.cause = property, cause

    def __str__(self) -> str:
        return f"the shipped predictor of {self.property} cannot be used: {self.cause}; {shipped.mend(self.property)}"


@dataclass(frozen=True)
class Champion:
    """The card of a registered predictor.

    `version` is that of the MLflow registry, or 0 where it is shipped, `sha256` that of the file, `metrics` are
    held-out by paper.
    """

    property: str
    version: int
    sha256: str
    run_id: str
    created: str
    fingerprint: str
    recipe: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


def folder(name: str, version: int) -> Path:
    """Return the folder of one version of one property: in the home, or in the package for version 0."""
    return shipped.folder(name) if version == shipped.VERSION else _own_folder(name, version)


def _own_folder(name: str, version: int) -> Path:
    return home() / "models" / name / str(version)


def keep(card: Champion, bundle: Path, held_out: pd.DataFrame | None = None) -> None:
    """Put a predictor's file, its held-out predictions and its card into their folder, all at once.

    Nothing answers with it until it is promoted.
    """
    target = _own_folder(card.property, card.version)
    if card.version == shipped.VERSION:
        raise NoChampionError(f"version {shipped.VERSION} of {card.property} is the shipped one, which is only read")
    if (target / CARD).exists() and read_card(card.property, card.version).sha256 != card.sha256:
        raise NoChampionError(
            f"{card.property} version {card.version} is kept already, from another MLflow store: set "
            "MLFLOW_TRACKING_URI to that store, or VITRION_HOME to another folder"
        )
    private_folder(target.parent)
    fresh = target.parent / f".{card.version}.{os.getpid()}.part"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copyfile(bundle, private_file(private_folder(fresh) / BUNDLE))
    if held_out is not None:
        held_out.to_parquet(private_file(fresh / HELD_OUT), index=False)
    write(fresh / CARD, asdict(card))
    if target.exists():
        shutil.rmtree(target)
    fresh.replace(target)


def held_out(name: str, version: int) -> pd.DataFrame | None:
    """Return the held-out predictions of a kept version (see `held_rows`), or None where none can be read."""
    import pandas as pd

    try:
        kept = pd.read_parquet(folder(name, version) / HELD_OUT)
        return kept.astype(dict.fromkeys(kept.select_dtypes("float32"), float))  # as shipped ones are
    except (OSError, ValueError):  # not there, or damaged
        return None


def gate_of(name: str, version: int) -> dict[str, Any]:
    """Return what the gate said of a kept version when it was last asked; empty where it was not.

    ``passed`` is None where it was not to be asked.
    """
    for path in dict.fromkeys((_own_folder(name, version) / GATE, folder(name, version) / GATE)):
        try:
            told = of_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(told, dict):
            return told
    return {}


def put_gate(name: str, version: int, decision: Mapping[str, Any]) -> None:
    """Keep what the gate said of a version: always in the home, also of the shipped one."""
    write(private_folder(_own_folder(name, version)) / GATE, decision)


def standing_of(name: str, version: int) -> str:
    """Say what a version is: the one that answers, one that did or was refused, the shipped one, or never asked."""
    entry, said = record().get(name), gate_of(name, version)
    if entry is not None and entry.version == version:
        return "answers"
    if entry is not None and read_card(name, version).sha256 in entry.rolled_back:
        return "rolled back"
    if entry is not None and version in dict(entry.before):
        return shipped.WORD if version == shipped.VERSION else "answered before"
    if version == shipped.VERSION:
        return shipped.WORD
    return "refused" if said.get("passed") is False else "kept"


def versions(name: str) -> list[int]:
    """Return the numbers of all kept versions of a property, in order; 0 is the shipped one."""
    parent = home() / "models" / name
    found = [path.parent.name for path in parent.glob(f"*/{CARD}")]
    own = sorted(int(number) for number in found if number.isdecimal() and int(number) != shipped.VERSION)
    return [shipped.VERSION, *own] if name in shipped.names() else own


def every(name: str | None = None) -> list[tuple[str, str]]:
    """Properties and folders of all versions, or of those of one: the newest first, the shipped one last.

    What is in the way of a folder stands there too: its card cannot be read.
    """
    own = [(path.parent.name, path.name) for path in (home() / "models").glob(f"{name or '*'}/*")]
    own = [one for one in own if one[1] != str(shipped.VERSION)]  # keeps what the gate said of it
    told = own + [(one, str(shipped.VERSION)) for one in shipped.names() if name in (None, one)]
    return sorted(told, key=lambda one: (one[0], -int(one[1]) if one[1].isdigit() else 0))


def promote(name: str, version: int) -> None:
    """Make a kept version the one that answers; raises where its file is not what its card says."""
    card = read_card(name, version)
    if not is_whole(name, version, card.sha256):
        raise NoChampionError(f"the file of {name} version {version} is not the one that was trained; train again")
    with lock():
        told = record()
        old = told.get(name)
        before, back = ([], []) if old is None else (list(old.before), list(old.rolled_back))
        if old is not None and old.version != version:
            before = [*before, (old.version, old.sha256)][-REMEMBERED:]
        before = [one for one in before if one[0] != version]
        back = [digest for digest in back if digest != card.sha256]
        told[name] = Entry(card.version, card.sha256, tuple(before), tuple(back))
        put(told)


def rollback(name: str) -> int:
    """Make the last version answer again that did before the present one and is whole; return its number.

    No training promotes the version that is left again; by hand it can be.
    """
    with lock():
        told = record()
        if name not in told:
            raise NoChampionError(f"there is no predictor of {name}, so none to go back from")
        now, before = told[name], list(told[name].before)
        while before and not is_whole(name, *before[-1]):
            before.pop()
        if not before:
            which = "the first that answered" if not now.before else "the only one whose file is whole"
            raise NoChampionError(f"{name} version {now.version} is {which}; there is none to go back to")
        version = before.pop()[0]
        digest = read_card(name, version).sha256
        back = tuple(dict.fromkeys([*now.rolled_back, now.sha256]))
        told[name] = Entry(version, digest, tuple(before), back)
        put(told)
    return version


def fault(name: str) -> str:
    """Why the champion of a property cannot answer here; empty where it can, or where there is none."""
    entry = record().get(name)
    if entry is None:
        return ""
    try:
        card = read_card(name, entry.version)
    except NoChampionError as error:
        return str(error)
    if said := unreadable(card):
        return said
    if not is_whole(name, entry.version, entry.sha256):
        if entry.version == shipped.VERSION:
            return f"the shipped predictor of {name} is damaged or not there; {shipped.mend(name)}"
        return f"the file of {name} version {entry.version} is not the one that was trained"
    unlike = artifact.unlike(folder(name, entry.version) / BUNDLE)
    return f"the model was trained on other descriptors: {unlike.difference}" if unlike else ""


def is_whole(name: str, version: int, sha256: str = "") -> bool:
    """Whether the file of a version is there and has a hash, by default that on its card."""
    try:
        return artifact.sha256(folder(name, version) / BUNDLE) == (sha256 or read_card(name, version).sha256)
    except (OSError, NoChampionError):
        return False


def champions() -> dict[str, Champion]:
    """Return the cards of the predictors that answer, by property; empty where none is shipped and none was trained."""
    return {name: read_card(name, entry.version) for name, entry in sorted(record().items())}


def usable() -> bool:
    """Whether there is a champion of all that a ranking needs, in files that this version can read."""
    return not unusable()


def unusable() -> list[str]:
    """Return those properties that a ranking needs and of which no champion can answer here."""
    return [name for name in RANKED if name not in record() or fault(name)]


@overload
def load_predictor(name: Literal["glass_formation"]) -> GlassFormer: ...
@overload
def load_predictor(name: str) -> Predictor: ...
def load_predictor(name: str) -> Predictor | GlassFormer:
    """Load the predictor of a property that was promoted last, checked against its hash.

    Parameters
    ----------
    name
        A property that has a recipe, such as ``"tg"``: one of `datasets.properties.MODELLED`; that of
        ``"glass_formation"`` is a `GlassFormer`.
    """
    entry = record().get(name)
    if entry is None:
        raise lacking(name)
    return load_version(name, entry.version, entry.sha256)


def lacking(name: str) -> NoChampionError:
    """What is raised where no predictor of a property answers: there is none yet, or there can be none."""
    if name not in MODELLED:
        return NoChampionError(f"unknown property {name!r}; choose {', '.join(MODELLED)}")
    if said := refused(name):
        mend = f"train again when more is measured, or 'vitrion models promote {name} {versions(name)[-1]} --force'"
        return NoChampionError(f"no predictor of {name} answers: {said}; {mend}")
    command = "vitrion train" if name in RANKED else f"vitrion train --property {name}"
    return NoChampionError(f"there is no predictor of {name} in {home()}; make one with '{command}'")


def refused(name: str) -> str:
    """Why the newest version of a property does not answer, where none does; empty where one does, or none was kept."""
    numbers = versions(name)
    if not numbers or name in record() or not (said := gate_of(name, numbers[-1])):
        return ""
    return f"version {numbers[-1]} was not promoted: {said.get('reason', '')}"


@overload
def load_version(name: Literal["glass_formation"], version: int, sha256: str = "") -> GlassFormer: ...
@overload
def load_version(name: str, version: int, sha256: str = "") -> Predictor: ...
def load_version(name: str, version: int, sha256: str = "") -> Predictor | GlassFormer:
    """Load a kept version, checked against a hash, by default that on its card."""
    card = read_card(name, version)
    try:
        return _opened(name, version, card, sha256)
    except artifact.ArtifactError as error:
        if version != shipped.VERSION:
            raise
        raise ShippedError(name, error) from error


def _opened(name: str, version: int, card: Champion, sha256: str) -> Predictor | GlassFormer:
    """The predictor of a card, checked against a hash."""
    if said := unreadable(card):
        raise artifact.ArtifactError(f"{name} version {version}: {said}; train again with 'vitrion train'")
    path, digest = folder(name, version) / BUNDLE, sha256 or card.sha256
    return artifact.load_former(path, digest) if name == GLASS_FORMATION.name else artifact.load(path, digest)


def unreadable(card: Champion) -> str:
    """Why this version of Vitrion does not read the file of a version; empty where it does."""
    form = card.versions.get("format")
    if form in [str(readable) for readable in artifact.READABLE]:
        return ""
    return f"the model file is of format {form}, and this version of Vitrion reads format {artifact.FORMAT}"


def read_card(name: str, version: int) -> Champion:
    """Read the card of a kept version."""
    path = folder(name, version) / CARD
    try:
        return Champion(**of_json(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        which = f"the shipped predictor of {name}" if version == shipped.VERSION else f"{name} version {version}"
        mend = shipped.mend(name) if version == shipped.VERSION else "train again"
        raise NoChampionError(f"the card of {which} cannot be read ({error}); {mend}") from None
