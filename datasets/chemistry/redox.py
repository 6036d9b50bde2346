"""Standard potentials by which one ion of a composition is oxidised before another (`data/redox_potentials.csv`)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ..cards import DATA


class Potential(NamedTuple):
    """A standard potential: element, its higher state (the ion's charge of an anion), and V in water at 25 degC."""

    element: str
    state: int
    volts: float


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, Potential], ...]:
    with (DATA / "redox_potentials.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (row["role"], Potential(row["element"], int(row["state"]), float(row["potential_V"])))
            for row in csv.DictReader(file)
        )


def anions() -> Mapping[str, float]:
    """Potential in V at which each anion is oxidised.

    >>> anions()["Cl"]
    1.36
    """
    return MappingProxyType({one.element: one.volts for role, one in _rows() if role == "anion"})


def cations() -> Mapping[str, tuple[tuple[int, float], ...]]:
    """States above the lowest of each metal and the potential in V at which each is reached, lowest state first.

    >>> cations()["V"]
    ((3, -0.26), (4, 0.34), (5, 0.99))
    """
    found: dict[str, list[tuple[int, float]]] = {}
    for role, one in _rows():
        if role == "cation":
            found.setdefault(one.element, []).append((one.state, one.volts))
    return MappingProxyType({element: tuple(sorted(steps)) for element, steps in found.items()})


def above_lithium() -> Mapping[str, float]:
    """What puts a voltage against each metal on the scale of lithium, in V.

    >>> dict(above_lithium())
    {'Li': 0.0, 'Na': 0.33}
    """
    metals = {one.element: one.volts for role, one in _rows() if role == "metal"}
    return MappingProxyType({element: round(volts - metals["Li"], 2) for element, volts in metals.items()})
