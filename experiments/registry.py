"""Which predictor answers: our own record of the champions, read without MLflow.

The record is the truth; MLflow's aliases follow it (see `reconcile`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sklearn
from filelock import FileLock

from ..datasets.home import home, made
from ..models import artifact
from ..models.predictor import Predictor
from .recipe import FURTHER, RECIPES

if TYPE_CHECKING:
    import pandas as pd

BUNDLE = "predictor.skops"
CARD = "card.json"
HELD_OUT = "held_out.parquet"
REMEMBERED = 20  # champions before the present one, for a rollback


class NoChampionError(LookupError):
    """There is no predictor of a property yet."""


@dataclass(frozen=True)
class Champion:
    """The card of a registered predictor.

    `version` is that of the MLflow registry, `sha256` that of the file, `metrics` are held-out by paper.
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
    """Return the folder of one version of one property."""
    return home() / "models" / name / str(version)


def lock() -> FileLock:
    """Return the lock that every change of the record takes."""
    return FileLock(made() / "registry.lock")


def keep(card: Champion, bundle: Path, held_out: pd.DataFrame | None = None) -> None:
    """Put a predictor's file, its held-out predictions and its card into their folder, all at once.

    Nothing answers with it until it is promoted.
    """
    target = folder(card.property, card.version)
    if (target / CARD).exists() and read_card(card.property, card.version).sha256 != card.sha256:
        raise NoChampionError(
            f"{card.property} version {card.version} is kept already, from another MLflow store: set "
            "MLFLOW_TRACKING_URI to that store, or VITRION_HOME to another folder"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.parent / f".{card.version}.{os.getpid()}.part"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    shutil.copyfile(bundle, fresh / BUNDLE)
    if held_out is not None:
        held_out.to_parquet(fresh / HELD_OUT, index=False)
    _write(fresh / CARD, asdict(card))
    if target.exists():
        shutil.rmtree(target)
    fresh.replace(target)


def held_out(name: str, version: int) -> pd.DataFrame | None:
    """Return the held-out predictions of a kept version (see `held_rows`), or None where there are none."""
    import pandas as pd

    path = folder(name, version) / HELD_OUT
    return pd.read_parquet(path) if path.exists() else None


def versions(name: str) -> list[int]:
    """Return the numbers of all kept versions of a property, in order."""
    parent = home() / "models" / name
    found = [path.parent.name for path in parent.glob(f"*/{CARD}")]
    return sorted(int(number) for number in found if number.isdecimal())


def promote(name: str, version: int) -> None:
    """Make a kept version the one that answers; raises where its file is not what its card says."""
    card = read_card(name, version)
    bundle = folder(name, version) / BUNDLE
    if not bundle.is_file() or artifact.sha256(bundle) != card.sha256:
        raise NoChampionError(f"the file of {name} version {version} is not the one that was trained; train again")
    with lock():
        record = _record()
        old = record.get(name)
        before = [] if old is None else [number for number in old["before"] if number != version]
        if old is not None and old["version"] != version:
            before = [*before, old["version"]][-REMEMBERED:]
        record[name] = {"version": card.version, "sha256": card.sha256, "before": before}
        _write(_record_path(), record)


def rollback(name: str) -> int:
    """Make the version answer again that did before the present one, and return its number."""
    with lock():
        record = _record()
        if name not in record:
            raise NoChampionError(f"there is no predictor of {name}, so none to go back from")
        before = record[name]["before"]
        if not before:
            present = record[name]["version"]
            raise NoChampionError(f"{name} version {present} is the first that answered; there is none to go back to")
        card = read_card(name, before[-1])
        record[name] = {"version": card.version, "sha256": card.sha256, "before": before[:-1]}
        _write(_record_path(), record)
    return card.version


def champions() -> dict[str, Champion]:
    """Return the cards of the predictors that answer, by property; empty when nothing was trained yet."""
    return {name: read_card(name, int(entry["version"])) for name, entry in sorted(_record().items())}


def usable() -> bool:
    """Whether there is a champion of all that a ranking needs, in files that this version can read."""
    cards, needed = champions(), {"scikit-learn": sklearn.__version__, "format": str(artifact.FORMAT)}
    return all(name in cards and needed.items() <= cards[name].versions.items() for name in RECIPES)


def load_predictor(name: str) -> Predictor:
    """Load the predictor of a property that was promoted last, checked against its hash.

    Parameters
    ----------
    name
        A property that has a recipe: ``"tg"``, ``"conductivity"``, ``"liquidus"``, ``"youngs_modulus"`` or
        ``"activation_energy"``.
    """
    if name not in (*RECIPES, *FURTHER):
        raise NoChampionError(f"no predictor can be of {name!r}; one of {', '.join((*RECIPES, *FURTHER))} can")
    entry = _record().get(name)
    if entry is None:
        command = "vitrion train" if name in RECIPES else f"vitrion train --property {name}"
        raise NoChampionError(f"there is no predictor of {name} in {home()}; make one with '{command}'")
    return load_version(name, int(entry["version"]), str(entry["sha256"]))


def load_version(name: str, version: int, sha256: str = "") -> Predictor:
    """Load a kept version, checked against a hash, by default that on its card."""
    card = read_card(name, version)
    if card.versions.get("scikit-learn") != sklearn.__version__:
        raise artifact.ArtifactError(
            f"the predictor of {name} was made with scikit-learn {card.versions.get('scikit-learn')}, this is "
            f"{sklearn.__version__}; train again with 'vitrion train'"
        )
    return artifact.load(folder(name, version) / BUNDLE, sha256 or card.sha256)


def read_card(name: str, version: int) -> Champion:
    """Read the card of a kept version."""
    path = folder(name, version) / CARD
    try:
        return Champion(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise NoChampionError(f"the card of {name} version {version} cannot be read ({error}); train again") from None


def _record_path() -> Path:
    return home() / "champions.json"


def _record() -> dict[str, dict[str, Any]]:
    path = _record_path()
    if not path.exists():
        return {}
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(name): {
                "version": int(entry["version"]),
                "sha256": str(entry["sha256"]),
                "before": [int(number) for number in entry.get("before", [])],
            }
            for name, entry in told.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoChampionError(f"{path} is damaged ({error}); remove it and run 'vitrion train'") from None


def _write(path: Path, content: Mapping[str, Any]) -> None:
    fresh = path.with_suffix(f".{os.getpid()}.part")
    fresh.write_text(json.dumps(content, indent=1, sort_keys=True, default=str), encoding="utf-8")
    fresh.replace(path)
