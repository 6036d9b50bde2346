"""Who is what in a glass: linear sums over anions, mobile ions, network cations and formers of a batch.

Every sum is one column of a weight matrix with a stretch of rows for each charge role; `valence` mends the sums of
compositions in which some element is not in its usual state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, wraps

import numpy as np
from numpy.typing import NDArray

from .. import charge
from ..elements import SYMBOLS, ElementDataError
from ..ions import valence
from ..ions.polyatomic import grouped, width
from ..ions.states import MOBILE, Matrix
from ..ions.weights import HALIDES, all_weights
from ..sparse import Slots

__all__ = ["HALIDES", "MOBILE", "Matrix", "Quantity", "Sums", "entropy", "no_data", "once", "ratio", "undescribed"]


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
        column: Matrix = self.values[_places(self.names)[name]]
        return column

    @classmethod
    def of(cls, slots: Slots) -> Sums:
        """Sums of a batch in the order of its slots; raises `ElementDataError` for an element without ionic data."""
        names, table, _ = all_weights()
        role = charge.nearest_role(charge.slot_gaps(slots))
        offsets = role * width()
        values = slots.sums(table, offsets)
        if values[:, names.index("lacking")].any():
            row, symbols = min(undescribed(slots).items())
            raise ElementDataError(f"row {row}: {no_data(symbols)}; leave such compositions or the glass block out")
        names, values = (*names, "cation_log"), np.hstack([values, _cation_logs(slots, offsets)])
        excess = _excess(names, values)
        some = np.flatnonzero(values[:, names.index("in_groups")] > 0)
        if some.size:
            told = Slots.of(grouped(slots.take(some).dense(len(SYMBOLS)), role[some], excess[some]))
            at, offsets = some[told.order], role[some[told.order]] * width()
            of_ions = np.hstack([told.sums(table, offsets), _cation_logs(told, offsets)])
            valence.balance(of_ions, _excess(names, of_ions), told, role[at], width())
            values[at], excess[some] = of_ions, 0
        valence.balance(values, excess, slots, role, width())
        return cls(names, np.ascontiguousarray(values.T))


@lru_cache(maxsize=2)
def _places(names: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _cation_logs(slots: Slots, offsets: NDArray[np.intp]) -> Matrix:
    """Sum of x ln x over the cations, of which there are x per atom, shape (n, 1)."""
    total, weights = np.zeros((slots.order.size, 1)), _cations()
    for columns, values in slots:
        total[: values.size, 0] += weights[columns + offsets[: values.size]] * values * np.log(values)
    return total


@lru_cache(maxsize=1)
def _cations() -> Matrix:
    names, table, _ = all_weights()
    return np.ascontiguousarray(table[:, names.index("cation")])


def _excess(names: tuple[str, ...], values: Matrix) -> Matrix:
    """Charge that elements of several states have to give up, or to take on where negative, in e per atom, shape (n,).

    That is the sum of the charges in their usual states, as far as other states of the role make up for it.
    """
    positive, negative, low, high = (
        values[:, names.index(name)] for name in ("cation_charge", "anion_charge", "charge_low", "charge_high")
    )
    excess = positive - negative
    return np.clip(excess, np.minimum(positive - high, 0), np.maximum(positive - low, 0))


def undescribed(slots: Slots) -> dict[int, tuple[str, ...]]:
    """Elements without ionic data by row of the batch, for the rows that hold some.

    Examples
    --------
    >>> from ..fractions import Fractions
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


Quantity = Callable[[Sums], Matrix]  # of a batch, shape (n,)


def once(quantity: Quantity) -> Quantity:
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
    positive = bottom > 0
    if positive.all():
        return np.minimum(top / bottom, most)
    result = np.where(top > 0, most, none)
    np.divide(top, bottom, out=result, where=positive)
    return np.minimum(result, most)


def entropy(parts: list[Matrix]) -> Matrix:
    """Mixing entropy of the parts in units of R per mole of them: -sum(x ln x); 0 for one part or none."""
    total = sum(parts[1:], parts[0])
    safe = np.where(total > 0, total, 1)
    result = np.zeros_like(total)
    for part in parts:
        share = part / safe
        result -= share * np.log(np.where(share > 0, share, 1))
    return result
