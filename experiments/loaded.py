"""Predictors that are held in memory and know their versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..datasets.home import home
from ..models import artifact, trial
from ..models.predictor import Predictor
from . import registry
from .recipe import RECIPES


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
    told, cards = dict(versions or {}), registry.champions()
    predictors, known = {}, {}
    for name in properties:
        champion = cards.get(name)
        if name not in told or (champion is not None and champion.version == told[name]):
            predictors[name] = registry.load_predictor(name)
            known[name] = cards[name].version
            continue
        card = registry.read_card(name, told[name])
        path = registry.folder(name, card.version) / registry.BUNDLE
        trial.stand(path, card.sha256, home())
        predictors[name] = artifact.load(path, card.sha256)
        known[name] = card.version
    return Loaded(predictors, known)
