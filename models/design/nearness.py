"""How much a composition resembles the candidates, or others: where the local model may speak."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...features.fractions import Fractions
from ..numerics.panels import panels
from ..numerics.threads import one_thread

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

FAR_SHARE, NEAR_SHARE = 0.2, 0.3  # Cl + Br + I among the anions up to and from which a glass is far and near


def nearness(fractions: Fractions) -> Vector:
    """How much the anions resemble those of the candidates, from 0 to 1, shape (n,).

    0 up to a share of 20 % of Cl, Br and I among the anions, 1 from 30 %, and a straight line between.
    """
    halide = np.sum([fractions.column(symbol) for symbol in ("Cl", "Br", "I")], axis=0)
    others = np.sum([fractions.column(symbol) for symbol in ("O", "S", "Se", "Te", "F", "N")], axis=0)
    share = halide / np.maximum(halide + others, 1e-12)
    return np.asarray(np.clip((share - FAR_SHARE) / (NEAR_SHARE - FAR_SHARE), 0.0, 1.0))


def ramp(values: Vector, limits: tuple[float, float]) -> Vector:
    """0 up to the first limit, 1 from the second, a straight line between."""
    low, high = limits
    return np.asarray(np.clip((values - low) / (high - low), 0.0, 1.0))


def nearest_root(roots: Matrix, known: Matrix) -> Vector:
    """Distance of each row, shape (n, elements), to the nearest known one, shape (m, elements); shape (n,)."""
    used = known.any(axis=0)
    rest = np.square(np.ascontiguousarray(roots[:, ~used])).sum(axis=1)  # else the layout decides on the last bit
    a, b = roots[:, used], known[:, used]
    least = np.full(len(a), np.inf)
    with one_thread():
        for panel in panels(len(a)):
            part = panel.of(a, float)
            apart = np.square(b).sum(axis=1)[:, None] - 2.0 * (b @ part)
            least[panel.rows] = (apart.min(axis=0) + np.square(part).sum(axis=0))[panel.used]
    return np.asarray(np.sqrt(np.maximum(least + rest, 0.0)))
