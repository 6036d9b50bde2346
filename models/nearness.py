"""How much a composition resembles the candidates: where the local model may speak."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..features.fractions import Fractions

Vector = npt.NDArray[np.float64]

NEAR_SHARE = 0.3  # Cl + Br + I among the anions from which a composition resembles the candidates


def nearness(fractions: Fractions) -> Vector:
    """How much the anions resemble those of the candidates, from 0 to 1, shape (n,).

    The share of Cl, Br and I among the anions over 30 %, at most 1.
    """
    halide = np.sum([fractions.column(symbol) for symbol in ("Cl", "Br", "I")], axis=0)
    others = np.sum([fractions.column(symbol) for symbol in ("O", "S", "Se", "Te", "F", "N")], axis=0)
    return np.asarray(np.clip(halide / np.maximum(halide + others, 1e-12) / NEAR_SHARE, 0.0, 1.0))
