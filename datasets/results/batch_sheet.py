"""A filled batch sheet as a table of results: the rows that say what came of a sample, with what was weighed for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tables.grid import Grid, TableError, limit, words
from ..tables.headers import plain

Row = tuple[int, tuple[Any, ...]]


def unfolded(grid: Grid) -> Grid:
    """Return a batch sheet as a table of results, and any other table as it is.

    A sheet has a row a precursor. Rows in which nothing but weighing was filled in are none of results; what was
    weighed, and of which lots, is put into the note of the sample.

    Parameters
    ----------
    grid
        Any table.

    Raises
    ------
    TableError
        Where nobody filled in a result.
    """
    told = words()["batch_sheet"]
    places = {plain(name).casefold(): at for at, name in enumerate(grid.header)}
    if not set(told["marks"]) <= set(places):
        return grid
    own = {places[name] for name in told["columns"] if name in places}
    named = {places[name] for name in ("sample", "formula") if name in places}
    kept = [at for at in range(len(grid.header)) if at not in own]
    results = [at for at in kept if at not in named]
    notes = _weighed(grid.rows, places)
    header = [grid.header[at] for at in kept]
    if "note" not in places:
        header.append("note")
    rows: list[Row] = []
    for line, cells in grid.rows:
        if all(cells[at] is None for at in results):
            continue
        row = dict(zip(header, (cells[at] for at in kept), strict=False))
        note = header[-1] if "note" not in places else grid.header[places["note"]]
        said = "; ".join(filter(None, [str(row.get(note) or ""), notes.get(_whose(cells, places), "")]))
        row[note] = said[: limit("cell")] or None
        rows.append((line, tuple(row[name] for name in header)))
    if not rows:
        raise TableError(
            f"{grid.name} is a batch sheet without results; fill in outcome, conductivity_mS_cm with temperature_C, "
            "or tg_C, in a row of the sample"
        )
    return Grid(grid.name, tuple(header), tuple(rows))


def _weighed(rows: Sequence[Row], places: dict[str, int]) -> dict[tuple[str, str], str]:
    """Return what was weighed, and of which lots, by sample, in words."""
    found: dict[tuple[str, str], list[str]] = {}
    for _, cells in rows:
        mass, lot = (cells[places[name]] if name in places else None for name in ("weighed", "lot"))
        if mass is not None or lot is not None:
            grams = f" {_plain(mass)} g" if mass is not None else ""
            of_lot = f" (lot {_plain(lot)})" if lot is not None else ""
            words = f"{cells[places['precursor']]}{grams}{of_lot}"
            found.setdefault(_whose(cells, places), []).append(words)
    return {whose: f"weighed: {', '.join(parts)}" for whose, parts in found.items()}


def _whose(cells: tuple[Any, ...], places: dict[str, int]) -> tuple[str, str]:
    """Return sample and formula of a row."""
    sample, formula = (str(cells[places[name]] if name in places else "") for name in ("sample", "formula"))
    return sample, formula


def _plain(cell: Any) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
