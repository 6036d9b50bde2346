"""The ranking joined with the list it came from: the user's own columns, duplicates, rows that could not be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...datasets.exchange.candidate_table import CandidateTable
from ...features import Fractions
from .user_columns import GIVEN, column_of

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 65_536


def usable(table: CandidateTable) -> list[Any]:
    """Cells to rank, None where the whole row cannot be used."""
    return [None if place in table.errors else cell for place, cell in enumerate(table.cells)]


def any_read(table: CandidateTable) -> bool:
    """Whether one row at least is a composition."""
    cells = usable(table)
    starts = range(0, len(cells), _CHUNK)
    return any(len(Fractions.read(cells[start : start + _CHUNK])[0]) > 0 for start in starts)


def joined(table: CandidateTable, ranking: pd.DataFrame) -> pd.DataFrame:
    """Ranking with notes on duplicates, row numbers of unread rows, and the user's other columns at the end.

    Parameters
    ----------
    table
        What was submitted.
    ranking
        One row a candidate, as `vitrion.rank` gives it for `usable(table)`; its index tells places in the list.

    Returns
    -------
    DataFrame
        ``attrs["given"]`` names the columns of the user, whose cells are as they were.
    """
    import pandas as pd

    from ...experiments.ranking.repeats import REPEATS, SAME_AS

    places = [int(place) for place in ranking.index]
    out = plain(ranking.reset_index(drop=True))
    first = _firsts(_groups(table, ranking, places))
    own_notes = dict(ranking.attrs.get(REPEATS, ()))  # without the words on a repeat, for which there are better ones
    notes = [own_notes.get(place, note) for place, note in zip(places, out["note"].tolist(), strict=True)]
    out["note"] = [_note(note, table, place, first) for note, place in zip(notes, places, strict=True)]
    out["error"] = [table.errors.get(place, error) for error, place in zip(out["error"].tolist(), places, strict=True)]
    unread = _unread(out)
    out["note"] = [
        note or (table.origin(place) if bad else "")
        for note, place, bad in zip(out["note"], places, unread, strict=True)
    ]
    out["formula"] = [
        _raw(table.cells[place]) if bad else text
        for text, place, bad in zip(out["formula"].tolist(), places, unread, strict=True)
    ]
    if "input" in out:
        out["input"] = [_raw(table.cells[place]) for place in places]
    given: list[str] = []
    for name in table.extra:
        given.append(_free(name, {*out.columns, *given}))
    own = [
        column_of([values[place] for place in places], table.kinds.get(name)) for name, values in table.extra.items()
    ]
    out = pd.concat([out, pd.DataFrame(dict(zip(given, own, strict=True)), index=out.index)], axis=1)
    out.attrs = {
        **{name: value for name, value in ranking.attrs.items() if name not in (REPEATS, SAME_AS)},
        GIVEN: given,
    }
    return out


def listed(ranking: pd.DataFrame) -> pd.DataFrame:
    """Ranking of a list that is no file, in the words of `vitrion.rank`, with the column ``place`` at the end."""
    return plain(ranking.reset_index(drop=True)).assign(place=[int(place) for place in ranking.index])


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Table with None where pandas keeps whole numbers or truth values that are missing."""
    import pandas as pd

    out = table.copy()
    for name in table.columns[table.dtypes.astype(str).isin(["Int64", "boolean"])]:
        cells = zip(table[name].tolist(), table[name].notna().tolist(), strict=True)
        out[name] = pd.Series([value if known else None for value, known in cells], table.index, dtype=object)
    return out


def compositions(cells: Sequence[Any]) -> list[int | None]:
    """Numbers, equal for equal compositions; None for what is none."""
    keys: list[int | None] = []
    for start in range(0, len(cells), _CHUNK):
        part: list[int | None] = [None] * len(cells[start : start + _CHUNK])
        batch, rows, _ = Fractions.read(cells[start : start + _CHUNK])
        for row, fractions in zip(rows.tolist(), batch.matrix, strict=True):
            part[row] = hash(fractions.tobytes())
        keys += part
    return keys


def _unread(ranking: pd.DataFrame) -> list[bool]:
    return [isinstance(error, str) and bool(error) for error in ranking["error"].tolist()]


def _groups(table: CandidateTable, ranking: pd.DataFrame, places: list[int]) -> dict[int, int]:
    """A number for each place that holds a composition, equal for equal ones at the same temperature.

    A ranking tells which places these are, and nothing is parsed again; that of an earlier service does not.
    """
    from ...experiments.ranking.repeats import SAME_AS

    if SAME_AS in ranking.attrs:
        higher = dict(ranking.attrs[SAME_AS])
        read = (not bad for bad in _unread(ranking))
        return {place: higher.get(place, place) for place, good in zip(places, read, strict=True) if good}
    keys = _at_their_temperatures(compositions(usable(table)), table.temperature_C)
    return {place: key for place, key in enumerate(keys) if key is not None}


def _at_their_temperatures(keys: list[int | None], temperature: list[float] | None) -> list[int | None]:
    """Numbers that differ where the temperatures do too."""
    if temperature is None:
        return keys
    warm = [None if math.isnan(at) else at for at in temperature]
    return [None if key is None else hash((key, at)) for key, at in zip(keys, warm, strict=True)]


def _firsts(groups: dict[int, int]) -> dict[int, int]:
    """For each place of a composition that of its first appearance in the list."""
    first: dict[int, int] = {}
    return {place: first.setdefault(groups[place], place) for place in sorted(groups)}


def _note(note: Any, table: CandidateTable, place: int, first: dict[int, int]) -> str:
    notes = [note] if isinstance(note, str) and note else []
    if place not in first:
        notes.append(table.origin(place))
    elif first[place] != place:
        told = table.origin(first[place])
        notes.append(f"same composition as {told if table.origins else told.removesuffix(f' of {table.name}')}")
    return "; ".join(notes)


def _raw(cell: Any) -> str:
    return "" if cell is None or cell != cell else str(cell)  # noqa: PLR0124 - NaN


def _free(name: str, taken: Any) -> str:
    """Name itself, or with _given added while a column has it already."""
    while name in taken:
        name += "_given"
    return name
