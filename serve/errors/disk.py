"""A disk that is full, read-only or broken, in one sentence, whichever library met it first."""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
MOST_CAUSES = 20
_FULL = re.compile(
    r"database or disk is full|no space left on device|disk quota exceeded|file too large", re.IGNORECASE
)
_CANNOT = re.compile(r"unable to open database file|readonly database|disk i/o error|database is locked", re.IGNORECASE)


def full(error: BaseException) -> str | None:
    """Where no room is left, and how to mend it; None where an error tells of no full disk.

    Examples
    --------
    >>> full(OSError(28, "No space left on device", "/data/copy.tar"))
    'no room is left on the disk (/data/copy.tar); make room there, or name another place, then do it again'
    >>> full(ValueError("no number")) is None
    True
    """
    for one in _causes(error):
        if one.errno in FULL if isinstance(one, OSError) else _FULL.search(str(one)):
            where = f" ({one.filename})" if isinstance(one, OSError) and one.filename else ""
            return f"no room is left on the disk{where}; make room there, or name another place, then do it again"
    return None


def unusable(error: BaseException) -> str | None:
    """Why a database cannot be used; None where an error tells of none."""
    for one in _causes(error):
        if isinstance(one, sqlite3.Error) and (found := _CANNOT.search(str(one))):
            return (
                f"a database in the home folder cannot be used ({found[0].lower()}); check that its disk is whole and "
                "that you may write there, and that no other process holds it, then do it again"
            )
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came of."""
    one: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if one is None:
            return
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
