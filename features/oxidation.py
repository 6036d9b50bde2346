"""Whether one set of amounts can be neutral: the rule that settles doubtful spellings."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

import numpy as np

from .elements import INDEX, lookup, states


@lru_cache(maxsize=2)
def ordinary_spans(known: bool = False) -> tuple[tuple[float, float], ...]:
    """Lowest and highest state of each element: anion formers negative, all others positive; (0, 0) where unknown.

    `known` takes every positive state on record, and not only the ordinary ones.
    """
    spans = []
    for positive, anion in zip(states("known_states" if known else "positive_states"), _negative(), strict=True):
        above = [float(state) for state in positive if state > 0] or [0.0]
        spans.append((anion, anion) if anion < 0 else (min(above), max(above)))
    return tuple(spans)


def _negative() -> list[float]:
    return [float(value) for value in np.nan_to_num(lookup("negative_state"))]


def balanced(amounts: Mapping[str, Fraction | int | float], known: bool = False) -> bool:
    """True for a compound of cations and anions whose states can sum to zero; ordinary states unless `known`.

    Examples
    --------
    >>> balanced({"Na": 1, "Cl": 1}), balanced({"Co": 2}), balanced({"Li": 1, "Cl": 2})
    (True, False, False)
    """
    low = high = total = 0.0
    anions = False
    for symbol, amount in amounts.items():
        smallest, largest = ordinary_spans(known)[INDEX[symbol]]
        low += smallest * float(amount)
        high += largest * float(amount)
        total += float(amount)
        anions |= smallest < 0
    return anions and low <= 1e-9 * total and high >= -1e-9 * total
