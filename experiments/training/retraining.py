"""When to train again: new measurements, results that the intervals did not hold, or files of another version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...datasets import Dataset, load
from ...datasets.readings import trusting
from ..gate.held_out import identities, now_known
from ..recipes.glass_formation import NAME as FORMATION
from ..recipes.glass_formation import FormationRecipe, recipe_of
from ..recipes.recipe import Recipe
from ..registry import shipped
from ..registry import versions as registry
from ..registry.record import record
from ..tracking.store import package_versions

ENOUGH_NEW = 8  # measurements of the lab after which training again is worth its minutes
FEWEST_FOR_DRIFT = 5
DRIFT = 1.0  # median error of the lab's new results in half widths of their 90 % intervals


@dataclass(frozen=True)
class Reason:
    """Why to train a property again; `needed` is whether it is worth it."""

    property: str
    needed: bool
    said: str


def why(name: str, enough: int = ENOUGH_NEW) -> Reason:
    """Whether to train a property again, and why.

    Parameters
    ----------
    name
        Of the property.
    enough
        New measurements that are reason enough.
    """
    entry = record().get(name)
    if entry is None:
        return _without_any(name)
    if fault := registry.fault(name):
        return Reason(name, True, fault)
    data = load(name)
    version = same(recipe_of(name), data)
    if version == entry.version:
        return Reason(name, False, "the champion knows all that is known, by the same recipe")
    if version is not None:
        told, known = registry.gate_of(name, version), f"version {version} knows all that is known"
        if registry.standing_of(name, version) == "kept" and told.get("passed", True) is not None:
            return Reason(name, True, f"{known}, and its promotion was not finished")
        return Reason(name, False, f"{known}; {told.get('reason', 'it was not promoted')}")
    needed, said = _of_results(name, entry.version, data, enough)
    return Reason(name, needed, said)


def _without_any(name: str) -> Reason:
    """Whether to train where no version answers: not where one that knows all that is known was refused."""
    version = same(recipe_of(name))
    told = {} if version is None else registry.gate_of(name, version)
    if told.get("passed") is False:
        return Reason(name, False, f"version {version} knows all that is known; {told.get('reason', '')}")
    return Reason(name, True, "there is no model yet")


def _of_results(name: str, version: int, data: Dataset, enough: int) -> tuple[bool, str]:
    """Whether what came since a version was trained is reason enough, and what that is."""
    since, held = f"since version {version} was trained", registry.held_out(name, version)
    if held is None:
        return True, "the champion kept no held-out predictions to compare with"
    new = data.take(~np.isin(identities(data), held["key"]))
    if len(new) >= enough:
        return True, f"{len(new):,} measurements came {since}"
    if (changed := _changed(data, held)) >= enough:
        return True, f"{changed:,} values were corrected {since}"
    if name != FORMATION and len(new) >= FEWEST_FOR_DRIFT and (miss := drift(name, new)) > DRIFT:
        return True, f"half of the {len(new)} new results miss by more than {miss:.1f} half widths"
    return False, f"{len(new)} measurements came {since}, fewer than {enough}"


def same(recipe: Recipe | FormationRecipe, data: Dataset | None = None, own: bool = False) -> int | None:
    """The newest whole version of these data (by default all that is known), this recipe and these packages, if any.

    With `own` the shipped one does not count, which no training of this home has made.
    """
    name, versions = recipe.property, package_versions()
    every = [number for number in registry.versions(name) if not own or number != shipped.VERSION]
    numbers = [number for number in every if registry.is_whole(name, number)]
    if not numbers:
        return None
    told, fingerprint = _written(recipe.parameters()), (load(name) if data is None else data).fingerprint
    for number in reversed(numbers):
        card = registry.read_card(name, number)
        if card.fingerprint == fingerprint and _written(card.recipe) == told and dict(card.versions) == versions:
            return number
    return None


def _written(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in parameters.items()}


def drift(name: str, new: Dataset) -> float:
    """Median error of the champion in measurements that it does not know, in half widths of its 90 % intervals."""
    predictor = registry.load_predictor(name)
    with trusting():  # they were judged when they were added
        told = predictor.predict(new.fractions, new.conditions if predictor.conditions else None)
    convert = new.property.to_target
    truth, low, high = (convert(np.asarray(values)) for values in (new.rows["value"], told.lower, told.upper))
    return float(np.median(np.abs(truth - (low + high) / 2) / np.maximum((high - low) / 2, 1e-9)))


def _changed(data: Dataset, held: pd.DataFrame) -> int:
    """How many values differ from what a version was told."""
    both = now_known(data).merge(held[["key", "truth"]], on="key")
    return int((~np.isclose(both["value"], both["truth"], rtol=1e-4, atol=1e-4)).sum())
