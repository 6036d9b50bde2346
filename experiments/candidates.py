"""Candidates as they are given: a list of anything, of which some cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features.bookkeeping import no_data, undescribed
from ..features.composition import Composition, FormulaError
from ..features.fractions import Fractions
from ..features.slots import Slots


def listed(candidates: Iterable[Any]) -> list[Any]:
    """Candidates as a list; a table gives its column ``formula``, and a single candidate is refused."""
    if isinstance(candidates, pd.DataFrame):
        if "formula" not in candidates.columns:
            raise FormulaError("the table has no column formula; give it one, or give a list of formulas")
        candidates = candidates["formula"]
    if isinstance(candidates, str | bytes | Mapping | Composition):
        raise FormulaError(f'"{candidates!s}" is one candidate; give a list, such as ["LiAlCl2.5O0.75"]')
    return list(candidates)


@dataclass(frozen=True)
class Read:
    """What can be ranked of a list: compositions and their rows, and the reason for each other row."""

    fractions: Fractions
    rows: npt.NDArray[np.intp]
    errors: dict[int, str]


def read(told: list[Any]) -> Read:
    """The candidates that can be read and described."""
    fractions, rows, errors = Fractions.read(told)
    good, refused = describable(fractions)
    errors = errors | {int(rows[i]): f'"{as_text(told[rows[i]])}": {reason}' for i, reason in refused.items()}
    return Read(fractions.take(good), rows[good], errors)


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


def describable(fractions: Fractions) -> tuple[npt.NDArray[np.intp], dict[int, str]]:
    """Rows whose elements all have descriptors, and the reason for each other row."""
    lacking = undescribed(Slots.of(fractions.matrix))
    rows = np.setdiff1d(np.arange(len(fractions)), np.fromiter(lacking, dtype=np.intp, count=len(lacking)))
    return rows, {row: no_data(symbols) for row, symbols in lacking.items()}
