"""What a process beside the server does for it, so that the server loads neither MLflow nor the data sets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...datasets.exchange.structured import of_json
from ...datasets.home import home, made, put
from ..errors.elsewhere import elsewhere
from ..formatting.rows import cell, records

if TYPE_CHECKING:
    import pandas as pd

MOST_PREVIEWED = 1_000  # rows of a file that are shown before they are kept
PREVIEWED = ("row", "formula", "quantity", "value", "unit", "temperature_C", "phase", "outcome", "sample")
KEPT = "data-list.json"  # what `data_list` said last, and of which data


def log_ranking(job: str = "", folder: str = "") -> str:
    """Log the ranking that a job made as a run of MLflow, and return its id.

    Earlier releases told the `folder` of the job, which may have been moved since; its name is the number of the job.
    """
    import pandas as pd

    from ...experiments.ranking.tracking import log_ranking as log
    from ...experiments.task.goal import Goal
    from ..formatting.candidates import usable
    from ..settings import job_folder
    from ..terminal.lists import read_candidates
    from .list_ranking import read_request

    place = job_folder(job or Path(folder).name)
    told = read_request(place)
    ranking = pd.read_parquet(place / "result.parquet")
    cells = usable(read_candidates(str(place / told["file"])))
    how = {"also": told["also"], "models": told["models"]}
    return log(ranking, cells, Goal.kept(told["goal"]), told["temperature_C"], told["name"], **how)


def log_round(campaign: str, event: int) -> str:
    """Log a round of a campaign as a run of MLflow, and return its id."""
    from ...experiments.campaign_log.store import read
    from ...experiments.campaigns.tracking import log_round as log

    return log(read(campaign), event)


def compare_versions(name: str, version: int) -> dict[str, Any]:
    """Hold a version against the champion, as the gate does."""
    from ...experiments.registry.promotion import judged

    return _told(judged(name, version))


def promote(
    name: str, version: int, force: bool = False, present: int | None = None, track: bool = True
) -> dict[str, Any]:
    """Let a kept version answer, if the gate lets it through; refused where another than `present` answers by now.

    `track` is whether MLflow is told at once.
    """
    from ...experiments.registry.promotion import promote as run

    return _told(run(name, version, force, present, track))


def rollback(name: str, present: int | None = None, track: bool = True) -> int:
    """Let the version answer again that did before `present`, by default whichever answers; return its number."""
    from ...experiments.registry.promotion import rollback as run

    return run(name, present, track)


def follow(name: str, version: int) -> None:
    """Have MLflow's tags and aliases follow the record, which changed to a version."""
    from ...experiments.registry.promotion import tell_mlflow

    tell_mlflow(name, version)


def data_list() -> list[dict[str, Any]]:
    """A row a property: rows, compositions, papers and range of what is known of it."""
    from ...datasets.catalogue import contents as catalogue

    known, rows = data_mark(), records(catalogue.listing())
    put(made() / KEPT, json.dumps([known, rows]).encode())
    return rows


def data_kept() -> list[dict[str, Any]] | None:
    """What `data_list` said last; None where other data are there by now."""
    try:
        known, rows = of_json((home() / KEPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return list(rows) if known == data_mark() else None


def data_mark() -> str:
    """What changes whenever the data do: embedded files, the code that reads them, the lab's own additions."""
    from ...datasets import lab
    from ...datasets.cards import cards

    told = [version("vitrion"), *(card.sha256 for card in cards()), str(len(lab.history()[0]))]
    return hashlib.sha256(" ".join(told).encode()).hexdigest()


def data_show(name: str, formula: str | None, limit: int, offset: int, where: Sequence[str] = ()) -> dict[str, Any]:
    """Some rows of a property, of the lab's store, or the card of a source."""
    table = _shown(name, formula, data_mark(), tuple(where))
    return {"rows": records(table.iloc[offset : offset + limit]), "of": len(table)}


@lru_cache(maxsize=4)
def _shown(name: str, formula: str | None, mark: str, where: tuple[str, ...]) -> pd.DataFrame:
    """All rows, kept from page to page as long as the data are the same."""
    from ...datasets.catalogue import contents as catalogue

    return catalogue.show(name, formula, where=where)


def _told(decision: Any) -> dict[str, Any]:
    """A decision of the gate as JSON."""
    return {"reason": decision.reason, **cell(asdict(decision))}


def check_file(path: str) -> int:
    """Read a file of results for the first time; return its number of rows."""
    from ...datasets.tables.reader import read

    return len(read(Path(path)).rows)


def preview_file(path: str, trust_units: bool = False) -> dict[str, Any]:
    """Read a file of results, and say what each column is and what the rows give; nothing is kept."""
    from ...datasets.results.preview import plain_rows, preview

    told = preview(Path(path), trust_units)
    rows = plain_rows(told.grid)[:MOST_PREVIEWED]
    return {
        "columns": [asdict(one) for one in told.columns],
        "facts": records(told.reading.facts[list(PREVIEWED)].head(MOST_PREVIEWED)),
        "problems": records(told.reading.problems.head(MOST_PREVIEWED)),
        "rows": [{name: cell(value) for name, value in row.items()} for row in rows],
        "lines": [line for line, _ in told.grid.rows[:MOST_PREVIEWED]],
        "of": told.reading.rows,
        "valid_rows": told.reading.rows - int(told.reading.problems["row"].nunique()),
        "notes": [elsewhere(str(notice)) for notice in told.reading.notices],
    }


def add_file(path: str, **how: Any) -> dict[str, Any]:
    """Add the results in a file to the lab's own store, all rows or none; `how` as `lab.add` takes it."""
    return added(Path(path), **how)


def added(table: Any, **how: Any) -> dict[str, Any]:
    """Add the lab's own results, all rows or none, and say what that did."""
    from ...datasets import lab

    done = lab.add(table, **how)
    return {
        "version": cell(done.version),
        "facts": records(done.facts[["id"]]),
        "left_out": records(done.problems),
        "notes": [elsewhere(str(notice)) for notice in done.notices],
    }


VERBS: Mapping[str, Callable[..., Any]] = {
    **{one.__name__: one for one in (log_ranking, log_round, follow, compare_versions, data_list, data_show)},
    **{one.__name__: one for one in (check_file, preview_file, add_file)},
    "promote": partial(promote, track=False),  # the server has it told by and by, since people wait for the answer
    "rollback": partial(rollback, track=False),
}
