"""Predictors that are held in memory and know their versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...models.predictor import Predictor
from ..recipes.recipe import RECIPES
from . import versions as registry
from .record import record


class Loaded(dict[str, Predictor]):
    """Predictors by property; `versions` tells which version of each this is."""

    def __init__(self, predictors: Mapping[str, Predictor], versions: Mapping[str, int]) -> None:
        super().__init__(predictors)
        self.versions = dict(versions)


def load(properties: Iterable[str] = RECIPES, versions: Mapping[str, int] | None = None) -> Loaded:
    """Load predictors, each checked against its hash.

    Parameters
    ----------
    properties
        Names of properties.
    versions
        Which version of each; the champions where none is told.
    """
    told, now = dict(versions or {}), record()  # read once: what is promoted meanwhile is another set
    predictors, known = {}, {}
    for name in properties:
        entry = now.get(name)
        if name in told and (entry is None or entry.version != told[name]):
            predictors[name], known[name] = registry.load_version(name, told[name]), told[name]
        elif entry is None:
            raise registry.lacking(name)
        else:
            predictors[name] = registry.load_version(name, entry.version, entry.sha256)
            known[name] = entry.version
    return Loaded(predictors, known)
