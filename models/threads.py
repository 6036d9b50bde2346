"""How many threads the libraries below NumPy use, set for the time of one small prediction at next to no cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread(alone: bool = True) -> Iterator[None]:
    """Hold the libraries to one thread; where not `alone`, leave them as they are.

    Looking for the libraries takes ten times as long as a small prediction; it is done once, after they were loaded.
    """
    if not alone:
        yield
        return
    with _libraries().limit(limits=1):
        yield


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()
