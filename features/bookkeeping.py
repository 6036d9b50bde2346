"""Who is what in a glass: linear sums over anions, mobile ions, network cations and formers of a batch.

Every sum is one column of a weight matrix with a stretch of rows for each charge role; `valence` mends the sums of
compositions in which some element is not in its usual state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps

import numpy as np
from numpy.typing import NDArray

from . import charge, valence
from .elements import SYMBOLS, ElementDataError
from .ion_states import MOBILE, Matrix
from .ion_weights import HALIDES, all_weights
from .polyatomic import grouped, width
from .slots import Slots

__all__ = ["HALIDES", "MOBILE", "Descriptor", "Matrix", "Sums", "entropy", "no_data", "once", "ratio", "undescribed"]


@dataclass(frozen=True)
class Sums:
    """Named sums over the atoms of each composition, per atom: `values` of shape (names, n).

    `kept` holds what several descriptors need, worked out `once`.
    """

    names: tuple[str, ...]
    values: Matrix
    kept: dict[str, Matrix] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, name: str) -> Matrix:
        """One sum, ndarray of shape (n,)."""
        column: Matrix = self.values[self.names.index(name)]
        return column

    @classmethod
    def of(cls, slots: Slots) -> Sums:
        """Sums of a batch in the order of its slots; raises `ElementDataError` for an element without ionic data."""
        names, table, lacking = all_weights()
        role = charge.nearest_role(charge.slot_gaps(slots))
        offsets = role * width()
        if any(lacking[columns + offsets[: values.size]].any() for columns, values in slots):
            row, symbols = min(undescribed(slots).items())
            raise ElementDataError(f"row {row}: {no_data(symbols)}; leave such compositions or the glass block out")
        names = (*names, "cation_log")
        values = _summed(table, slots, role)
        some = np.flatnonzero(values[:, names.index("in_groups")] > 0)
        if some.size:
            held = slots.take(some)
            told = Slots.of(grouped(held.dense(len(SYMBOLS)), role[some], _excess(names, values[some])))
            role_told = role[some[told.order]]
            values[some[told.order]] = _balanced(names, _summed(table, told, role_told), told, role_told)
        plain = np.flatnonzero(values[:, names.index("in_groups")] <= 0)
        if some.size:
            values[plain] = _balanced(names, values[plain], slots.take(plain), role[plain])
        else:
            values = _balanced(names, values, slots, role)
        return cls(names, np.ascontiguousarray(values.T))


def _summed(table: Matrix, slots: Slots, role: NDArray[np.intp]) -> Matrix:
    """Sums with every element in its usual state, and last the sum of x ln x over the cations."""
    offsets, (names, _, _) = role * width(), all_weights()
    logs = replace(slots, values=slots.values * np.log(slots.values))
    return np.hstack([slots.sums(table, offsets), logs.sums(table[:, [names.index("cation")]], offsets)])


def _excess(names: tuple[str, ...], values: Matrix) -> Matrix:
    """Sum of the charges with all elements in their usual states, less what anions of several states take up."""
    at = {name: values[:, place] for place, name in enumerate(names)}
    excess = at["cation_charge"] - at["anion_charge"]
    low = np.maximum(excess - at["anion_yields"], 0)
    return np.where(excess > 0, low, np.minimum(excess + at["anion_takes"], 0))


def _balanced(names: tuple[str, ...], values: Matrix, slots: Slots, role: NDArray[np.intp]) -> Matrix:
    """The sums with every element in the state that balances the charge."""
    valence.balance(values, _excess(names, values), slots, role, width())
    return values


def undescribed(slots: Slots) -> dict[int, tuple[str, ...]]:
    """Elements without ionic data by row of the batch, for the rows that hold some.

    Examples
    --------
    >>> from .fractions import Fractions
    >>> undescribed(Slots.of(Fractions.of(["LiCl", "HeCl", "LiAlCl4"]).matrix))
    {1: ('He',)}
    """
    _, _, lacking = all_weights()
    offsets = charge.nearest_role(charge.slot_gaps(slots)) * width()
    found: dict[int, tuple[str, ...]] = {}
    for columns, values in slots:
        bad = np.flatnonzero(lacking[columns + offsets[: values.size]])
        for row, column in zip(slots.order[bad].tolist(), columns[bad].tolist(), strict=True):
            found[row] = (*found.get(row, ()), SYMBOLS[column])
    return dict(sorted(found.items()))


def no_data(symbols: tuple[str, ...]) -> str:
    """What is wrong with a composition that holds elements without ionic data."""
    return f"no oxidation state or Shannon radius is known for {', '.join(symbols)}"


Descriptor = Callable[[Sums], Matrix]


def once(quantity: Descriptor) -> Descriptor:
    """The same quantity, worked out once for each `Sums`; nobody may write into it."""

    @wraps(quantity)
    def kept(sums: Sums) -> Matrix:
        if quantity.__name__ not in sums.kept:
            values = quantity(sums)
            values.flags.writeable = False
            sums.kept[quantity.__name__] = values
        return sums.kept[quantity.__name__]

    return kept


def ratio(top: Matrix, bottom: Matrix, most: float, none: float = 0.0) -> Matrix:
    """Top over bottom, at most `most`; `most` where only the bottom is zero, `none` where both are."""
    safe = np.where(bottom > 0, bottom, 1)
    return np.where(bottom > 0, np.minimum(top / safe, most), np.where(top > 0, most, none))


def entropy(parts: list[Matrix]) -> Matrix:
    """Mixing entropy of the parts in units of R per mole of them: -sum(x ln x); 0 for one part or none."""
    total = sum(parts[1:], parts[0])
    safe = np.where(total > 0, total, 1)
    result = np.zeros_like(total)
    for part in parts:
        share = part / safe
        result -= share * np.log(np.where(share > 0, share, 1))
    return result
