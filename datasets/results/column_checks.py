"""Whole columns of a user's table that are not what their names say: swapped, or in kelvin."""

from __future__ import annotations

import numpy as np

from ...features.fractions import Fractions
from ..curation.plausibility import looks_kelvin
from ..properties import TG, ZERO_CELSIUS_K
from ..tables import cells
from ..tables.advice import Advice
from ..tables.grid import Grid, TableError
from ..tables.headers import Layout

ROOM = (20, 22, 23, 25, 30, 293, 293.15, 298, 298.15, 303, 303.15)  # what is written for room temperature, degC or K


def refuse_swapped(grid: Grid, layout: Layout) -> None:
    """Raise `TableError` if the column of formulas holds numbers only and another one formulas."""
    at = layout.columns["formula"].at
    if not all(
        isinstance(r[at], int | float) or cells.NUMBER.fullmatch(str(r[at])) for _, r in grid.rows if r[at] is not None
    ):
        return
    for column in layout.columns.values():
        texts = [r[column.at] for _, r in grid.rows if isinstance(r[column.at], str)]
        if (
            column.at != at
            and texts
            and len(Fractions.read(texts)[2]) == 0
            and not any(map(cells.NUMBER.fullmatch, texts))
        ):
            line, row = grid.rows[0]
            raise TableError(
                f"{grid.name}: column {layout.columns['formula'].header!r} holds numbers (row {line}: {row[at]}) "
                "and column "
                f"{column.header!r} formulas; the two are swapped: exchange their names"
            )


def refuse_constant(grid: Grid, layout: Layout, advice: Advice) -> None:
    """Raise `TableError` if all conductivities are one room temperature and the temperatures differ."""
    temperature = layout.columns.get("temperature")
    for column in layout.measured:
        if temperature is None or column.field != "conductivity":
            continue
        given = [_number(row[column.at]) for _, row in grid.rows if row[column.at] is not None]
        at = {_number(row[temperature.at]) for _, row in grid.rows}
        if len(given) > 1 and len(set(given)) == 1 and given[0] in ROOM and len(at) > 1:
            raise TableError(
                f"{grid.name}: all conductivities in column {column.header!r} are {given[0]:g}, but the temperatures "
                f"differ: it looks like column {temperature.header!r}; exchange the two, or {advice.insist}"
            )


def _number(cell: object) -> float:
    """Return the number in a cell, NaN where there is none."""
    return float(str(cell)) if cells.NUMBER.fullmatch(str(cell)) else float("nan")


def refuse_kelvin(grid: Grid, layout: Layout, advice: Advice) -> None:
    """Raise `TableError` if a column in degC holds what look like whole degrees plus 273.15."""
    for column in [*layout.measured, *([layout.columns["temperature"]] if "temperature" in layout.columns else [])]:
        if column.unit is None or column.unit.name != TG.unit:
            continue
        given = [r[column.at] for _, r in grid.rows if r[column.at] is not None]
        numbers = [float(c) for c in given if isinstance(c, int | float) or cells.NUMBER.fullmatch(str(c))]
        if len(numbers) == len(given) and looks_kelvin(np.array(numbers)):
            line = next(i for i, r in grid.rows if r[column.at] is not None)
            raise TableError(
                f"{grid.name}: column {column.header!r} is in degC, but all its values look like kelvin (row "
                f"{line}: {numbers[0]:g}, "
                f"which is {numbers[0] - ZERO_CELSIUS_K:g} degC); "
                f"{advice.rename('it', f'{column.field}_K')}"
            )
