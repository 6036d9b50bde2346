"""The measured compositions that a candidate resembles most, with what was measured of them and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets.properties import ZERO_CELSIUS_K
from ...features.fractions import Fractions
from ...features.scalars import number, whole
from ..domain import SAME
from ..predictor import Predictor
from .related import related_rows

Vector = npt.NDArray[np.float64]

PHASES = ((0.25, "glass"), (0.75, "partly crystalline or unknown"), (np.inf, "crystal"))  # by crystallinity
FEW = 64  # nearest rows looked at first for each composition asked for


@dataclass(frozen=True)
class Analogue:
    """A measured composition near a candidate.

    Parameters
    ----------
    formula
        Composition as the source writes it.
    distance
        Distance in the space of the `Domain`: 1 is one standard deviation of a typical descriptor.
    value
        Measured value in lab units, that nearest to the temperature asked for.
    temperature_C
        Temperature of this measurement in degC; None for a property that has none.
    phase
        Phase of this measurement; empty for a property that has none.
    reference
        DOI of the source, else the key of its paper.
    n_values
        Measurements of the composition, this one among them.
    """

    formula: str
    distance: float
    value: float
    temperature_C: float | None
    phase: str
    reference: str
    n_values: int


def analogues(
    predictor: Predictor, compositions: Iterable[Any] | Fractions, k: int = 3, temperature_C: float = 25.0
) -> list[list[Analogue]]:
    """Nearest measured compositions of each composition, at most `k` different ones, nearest first.

    Those that have all its anions and one of its cations come before all others.

    Parameters
    ----------
    predictor
        A fitted predictor of the property.
    compositions
        As in `Predictor.fit`.
    k
        How many.
    temperature_C
        Of the measurements of a composition, the one nearest to this temperature is told.
    """
    most = whole(k, "k", "the number of analogues, at least 1", 1)
    at = number(temperature_C, "temperature_C", "degC, such as 25")
    fractions = Fractions.of(compositions)
    if not len(fractions):
        return []
    points = predictor.domain_.projected(predictor._glass(predictor._inputs(fractions, None)))
    alike = (related_rows(predictor, one) for one in fractions.matrix > 0)
    return [_nearest(predictor, point, kin, most, at) for point, kin in zip(points, alike, strict=True)]


def _nearest(
    predictor: Predictor, point: Vector, kin: npt.NDArray[np.bool_], k: int, temperature_C: float
) -> list[Analogue]:
    """Analogues of a point, those of the rows first that are of its kin."""
    known = predictor.known_points
    distance = np.sqrt(np.square(known - point).sum(axis=1))
    order = np.where(kin, distance, distance + np.ptp(distance) + 1.0)
    groups: dict[bytes, list[int]] = {}
    looked_at = 0
    while len(groups) <= k and looked_at < len(known):  # one more than asked for, so that the last is whole
        looked_at = min(len(known), max(2 * looked_at, FEW * k))
        rows = np.argpartition(order, looked_at - 1)[:looked_at]
        groups = {}
        for row in rows[np.lexsort((rows, order[rows]))].tolist():
            groups.setdefault((known[row] / 1e-6).round().tobytes(), []).append(row)
    return [_told(predictor, rows, distance, temperature_C) for rows in list(groups.values())[:k]]


def _told(predictor: Predictor, rows: list[int], distance: Vector, temperature_C: float) -> Analogue:
    """The measurement nearest to the temperature among those of one composition."""
    measured = predictor.known_measured_[rows]
    conditional = measured.shape[1] > 1
    celsius = 1000.0 / measured[:, 1] - ZERO_CELSIUS_K if conditional else np.zeros(len(rows))
    best = int(np.argmin(np.abs(celsius - temperature_C)))
    row, value = rows[best], predictor.quantity.from_target(measured[best, :1])[0]
    return Analogue(
        formula=str(predictor.known_formulas_[row]),
        distance=0.0 if distance[row] < SAME else float(distance[row]),
        value=float(f"{value:.12g}"),
        temperature_C=round(float(celsius[best]), 6) if conditional else None,
        phase=phase_of(*measured[best, 2:]) if conditional else "",
        reference=str(predictor.known_references_[row]),
        n_values=len(rows),
    )


def phase_of(crystallinity: float, molten: float) -> str:
    """Phase in words, from its encoding in `conditions`."""
    return "molten" if molten else next(name for end, name in PHASES if crystallinity < end)
