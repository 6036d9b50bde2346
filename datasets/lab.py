"""The lab's own data: results are added, corrected, withdrawn and looked up; failed syntheses are facts too."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..features.elements import SYMBOLS
from ..features.fractions import Fractions
from .measurement import CONFIDENCE_WEIGHT, Measurements, tabulate
from .properties import PROPERTIES, find

if TYPE_CHECKING:
    from .results.table import Reading

NAME = "lab"
LICENCE = "the lab's own"
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
        Take the good rows of a table with bad ones, instead of none.
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
        prop, own = find(name), _measurements(facts[facts["quantity"] == name], name)
        reasons = [curate(own, prop)[1]["reason"]]
        if (own.rows["doi"] != "").any():
            reasons.append(drop_retold(load(name, lab=False).measured, own, prop)[1]["reason"])
        notices += [
            f"{count} stored, but not used by load({name!r}): {why}"
            for why, count in pd.concat(reasons).value_counts().items()
        ]
    return notices


def read(name: str, version: int | None = None) -> Measurements:
    """Return the lab's own measurements of a property that stand, as of a version; none where there is no store."""
    path = _store_path()
    if path is None:
        return Measurements(tabulate(0), np.zeros((0, len(SYMBOLS))))
    from .results import store

    facts = store.current(path, version)
    return _measurements(facts[facts["quantity"] == name], name)


def standing_and_not(name: str) -> tuple[Measurements, Measurements]:
    """Return the lab's own measurements of a property that stand, and those that were corrected or withdrawn since."""
    path = _store_path()
    if path is None:
        return read(name), read(name)
    from .results import store

    facts = store.facts(path)
    facts = facts[facts["quantity"] == name]
    stands = facts["superseded_by"].isna()
    return _measurements(facts[stands], name), _measurements(facts[~stands], name)


def _store_path() -> Path | None:
    """Return where the store lies, or None where there is none; asks without importing SQLAlchemy."""
    from .home import home

    path = home() / "lab.sqlite"
    return path if path.exists() else None


def _measurements(facts: pd.DataFrame, name: str) -> Measurements:
    """Return facts as measurements.

    Their paper is the DOI, else the addition with which the fact came, or the first one that it corrects.
    Temperatures of one formula in one paper are one series, unless their samples have names. Rows stand in an order
    that does not depend on that in which they were added: what is trained on them must not either.
    """
    facts = facts.reset_index(drop=True)
    paper = facts["doi"].where(facts["doi"] != "", "lab:addition " + facts["origin"].astype(str))
    rows = tabulate(
        len(facts),
        formula=facts["formula"].astype(object),
        value=facts["value"].astype(float),
        quantity=name,
        unit=find(name).unit,
        temperature_C=facts["temperature_C"].astype(float),
        phase=facts["phase"].astype(object),
        method=facts["method"].astype(object),
        source=NAME,
        licence=LICENCE,
        paper=paper.astype(object),
        place=("sample " + facts["sample"]).where(facts["sample"] != "", "").astype(object),
        group=paper.astype(object),
        doi=facts["doi"].astype(object),
        year=facts["year"].astype("Int16"),
        author=facts["author"].astype(object),
        confidence=facts["confidence"].astype(object),
        weight=facts["confidence"].map(CONFIDENCE_WEIGHT).astype(float),
    )
    if not len(facts):
        return Measurements(rows, np.zeros((0, len(SYMBOLS))))
    told = Measurements(rows, Fractions.of(facts["formula"].tolist()).matrix)
    order = rows.assign(key=told.keys).sort_values(["group", "key", "temperature_C", "phase", "value", "place"])
    return told.take(order.index.to_numpy())


def syntheses(version: int | None = None) -> pd.DataFrame:
    """Return what became of each synthesis that stands: glass, no glass formed, crystallised or decomposed."""
    path = _store_path()
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
    path = _store_path()
    if path is None:
        return {}
    from .results import store

    return {str(name): int(count) for name, count in store.current(path)["quantity"].value_counts().items()}
