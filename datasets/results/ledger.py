"""What a new addition may say, given what the store holds: no file twice, no fact twice, corrections of what stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from ...features.fractions import Fractions
from ..measurement import composition_keys
from .rows import WITHDRAWAL, beside_value, content_keys
from .store import ADDITIONS, FACTS, StoreError
from .table import PROBLEM_COLUMNS, Reading


def refuse_file(connection: sa.Connection, name: str, sha256: str) -> None:
    """Raise `StoreError` if a file of this content was added before."""
    query = sa.select(ADDITIONS.c.version, ADDITIONS.c.added_at, ADDITIONS.c.file).where(ADDITIONS.c.sha256 == sha256)
    found = connection.execute(query).first()
    if found:
        raise StoreError(
            f"{name} was added before, as version {found.version} on {found.added_at} ({found.file}); "
            "nothing was added: if these are new measurements of the same values, use --again"
        )


def check(connection: sa.Connection, reading: Reading, again: bool) -> Reading:
    """Return the reading, its facts that contradict the store moved to the problems."""
    if not again:
        reading = dataclasses.replace(reading, facts=_outcomes_once(connection, reading.facts))
    found = list(_problems(connection, reading.facts, again))
    if not found:
        return reading
    problems = pd.concat([reading.problems, pd.DataFrame(found, columns=list(PROBLEM_COLUMNS))], ignore_index=True)
    facts = reading.facts[~reading.facts["row"].isin(problems["row"])].reset_index(drop=True)
    return dataclasses.replace(
        reading, facts=facts, problems=problems.sort_values("row", kind="stable", ignore_index=True)
    )


def _outcomes_once(connection: sa.Connection, facts: pd.DataFrame) -> pd.DataFrame:
    """The facts without the outcomes beside a value that stand in the store, or in an earlier row, already."""
    superseded = sa.select(FACTS.c.supersedes).where(FACTS.c.supersedes.is_not(None))
    known = set(connection.execute(sa.select(FACTS.c.content).where(FACTS.c.id.not_in(superseded))).scalars())
    keys = pd.Series(content_keys(facts.to_dict("records")), index=facts.index, dtype=object)
    told = keys.isin(known) | keys.duplicated()
    return facts[~(told & beside_value(facts))].reset_index(drop=True)


def _problems(connection: sa.Connection, facts: pd.DataFrame, again: bool) -> Iterator[tuple[int, str, str]]:
    superseding = sa.select(FACTS.c.supersedes, FACTS.c.id).where(FACTS.c.supersedes.is_not(None))
    later: dict[int, int] = {row[0]: row[1] for row in connection.execute(superseding)}
    contents = [] if again else connection.execute(sa.select(FACTS.c.content, FACTS.c.id)).all()
    standing_last = sorted(contents, key=lambda row: row[1] not in later)
    known: dict[str, int] = {row[0]: row[1] for row in standing_last}
    withdrawals = set(connection.execute(sa.select(FACTS.c.id).where(FACTS.c.quantity == WITHDRAWAL)).scalars())
    corrected: dict[int, int] = {}
    records = facts.to_dict("records")
    for fact, key in zip(records, content_keys(records), strict=True):
        row, number = int(fact["row"]), fact["supersedes"]
        twin = known.get(key)
        if twin is not None and twin not in later and twin != number:
            yield (
                row,
                str(fact["quantity"]),
                f"the store says so already (fact L{twin}); delete the row, or name another sample",
            )
        elif twin in later and pd.isna(number):
            what = "withdrawn" if later[twin] in withdrawals else "superseded"
            yield (
                row,
                str(fact["quantity"]),
                f"the store held this as L{twin}, {what} by L{later[twin]}; delete the row, or use --again to insist",
            )
        if pd.isna(number):
            continue
        problem = _wrong_correction(connection, fact, later, again)
        if int(number) in corrected:
            problem = f"row {corrected[int(number)]} corrects fact L{int(number)} too; keep one of them"
        if problem:
            yield row, "supersedes", problem
        corrected.setdefault(int(number), row)


def _wrong_correction(connection: sa.Connection, fact: Mapping[Any, Any], later: Mapping[int, int], again: bool) -> str:
    """Return what is wrong with a correction, or ``""``."""
    number = int(fact["supersedes"])
    query = sa.select(FACTS.c.quantity, FACTS.c.formula).where(FACTS.c.id == number)
    old = connection.execute(query).first()
    if old is None:
        return f"there is no fact L{number} in the store; see their numbers with 'vitrion data show lab'"
    if number in later:
        return f"fact L{number} is superseded by L{later[number]} already; correct that one"
    if old.quantity == WITHDRAWAL:
        return f"fact L{number} is a withdrawal; add the measurement anew"
    if fact["quantity"] not in (old.quantity, WITHDRAWAL):
        what = f"fact L{number} is a {old.quantity} ({old.formula}), not a {fact['quantity']}"
        return f"{what}; correct it with one, or withdraw it"
    keys = composition_keys(Fractions.of([old.formula, fact["formula"]]).matrix)
    withdrawn = fact["quantity"] == WITHDRAWAL
    if keys[0] == keys[1] or (again and not withdrawn):
        return ""
    what = f"fact L{number} is a {old.quantity} of {old.formula}, not of {fact['formula']}; check the number"
    return what if withdrawn else f"{what}, or insist with --again"
