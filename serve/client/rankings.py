"""Rankings by a service: a short list at once, a long one and a file as a job that is waited for."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .candidates import file_of, named, of_file, ranked_as
from .transport import ServiceError, Wire, ranking_of

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 10_000  # formulas that one request may hold; longer lists are jobs
LOOK_S = 0.5
OPEN = ("queued", "running")
Progress = Callable[[float, str], None]


def silent(share: float, words: str) -> None:
    """Say nothing of the progress."""


def ranked(
    wire: Wire,
    candidates: Any,
    temperature_C: float | Iterable[float],
    asked: Mapping[str, Any],
    progress: Progress = silent,
) -> pd.DataFrame:
    """The ranking that a service makes of candidates.

    Parameters
    ----------
    wire
        The line to the service.
    candidates, temperature_C
        As in `Client.rank`.
    asked
        Fields of the request beside these: ``goal``, ``also`` and ``campaign``; what is None is not sent.
    progress
        Called with the share that is done and words, for a job.
    """
    body = {name: value for name, value in asked.items() if value is not None}
    if file := file_of(candidates):
        return _ranked_file(wire, file, body | of_file(temperature_C), progress)
    listing, conditions = ranked_as(candidates, temperature_C)
    body |= conditions
    if len(listing) <= AT_ONCE:
        return named(ranking_of(wire.noticed(wire.post("rank", body))), listing, conditions.get("temperature_C"))
    table = _result(wire, wire.noticed(wire.post("jobs", body, once=True))["id"], progress)
    return named(table.set_index("place").rename_axis(None), listing, conditions.get("temperature_C"))


def waited(wire: Wire, job: str, progress: Progress = silent) -> dict[str, Any]:
    """Wait for the end of a job and return it; see `Client.wait`."""
    while (now := wire.get(f"jobs/{job}"))["state"] in OPEN:
        progress(now["progress"], now["step"])
        time.sleep(LOOK_S)
    if now["state"] != "done":
        raise ServiceError(now["error"] or f"the job {job} was cancelled", 0)
    progress(1.0, now["step"])
    return dict(now)


def _ranked_file(wire: Wire, path: Path, body: Mapping[str, Any], progress: Progress) -> pd.DataFrame:
    return _result(wire, wire.noticed(wire.upload("jobs", path, body))["id"], progress)


def _result(wire: Wire, job: str, progress: Progress) -> pd.DataFrame:
    import pandas as pd

    finished = waited(wire, job, progress)
    table = pd.read_parquet(io.BytesIO(wire.bytes(f"jobs/{job}/result?format=parquet")))
    table.attrs["models"] = finished["models"]
    return table
