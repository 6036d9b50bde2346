"""Candidates as they are given: a list of anything, of which some cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets import readings
from ...datasets.exchange.list_columns import temperature_column, temperatures
from ...datasets.tables.grid import ENDINGS
from ...datasets.tables.headers import formula_column
from ...features.column import canonical
from ...features.composition import Composition, FormulaError
from ...features.conventions.component_columns import of_components
from ...features.descriptors.ionic_sums import no_data, undescribed
from ...features.fractions import Fractions
from ...features.fractions import listed as as_candidates
from ...features.notices import notice
from ...features.scalars import floats, is_missing, one_by_one, written
from ...features.sparse import Slots
from ...models.design.conditions import ConditionError, in_order

Vector = npt.NDArray[np.float64]
_HOLDS_ONE = ("get_el_amt_dict", "composition")  # a composition and a structure of pymatgen


@dataclass(frozen=True)
class Listing:
    """Candidates as they were given.

    Parameters
    ----------
    cells
        One a candidate, of which some cannot be read.
    index
        What they are called: the index of a Series or a table, else their places from 0.
    temperature_C
        Temperature of each in degC, NaN where none is given; None where the table has no such column.
    errors
        Reason by place, for those that cannot be used whatever their formula.
    notes
        What was passed over, one sentence each.
    """

    cells: list[Any]
    index: pd.Index[Any]
    temperature_C: Vector | None = None
    errors: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.cells)


def given(candidates: Any) -> Listing:
    """The candidates that were given, whatever holds them.

    Parameters
    ----------
    candidates
        A list, an array or a Series of anything that `Composition.of` takes; a table or the path of one, with a column
        (or level of the index) of formulas and perhaps one of temperatures; or one formula.
    """
    if isinstance(candidates, pd.DataFrame):
        return _of_table(candidates)
    if isinstance(candidates, Path) or (isinstance(candidates, str) and is_file(candidates)):
        return _of_file(Path(candidates))
    if isinstance(candidates, str):
        return _at_places([_alone(candidates)])
    if isinstance(candidates, Composition) or any(hasattr(candidates, name) for name in _HOLDS_ONE):
        return _at_places([candidates])
    if isinstance(candidates, bytes | Mapping):
        raise FormulaError(f'"{candidates!s}" is one candidate; give a list, such as ["LiAlCl2.5O0.75"]')
    if isinstance(candidates, pd.Series):
        return Listing(candidates.tolist(), candidates.index)
    return _at_places(as_candidates(candidates))


def listed(candidates: Any) -> list[Any]:
    """Candidates as a list, where all count at one temperature; see `given`."""
    listing = given(candidates)
    if listing.temperature_C is not None:
        notice("the temperatures of the candidates are ignored: here all are at one, temperature_C", stacklevel=5)
    return listing.cells


def _at_places(cells: list[Any]) -> Listing:
    return Listing(cells, pd.RangeIndex(len(cells)))


def is_file(text: str) -> bool:
    """Whether a text names a file, there or missing, and not a formula."""
    try:
        return Path(text).is_file() or (text.lower().endswith(ENDINGS) and "{" not in text)
    except (OSError, ValueError):
        return False


def _alone(text: str) -> str:
    """One formula; refused where it is none, for then something else was meant."""
    try:
        Composition.parse(text)
    except FormulaError as error:
        mend = "; a family with braces is for sweep() and propose()" if "{" in text else ""
        raise FormulaError(f"neither a file that is there nor a formula: {error}{mend}") from None
    return text


def _of_file(path: Path) -> Listing:
    from ...datasets.exchange.candidate_lists import read_candidates

    table = read_candidates(path)
    for note in table.notes:
        notice(note, stacklevel=5)
    warm = None if table.temperature_C is None else np.array(table.temperature_C, dtype=float)
    return Listing(table.cells, pd.RangeIndex(len(table)), warm, table.errors, table.notes)


def _of_table(table: pd.DataFrame) -> Listing:
    """The column of formulas of a table, or the level of its index that holds them, and its temperatures."""
    column = formula_column(list(table.columns), "the table")
    if column is None:
        names = list(table.index.names)
        level = formula_column(names, "the index of the table")
        if level is None:
            mend = of_components(table.columns) or "rename the one with the compositions, or give a list of formulas"
            raise FormulaError(f"the table has no column formula, and no index of that name; {mend}")
        cells = table.index.get_level_values(level).tolist()
    else:
        cells = table.iloc[:, column].tolist()
    warm, unit, note = temperature_column(list(table.columns), "the table")
    if note:
        notice(note, stacklevel=5)
    if warm is None:
        return Listing(cells, table.index, notes=(note,) if note else ())
    found, errors = temperatures(table.iloc[:, warm].tolist(), unit, str(table.columns[warm]))
    return Listing(cells, table.index, np.array(found, dtype=float), errors)


def temperature_of(listing: Listing, temperature_C: Any) -> tuple[float | Vector, bool]:
    """Temperature in degC, one for all or one each of shape (n,), and whether each candidate has its own.

    Parameters
    ----------
    listing
        The n candidates. Where their table has a column of temperatures, that counts.
    temperature_C
        A number, for all or for those whose cell is empty; n numbers in the order of the candidates, as a sequence, an
        array or an iterator; or a Series, whose index is that of the candidates, in any order.
    """
    temperature_C = one_by_one(temperature_C, len(listing) + 1)
    if np.ndim(temperature_C) == 0:
        usual = one_temperature(temperature_C)
        if listing.temperature_C is None:
            return usual, False
        return np.where(np.isnan(listing.temperature_C), usual, listing.temperature_C), True
    if listing.temperature_C is not None:
        raise ConditionError("the table has a column of temperatures, and temperature_C gives others; leave one out")
    told = temperature_C
    if isinstance(told, pd.Series):
        told = in_order(told, listing.index, "temperature_C")
    listed = told if isinstance(told, np.ndarray) else list(told)
    values = floats(listed, "temperature_C", "numbers in degC, such as 25", ConditionError)
    if values.shape != (len(listing),):
        raise ConditionError(
            f"temperature_C of shape {values.shape} for {len(listing):,} candidates; give one for all, or one each"
        )
    if len(bad := np.flatnonzero(~np.isfinite(values))):
        raise ConditionError(f"temperature_C has no number for candidate {bad[0] + 1}; give degC for each, such as 25")
    return readings.temperatures(values, error=ConditionError), True


def one_temperature(temperature_C: Any, what: str = "") -> float:
    """A temperature in degC for all; `what` says in a message why there is only one."""
    if isinstance(temperature_C, Mapping | set) or np.ndim(temperature_C):
        said = " ".join(str(temperature_C).split())[:60]
        raise ConditionError(f"temperature_C = {said}: {what or 'no number'}; give one number in degC, such as 25")
    return readings.temperature(temperature_C, error=ConditionError)


@dataclass(frozen=True)
class Read:
    """What can be ranked of a list: compositions and their rows, and the reason for each other row.

    ``parsed`` keeps by their texts the compositions that were parsed for it, which are those of no plain formulas.
    """

    fractions: Fractions
    rows: npt.NDArray[np.intp]
    errors: dict[int, str]
    parsed: dict[str, Composition] = field(default_factory=dict)


def read(told: list[Any], unusable: Mapping[int, str] = MappingProxyType({})) -> Read:
    """The candidates that can be read and described, but for those that are unusable for the reasons given."""
    parsed: dict[str, Composition] = {}
    usable = [None if place in unusable else one for place, one in enumerate(told)]
    fractions, rows, errors = Fractions.read(usable, parsed)
    errors = errors | dict(unusable)
    good, refused = describable(fractions)
    errors = errors | {int(rows[i]): f'"{as_text(told[rows[i]])}": {reason}' for i, reason in refused.items()}
    return Read(fractions.take(good), rows[good], errors, parsed)


def formulas(told: list[Any], rows: npt.NDArray[np.intp], parsed: Mapping[str, Composition]) -> list[str]:
    """Canonical formulas of the given rows, which `read` has read; texts are in `parsed`, or are plain formulas."""
    known = {text: composition.formula for text, composition in parsed.items()}
    names = []
    for row in rows.tolist():
        item = told[row]
        if not isinstance(item, str):
            names.append(Composition.of(item).formula)
            continue
        if item not in known:
            known[item] = canonical(item)
        names.append(known[item])
    return names


def as_text(item: Any) -> str:
    """A candidate as it was given; nothing for what is missing."""
    return "" if is_missing(item) else written(item)


def describable(fractions: Fractions) -> tuple[npt.NDArray[np.intp], dict[int, str]]:
    """Rows whose elements all have descriptors, and the reason for each other row."""
    lacking = undescribed(Slots.of(fractions.matrix))
    rows = np.setdiff1d(np.arange(len(fractions)), np.fromiter(lacking, dtype=np.intp, count=len(lacking)))
    return rows, {row: no_data(symbols) for row, symbols in lacking.items()}
