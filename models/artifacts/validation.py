"""Whether a predictor made of a file can answer: its settings go together, and what it says are numbers."""

from __future__ import annotations

import numpy as np

from ..blend import BlendedRegressor
from ..design.conditions import NAMES
from ..design.descriptor_record import blocks_of
from ..design.layout import AMOUNTS, SHARES, THERMAL
from ..predictor import Predictor
from .fields import UnsoundError

TRIAL = ("LiAlCl2.5O0.75", "SiO2")  # one composition that the process answers for, and one that it does not
TRIAL_CONDITIONS = (None, {"temperature_C": 60.0})  # at another temperature the activation energies are asked too


def check_settings(predictor: Predictor, regressor: BlendedRegressor) -> None:
    """Refuse settings that do not go with each other, before arrays are read by them."""
    blocks = predictor.blocks
    if not blocks or (blocks[0], blocks[-1]) != ("fractions", "glass") or blocks_of(predictor.descriptors) != blocks:
        raise UnsoundError("descriptors that are not those of its blocks")
    if not 0.0 < predictor.coverage < 1.0:
        raise UnsoundError("a coverage that is not between 0 and 1")
    layout = predictor._layout()
    if regressor.descriptors != layout.descriptors or not {*AMOUNTS, *SHARES, *THERMAL} <= set(layout.descriptors):
        raise UnsoundError("a regressor over other descriptors")
    if regressor.n_conditions != (len(NAMES) if predictor.conditions else 0):
        raise UnsoundError("a regressor of other conditions")
    for name in ("heard", "shared"):
        limits = getattr(regressor, name)
        if len(limits) != 2 or not 0.0 <= limits[0] < limits[1] <= 2.0:
            raise UnsoundError(f"{name} that are not two limits")
    if not 0.0 <= regressor.share <= 1.0:
        raise UnsoundError("a share that is not from 0 to 1")
    if regressor.unfitted_committee(layout.width).roots != layout.n_shares:
        raise UnsoundError("a committee that takes other columns for shares")


def check_answers(predictor: Predictor) -> None:
    """Refuse a predictor that cannot answer, or answers with what is no number."""
    for conditions in TRIAL_CONDITIONS if predictor._layout().n_conditions else (None,):
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                answer = predictor.predict(TRIAL, conditions)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise UnsoundError(f"what gives no answer ({type(error).__name__}: {error})") from None
        if not all(np.isfinite(part).all() for part in (answer.target, answer.difficulty, answer.distance)):
            raise UnsoundError("a predictor that answers with what is no number")
