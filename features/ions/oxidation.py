"""Oxidation states that elements take: the ordinary spans, and the roles in which other states are allowed.

A role of `data/charge_roles.csv` gives some elements other states than the ordinary ones, such as S +4 to +6 beside
oxygen. A role with one state for an element (Ga +1, azide N -1/3) takes it whole: Ga cannot average +2.5 in a chloride.
The states are those of well-known compounds (Greenwood and Earnshaw, Chemistry of the Elements, 2nd ed., 1997).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from ..elements import DATA, INDEX, SYMBOLS, lookup, states

Matrix = NDArray[np.float64]


@cache
def ordinary_spans(known: bool = False) -> tuple[tuple[float, float], ...]:
    """Lowest and highest state of each element: anion formers negative, all others positive; (0, 0) where unknown.

    `known` takes every positive state on record, and not only the ordinary ones.
    """
    spans = []
    for positive, anion in zip(states("known_states" if known else "positive_states"), _negative(), strict=True):
        above = [float(state) for state in positive if state > 0] or [0.0]
        spans.append((anion, anion) if anion < 0 else (min(above), max(above)))
    return tuple(spans)


def _negative() -> list[float]:
    return [float(value) for value in np.nan_to_num(lookup("negative_state"))]


@dataclass(frozen=True)
class Roles:
    """Names and notes of the roles, and the spans of state they allow: `low` and `high` of shape (103, roles).

    `needs` of shape (groups, 103) marks with 1 sets of elements of which one must be present, and with -1 sets of which
    none may be, for the role in `needed_by`.
    `special` names the elements of each role whose states are not the ordinary ones.
    """

    names: tuple[str, ...]
    notes: tuple[str, ...]
    special: tuple[tuple[str, ...], ...]
    low: Matrix
    high: Matrix
    needs: Matrix
    needed_by: NDArray[np.intp]


@lru_cache(maxsize=1)
def roles() -> Roles:
    """The roles of `data/charge_roles.csv`, the ordinary one first; later lines of a role add to its elements."""
    with (DATA / "charge_roles.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    names = tuple(dict.fromkeys(line["role"] for line in lines))
    low, high = (np.repeat(np.array(ordinary_spans())[:, [end]], len(names), axis=1) for end in (0, 1))
    notes, special = dict.fromkeys(names, ""), {name: list[str]() for name in names}
    groups: list[Matrix] = []
    needed_by = []
    for line in lines:
        place = names.index(line["role"])
        if line["base"]:
            base = names.index(line["base"])
            low[:, place], high[:, place] = low[:, base], high[:, base]
            special[line["role"]] += special[line["base"]]
        for symbol in line["symbols"].split():
            low[INDEX[symbol], place], high[INDEX[symbol], place] = float(line["low"]), float(line["high"])
            special[line["role"]].append(symbol)
        notes[line["role"]] = notes[line["role"]] or line["note"]
        for group in line["needs"].split():
            absent = group.startswith("!")
            chosen = np.isin(SYMBOLS, group.lstrip("!").split("/")).astype(np.float64)
            groups.append(-chosen if absent else chosen)
            needed_by.append(place)
    return Roles(
        names,
        tuple(notes.values()),
        tuple(map(tuple, special.values())),
        low,
        high,
        np.array(groups),
        np.array(needed_by),
    )


def balanced(amounts: Mapping[str, Fraction | int | float], known: bool = False) -> bool:
    """True for a compound of cations and anions whose states can sum to zero; ordinary states unless `known`.

    Examples
    --------
    >>> balanced({"Na": 1, "Cl": 1}), balanced({"Co": 2}), balanced({"Li": 1, "Cl": 2})
    (True, False, False)
    """
    low = high = total = 0.0
    anions = False
    for symbol, amount in amounts.items():
        smallest, largest = ordinary_spans(known)[INDEX[symbol]]
        low += smallest * float(amount)
        high += largest * float(amount)
        total += float(amount)
        anions |= smallest < 0
    return anions and low <= 1e-9 * total and high >= -1e-9 * total


_BESIDE_OXYGEN = {"S": (4.0, 6.0), "Se": (4.0, 6.0), "Te": (4.0, 6.0), "N": (3.0, 5.0)}


def compound(amounts: Mapping[str, Fraction | int | float], known: bool = False) -> bool:
    """True where `balanced` is, or would be with S, Se, Te or N positive beside oxygen, one of them or all.

    Examples
    --------
    >>> compound({"Li": 2, "S": 1, "O": 4}), balanced({"Li": 2, "S": 1, "O": 4}), compound({"S": 1, "O": 4})
    (True, False, False)
    """
    if balanced(amounts, known):
        return True
    turning = [symbol for symbol in _BESIDE_OXYGEN if symbol in amounts] if "O" in amounts else []
    if not turning:
        return False
    spans = {symbol: ordinary_spans(known)[INDEX[symbol]] for symbol in amounts}
    slack = 1e-9 * float(sum(amounts.values()))
    for chosen in [turning[at : at + 1] for at in range(len(turning))] + [turning]:
        turned = spans | {symbol: _BESIDE_OXYGEN[symbol] for symbol in chosen}
        low, high = (sum(turned[symbol][end] * float(amount) for symbol, amount in amounts.items()) for end in (0, 1))
        if low <= slack and high >= -slack:
            return True
    return False


def widest(symbol: str) -> tuple[float, float]:
    """Lowest and highest state of an element in `compound`.

    Examples
    --------
    >>> widest("S"), widest("Li")
    ((-2.0, 6.0), (1.0, 1.0))
    """
    low, high = ordinary_spans()[INDEX[symbol]]
    return low, _BESIDE_OXYGEN.get(symbol, (low, high))[1]


def usual(symbol: str, charge: Fraction) -> bool:
    """True for a charge that the element commonly has, or one between two of them."""
    if symbol not in INDEX:
        return False
    if charge < 0:
        return bool(lookup("negative_state")[INDEX[symbol]] == charge)
    positive = [state for state in states("common_states")[INDEX[symbol]] if state > 0]
    fits = charge in positive if charge.denominator == 1 else bool(positive) and min(positive) < charge < max(positive)
    return fits or charge == 0
