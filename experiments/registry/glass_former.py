"""The predictor of glass formation that answers, with what the laboratory and a campaign have learnt since."""

from __future__ import annotations

import warnings
from functools import lru_cache

import numpy as np

from ...datasets.home import home
from ...datasets.measurement import composition_keys
from ...datasets.properties import GLASS_FORMATION
from ...datasets.results import standing
from ...datasets.sources.glass_formation import CRYSTAL, GLASS, SAME
from ...features.fractions import Fractions
from ...models.artifacts.artifact import ArtifactError
from ...models.fitting.glass_former import GlassFormer
from ..task.outcomes import NO_GLASS_PHASES, Outcomes
from .record import NoChampionError, record
from .versions import lacking, load_version, read_card


def champion() -> GlassFormer:
    """The predictor of glass formation that answers, with the laboratory's own outcomes.

    Raises
    ------
    NoChampionError
        Where none was trained yet.
    """
    entry = record().get(GLASS_FORMATION.name)
    if entry is None:
        raise lacking(GLASS_FORMATION.name)
    return informed(_loaded(str(home()), entry.version, entry.sha256))


def champion_if_any() -> GlassFormer | None:
    """The same, or None where none was trained; one that cannot be read is named in a warning, and not used."""
    try:
        return champion()
    except NoChampionError:
        return None
    except ArtifactError as error:
        warnings.warn(f"P(glass) is left out: {error}", stacklevel=2)
        return None


def of_version(version: int | None) -> GlassFormer | None:
    """A version with the laboratory's own outcomes; None for none, and with a warning for one that cannot be read."""
    if version is None:
        return None
    try:
        return informed(_loaded(str(home()), version, read_card(GLASS_FORMATION.name, version).sha256))
    except ArtifactError as error:
        warnings.warn(f"P(glass) is left out: {error}", stacklevel=2)
        return None


@lru_cache(maxsize=1)
def _loaded(folder: str, version: int, sha256: str) -> GlassFormer:
    """A version of a home, read once."""
    return load_version("glass_formation", version, sha256)


def informed(former: GlassFormer) -> GlassFormer:
    """A predictor that knows the laboratory's own outcomes, those that it was not trained on too."""
    own = standing.outcomes()
    if not len(own):
        return former
    trained = Fractions.of(former.known_formulas_[former.known_references_ == standing.NAME].tolist())
    known = composition_keys(trained.matrix, SAME)
    new = own.take(np.flatnonzero(~np.isin(composition_keys(own.matrix, SAME), known)))
    if not len(new):
        return former
    rows = new.rows
    return former.updated(Fractions.from_matrix(new.matrix), rows["value"], rows["formula"], rows["paper"])


def taught(former: GlassFormer | None, outcomes: Outcomes) -> GlassFormer | None:
    """A predictor that has learnt the syntheses of a campaign: those that failed, and glasses that were measured.

    Each composition counts once, as failed if it ever did.
    """
    facts = outcomes.facts
    if former is None or facts.empty:
        return former
    glass = facts["quantity"].isin(["conductivity", "tg"]) & ~facts["phase"].isin(NO_GLASS_PHASES)
    result = np.where(outcomes.failed(), CRYSTAL, np.where(glass.to_numpy(dtype=bool), GLASS, np.nan))
    told = facts.assign(result=result, key=composition_keys(outcomes.fractions.matrix)).dropna(subset=["result"])
    told = told.sort_values("result", kind="stable").drop_duplicates("key")
    if told.empty:
        return former
    return former.updated(told["formula"].tolist(), told["result"], told["formula"], ["campaign"] * len(told))
