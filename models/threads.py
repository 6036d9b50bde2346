"""How many threads the libraries below NumPy use, set for the time of one prediction at next to no cost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController


class _Held:
    """How many hold the libraries now, and what the first of them has to give back."""

    lock = threading.Lock()
    number = 0
    limit: Any = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold the libraries to one thread for all who predict now; the last who leaves lets them go.

    Looking for the libraries takes ten times as long as a small prediction; it is done once, after they were loaded.
    """
    with _Held.lock:
        if _Held.number == 0:
            _Held.limit = _libraries().limit(limits=1)
        _Held.number += 1
    try:
        yield
    finally:
        with _Held.lock:
            _Held.number -= 1
            if _Held.number == 0:
                _Held.limit.restore_original_limits()


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()
