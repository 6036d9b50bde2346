"""Limits on the members of a space: ranges, sums, ratios, and at most so many components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import inf, isnan
from numbers import Real
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..elements import INDEX
from ..formula.notation import FormulaError
from ..fractions import Fractions
from ..scalars import plain, shown

_SLACK = 1e-12


class Limit(Protocol):
    """A rule that each composition keeps or breaks."""

    def __call__(self, fractions: Fractions) -> NDArray[np.bool_]:
        """Where the rule is kept, bool array of shape (n,)."""


@dataclass(frozen=True)
class Total:
    """The atomic fractions of some elements, summed, lie between two bounds.

    Examples
    --------
    >>> Total(("O",), least=0.1)(Fractions.of(["LiAlCl2.5O0.75", "LiCl"])).tolist()
    [True, False]
    """

    symbols: tuple[str, ...]
    least: float = 0.0
    most: float = 1.0

    def __post_init__(self) -> None:
        """Refuse bounds that nothing keeps, and percentages."""
        _settle(self)
        for bound in (self.least, self.most):
            if 1 + _SLACK < bound < inf:
                raise FormulaError(
                    f"atomic fractions from {self.least} to {self.most}; they lie between 0 and 1, "
                    f"so write {bound / 100:g} for {bound:g} %"
                )
        _check(self.symbols, self.least, self.most)
        if self.most < 0:
            raise FormulaError(f"atomic fractions up to {self.most}; they lie between 0 and 1, so write such a bound")

    def __call__(self, fractions: Fractions) -> NDArray[np.bool_]:
        """Where the sum is within the bounds."""
        total = _sum(fractions, self.symbols)
        return (total >= self.least - _SLACK) & (total <= self.most + _SLACK)


@dataclass(frozen=True)
class Ratio:
    """Atoms of some elements per atom of others lie between two bounds; broken where the others are absent.

    Examples
    --------
    >>> Ratio(("O",), ("Al",), most=0.85)(Fractions.of(["LiAlCl2.5O0.75", "LiAlCl2O", "LiCl"])).tolist()
    [True, False, False]
    """

    top: tuple[str, ...]
    bottom: tuple[str, ...]
    least: float = 0.0
    most: float = inf

    def __post_init__(self) -> None:
        """Refuse bounds that nothing keeps."""
        _settle(self)
        _check(self.top, self.least, self.most)
        _check(self.bottom, self.least, self.most)

    def __call__(self, fractions: Fractions) -> NDArray[np.bool_]:
        """Where the ratio is within the bounds."""
        top, bottom = _sum(fractions, self.top), _sum(fractions, self.bottom)
        highest = np.inf if self.most == inf else self.most * bottom
        return (bottom > 0) & (top >= self.least * bottom - _SLACK) & (top <= highest + _SLACK)


@dataclass(frozen=True)
class AtMost:
    """No more than `count` of the elements are there.

    Examples
    --------
    >>> AtMost(1, ("Li", "Na"))(Fractions.of(["LiCl", "Li0.5Na0.5Cl"])).tolist()
    [True, False]
    """

    count: int
    symbols: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse elements that are none, and counts that are no whole numbers."""
        if isinstance(self.count, bool) or not isinstance(self.count, int | np.integer) or self.count < 0:
            raise FormulaError(f"at most {self.count!r} of the elements; give a whole number of 0 or more, such as 2")
        _check(self.symbols, 0, self.count)

    def __call__(self, fractions: Fractions) -> NDArray[np.bool_]:
        """Where few enough of them are there."""
        present = fractions.matrix[:, [INDEX[symbol] for symbol in self.symbols]] > 0
        few: NDArray[np.bool_] = np.count_nonzero(present, axis=1) <= self.count
        return few


def _sum(fractions: Fractions, symbols: Sequence[str]) -> NDArray[np.float64]:
    total: NDArray[np.float64] = fractions.matrix[:, [INDEX[symbol] for symbol in symbols]].sum(axis=1)
    return total


def _check(symbols: Sequence[str], least: float, most: float) -> None:
    known = isinstance(symbols, Sequence) and not isinstance(symbols, str)
    if not known or not symbols or any(symbol not in INDEX for symbol in symbols):
        raise FormulaError(f"a limit on {symbols!r}; name elements from H to Lr, such as ('Cl', 'Br')")
    if len(set(symbols)) < len(symbols):
        raise FormulaError(f"a limit on {symbols!r}; name each element once")
    _check_numbers(least, most)
    if not least <= most:
        raise FormulaError(f"a limit from {least} to {most} lets nothing through; give the smaller bound first")


def _settle(limit: Total | Ratio) -> None:
    """Hold the bounds of a limit as numbers of Python, whatever scalars they were."""
    for name in ("least", "most"):
        bound = plain(getattr(limit, name))
        object.__setattr__(limit, name, float(bound) if isinstance(bound, Decimal) else bound)
    _check_numbers(limit.least, limit.most)


def _check_numbers(least: float, most: float) -> None:
    if any(isinstance(bound, bool) or not isinstance(bound, Real) for bound in (least, most)):
        raise FormulaError(f"a limit from {shown(least)} to {shown(most)}; give numbers, such as 0.1 and 0.5")
    if isnan(least) or isnan(most):
        raise FormulaError(
            f"a limit from {least} to {most}; nan is no bound, so give a number such as 0.1, or leave it out"
        )
