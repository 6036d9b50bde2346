"""What is derived from a fitted estimator and kept for its next prediction, beside it: never in its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")
_NOTHING: Any = object()
_KEPT: WeakKeyDictionary[Any, tuple[Any, dict[bytes, Any]]] = WeakKeyDictionary()


def kept(owner: Any, source: Any, make: Callable[[], T], key: bytes = b"", most: int = 8) -> T:
    """What `make` gives, made once for a key, as long as the estimator has the same source.

    Parameters
    ----------
    owner
        The estimator.
    source
        The fitted attribute that all is derived from: another object there, after a fit or an update, and what was
        kept counts no more.
    make
        Derives it.
    key
        Tells several results of one source apart.
    most
        Results that are kept; one more, and all are forgotten.
    """
    found = _KEPT.get(owner)
    if found is None or found[0] is not source:
        found = _KEPT[owner] = source, {}
    results = found[1]
    result: T = results.get(key, _NOTHING)  # asked once: another thread may forget all between two looks
    if result is _NOTHING:
        result = make()
        if len(results) >= most:
            results.clear()
        results[key] = result
    return result
