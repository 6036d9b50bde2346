"""How probable it is that each candidate comes out as a glass: the columns of a ranking that say so."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...datasets.measurement import composition_keys
from ...datasets.properties import GLASS_FORMATION
from ...datasets.results import own_outcomes, standing
from ...datasets.sources.glass_formation import SAME
from ...features.fractions import Fractions
from ...models.fitting.glass_former import GlassFormer
from ..registry.versions import load_predictor

COLUMNS = ("p_glass", "glass_verdict")


def champion() -> GlassFormer:
    """The predictor of glass formation that answers, with the laboratory's own outcomes.

    Raises
    ------
    NoChampionError
        Where none was trained yet.
    """
    return informed(load_predictor(GLASS_FORMATION.name))


def glass_columns(fractions: Fractions, former: GlassFormer) -> dict[str, Any]:
    """What a predictor says of n compositions, by the names of `COLUMNS`, each of shape (n,)."""
    predicted = former.predict(fractions)
    return dict(zip(COLUMNS, (predicted.glass, predicted.verdict.astype(object)), strict=True))


def informed(former: GlassFormer) -> GlassFormer:
    """A predictor that knows the laboratory's own outcomes, those that it was not trained on too."""
    own = own_outcomes.read()
    if not len(own):
        return former
    trained = Fractions.of(former.known_formulas_[former.known_references_ == standing.NAME].tolist())
    known = composition_keys(trained.matrix, SAME)
    new = own.take(np.flatnonzero(~np.isin(composition_keys(own.matrix, SAME), known)))
    if not len(new):
        return former
    rows = new.rows
    return former.updated(Fractions.from_matrix(new.matrix), rows["value"], rows["formula"], rows["paper"])
