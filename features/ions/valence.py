"""The oxidation states that balance a composition: Sn2+ in SnO-P2O5, Cu2+ in CuCl2, Fe2+ and Fe3+ in Fe3O4.

Every element starts in its usual state. Where the sum of charges is then positive, the strongest oxidant is reduced
first, where it is negative the strongest reductant is oxidised first, step by step until the charge is balanced or no
state of the charge role is left: standard potentials in water (`data/redox_couples.csv`) give the order. They say which
of two couples gives way, not how far a melt lets it: Fe2O3 with SnO comes out as Fe2+ with Sn4+. The centres of
oxyanions (N, P, S, Se, Cl, I) change last, since they exchange electrons slowly whatever their potential.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..elements import DATA, INDEX
from ..sparse import Slots
from .oxidation import roles
from .states import Ions, Matrix
from .weights import base_states, lines

ROUNDING = 5e-4  # e per atom: amounts are rounded, and so little changes no descriptor


@dataclass(frozen=True)
class Steps:
    """Steps from one state on record to the next, in the order in which they are taken, each array of shape (steps,).

    `open` of shape (roles, steps) says in which charge roles a step is possible; `changes` of shape (steps, sums) is
    what an atom that takes it adds to the sums.
    """

    element: NDArray[np.intp]
    electrons: Matrix
    open: NDArray[np.bool_]
    changes: Matrix

    @classmethod
    @lru_cache(maxsize=2)
    def of(cls, sign: int, width: int) -> Steps:
        """Reductions (sign 1) or oxidations (sign -1), with changes of so many sums."""
        with (DATA / "redox_couples.csv").open(encoding="utf-8", newline="") as file:
            couples = [
                (
                    line["nonmetal"] == "yes",
                    -sign * float(line["potential_V"]),
                    line["symbol"],
                    line["high"],
                    line["low"],
                )
                for line in csv.DictReader(file)
            ]
        couples.sort(key=lambda couple: (*couple[:3], -sign * float(couple[3])))
        symbols = [couple[2] for couple in couples]
        high, low = (np.array([float(couple[place]) for couple in couples]) for place in (3, 4))
        anion = np.zeros(len(couples), dtype=np.bool_)
        changes = np.zeros((len(couples), width))
        upper, lower = (lines(Ions.of(symbols, end.tolist(), anion))[1] for end in (high, low))
        changes[:, : upper.shape[1]] = sign * (lower - upper)
        element = np.array([INDEX[symbol] for symbol in symbols], dtype=np.intp)
        possible = []
        for place in range(len(roles().names)):
            floor, top = roles().low[element, place], roles().high[element, place]
            state = base_states(place)[0][element]
            inside = (low >= floor) & (high <= top)
            possible.append(inside & ((high <= state) if sign > 0 else (low >= state)))
        return cls(element, high - low, np.array(possible), changes)


def balance(sums: Matrix, charge: Matrix, slots: Slots, role: NDArray[np.intp], width: int) -> None:
    """Move atoms in `sums` from their usual states to others until the charges are balanced, as far as they go.

    Parameters
    ----------
    sums
        Sums of shape (n, names) with every element in its usual state, in the order of the slots.
    charge
        Sum of the charges of these states, in e per atom, shape (n,).
    role
        Charge role of each row.
    width
        Number of columns of the compositions.
    """
    for sign in (1, -1):
        rows = np.flatnonzero(sign * charge > ROUNDING)
        if not rows.size:
            continue
        steps = Steps.of(sign, sums.shape[1])
        amounts = slots.take(rows).dense(width)
        here = np.flatnonzero(np.any(amounts, axis=0).take(steps.element))
        if not here.size:
            continue
        electrons = steps.electrons[here]
        room = amounts[:, steps.element[here]] * electrons
        room *= steps.open[:, here][role[rows]]
        before = np.cumsum(room, axis=1) - room
        moved = np.clip(np.subtract(sign * charge[rows, None], before, out=before), 0, room, out=before)
        moved /= electrons
        taken = Slots.of(moved)
        sums[rows[taken.order]] += taken.sums(steps.changes[here])
