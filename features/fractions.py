"""A batch of compositions as one matrix of atomic fractions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import column
from .composition import Composition, FormulaError
from .elements import INDEX, SYMBOLS, no_element
from .formula.amounts import shortened


@dataclass(frozen=True, eq=False, repr=False)
class Fractions:
    """Atomic fractions of n compositions: `matrix` of shape (n, 103), columns as `SYMBOLS`, rows summing to 1.

    Examples
    --------
    >>> batch = Fractions.of(["Li2O", "LiAlCl2.5O0.75"])
    >>> len(batch), batch.column("Li").round(4).tolist()
    (2, [0.6667, 0.1905])
    """

    matrix: NDArray[np.float64]

    @classmethod
    def of(cls, compositions: Fractions | Iterable[Any], parsed: dict[str, Composition] | None = None) -> Fractions:
        """A batch from anything `Composition.of` takes; `parsed` as in `read`."""
        if isinstance(compositions, Fractions):
            return compositions
        matrix, errors = column.amounts(listed(compositions), parsed)
        if errors:
            row, reason = next(iter(errors.items()))
            more = f" (and {len(errors) - 1} more cannot be read)" if len(errors) > 1 else ""
            raise FormulaError(f"row {row}: {reason}{more}" if len(matrix) > 1 else reason)
        return cls._sealed(matrix)

    @classmethod
    def read(
        cls, compositions: Iterable[Any], parsed: dict[str, Composition] | None = None
    ) -> tuple[Fractions, NDArray[np.intp], dict[int, str]]:
        """The compositions that can be read, their rows, and the reason for each row that cannot.

        Those that are no plain formulas are kept in `parsed` by their texts, so that nobody parses them again.
        """
        matrix, errors = column.amounts(listed(compositions), parsed)
        rows = np.setdiff1d(np.arange(len(matrix)), np.fromiter(errors, dtype=np.intp, count=len(errors)))
        return cls._sealed(matrix[rows]), rows, errors

    @classmethod
    def from_matrix(cls, matrix: ArrayLike) -> Fractions:
        """A batch from non-negative amounts of shape (n, 103), scaled so that every row sums to 1."""
        amounts = np.asarray(matrix, dtype=np.float64)
        if amounts.ndim != 2 or amounts.shape[1] != len(SYMBOLS):
            raise FormulaError(f"amounts of shape {amounts.shape}; give (n, {len(SYMBOLS)}), one column an element")
        total = amounts.sum(axis=1)
        bad = ~np.isfinite(total) | (total <= 0) | (amounts.min(axis=1, initial=np.inf) < 0)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise FormulaError(
                f"row {row} has amounts that are negative, not finite or all zero; give positive numbers"
            )
        return cls._sealed(amounts / total[:, None])

    @classmethod
    def _sealed(cls, matrix: NDArray[np.float64]) -> Fractions:
        matrix.flags.writeable = False
        return cls(matrix)

    def __len__(self) -> int:
        return int(self.matrix.shape[0])

    def __repr__(self) -> str:
        present = [SYMBOLS[column] for column in np.flatnonzero(self.matrix.any(axis=0))]
        return f"Fractions({len(self)} compositions of {' '.join(present)})"

    def column(self, symbol: str) -> NDArray[np.float64]:
        """Atomic fraction of one element, ndarray of shape (n,)."""
        if symbol not in INDEX:
            raise FormulaError(no_element(symbol))
        return self.matrix[:, INDEX[symbol]]

    def take(self, indices: Sequence[int] | NDArray[Any] | slice) -> Fractions:
        """The rows at the given indices or where the given mask is true."""
        chosen = indices if isinstance(indices, slice) else np.asarray(indices)
        return self._sealed(self.matrix[chosen].copy() if isinstance(indices, slice) else self.matrix[chosen])


def as_list(compositions: Fractions | Iterable[Any]) -> Fractions | list[Any]:
    """The compositions one by one, of a table its one column; `Fractions` stay what they are.

    Examples
    --------
    >>> as_list(np.array([["LiCl"], ["NaCl"]]))
    ['LiCl', 'NaCl']
    """
    if isinstance(compositions, Fractions):
        return compositions
    if getattr(compositions, "shape", ())[1:] == (1,):
        compositions = np.asarray(compositions, dtype=object)[:, 0]
    return listed(compositions)


def listed(compositions: Iterable[Any]) -> list[Any]:
    """The compositions one by one; refuses one alone, and a table, whose items would be the names of its columns."""
    if isinstance(compositions, str):
        raise FormulaError(f'"{compositions}" is one formula; give a list, such as ["{compositions}"]')
    if isinstance(compositions, Composition | Mapping | bytes) or hasattr(compositions, "composition"):
        raise FormulaError(f'{shortened(compositions)} is not a list of compositions; give one, such as ["LiAlCl4"]')
    if getattr(compositions, "ndim", 1) != 1:
        what = f"a table of shape {getattr(compositions, 'shape', ())}"
        raise FormulaError(f"{what} where a list of compositions belongs; give one column, such as table['formula']")
    if not isinstance(compositions, Iterable):
        raise FormulaError(f'{shortened(compositions)} is not a list of compositions; give one, such as ["LiAlCl4"]')
    return list(compositions)
