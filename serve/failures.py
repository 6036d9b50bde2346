"""From an error to one sentence and an exit code: 1 failed, 2 bad input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import typer

from ..features.notices import spoken
from . import disk
from .console import say
from .refusals import BusyError, ConflictError, InputError, NotFoundError, WorkError

FAILED, BAD_INPUT = 1, 2
_HOMES = {
    "vitrion.datasets.home": ("HomeError", BAD_INPUT),
    "vitrion.features.notation": ("FormulaError", BAD_INPUT),
    "vitrion.datasets.structured": ("UnreadableError", BAD_INPUT),
    "vitrion.features.scalars": ("ScalarError", BAD_INPUT),
    "vitrion.experiments.campaign_events": ("CampaignError", BAD_INPUT),
    "vitrion.experiments.campaign_store": ("CampaignFileError", FAILED),
    "vitrion.experiments.campaign_table": ("TableAwayError", FAILED),
    "vitrion.experiments.goal": ("GoalError", BAD_INPUT),
    "vitrion.experiments.store_file": ("StoreFileError", FAILED),
    "vitrion.experiments.promotion": ("RefusedError", FAILED),
    "vitrion.experiments.reach": ("MlflowAwayError", FAILED),
    "vitrion.experiments.recipe": ("RecipeError", BAD_INPUT),
    "vitrion.experiments.record": ("NoChampionError", FAILED),
    "vitrion.models.artifact": ("ArtifactError", FAILED),
    "vitrion.models.conditions": ("ConditionError", BAD_INPUT),
    "vitrion.serve.wire": ("ServiceError", FAILED),
}
_SPENT = (
    (RecursionError, "what was given is nested too deep; write it flat", BAD_INPUT),
    (MemoryError, "there is not enough memory; give fewer candidates at once", FAILED),
)


@contextmanager
def told() -> Iterator[None]:
    """Run the work of one command; end with a sentence on standard error instead of a traceback."""
    try:
        with spoken(lambda sentence: say(f"note: {sentence}", "yellow")):
            yield
    except (typer.Exit, typer.Abort):
        raise
    except KeyboardInterrupt:
        say("stopped")
        raise typer.Exit(130) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FAILED) from None
    except Exception as error:
        if os.environ.get("VITRION_DEBUG"):
            raise
        sentence, code = explained(error)
        say(f"vitrion: {sentence}", "red")
        raise typer.Exit(code) from None


@contextmanager
def bad_tables() -> Iterator[None]:
    """Turn what the data room refuses into what the command line calls bad input, bad rows on lines of their own."""
    try:
        yield
    except ValueError as error:
        if ".datasets." not in type(error).__module__:
            raise
        head, *lines = str(error).splitlines()
        for line in lines:
            say(line.strip(), "yellow")
        raise InputError(head) from error


def explained(error: Exception) -> tuple[str, int]:
    """One sentence for an error, and its exit code."""
    if isinstance(error, InputError):
        return str(error), BAD_INPUT
    if said := disk.full(error):
        return said, FAILED
    if isinstance(error, NotFoundError | ConflictError | BusyError | WorkError):
        return str(error), FAILED
    for home, (name, code) in _HOMES.items():
        if home in sys.modules and isinstance(error, getattr(import_module(home), name, ())):
            return str(error), code
    for spent, words, code in _SPENT:
        if isinstance(error, spent):
            return words, code
    return _of_the_machine(error) or _unforeseen(error), FAILED


def _of_the_machine(error: Exception) -> str:
    """What is said of a database, a memory or a disk that does not do; empty for other errors."""
    if "sqlalchemy" in sys.modules and import_module(f"{__package__}.patience").lost(error):
        return str(import_module(f"{__package__}.patience").away(error))
    damage = import_module(f"{__package__}.damage") if "sqlite3" in sys.modules else None
    if damage and "DatabaseError" in {kind.__name__ for kind in type(error).__mro__} and damage.is_damage(str(error)):
        words = "a database of the home folder is damaged"
        return f"{words} ({getattr(error, 'orig', error)}); start the server again: it says which one, and what to do"
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{where}"
    return disk.unusable(error) or ""


def _unforeseen(error: Exception) -> str:
    first = (str(error).strip().splitlines() or ["no more is known"])[0]
    kind = type(error).__name__
    return f"this should not have happened: {kind}: {first}; set VITRION_DEBUG=1 to see where, and report it"
