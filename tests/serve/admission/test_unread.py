"""Unread answers: who reads steadily is not late, in whatever steps the systems between tell of it."""

import pytest
from vitrion.serve.admission.unread import Unread

STEP = 95_000  # bytes that a system of a client lets in at once, as measured on loopback


def times(method, a_second, seconds, patience, step=STEP, left=30_000_000):
    """The first time in s at which a reader is late or still; none where it never is."""
    unread = Unread()
    for half in range(2 * seconds):
        if getattr(unread, method)(1.0 + half / 2, left - int(a_second * half / 2) // step * step, patience):
            return half / 2
    return None


@pytest.mark.parametrize(
    ("method", "a_second", "patience", "first"),
    [
        ("is_late", 20_000, 60.0, None),
        ("is_late", 2_500, 60.0, None),
        ("is_late", 20_000, 15.0, None),
        ("is_late", 0, 60.0, 60.5),
        ("is_late", 0, 15.0, 15.5),
        ("is_still", 20_000, 8.0, None),
        ("is_still", 0, 8.0, 8.5),
    ],
)
def test_who_reads_steadily_is_not_late(method, a_second, patience, first):
    assert times(method, a_second, 600, patience) == first


def test_a_trickle_is_too_little_and_yet_something():
    assert times("is_late", 500, 600, 60.0, step=1) == 60.5
    assert times("is_late", 1_100, 600, 60.0, step=1) is None
    assert times("is_still", 500, 600, 8.0, step=1) is None
