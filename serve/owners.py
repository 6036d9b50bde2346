"""Whose a job or a campaign is: its maker's, and nobody else's but the administrators'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request

from .access_tables import OWNERS
from .keyring import ADMIN
from .patience import patient

JOB, CAMPAIGN = "job", "campaign"


@dataclass(frozen=True)
class Who:
    """Who asks.

    Parameters
    ----------
    name
        Of the key; empty where none is needed.
    scope
        What the key allows.
    session
        Whether a browser asks, by its cookie.
    """

    name: str = ""
    scope: str = ADMIN
    session: bool = False

    @property
    def only(self) -> str | None:
        """Name of whom alone things may be shown; None for administrators, who see all."""
        return None if self.scope == ADMIN else self.name


def of(request: Request) -> Who:
    """Who asks; `access.Access` has found it out."""
    found: Who = request.scope["vitrion.who"]
    return found


async def _of(request: Request) -> Who:
    return of(request)  # what is no coroutine is done in a thread


Asker = Annotated[Who, Depends(_of)]


class Owners:
    """Who made what; what was made without a key, or at the command line, is nobody's: administrators see it.

    Parameters
    ----------
    engine
        Of the service's database.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @patient
    def give(self, kind: str, name: str, who: Who) -> None:
        """Say that something belongs to who made it."""
        if not who.name:
            return
        with self.engine.begin() as connection:
            connection.execute(OWNERS.delete().where((OWNERS.c.kind == kind) & (OWNERS.c.name == name)))
            connection.execute(OWNERS.insert().values(kind=kind, name=name, owner=who.name))

    @patient
    def whose(self, kind: str, name: str) -> str | None:
        """Return the name of the owner of something; None where it is nobody's."""
        asked = sa.select(OWNERS.c.owner).where((OWNERS.c.kind == kind) & (OWNERS.c.name == name))
        with self.engine.connect() as connection:
            return connection.execute(asked).scalar()

    @patient
    def owned(self, kind: str, owner: str) -> set[str]:
        """Return the names of all that somebody owns of a kind."""
        with self.engine.connect() as connection:
            return set(connection.execute(things(kind, owner)).scalars())

    @patient
    def forget(self, kind: str, name: str) -> None:
        """Leave out what is no more."""
        with self.engine.begin() as connection:
            connection.execute(OWNERS.delete().where((OWNERS.c.kind == kind) & (OWNERS.c.name == name)))


def things(kind: str, owner: str) -> sa.Select[str]:
    """What asks the database for the names of all that somebody owns of a kind."""
    return sa.select(OWNERS.c.name).where((OWNERS.c.kind == kind) & (OWNERS.c.owner == owner))
