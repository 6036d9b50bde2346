"""How much a composition resembles the candidates: where the local model may speak."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..features.fractions import Fractions

Vector = npt.NDArray[np.float64]

FAR_SHARE, NEAR_SHARE = 0.2, 0.3  # Cl + Br + I among the anions up to and from which a glass is far and near


def nearness(fractions: Fractions) -> Vector:
    """How much the anions resemble those of the candidates, from 0 to 1, shape (n,).

    0 up to a share of 20 % of Cl, Br and I among the anions, 1 from 30 %, and a straight line between.
    """
    halide = np.sum([fractions.column(symbol) for symbol in ("Cl", "Br", "I")], axis=0)
    others = np.sum([fractions.column(symbol) for symbol in ("O", "S", "Se", "Te", "F", "N")], axis=0)
    share = halide / np.maximum(halide + others, 1e-12)
    return np.asarray(np.clip((share - FAR_SHARE) / (NEAR_SHARE - FAR_SHARE), 0.0, 1.0))
