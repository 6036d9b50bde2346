"""What work has to say beside its result: a warning, or a note for whoever collects them.

Python catches warnings for the whole process, so that two threads which do mix theirs and leave the filters broken.
Who collects here gets what was said in his own thread or task alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST_KNOWN = 100  # sentences that are remembered, so as not to be said again
_heard: ContextVar[list[str] | None] = ContextVar("vitrion_heard", default=None)


class Note(str):
    """A sentence that was said, and a `code` where whoever hears it has to know what it is about."""

    code: str

    def __new__(cls, text: str, code: str = "") -> Note:
        """Make a note of its text and code."""
        note = super().__new__(cls, text)
        note.code = code
        return note


def notice(text: str, stacklevel: int = 1, code: str = "") -> None:
    """Say something: to whoever collects, else as a warning, with `stacklevel` as in `warnings.warn`.

    Whoever collects is given a `Note`, with the code.
    """
    heard = _heard.get()
    if heard is None:
        warnings.warn(text, stacklevel=stacklevel + 1)
    else:
        heard.append(Note(text, code))


class _Spoken(list[str]):
    """Sentences that were passed on, each once."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def append(self, sentence: str) -> None:
        """Pass a sentence on, if it is new."""
        if sentence not in self:
            del self[:-MOST_KNOWN]
            super().append(sentence)
            self._say(sentence)


@contextmanager
def spoken(say: Callable[[str], None]) -> Iterator[None]:
    """Pass what is said within this block to `say` at once, and what is said again once only."""
    token = _heard.set(_Spoken(say))
    try:
        yield
    finally:
        _heard.reset(token)


@contextmanager
def collected() -> Iterator[list[str]]:
    """Collect what is said within this block; who only wants silence leaves the list alone.

    Examples
    --------
    >>> with collected() as said:
    ...     notice("two points are left out")
    >>> said
    ['two points are left out']
    """
    said: list[str] = []
    token = _heard.set(said)
    try:
        yield said
    finally:
        _heard.reset(token)
