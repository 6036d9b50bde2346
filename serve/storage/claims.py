"""Idempotency keys: what each stands for, and who works on it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from .retries import patient

TABLES = sa.MetaData()
ANSWERS = sa.Table(
    "answers",
    TABLES,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("request", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("body", sa.LargeBinary),
    sa.Column("created", sa.String(32), nullable=False),
)


class Claims:
    """Keys in the database of the service; every method is one transaction."""

    engine: sa.Engine

    @patient
    def claim(self, key: str, request: str, by: str = "") -> tuple[str, int | None, bytes] | None:
        """Take an idempotency key; None if it was free, else the request it stands for, and its answer if there is one.

        Where there is no answer yet, who took the key stands in its place.

        Parameters
        ----------
        key
            As the client gave it, with what it is for.
        request
            Digest of the request.
        by
            Who takes it: text that nobody has twice.
        """
        row = {
            "key": key,
            "request": request,
            "body": by.encode(),
            "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        asked = sa.select(ANSWERS.c.request, ANSWERS.c.status, ANSWERS.c.body).where(ANSWERS.c.key == key)
        while True:
            with suppress(sa.exc.IntegrityError), self.engine.begin() as connection:  # the key is taken: see below
                connection.execute(ANSWERS.insert().values(**row))
                return None
            with self.engine.connect() as connection:
                found = connection.execute(asked).tuples().first()
            if found is not None:  # else it was given back meanwhile
                before, status, body = found[0], found[1], found[2] or b""
                ours = status is None and by and body == by.encode()  # the database went away as it took it
                return None if ours else (before, status, body)

    @patient
    def answer(self, key: str, status: int, body: bytes, by: str | None = None) -> None:
        """Keep the answer that a key stands for, if who took it still has it."""
        with self.engine.begin() as connection:
            connection.execute(ANSWERS.update().where(_taken(key, by)).values(status=status, body=body))

    @patient
    def release(self, key: str, by: str | None = None) -> None:
        """Give a key back whose request came to nothing, if who took it still has it."""
        with self.engine.begin() as connection:
            connection.execute(ANSWERS.delete().where(_taken(key, by)))

    @patient
    def forget_keys(self, days: float) -> None:
        """Leave out keys older than some days."""
        limit = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
        with self.engine.begin() as connection:
            connection.execute(ANSWERS.delete().where(ANSWERS.c.created < limit))


def _taken(key: str, by: str | None) -> sa.ColumnElement[bool]:
    """The row of a key; of one that somebody took and did not answer yet, where it is told who."""
    row = ANSWERS.c.key == key
    return row if by is None else row & ANSWERS.c.status.is_(None) & (ANSWERS.c.body == by.encode())
