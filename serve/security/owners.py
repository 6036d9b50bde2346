"""Whose a job or a campaign is: its maker's, and nobody else's but the administrators'.

A job has a row here beside its own, made in one transaction with it; a campaign names its owner in its own file or row.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request

from ...experiments.campaign_log import owner as campaign_owner
from ...experiments.campaign_log.events import CampaignError
from ...experiments.campaign_log.store import CampaignFileError
from ..schemas.limits import JOB_NUMBER
from ..storage.access_tables import CAMPAIGN, OWNERS
from ..storage.retries import patient
from .keys import ADMIN

_LOG = logging.getLogger(__name__)


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
        """Let something that is there belong to somebody."""
        if not who.name:
            return
        if kind == CAMPAIGN:
            campaign_owner.give(name, who.name)
            return
        with self.engine.begin() as connection:
            _forgotten(connection, kind, name)
            connection.execute(OWNERS.insert().values(kind=kind, name=name, owner=who.name))

    @patient
    def whose(self, kind: str, name: str) -> str | None:
        """Return the name of the owner of something; None where it is nobody's."""
        if kind == CAMPAIGN:
            return campaign_owner.owner_of(name) or None
        if not re.fullmatch(JOB_NUMBER, name):  # a database server takes no NUL
            return None
        asked = sa.select(OWNERS.c.owner).where((OWNERS.c.kind == kind) & (OWNERS.c.name == name))
        with self.engine.connect() as connection:
            return connection.execute(asked).scalar()

    @patient
    def owned(self, kind: str, owner: str) -> set[str]:
        """Return the names of all that somebody owns of a kind."""
        if kind == CAMPAIGN:
            return campaign_owner.owned_by(owner)
        with self.engine.connect() as connection:
            return set(connection.execute(things(kind, owner)).scalars())

    @patient
    def adopt(self) -> None:
        """Write the owners of campaigns, which earlier releases kept here, into the campaigns themselves."""
        with self.engine.connect() as connection:
            asked = sa.select(OWNERS.c.name, OWNERS.c.owner).where(OWNERS.c.kind == CAMPAIGN)
            found = connection.execute(asked).all()
        for name, owner in found:
            try:
                if campaign_owner.owner_of(name) is not None:
                    campaign_owner.give(name, owner, only_nobodys=True)
            except (CampaignError, CampaignFileError) as error:  # its row waits until it is mended
                _LOG.warning("the owner of a campaign is not known: %s", error)
                continue
            with self.engine.begin() as connection:
                _forgotten(connection, CAMPAIGN, name)


def _forgotten(connection: sa.Connection, kind: str, name: str) -> None:
    connection.execute(OWNERS.delete().where((OWNERS.c.kind == kind) & (OWNERS.c.name == name)))


def things(kind: str, owner: str) -> sa.Select[str]:
    """What asks the database for the names of all that somebody owns of a kind."""
    return sa.select(OWNERS.c.name).where((OWNERS.c.kind == kind) & (OWNERS.c.owner == owner))
