"""What the user gave and cannot be used: one sentence, and exit code 2."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence

from ...datasets.tables.decoding import visible
from ...datasets.tables.grid import RowProblem
from .elsewhere import elsewhere

__all__ = [
    "BusyError",
    "ConflictError",
    "ForbiddenError",
    "InputError",
    "NotFoundError",
    "WorkError",
    "nothing_called",
    "public",
    "visible",
]

_ADDRESS = re.compile(  # bounded, so that a long text takes no longer than its length
    r"""(?:connection to )?server (?:at|on socket) (["']).{0,250}?\1(?: \([^)]{0,100}\))?(?:, port \d+)?"""
    r"""|/\S{0,250}?\.s\.PGSQL\.\d+|postgres\w{0,20}(\+\w{1,20})?://\S+"""
)


class InputError(ValueError):
    """Input that cannot be used; the message says what, what would be right, and how to mend it.

    Parameters
    ----------
    head
        The message, without what is wrong with single rows of a table.
    rows
        What is wrong with them.
    valid_rows
        How many other rows could be taken alone.
    """

    def __init__(self, head: str = "", rows: Sequence[RowProblem] = (), valid_rows: int = 0) -> None:
        super().__init__(head + "".join(f"\n  {row}" for row in rows))
        self.head, self.rows, self.valid_rows = head, tuple(rows), valid_rows


def public(text: str) -> str:
    """Text for those who are not on this machine: without its folders, its commands and the address of its database."""
    from ...datasets.home import home

    text = elsewhere(text)
    for folder in (str(home()), tempfile.gettempdir()):
        text = re.sub(rf"{re.escape(folder)}/(?:[^\s/'\"]+/)*", "", text).replace(
            folder, "the home folder of the server"
        )
    return _ADDRESS.sub("the database", text)


def nothing_called(kind: str, name: str) -> str:
    """What is said of a job or a campaign that is not there, or not there for who asks."""
    told = f"no job has the number {name[:60]!r}" if kind == "job" else f"no campaign is called {name[:70]!r}"
    return f"{told}; the list of {kind}s shows those that there are"


class ForbiddenError(RuntimeError):
    """Something that a key does not allow."""


class NotFoundError(LookupError):
    """Something that is asked for by a name or number that nothing has."""


class ConflictError(RuntimeError):
    """Something that cannot be done as things stand."""


class BusyError(RuntimeError):
    """More work than is taken at a time; the message says so, and `retry_s` when to come again, in seconds.

    It is None where waiting for seconds does not help: the message says what does.
    """

    retry_s: int | None = 1


class WorkError(RuntimeError):
    """What went wrong in a process beside the server, in its words."""
