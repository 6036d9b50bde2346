"""How far a prediction tells compositions apart: the slope of what is measured on what was predicted."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from ..features.elements import SYMBOLS
from ..features.fractions import Fractions
from .kept import kept
from .nearness import nearness
from .prediction import Prediction
from .predictor import Predictor

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FAMILIAR = (1.0, 0.8)  # slope where the very elements were measured before: unlike the candidates, and like them
STRANGE = (0.85, 0.35)  # where they never were together
REACH = 3.5  # distance in the space of a `Domain` at which half of the slope is left
_SYMBOL = re.compile("[A-Z][a-z]?")


def expected(distance: Vector, familiar: Mask, near: Vector) -> Vector:
    r"""Expected slope of measured on predicted targets within a family, shape (n,), from 0 to 1.

    The error of a regression is independent of its prediction, so the slope is near 1 however large the error is; it
    falls where the predictor has to guess: :math:`s / (1 + (d / r)^2)` at a distance d, with r `REACH` and s from the
    two numbers of `FAMILIAR` or `STRANGE`. Measured within papers that the predictor had not seen (standard errors by
    papers in brackets): where these elements were measured before, 1.01 (0.03) for conductivities and 1.02 (0.01) for
    Tg, of compositions like the candidates 0.85 (0.34) and 0.64 (0.08); where they were not, 0.84 (0.05) and 0.82
    (0.02), like the candidates 0.44 (0.53) and 0.38 (0.10), on the series of the replays 0.32. It is 0.94 to 1.04 up to
    a distance of 1.4, 0.85 to 0.92 up to 3, and 0.3 on a pool of halides whose median distance is 4.

    Parameters
    ----------
    distance
        To the nearest measured composition, shape (n,).
    familiar
        Whether the very set of elements was measured before, shape (n,).
    near
        Likeness with the candidates, from 0 to 1, shape (n,); see `nearness`.

    Examples
    --------
    >>> expected(np.array([0.0, 3.5, 0.0]), np.array([True, True, False]), np.array([0.0, 0.0, 1.0])).tolist()
    [1.0, 0.5, 0.35]
    """
    ends = np.where(familiar[:, None], FAMILIAR, STRANGE)
    return np.asarray((ends[:, 0] + near * (ends[:, 1] - ends[:, 0])) / (1.0 + np.square(distance / REACH)))


def within(truth: Vector, mean: Vector, groups: npt.NDArray[np.generic]) -> float:
    """Slope of measured on predicted targets within groups, such as papers, each weighing alike; NaN of nothing.

    Parameters
    ----------
    truth, mean
        Measured and predicted, shape (n,).
    groups
        Group of each, shape (n,).
    """
    _, where, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    apart = [values - (np.bincount(where, values) / sizes)[where] for values in (truth, mean)]
    spread = float((apart[1] ** 2 / sizes[where]).sum())
    return float((apart[0] * apart[1] / sizes[where]).sum() / spread) if spread > 0 else float("nan")


def of_candidates(predictor: Predictor, told: Prediction, fractions: Fractions) -> Vector:
    """Slope to expect of n candidates by what the predictor, which says `told` of them, knows of each, shape (n,)."""
    return expected(told.distance, familiar(predictor, fractions), nearness(fractions))


def familiar(predictor: Predictor, fractions: Fractions) -> Mask:
    """Whether the predictor learnt from some composition of the very elements of each, shape (n,)."""
    names = predictor.known_formulas_
    known = kept(predictor, names, lambda: {_named(one) for one in set(names.tolist())}, b"elements")
    sets, where = np.unique(elements(fractions), return_inverse=True)
    return np.array([one in known for one in sets.tolist()], dtype=bool)[where]


def elements(fractions: Fractions) -> npt.NDArray[np.str_]:
    """Elements of each composition in alphabetical order, such as ``Al-Cl-Li-O``, shape (n,)."""
    patterns, where = np.unique(fractions.matrix > 0, axis=0, return_inverse=True)
    sets = ["-".join(sorted(SYMBOLS[place] for place in np.flatnonzero(row))) for row in patterns]
    return np.array(sets, dtype=str)[where.ravel()]


def _named(formula: str) -> str:
    """Elements of a formula, however it is written."""
    return "-".join(sorted(set(_SYMBOL.findall(formula))))
