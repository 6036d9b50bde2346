"""A list of candidates with what else its table holds: temperatures, and columns that are the user's own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .delimited import refuse_long
from .list_columns import counts_rows, temperature_column, temperatures

TEMPERATURE = "temperature_C"  # a column of the ranking itself


@dataclass(frozen=True)
class CandidateTable:
    """Candidates as given, one entry a row.

    Parameters
    ----------
    name
        What messages call the table.
    cells
        Raw cells of the formula column.
    numbers
        Row of each in the file, as a spreadsheet counts (the header is row 1).
    errors
        Reason by place, for rows that cannot be used whatever their formula.
    extra
        The other columns by name, one value a row.
    notes
        What was passed over or taken for granted, one sentence each.
    temperature_C
        Temperature of each row in degC, NaN where its cell is empty; None where the table has no such column.
    kinds
        Arrow types of those of the other columns that had one.
    origins
        What messages call each row, where the table is put together of several.
    """

    name: str
    cells: list[Any]
    numbers: list[int]
    errors: dict[int, str]
    extra: dict[str, list[Any]]
    notes: tuple[str, ...] = ()
    temperature_C: list[float] | None = None
    kinds: Mapping[str, Any] = field(default_factory=dict)
    origins: list[str] | None = None

    def __len__(self) -> int:
        return len(self.cells)

    def origin(self, place: int) -> str:
        """Where the row at a place comes from, such as ``row 3 of list.csv``."""
        return f"row {self.numbers[place]} of {self.name}" if self.origins is None else self.origins[place]

    def at(self, usual_C: float) -> float | list[float]:
        """Temperature of each row in degC, the usual one where none is given; that alone where no row has its own."""
        if self.temperature_C is None:
            return usual_C
        return [usual_C if math.isnan(one) else one for one in self.temperature_C]


def of_columns(
    name: str,
    header: Sequence[str],
    columns: list[list[Any]],
    formulas: int,
    numbers: list[int],
    errors: dict[int, str],
    notes: tuple[str, ...],
    kinds: Mapping[int, Any] = MappingProxyType({}),
) -> CandidateTable:
    """The table of some columns: formulas, temperatures, what only counts the rows, and the user's own."""
    refuse_long(name, header, columns, numbers)
    warm, unit, vague = temperature_column(header, name)
    own, temperature_C, types = dict[str, list[Any]](), None, dict[str, Any]()
    titles = _distinct([cell or f"column_{at + 1}" for at, cell in enumerate(header)])
    for at, (title, column) in enumerate(zip(titles, columns, strict=True)):
        if at == warm:
            temperature_C, wrong = temperatures(column, unit, title)
            errors = wrong | errors
            if title == TEMPERATURE:
                continue
        if at != formulas and counts_rows(header[at], column):
            called = f"the column {header[at]!r}" if header[at] else f"column {at + 1}, which has no name,"
            notes += (f"{called} of {name} only counts the rows and is passed over",)
        elif at != formulas:
            own[title] = column
            types |= {title: kinds[at]} if at in kinds else {}
    notes += (vague,) if vague else ()
    return CandidateTable(name, columns[formulas], numbers, errors, own, notes, temperature_C, types)


def _distinct(names: list[str]) -> list[str]:
    """Names with _2, _3 ... added to repeated ones."""
    seen: set[str] = set()
    out = []
    for name in names:
        title, count = name, 2
        while title in seen:
            title, count = f"{name}_{count}", count + 1
        seen.add(title)
        out.append(title)
    return out


def together(tables: Sequence[CandidateTable]) -> CandidateTable:
    """Several tables as one, each row told by where it comes from; a column that a table lacks is empty there."""
    names = list(dict.fromkeys(name for table in tables for name in table.extra))
    starts = [sum(len(table) for table in tables[:number]) for number in range(len(tables))]
    known = [table.at(math.nan) for table in tables]
    warm = any(table.temperature_C is not None for table in tables)
    return CandidateTable(
        ", ".join(dict.fromkeys(table.name for table in tables)),
        [cell for table in tables for cell in table.cells],
        [number for table in tables for number in table.numbers],
        {
            start + place: why
            for start, table in zip(starts, tables, strict=True)
            for place, why in table.errors.items()
        },
        {name: [one for t in tables for one in t.extra.get(name, [None] * len(t))] for name in names},
        tuple(note for table in tables for note in table.notes),
        [one for t, at in zip(tables, known, strict=True) for one in (at if isinstance(at, list) else [at] * len(t))]
        if warm
        else None,
        {},
        [table.origin(place) for table in tables for place in range(len(table))],
    )
