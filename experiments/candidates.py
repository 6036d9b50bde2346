"""Candidates as they are given: a list of anything, of which some cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features.composition import Composition, FormulaError
from ..features.elements import ElementDataError
from ..features.featurizer import Featurizer
from ..features.fractions import Fractions


def listed(candidates: Iterable[Any]) -> list[Any]:
    """Candidates as a list; a table gives its column ``formula``, and a single candidate is refused."""
    if isinstance(candidates, pd.DataFrame):
        if "formula" not in candidates.columns:
            raise FormulaError("the table has no column formula; give it one, or give a list of formulas")
        candidates = candidates["formula"]
    if isinstance(candidates, str | bytes | Mapping | Composition):
        raise FormulaError(f'"{candidates!s}" is one candidate; give a list, such as ["LiAlCl2.5O0.75"]')
    return list(candidates)


def formulas(told: list[Any], rows: npt.NDArray[np.intp]) -> list[str]:
    """Canonical formulas of the given rows, each of which can be read."""
    known: dict[str, str] = {}
    names = []
    for row in rows:
        item = told[row]
        if not isinstance(item, str):
            names.append(Composition.of(item).formula)
            continue
        if item not in known:
            known[item] = Composition.parse(item).formula
        names.append(known[item])
    return names


def as_text(item: Any) -> str:
    """A candidate as it was given; nothing for None and NaN."""
    return "" if item is None or (isinstance(item, float) and np.isnan(item)) else str(item)


def describable(fractions: Fractions, start: int = 0) -> tuple[npt.NDArray[np.intp], dict[int, str]]:
    """Rows whose elements all have descriptors, and the reason for each other row, found by halving."""
    try:
        Featurizer(("glass",)).transform(fractions)
    except ElementDataError as error:
        if len(fractions) == 1:
            return np.empty(0, dtype=np.intp), {start: f"{error}".replace("; leave the glass block out", "")}
        half = len(fractions) // 2
        left, bad_left = describable(fractions.take(slice(0, half)), start)
        right, bad_right = describable(fractions.take(slice(half, None)), start + half)
        return np.concatenate([left, right]), bad_left | bad_right
    return np.arange(start, start + len(fractions)), {}
