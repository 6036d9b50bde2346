"""How many threads the libraries below NumPy use, set for the time of one prediction at next to no cost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import threadpoolctl


class _Held:
    """How many hold the libraries now, and what the last of them has to give back."""

    lock = threading.Lock()
    number = 0
    limit: Any = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold the libraries of linear algebra to one thread for all who predict now; the last who leaves lets them go.

    Looking for the libraries takes ten times as long as a small prediction; it is done once, after they were loaded.
    """
    with _Held.lock:
        if _Held.number == 0:
            _Held.limit = _libraries().limit(limits=1, user_api="blas")
            _for_all()
        _Held.number += 1
    try:
        yield
    finally:
        with _Held.lock:
            _Held.number -= 1
            if _Held.number == 0:
                _Held.limit.restore_original_limits()
                _for_all()


def _for_all() -> None:
    """Let other threads set the number too: threadpoolctl from 3.7 on lets none but the first, who may be gone."""
    getattr(threadpoolctl.OpenBLASController, "clear_controlling_thread", lambda: None)()


@lru_cache(maxsize=1)
def _libraries() -> threadpoolctl.ThreadpoolController:
    return threadpoolctl.ThreadpoolController()
