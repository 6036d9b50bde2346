"""Charge neutrality by linear sums over allowed oxidation states; fractional formulas are the rule here.

Each *role* fixes the span of states of every element (`data/charge_roles.csv`): the ordinary one has chalcogens,
halogens and nitrogen negative and all others positive; the others let S, Se, Te, N, halogens, H, P ... change sign.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .composition import Composition
from .elements import DATA, INDEX, SYMBOLS, states
from .fractions import Fractions
from .oxidation import ordinary_spans
from .slots import Slots, each_block

TOLERANCE = 2e-3

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Roles:
    """Names and notes of the roles, and the spans of state they allow: `low` and `high` of shape (103, roles)."""

    names: tuple[str, ...]
    notes: tuple[str, ...]
    low: Matrix
    high: Matrix


@lru_cache(maxsize=1)
def roles() -> Roles:
    """The roles of `data/charge_roles.csv`, the ordinary one first."""
    with (DATA / "charge_roles.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    low, high = (np.repeat(np.array(ordinary_spans())[:, [end]], len(lines), axis=1) for end in (0, 1))
    for place, line in enumerate(lines):
        for symbol in line["symbols"].split():
            low[INDEX[symbol], place], high[INDEX[symbol], place] = float(line["low"]), float(line["high"])
    return Roles(tuple(line["role"] for line in lines), tuple(line["note"] for line in lines), low, high)


def gaps(fractions: Fractions) -> Matrix:
    """Charge that no choice of allowed states can remove, in e per atom, shape (n, roles); 0 where a role balances."""
    result = np.empty((len(fractions), len(roles().names)))

    def fill(block: slice) -> None:
        slots = Slots.of(fractions.matrix[block])
        result[block][slots.order] = slot_gaps(slots)

    each_block(len(fractions), fill)
    return result


@lru_cache(maxsize=1)
def _spans() -> Matrix:
    return np.hstack([roles().low, roles().high])


def slot_gaps(slots: Slots) -> Matrix:
    """The gaps of rows in the order of their slots, shape (n, roles)."""
    low, high = np.hsplit(slots.sums(_spans()), 2)
    return np.maximum(low, 0) + np.minimum(high, 0)


def nearest_role(gap: Matrix, tolerance: float = TOLERANCE) -> NDArray[np.intp]:
    """Place of the first role that balances each row, else of the one that comes nearest, shape (n,)."""
    size = np.abs(gap)
    size[size <= tolerance] = 0
    nearest: NDArray[np.intp] = size.argmin(axis=1)
    return nearest


def neutral(fractions: Fractions, tolerance: float = TOLERANCE, peroxide: bool = False) -> NDArray[np.bool_]:
    """Where allowed oxidation states can sum to zero, bool array of shape (n,).

    Parameters
    ----------
    tolerance
        Charge per atom, in e, that rounding of published formulas is forgiven.
    peroxide
        Let oxygen average anything between -2 and -1 as well.

    Examples
    --------
    >>> neutral(Fractions.of(["LiAlCl2.5O0.75", "Li2TaCl6O"])).tolist()
    [True, False]
    """
    gap = gaps(fractions)
    balanced: NDArray[np.bool_] = np.any(np.abs(gap) <= tolerance, axis=1)
    return balanced | _as_peroxide(fractions, gap, tolerance) if peroxide else balanced


def _as_peroxide(fractions: Fractions, gap: Matrix, tolerance: float) -> NDArray[np.bool_]:
    oxygen = fractions.column("O")
    return (gap[:, 0] < -tolerance) & (gap[:, 0] + oxygen >= -tolerance)


def explain(composition: Composition | str) -> str:
    """One sentence on the charge of a composition: neutral how, or by how much not.

    Examples
    --------
    >>> explain("LiAlCl2.5O0.75")
    'neutral'
    >>> explain("Fe3O4")
    'neutral with mixed valence: Fe averages +2.67'
    >>> explain("Li2TaCl6O")
    'not neutral: the charges sum to -1 per Li2TaCl6O; neutral only as a peroxide, with O at -1 on average'
    """
    member = Composition.of(composition)
    batch = Fractions.of([member])
    gap = gaps(batch)
    chosen = int(nearest_role(gap)[0])
    if abs(gap[0, chosen]) <= TOLERANCE:
        notes = ([roles().notes[chosen]] if chosen else []) + _mixed_valence(member, chosen)
        return "neutral" + (f" with {'; '.join(notes)}" if notes else "")
    atoms = float(sum(member.amounts.values()))
    sentence = f"not neutral: the charges sum to {gap[0, 0] * atoms:+.3g} per {member.formula}"
    if _as_peroxide(batch, gap, TOLERANCE)[0]:
        state = -2 - gap[0, 0] / batch.column("O")[0]
        sentence += f"; neutral only as a peroxide, with O at {state:.3g} on average"
    return sentence


def _mixed_valence(member: Composition, chosen: int) -> list[str]:
    """Elements that must average a state between two allowed ones, when a single element has the choice."""
    low, high = roles().low[:, chosen], roles().high[:, chosen]
    free = [symbol for symbol in member.elements if low[INDEX[symbol]] < high[INDEX[symbol]]]
    if len(free) != 1:
        return []
    rest = sum(member.fraction(s) * low[INDEX[s]] for s in member.elements if s != free[0])
    state = -rest / member.fraction(free[0])
    allowed = [s for s in states("positive_states")[INDEX[free[0]]] if s > 0] if state > 0 else [round(state)]
    return (
        []
        if min(abs(state - s) for s in allowed or [round(state)]) < 0.01
        else [f"mixed valence: {free[0]} averages {state:+.3g}"]
    )


def unknown(fractions: Fractions) -> list[str]:
    """Symbols in the batch that have no oxidation state at all (He, Ne, Ar)."""
    present = fractions.matrix.any(axis=0)
    empty = (roles().low[:, 0] == 0) & (roles().high[:, 0] == 0)
    return [SYMBOLS[column] for column in np.flatnonzero(present & empty)]
