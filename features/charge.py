"""Charge neutrality by linear sums over allowed oxidation states; fractional formulas are the rule here.

Each *role* fixes the span of states of every element (`data/charge_roles.csv`): the ordinary one has chalcogens,
halogens and nitrogen negative and all others positive; the others let S, Se, Te, N, halogens, H, P ... change sign, or
metals lie below or above their usual states (Ti +3, Nb +4, In +1). A composition takes the first role that balances it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .composition import Composition
from .elements import INDEX, SYMBOLS, states
from .fractions import Fractions
from .ions.oxidation import Matrix, roles
from .sparse import Slots, each_block

TOLERANCE = 2e-3
EXACT = 1e-9
POLYCHALCOGENIDE = "polychalcogenide"  # the role of S, Se and Te that are bound to each other


def gaps(fractions: Fractions) -> Matrix:
    """Charge that no choice of allowed states can remove, in e per atom, shape (n, roles); 0 where a role balances."""
    result = np.empty((len(fractions), len(roles().names)))

    def fill(block: slice) -> None:
        slots = Slots.of(fractions.matrix[block])
        result[block][slots.order] = slot_gaps(slots)

    each_block(len(fractions), fill)
    return result


def slot_gaps(slots: Slots) -> Matrix:
    """The gaps of rows in the order of their slots, shape (n, roles); infinite in a role that is not open to the row.

    A role is open where the elements it needs are present and where it can come nearer than the ordinary one: with
    lower states to a row that is too positive, with higher ones to a row that is too negative.
    """
    result = np.full((slots.order.size, len(roles().names)), np.inf)
    low, high = slots.sums(_ordinary()).T
    ordinary = np.maximum(low, 0) + np.minimum(high, 0)
    for sign in (-1, 1):
        rows = np.flatnonzero(ordinary * sign < -EXACT)
        if rows.size:
            places, table, needs, forbids = _helping(sign)
            open_gaps = np.full((rows.size, result.shape[1]), np.inf)
            open_gaps[:, places] = _open_gaps(slots.take(rows).sums(table), needs, forbids)
            result[rows] = open_gaps
    result[:, 0] = ordinary
    return result


def _open_gaps(sums: Matrix, needs: Matrix, forbids: NDArray[np.bool_]) -> Matrix:
    width = needs.shape[1]
    gap = np.maximum(sums[:, :width], 0) + np.minimum(sums[:, width : 2 * width], 0)
    present = sums[:, 2 * width :]
    unmet = np.where(forbids, present < 0, present == 0)
    gap[unmet @ needs > 0] = np.inf
    return gap


@lru_cache(maxsize=1)
def _ordinary() -> Matrix:
    return np.column_stack([roles().low[:, 0], roles().high[:, 0]])


@lru_cache(maxsize=2)
def _helping(sign: int) -> tuple[NDArray[np.intp], Matrix, Matrix, NDArray[np.bool_]]:
    """Roles with higher (1) or lower (-1) states than the ordinary one, their spans and needs as weights, and whose.

    Of the needs, the third array of shape (needs, roles) marks the role that has each, the fourth those that forbid.
    """
    spans = roles().high if sign > 0 else roles().low
    places = np.flatnonzero((sign * (spans - spans[:, [0]]) > 0).any(axis=0))
    needs = np.flatnonzero(np.isin(roles().needed_by, places))
    table = np.hstack([roles().low[:, places], roles().high[:, places], roles().needs[needs].T])
    forbids: NDArray[np.bool_] = np.any(roles().needs[needs] < 0, axis=1)
    return places, table, (roles().needed_by[needs][:, None] == places) * 1.0, forbids


def nearest_role(gap: Matrix, tolerance: float = TOLERANCE) -> NDArray[np.intp]:
    """Place of the first role that balances each row, else of the one that comes nearest, shape (n,)."""
    size = np.abs(gap)
    size[size <= tolerance] = 0
    nearest: NDArray[np.intp] = size.argmin(axis=1)
    return nearest


def neutral(
    compositions: Fractions | Composition | str | Iterable[Any], tolerance: float = TOLERANCE, peroxide: bool = False
) -> NDArray[np.bool_]:
    """Where allowed oxidation states can sum to zero, bool array of shape (n,).

    Parameters
    ----------
    compositions
        A batch, a list of formulas or compositions, or one of them, which is a batch of one.
    tolerance
        Charge per atom, in e, that rounding of published formulas is forgiven.
    peroxide
        Let oxygen average anything between -2 and -1 as well.

    Examples
    --------
    >>> neutral(["LiAlCl2.5O0.75", "Li2TaCl6O"]).tolist()
    [True, False]
    >>> bool(neutral("LiAlCl4"))
    True
    """
    fractions = _batch(compositions)
    gap = gaps(fractions)
    balanced: NDArray[np.bool_] = np.any(np.abs(gap) <= tolerance, axis=1)
    return balanced | _as_peroxide(fractions, gap, tolerance) if peroxide else balanced


def _batch(compositions: Fractions | Composition | str | Iterable[Any]) -> Fractions:
    """A batch of many compositions, or of one alone."""
    given: Any = compositions
    alone = isinstance(given, str | Composition | Mapping) or hasattr(given, "composition")
    return Fractions.of([given] if alone else given)


def _as_peroxide(fractions: Fractions, gap: Matrix, tolerance: float) -> NDArray[np.bool_]:
    oxygen = fractions.column("O")
    return (gap[:, 0] < -tolerance) & (gap[:, 0] + oxygen >= -tolerance)


@dataclass(frozen=True)
class Balance:
    """The charge of a composition; as text one sentence: neutral how, or by how much not.

    Parameters
    ----------
    neutral
        Whether allowed oxidation states sum to zero.
    role
        Name of the role of the elements that balances it, or comes nearest.
    average
        The element of mixed valence and its mean state, where one sum fixes it.
    words
        The sentence.
    """

    neutral: bool
    role: str
    average: tuple[str, float] | None
    words: str

    def __str__(self) -> str:
        """Return the sentence."""
        return self.words


def explain(composition: Composition | str) -> str:
    """One sentence on the charge of a composition: neutral how, or by how much not.

    Examples
    --------
    >>> explain("LiAlCl2.5O0.75")
    'neutral'
    >>> explain("Li3TiCl6")
    'neutral with Ti at +3'
    >>> explain("Fe3O4")
    'neutral with mixed valence: Fe averages +2.67'
    >>> explain("Li2TaCl6O")
    'not neutral: the charges sum to -1 per Li2TaCl6O; neutral only as a peroxide, with O at -1 on average'
    """
    return str(balance(composition))


def balance(composition: Composition | str) -> Balance:
    """The charge of a composition, its parts by name."""
    return balances([composition])[0]


def balances(compositions: Iterable[Composition | str]) -> list[Balance]:
    """The charge of each composition, its parts by name."""
    members = [Composition.of(composition) for composition in compositions]
    batch = Fractions.of(members)
    gap = gaps(batch)
    peroxides = _as_peroxide(batch, gap, TOLERANCE)
    oxygen = batch.column("O")
    found = []
    for row, (member, chosen) in enumerate(zip(members, nearest_role(gap).tolist(), strict=True)):
        role = roles().names[chosen]
        if abs(gap[row, chosen]) <= TOLERANCE:
            notes, average = _notes(member, chosen)
            found.append(Balance(True, role, average, "neutral" + (f" with {'; '.join(notes)}" if notes else "")))
            continue
        sentence = _imbalance(member, gap[row], chosen)
        if peroxides[row] and abs(gap[row, 0]) > 5 * TOLERANCE:
            state = -2 - gap[row, 0] / oxygen[row]
            sentence += f"; neutral only as a peroxide, with O at {state:.3g} on average"
        found.append(Balance(False, role, None, sentence))
    return found


def _imbalance(member: Composition, gap: NDArray[np.float64], chosen: int) -> str:
    """The sentence on a composition that is not neutral, from its `gaps`, shape (roles,)."""
    atoms = float(sum(member.amounts.values()))
    note = roles().notes[chosen]
    told = chosen if gap[chosen] * gap[0] > 0 and "positive" in note and _concerns(note, member) else 0
    sentence = f"not neutral: the charges sum to {gap[told] * atoms:+.3g} per {member.formula}"
    sentence += f" with {note}" if told else ""
    return f"{sentence}, little enough for rounded amounts" if abs(gap[0]) <= 5 * TOLERANCE else sentence


def doubt(composition: Composition | str) -> str:
    """What is unusual about a neutral sulfide, selenide or telluride, such as a slip in its formula; else nothing.

    Examples
    --------
    >>> doubt("Li5.7PS5Cl1.3")
    'neutral only with S, Se and Te bound to each other'
    >>> doubt("Li6P2S6Cl")
    'neutral only with P at +3.5 on average'
    >>> doubt("Li6PS5Cl"), doubt("LiAlCl4")
    ('', '')
    """
    found = balance(composition)
    chalcogenide = any(symbol in Composition.of(composition).amounts for symbol in ("S", "Se", "Te"))
    if found.neutral and chalcogenide and found.role == POLYCHALCOGENIDE:
        return "neutral only with S, Se and Te bound to each other"
    symbol, state = found.average or ("", 0.0)
    return f"neutral only with P at {state:+.3g} on average" if symbol == "P" and chalcogenide else ""


def _notes(member: Composition, chosen: int) -> tuple[list[str], tuple[str, float] | None]:
    """What a role takes for granted, and the states of the elements that have a choice, where one sum fixes them.

    The second part is the element of mixed valence with its average.
    """
    average = None
    low, high = roles().low[:, chosen], roles().high[:, chosen]
    note = roles().notes[chosen] if chosen and _concerns(roles().notes[chosen], member) else ""
    free = [symbol for symbol in member.elements if low[INDEX[symbol]] < high[INDEX[symbol]]]
    special = [symbol for symbol in roles().special[chosen] if symbol in member.elements]
    notes = [note] if note and not (note.startswith("metal") and len(free) == 1) else []
    named = note.replace(",", "").split()
    whole = [s for s in special if low[INDEX[s]] == high[INDEX[s]] and s not in named]
    notes += [f"{symbol} at {low[INDEX[symbol]]:+g}" for symbol in whole]
    if len(free) == 1:
        rest = sum(member.fraction(s) * low[INDEX[s]] for s in member.elements if s != free[0])
        state = np.clip(-rest / member.fraction(free[0]), low[INDEX[free[0]]], high[INDEX[free[0]]])
        state = 0.0 if abs(state) < EXACT else float(state)
        if _is_whole(free[0], state, chosen):
            notes += [] if free[0] in named else [f"{free[0]} at {round(state):+d}"]
        elif free[0] in named:
            notes.append(f"{free[0]} averages {state:+.3g}")
        else:
            notes.append(f"mixed valence: {free[0]} averages {state:+.3g}")
            average = free[0], state
    elif note.startswith("metal"):
        notes[0] += f": {', '.join(symbol for symbol in special if symbol in free)}"
    return notes, average


def _concerns(note: str, member: Composition) -> bool:
    """False for a note that names elements of which none is there: S positive, for Ti2O3."""
    named = [word for word in note.replace(",", "").split() if word in INDEX]
    return not named or any(symbol in member.amounts for symbol in named)


def _is_whole(symbol: str, state: float, chosen: int) -> bool:
    """Whether the state of the one element that has a choice is one of its own, and no average of two."""
    known = states("known_states" if chosen else "positive_states")[INDEX[symbol]]
    return abs(state - round(state)) < 0.01 and (state < 0 or round(state) in known)


def unknown(fractions: Fractions) -> list[str]:
    """Symbols in the batch that have no oxidation state at all (He, Ne, Ar)."""
    present = fractions.matrix.any(axis=0)
    empty = (roles().low[:, 0] == 0) & (roles().high[:, 0] == 0)
    return [SYMBOLS[column] for column in np.flatnonzero(present & empty)]
