"""What a client sends of candidates, and its answer under the names that they have there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...datasets.readings import trusting
from .transport import formulas

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.task.candidates import Listing


def file_of(candidates: Any) -> Path | None:
    """The file that candidates name, if they do."""
    from ...experiments.task.candidates import is_file

    if isinstance(candidates, Path) or (isinstance(candidates, str) and is_file(candidates)):
        return Path(candidates)
    return None


def is_template(candidates: Any) -> bool:
    """Whether candidates are a family, and neither a list nor a file."""
    return isinstance(candidates, str) and file_of(candidates) is None


def of_file(temperature_C: Any) -> dict[str, float]:
    """The temperature in degC beside a file, for those of its rows that have none."""
    from ...experiments.task.candidates import one_temperature

    with trusting():  # the service judges it
        return {"temperature_C": one_temperature(temperature_C, "a file has others in a column temperature_C")}


def ranked_as(candidates: Any, temperature_C: float | Iterable[float]) -> tuple[Listing, dict[str, Any]]:
    """The candidates with their names, and the fields of a request that ranks them."""
    from ...experiments.task.candidates import given, temperature_of

    listing = given(candidates)
    with trusting():  # the service judges them
        temperature, each = temperature_of(listing, temperature_C)
    cells = [None if place in listing.errors else one for place, one in enumerate(listing.cells)]
    warm: Any = {"temperature_C": temperature}
    if each and not isinstance(temperature, float):
        warm = {"temperatures_C": temperature.tolist()}
    return listing, {"candidates": formulas(cells), **warm}


def named(ranking: pd.DataFrame, listing: Listing, temperature_C: float | None) -> pd.DataFrame:
    """A ranking by places under the names that the candidates have, with what was given and what was wrong with it."""
    from ...experiments.task.candidates import as_text

    for place, why in listing.errors.items():
        ranking.loc[place, ["formula", "error"]] = [as_text(listing.cells[place]), why]
    ranking["input"] = [
        as_text(listing.cells[place]) for place in ranking.index
    ]  # what has an error is sent as nothing
    ranking.attrs["temperature_C"] = temperature_C
    ranking.index = listing.index.take(ranking.index.to_numpy())
    return ranking
