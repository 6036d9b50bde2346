"""What is done while the database does not answer: it is asked again for a while, then the error is named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from ...experiments.campaign_log import table as campaign_table
from ...experiments.campaign_log.table import TableAwayError, reason
from ..errors.refusals import BusyError

PATIENCE_S = 10.0
WAITS_S = (0.05, 0.1, 0.2, 0.4)  # between two tries; the last one goes on
GONE = campaign_table.GONE
_LOST = (*GONE, sa.exc.TimeoutError, sa.exc.PendingRollbackError, sa.exc.ResourceClosedError, TableAwayError)
_ALONE = 5_641_843_128  # advisory lock of PostgreSQL
F = TypeVar("F", bound=Callable[..., Any])


class AwayError(BusyError):
    """A database that does not answer, or takes nothing."""


def lost(error: BaseException | None) -> bool:
    """Whether an error, or what it came of, is a database that went away: whoever worked with it is not to blame."""
    while error is not None:
        drivers = {kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("psycopg")}
        if (
            drivers & {"OperationalError", "InterfaceError"}
            or isinstance(error, (*_LOST, AwayError))
            or getattr(error, "connection_invalidated", False)
        ):
            return True
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return False


def away(error: BaseException) -> AwayError:
    """What is said of such an error."""
    return error if isinstance(error, AwayError) else AwayError(_said(error))


def patient(method: F) -> F:
    """Make a method that is one transaction ask again while a database server is away; raises `AwayError` in the end.

    Its object has an ``engine``.

    A file of SQLite is not asked again: it has waited for other writers already.
    """

    @wraps(method)
    def run(self: Any, *told: Any, **named: Any) -> Any:
        until, tries = time.monotonic() + PATIENCE_S, 0
        while True:
            try:
                return method(self, *told, **named)
            except (*GONE, TableAwayError) as error:
                if self.engine.dialect.name == "sqlite" or time.monotonic() > until:
                    raise AwayError(_said(error)) from error
            time.sleep(WAITS_S[min(tries, len(WAITS_S) - 1)])
            tries += 1

    return cast(F, run)


@contextmanager
def alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that looks and then acts on what it saw: others of its kind wait until it is done."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ALONE)))
        yield connection


def _said(error: Any) -> str:
    if isinstance(error, TableAwayError):
        return str(error)
    why = reason(error) if isinstance(error, sa.exc.DBAPIError) else "it went away"
    return f"the database of the service does not answer ({why}); nothing was lost: try again in a moment"
