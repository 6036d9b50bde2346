"""How far a prediction tells compositions apart: the slope of what is measured on what was predicted."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from ...features.elements import SYMBOLS
from ...features.fractions import Fractions
from ..design.nearness import nearness
from ..numerics.cache import kept
from ..predictor import Predictor

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FAMILIAR = (1.0, 0.86)  # slope where the very elements were measured before: unlike the candidates, and like them
STRANGE = (0.85, 0.4)  # where they never were together
_SYMBOL = re.compile("[A-Z][a-z]?")


def expected(familiar: Mask, near: Vector) -> float:
    """Expected slope of measured on predicted targets over a pool of n candidates, from 0 to 1: the mean over them.

    The error of a regression is independent of its prediction, so the slope is near 1 however large the error is; it is
    less where the predictor has to guess. Measured within papers that it had not seen (standard errors by papers in
    brackets): where these elements were measured before, 1.01 (0.03) for conductivities and 1.02 (0.01) for Tg, of
    compositions like the candidates 0.85 (0.34) and 0.64 (0.08); where they were not, 0.84 (0.05) and 0.82 (0.02), like
    the candidates 0.44 (0.53) and 0.38 (0.10). One slope for all: shrinking each candidate by its own takes the best
    ones, which lie far out, back to the others.

    Parameters
    ----------
    familiar
        Whether the very set of elements was measured before, shape (n,).
    near
        Likeness with the candidates, from 0 to 1, shape (n,); see `nearness`.

    Examples
    --------
    >>> round(expected(np.array([True, True]), np.array([0.0, 1.0])), 2)
    0.93
    >>> round(expected(np.array([False]), np.array([1.0])), 2)
    0.4
    """
    ends = np.where(familiar[:, None], FAMILIAR, STRANGE)
    return float(np.mean(ends[:, 0] + near * (ends[:, 1] - ends[:, 0])))


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


def of_candidates(predictor: Predictor, fractions: Fractions) -> float:
    """Slope to expect of candidates by what the predictor has learnt from."""
    return expected(familiar(predictor, fractions), nearness(fractions))


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
