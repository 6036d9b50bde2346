"""The scores that stand first wherever scores are shown, and what they are called; light, as any page may need it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OXYHALIDES = "Li-Na oxyhalides 15-45 C"
OXYCHLORIDES = "oxychloride electrolytes"  # whose Tg is sought
HALIDES = "Li-Na halides 15-45 C"
NEW, SINCE = "new laboratories", 2005
RECENT = f"from {SINCE} on"
FIRST = (OXYHALIDES, OXYCHLORIDES, HALIDES, NEW, RECENT, "all")
"""Subsets of held-out measurements: what the program is for, then what nearest to it has been measured often."""

LABELS: Mapping[str, str] = MappingProxyType(
    {
        OXYHALIDES: "Li and Na oxyhalides, 15-45 °C",
        HALIDES: "Li and Na halides, 15-45 °C",
        NEW: "laboratories never seen",
        RECENT: f"papers from {SINCE} on",
        "all": "all",
    }
)
"""Words for a subset; where there are none, its name."""


def place(subset: str) -> tuple[int, str]:
    """Sort key of a subset: those of `FIRST` in their order, then the verdicts from near to far, then by name.

    >>> sorted(["verdict edge", "Cl", "verdict inside", "all", "Li-Na halides 15-45 C"], key=place)
    ['Li-Na halides 15-45 C', 'all', 'verdict inside', 'verdict edge', 'Cl']
    """
    order = (*FIRST, "verdict inside", "verdict edge", "verdict outside")
    return (order.index(subset), "") if subset in order else (len(order), subset)


def measurements(n: int) -> str:
    """Write a number of measurements.

    >>> measurements(0), measurements(1), measurements(1234)
    ('no measurement', '1 measurement', '1,234 measurements')
    """
    return f"{n:,} measurement{'' if n == 1 else 's'}" if n else "no measurement"


def basis_of_tg(n: int) -> str:
    """Say what the Tg of an oxychloride electrolyte stands on, and what therefore nobody can promise.

    >>> basis_of_tg(2)
    'based on 2 measurements; P(Tg < 25 °C) of an oxychloride cannot be promised'
    """
    return f"based on {measurements(n)}; P(Tg < 25 °C) of an oxychloride cannot be promised"
