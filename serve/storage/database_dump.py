"""The tables of a database server as one file of a backup, all of one moment."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ...datasets.exchange.structured import of_json
from ...datasets.home import private_file
from ...experiments.campaign_log.table import CAMPAIGNS
from ..errors.refusals import InputError
from . import access_tables, store
from .schema import upgrade

FILE = "tables.jsonl"


def write(url: str, path: Path) -> None:
    """Write all rows of our tables, in one transaction that sees one moment."""
    engine = sa.create_engine(url)
    try:
        with (
            engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
            private_file(path).open("w", encoding="utf-8") as out,
        ):
            for table in _tables():
                for row in connection.execute(sa.select(table)).mappings():
                    told = {name: _plain(value) for name, value in row.items()}
                    out.write(json.dumps({"table": table.name, "row": told}) + "\n")
    finally:
        engine.dispose()


def read(url: str, path: Path) -> None:
    """Bring rows back into tables that are empty, all or none."""
    upgrade(url)
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            known = {table.name: table for table in _tables()}
            for table in known.values():
                if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar():
                    raise InputError(f"the database has rows in {table.name} already; name an empty one")
            with path.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, start=1):
                    table, row = _row(line, number, known)
                    connection.execute(table.insert().values(**row))
    finally:
        engine.dispose()


def _row(line: str, number: int, known: Mapping[str, sa.Table]) -> tuple[sa.Table, dict[str, Any]]:
    """Table and values of one line of a file that `write` made."""
    try:
        told = of_json(line)
        return known[told["table"]], {name: _valued(value) for name, value in told["row"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"line {number} of the backup's tables cannot be read ({error}); take another backup"
        ) from None


def _tables() -> list[sa.Table]:
    more = [table for table in access_tables.TABLES.sorted_tables if table.name != "access_sessions"]
    return [*store.JOBS.metadata.sorted_tables, CAMPAIGNS, *more]


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value


def _valued(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
