"""The lab's own data: results are added, corrected, withdrawn and looked up; failed syntheses are facts too."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from .properties import PROPERTIES, find
from .results.standing import measurements, store_path

if TYPE_CHECKING:
    from .results.table import Reading

OUTCOME_COLUMNS = ("fact", "formula", "outcome", "sample", "method", "note", "version")


@dataclass(frozen=True)
class Addition:
    """What an addition did.

    Parameters
    ----------
    version
        Version of the store that it made.
    facts
        Facts that were added, with their numbers in the column ``id``.
    problems
        Rows that were left out because only good ones were asked for; see `user_table.PROBLEM_COLUMNS`.
    notices
        What the user should know.
    """

    version: int
    facts: pd.DataFrame
    problems: pd.DataFrame
    notices: tuple[str, ...]


def add(
    table: Path | str | pd.DataFrame,
    *,
    keep_good: bool = False,
    trust_units: bool = False,
    sheet: str | None = None,
    encoding: str = "utf-8",
    note: str = "",
    again: bool = False,
) -> Addition:
    """Add the results in a table to the store of the lab, all or none.

    Parameters
    ----------
    table
        A CSV, Excel or Parquet file, or a DataFrame.
    keep_good
        Import the valid rows of a table with invalid ones, instead of none.
    trust_units
        Take values that look as if they were in another unit.
    sheet, encoding
        See `grid.read`.
    note
        Kept with the addition.
    again
        Take a file, or facts, that the store holds already.
    """
    from .results.table import from_frame, read_table
    from .tables.grid import TableError

    if isinstance(table, pd.DataFrame):
        if sheet is not None:
            raise TableError(f"a DataFrame has no sheet {sheet!r}; leave out sheet")
        reading = from_frame(table, trust_units=trust_units)
        digest = hashlib.sha256(reading.facts.to_json().encode()).hexdigest()
    elif not isinstance(table, str | Path):
        raise TableError(f"a {type(table).__name__} is no table; give the path of a file or a pandas DataFrame")
    else:
        reading = read_table(Path(table), sheet, encoding, trust_units)
        digest = hashlib.sha256(Path(table).read_bytes() + (sheet or "").encode()).hexdigest()
    return _write(reading, digest, keep_good, note, again)


def _write(reading: Reading, digest: str, keep_good: bool, note: str, again: bool) -> Addition:
    from .results import ledger, store

    path = store.default_path()
    reading.good(keep_good)
    with store.transaction(path, write=True) as connection:
        if not again:
            ledger.refuse_file(connection, reading.name, digest)
        reading = ledger.check(connection, reading, again)
        facts = reading.good(keep_good)
        version = store.append(connection, _records(facts), reading.name, digest, note)
    stored = store.facts(path, version)
    stored = stored[stored["version"] == version].reset_index(drop=True)
    return Addition(version, stored, reading.problems, (*map(str, reading.notices), *_unused(stored)))


def _records(facts: pd.DataFrame) -> list[dict[str, Any]]:
    """Return facts as plain Python values, missing ones as None."""
    records: list[dict[str, Any]] = facts.astype(object).where(facts.notna(), other=None).to_dict("records")  # type: ignore[call-overload]
    return records


def _unused(facts: pd.DataFrame) -> list[str]:
    """Return for each reason how many of these facts `load` leaves out."""
    from .curation.curate import curate
    from .curation.duplicates import drop_retold
    from .dataset import load

    notices = []
    for name in sorted(set(facts["quantity"]) & set(PROPERTIES)):
        prop, own = find(name), measurements(facts[facts["quantity"] == name], name)
        reasons = [curate(own, prop)[1]["reason"]]
        if (own.rows["doi"] != "").any():
            reasons.append(drop_retold(load(name, lab=False).measured, own, prop)[1]["reason"])
        notices += [
            f"{count} stored, but not used by load({name!r}): {why}"
            for why, count in pd.concat(reasons).value_counts().items()
        ]
    return notices


def syntheses(version: int | None = None) -> pd.DataFrame:
    """Return what became of each synthesis that stands: glass, no glass formed, crystallised or decomposed."""
    path = store_path()
    if path is None:
        return pd.DataFrame(columns=list(OUTCOME_COLUMNS))
    from .results import store

    facts = store.current(path, version)
    made = facts[facts["quantity"] == "synthesis"]
    made = made.assign(fact="L" + made["id"].astype(str))
    return made[list(OUTCOME_COLUMNS)].reset_index(drop=True)


def history() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every addition and every fact ever added, superseded and withdrawn ones included."""
    from .results import store

    path = store.default_path()
    return store.additions(path), store.facts(path)


def summary() -> Mapping[str, int]:
    """Return how many facts of each quantity stand."""
    path = store_path()
    if path is None:
        return {}
    from .results import store

    return {str(name): int(count) for name, count in store.current(path)["quantity"].value_counts().items()}
