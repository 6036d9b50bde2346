"""What an error means at each door: exit code of a command, status of an answer, and its kind between two processes.

`OUTCOMES` is the one table: command line, service and worker read it, and a new class of errors is entered here alone.
Classes stand by their full names, so that reading the table loads none of their modules.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

from ...datasets.tables.grid import RowProblem
from . import disk
from .refusals import ConflictError, InputError, WorkError

FAILED, BAD_INPUT = 1, 2  # exit codes
INPUT, CONFLICT, FAILURE = "input", "conflict", "failure"  # kinds, by which a worker passes errors on


@dataclass(frozen=True)
class Outcome:
    """What a class of errors means; its subclasses mean the same unless they have a row of their own.

    Parameters
    ----------
    error
        Full name of the class.
    exit_code
        Of a command: `FAILED` or `BAD_INPUT`.
    status
        Of an answer of the service; None where no request meets it, so that it counts as unforeseen there (500).
    conflict
        Whether a worker passes it on as what cannot be done as things stand.
    """

    error: str
    exit_code: int
    status: int | None = None
    conflict: bool = False

    @property
    def kind(self) -> type[Exception]:
        """The class itself; its module is loaded."""
        module, _, name = self.error.rpartition(".")
        found: type[Exception] = getattr(import_module(module), name)
        return found


OUTCOMES: tuple[Outcome, ...] = (
    Outcome("vitrion.features.formula.notation.FormulaError", BAD_INPUT, 422),
    Outcome("vitrion.features.scalars.ScalarError", BAD_INPUT, 422),
    Outcome("vitrion.datasets.catalogue.contents.CatalogueError", BAD_INPUT, 422),
    Outcome("vitrion.datasets.tables.cells.CellError", BAD_INPUT, 422),
    Outcome("vitrion.datasets.catalogue.export.ExportError", BAD_INPUT),
    Outcome("vitrion.datasets.chemistry.flags.FlagError", BAD_INPUT),
    Outcome("vitrion.datasets.tables.grid.TableError", BAD_INPUT, 422),
    Outcome("vitrion.datasets.home.HomeError", BAD_INPUT),
    Outcome("vitrion.datasets.sources.matminer.MatminerError", BAD_INPUT),
    Outcome("vitrion.datasets.sources.obelix.FolderError", BAD_INPUT),
    Outcome("vitrion.datasets.economics.prices.PriceTableError", BAD_INPUT, 422),
    Outcome("vitrion.datasets.cards.CardError", BAD_INPUT),
    Outcome("vitrion.datasets.results.store.StoreError", BAD_INPUT, 422),
    Outcome("vitrion.datasets.exchange.structured.UnreadableError", BAD_INPUT),
    Outcome("vitrion.datasets.units.UnitError", BAD_INPUT),
    Outcome("vitrion.datasets.results.rows.RowError", BAD_INPUT),
    Outcome("vitrion.models.artifacts.artifact.ArtifactError", FAILED, 503),
    Outcome("vitrion.models.design.conditions.ConditionError", BAD_INPUT, 422),
    Outcome("vitrion.experiments.campaign_log.events.CampaignError", BAD_INPUT, 422),
    Outcome("vitrion.experiments.campaign_log.events.TakenError", BAD_INPUT, 409),
    Outcome("vitrion.experiments.campaign_log.store.CampaignFileError", FAILED, 500),
    Outcome("vitrion.experiments.campaign_log.table.TableAwayError", FAILED, 503),
    Outcome("vitrion.experiments.task.judgement.GoalError", BAD_INPUT, 422),
    Outcome("vitrion.experiments.registry.promotion.RefusedError", FAILED, conflict=True),
    Outcome("vitrion.experiments.tracking.reach.MlflowAwayError", FAILED),
    Outcome("vitrion.experiments.recipes.recipe.RecipeError", BAD_INPUT, 422),
    Outcome("vitrion.experiments.synthesis.refusals.SheetError", BAD_INPUT, 422),
    Outcome("vitrion.experiments.registry.record.NoChampionError", FAILED, 503, conflict=True),
    Outcome("vitrion.experiments.tracking.store_file.StoreFileError", FAILED),
    Outcome("vitrion.serve.errors.refusals.BusyError", FAILED, 503),
    Outcome("vitrion.serve.errors.refusals.ConflictError", FAILED, 409),
    Outcome("vitrion.serve.errors.refusals.ForbiddenError", FAILED, 403),
    Outcome("vitrion.serve.errors.refusals.InputError", BAD_INPUT, 422),
    Outcome("vitrion.serve.errors.refusals.NotFoundError", FAILED, 404),
    Outcome("vitrion.serve.errors.refusals.WorkError", FAILED, 500),
    Outcome("vitrion.serve.storage.shares.RoomError", FAILED, 507),
    Outcome("vitrion.serve.storage.shares.ShareError", FAILED, 429),
    Outcome("vitrion.serve.client.transport.ServiceError", FAILED),
)
_BY_NAME: Mapping[str, Outcome] = {row.error: row for row in OUTCOMES}
_SPENT = (
    (RecursionError, "what was given is nested too deep; write it flat", BAD_INPUT),
    (MemoryError, "there is not enough memory; give fewer candidates at once", FAILED),
)


def outcome(error: BaseException) -> Outcome | None:
    """The row of an error, or of the nearest class above it that has one; None where nobody foresaw it.

    Examples
    --------
    >>> from .refusals import NotFoundError
    >>> outcome(NotFoundError("no job has this number")).status
    404
    >>> outcome(ZeroDivisionError()) is None
    True
    """
    names = (f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__)
    return next((_BY_NAME[name] for name in names if name in _BY_NAME), None)


def status(error: BaseException) -> int:
    """The status of an answer that an error ends with."""
    known = outcome(error)
    return 500 if known is None or known.status is None else known.status


def explained(error: Exception) -> tuple[str, int]:
    """One sentence for an error, and its exit code."""
    known = outcome(error)
    if known is not None and known.exit_code == BAD_INPUT:
        return str(error), BAD_INPUT
    if no_room := disk.full(error):
        return no_room, FAILED
    if known is not None:
        return str(error), known.exit_code
    for spent, words, code in _SPENT:
        if isinstance(error, spent):
            return words, code
    return _of_the_machine(error) or _unforeseen(error), FAILED


def kind(error: Exception) -> str:
    """The kind by which a worker passes an error on: `INPUT`, `CONFLICT` or `FAILURE`."""
    known = outcome(error)
    if explained(error)[1] == BAD_INPUT:
        return INPUT
    return CONFLICT if known is not None and known.conflict else FAILURE


def fields(error: Exception) -> dict[str, Any]:
    """An error as a worker passes it on: as JSON has it."""
    number = error.errno if isinstance(error, OSError) else None
    rows = [asdict(row) for row in rows_of(error)]
    plain = {"error": head_of(error), "kind": kind(error), "errno": number}
    return plain | {"rows": rows, "valid_rows": valid_rows(error)}


def raised(fields: Mapping[str, Any]) -> Exception:
    """The error that a worker passed on."""
    if fields["errno"]:
        return OSError(fields["errno"], os.strerror(fields["errno"]))
    if fields["kind"] == INPUT:
        return InputError(fields["error"], [RowProblem(**row) for row in fields["rows"]], fields["valid_rows"])
    return ConflictError(fields["error"]) if fields["kind"] == CONFLICT else WorkError(fields["error"])


def head_of(error: Exception) -> str:
    """The sentence on an error, without what `rows_of` has."""
    return str(getattr(error, "head", "")) if rows_of(error) else explained(error)[0]


def rows_of(error: Exception) -> tuple[RowProblem, ...]:
    """What is wrong with the rows of a table; empty for an error that is not about rows."""
    return tuple(getattr(error, "rows", ()))


def valid_rows(error: Exception) -> int:
    """How many rows of a table could be taken alone."""
    return int(getattr(error, "valid_rows", 0))


def _of_the_machine(error: Exception) -> str:
    """What is said of a database, a memory or a disk that does not do; empty for other errors."""
    if "sqlalchemy" in sys.modules and import_module("vitrion.serve.storage.retries").lost(error):
        return str(import_module("vitrion.serve.storage.retries").away(error))
    damage = import_module("vitrion.serve.storage.damage") if "sqlite3" in sys.modules else None
    if damage and "DatabaseError" in {kind.__name__ for kind in type(error).__mro__} and damage.is_damage(str(error)):
        words = "a database of the home folder is damaged"
        return f"{words} ({getattr(error, 'orig', error)}); start the server again: it says which one, and what to do"
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{where}"
    return disk.unusable(error) or ""


def _unforeseen(error: Exception) -> str:
    first = (str(error).strip().splitlines() or ["no more is known"])[0]
    name = type(error).__name__
    return f"this should not have happened: {name}: {first}; set VITRION_DEBUG=1 to see where, and report it"
