"""Short lists of several requests ranked at once: predicted together, and put in order each for itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..formatting.rows import dumped, encoded
from .predictions import Ask, Service


def ranked_together(service: Service, lists: Sequence[Sequence[Any]], ask: Ask) -> list[bytes]:
    """The ranking of each list as JSON, as if it were alone.

    Parameters
    ----------
    service
        Holds the models.
    lists
        Of candidates; the same is asked of all.
    ask
        What they are asked for.
    """
    from ...datasets.readings import trusting
    from ...experiments.ranking.rank import said

    known, notes = service.models.get(ask.further), [*ask.notes]
    with trusting():
        columns = said([item for one in lists for item in one], ask.goal, ask.temperature_C, known, ask.also)
    values = {name: column.tolist() for name, column in columns.items()}
    answers, start = [], 0
    for one in lists:
        stop = start + len(one)
        if len(one) == 1:
            answers.append(
                dumped({"rows": [_alone(values, start)], "models": known.versions, "places": [0], "notes": notes})
            )
        else:
            answers.append(_several(columns, slice(start, stop), ask, known.versions))
        start = stop
    return answers


def _several(columns: Mapping[str, Any], rows: slice, ask: Ask, versions: Mapping[str, int]) -> bytes:
    """The ranking of one of the lists."""
    import pandas as pd

    from ...experiments.ranking.blocks import united

    table = pd.DataFrame({name: column[rows] for name, column in columns.items()})
    ranking = united([table], ask.goal)
    return encoded(ranking, versions, places=ranking.index.tolist(), notes=[*ask.notes])


def _alone(columns: dict[str, list[Any]], place: int) -> dict[str, Any]:
    """The row of a list of one: the first, and on the front if the goal allows it."""
    from ...experiments.ranking.rank import HIDDEN

    row = {name: values[place] for name, values in columns.items()}
    read = row["error"] == ""
    row |= {"rank": 1 if read else None, "pareto": row["allowed"] if read else None}
    row |= {name: row[name] if read else None for name in ("neutral", "n_measured")}
    for name in HIDDEN:
        del row[name]
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in row.items()
    }
