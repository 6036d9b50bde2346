"""One long list as a job: read once, predicted block by block, put in order and written; no row of HTTP in it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...datasets.exchange.candidate_table import CandidateTable
from ...datasets.exchange.structured import of_json
from ...datasets.home import put
from ...datasets.readings import trusting
from ...features.notices import collected
from ..errors.elsewhere import elsewhere
from ..errors.refusals import WorkError
from ..formatting.candidates import joined, listed, usable
from ..formatting.rows import encoded, records
from ..formatting.user_columns import GIVEN
from ..terminal.lists import read_candidates

if TYPE_CHECKING:
    from ...experiments.ranking.ready import Informed
    from ...experiments.registry.loading import Loaded

FORMATS = ("csv", "parquet", "json")
REQUEST, VIEW, NOTES, OWN = "request.json", "view.json", "notes.json", "own.json"
MOST_SHOWN = 10_000  # rows that the page gets


def write_request(folder: Path, told: Mapping[str, Any]) -> None:
    """Keep what a job was asked for: the name of its list, goal, temperature and versions of the models.

    ``listed`` is told of a list in JSON, which has no rows of a file; ``results`` are those of the campaign after which
    it is ranked.
    """
    put(folder / REQUEST, json.dumps(told).encode())


def read_request(folder: Path) -> dict[str, Any]:
    """What a job was asked for."""
    try:
        told: dict[str, Any] = of_json((folder / REQUEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WorkError(f"what the job {folder.name} was asked for cannot be read ({error}); send it again") from None
    return told


def count_rows(folder: str) -> int:
    """Number of rows of the list of a job, whose notes are kept beside it; raises `InputError` where it is none."""
    place = Path(folder)
    table, notes = _read(place)
    told = read_request(place).get("notes", ())
    put(place / NOTES, json.dumps(list(dict.fromkeys([*told, *notes]))).encode())
    return len(table)


def notes_of(folder: Path) -> list[str]:
    """What is to be noticed of a job's goal, temperature and list, once the list was read."""
    try:
        return list(of_json((folder / NOTES).read_text(encoding="utf-8")))
    except FileNotFoundError:  # an earlier release read it
        return []


def rank_block(folder: str, block: int, rows: int) -> int:
    """Predict one block of a list and keep it in a file; return its number of rows.

    Parameters
    ----------
    folder
        Of the job.
    block
        Its number, counted from 0.
    rows
        Of every block but the last.
    """
    from ...experiments.ranking.rank import judged

    place = Path(folder)
    told = read_request(place)
    predictors = _predictors(place)
    given, part = _table(place), slice(block * rows, (block + 1) * rows)
    at = given.at(told["temperature_C"])
    temperature = at[part] if isinstance(at, list) else at
    with trusting():  # goal and temperature were judged when the job was taken
        table = judged(usable(given)[part], told["goal"], temperature, predictors, told["also"])
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    put(_block(place, block), buffer.getvalue())
    return len(table)


def finish(folder: str, blocks: int) -> int:
    """Put all blocks in order and write the result as CSV, Parquet and JSON; return its number of rows.

    The blocks stay, for whoever is killed before this is known to be done does it again: `tidy` removes them.
    """
    import pandas as pd

    from ...experiments.ranking.blocks import united
    from ...experiments.task.goal import Goal
    from ..formatting.files import save

    place = Path(folder)
    told = read_request(place)
    ranking = united((pd.read_parquet(_block(place, number)) for number in range(blocks)), Goal.kept(told["goal"]))
    table = listed(ranking) if told.get("listed") else joined(_table(place), ranking)
    common_C = told["temperature_C"] if _table(place).temperature_C is None else None
    table.attrs["temperature_C"] = common_C
    for ending in FORMATS[:2]:
        save(table, place / f"result.{ending}", str)
    put(place / "result.json", encoded(table, told["models"]))
    put(place / VIEW, _view(table, told | {"notes": notes_of(place)}, common_C))
    return len(table)


def tidy(folder: Path, blocks: int) -> None:
    """Remove the blocks of a list whose result is kept."""
    for number in range(blocks):
        _block(folder, number).unlink(missing_ok=True)


def _view(table: Any, told: Mapping[str, Any], common_C: float | None) -> bytes:
    """The first rows with the map, for the page."""
    from ...experiments.task.goal import Goal
    from ..pages.ranking_view import beside
    from ..pages.reports import goal_words

    goal = Goal.kept(told["goal"])
    shown = table.head(MOST_SHOWN)
    more = beside(table, goal, common_C) | {
        "of": len(table),
        "goal": goal.to_dict(),
        "goal_words": goal_words(goal, common_C),
        "temperature_C": common_C,
        "given": table.attrs.get(GIVEN, []),
        "notes": told["notes"],
    }
    for name in ("excluded", "similar"):
        more[name] = more[name][: len(shown)]
    return encoded(shown, told["models"], **more)


def _block(folder: Path, number: int) -> Path:
    return folder / f"block-{number:05d}.parquet"


def _table(folder: Path) -> CandidateTable:
    return _read(folder)[0]


@lru_cache(maxsize=2)
def _read(folder: Path) -> tuple[CandidateTable, list[str]]:
    """The list of a job, and what is to be noticed of it."""
    told = read_request(folder)
    with collected() as said:
        table = read_candidates(str(folder / told["file"]), told["name"])
    return table, [elsewhere(note) for note in (*table.notes, *said)]


@lru_cache(maxsize=2)
def _predictors(folder: Path) -> Informed:
    """Predictors of a job, with the laboratory's own results as they stood when its first block was predicted."""
    import pandas as pd

    from ...experiments.campaign_log.values import of_rows
    from ...experiments.campaigns.learning import after
    from ...experiments.ranking.ready import Informed
    from ...experiments.registry.glass_former import of_version
    from ...experiments.task.outcomes import Outcomes
    from ...experiments.task.own_results import unlearnt, with_results

    versions, place = dict(read_request(folder)["models"]), folder / OWN
    former = of_version(versions.pop("glass_formation", None))
    known = _loaded(json.dumps(versions, sort_keys=True))
    if not place.is_file():
        put(place, json.dumps({name: records(unlearnt(predictor)) for name, predictor in known.items()}).encode())
    told = of_json(place.read_text(encoding="utf-8"))
    taught = {name: with_results(one, pd.DataFrame(told[name])) for name, one in known.items()}
    informed = Informed(taught, former=former)
    results = read_request(folder).get("results")  # of a campaign
    return informed if not results else after(Outcomes.of(of_rows(results)), informed, informed)


@lru_cache(maxsize=1)
def _loaded(versions: str) -> Loaded:
    from ...experiments.registry.loading import load

    told = json.loads(versions)
    return load(tuple(told), told)


VERBS: Mapping[str, Callable[..., int]] = {one.__name__: one for one in (count_rows, rank_block, finish)}
