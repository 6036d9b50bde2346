"""The members of a template over a grid of its variables, exact and in blocks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..amounts import number
from ..formula.expressions import Monomial, Polynomial
from ..formula.notation import FormulaError
from ..scalars import ScalarError, one_by_one, real, shown
from .base import Raw, Space

_EXACT = 2**52


@dataclass(frozen=True)
class Grid(Space):
    """All members of a template over the product of the values of its variables, the last variable fastest."""

    text: str
    forms: Mapping[str, Polynomial]
    axes: Mapping[str, tuple[Fraction, ...]]

    @property
    def symbols(self) -> tuple[str, ...]:
        """Elements of the template."""
        return tuple(self.forms)

    @property
    def size(self) -> int:
        """Number of grid points."""
        return math.prod(len(values) for values in self.axes.values())

    def exact(self) -> Iterator[tuple[Mapping[str, Fraction], Mapping[str, Fraction]]]:
        """Values of the variables and exact amounts, point by point."""
        return map(self.point, range(self.size))

    def point(self, place: int) -> tuple[Mapping[str, Fraction], Mapping[str, Fraction]]:
        """Values of the variables and exact amounts at one place, at once."""
        values, rest = {}, place
        for name, steps in reversed(list(self.axes.items())):
            rest, step = divmod(rest, len(steps))
            values[name] = steps[step]
        values = {name: values[name] for name in self.axes}
        return values, {symbol: form(values) for symbol, form in self.forms.items()}

    def raw(self, size: int) -> Iterator[Raw]:
        """Amounts of the elements, block by block."""
        shape = tuple(len(values) for values in self.axes.values())
        floats = {name: np.array([float(value) for value in values]) for name, values in self.axes.items()}
        steps, terms = self._whole_numbers() or (floats, self._terms(Fraction(1), {}))
        for start in range(0, self.size, size):
            places = np.arange(start, min(start + size, self.size))
            at = dict(zip(self.axes, np.unravel_index(places, shape), strict=True)) if shape else {}
            chosen = {name: steps[name][at[name]] for name in self.axes}
            columns = [_value(part, chosen, places.size) for part in terms]
            yield Raw({name: floats[name][at[name]] for name in self.axes}, np.column_stack(columns))

    def _terms(self, scale: Fraction, units: Mapping[str, int]) -> list[list[tuple[Monomial, Fraction]]]:
        """Coefficients times `scale`, for variables in the given units."""
        return [
            [
                (powers, value * scale / math.prod(units.get(name, 1) ** power for name, power in powers))
                for powers, value in form.terms
            ]
            for form in self.forms.values()
        ]

    def _whole_numbers(self) -> tuple[dict[str, NDArray[Any]], list[list[tuple[Monomial, Fraction]]]] | None:
        """Variables and coefficients as whole numbers that are exact in 64 bits; None where they are too large."""
        units = {name: math.lcm(*(value.denominator for value in values)) for name, values in self.axes.items()}
        parts = self._terms(Fraction(1), units)
        scale = math.lcm(*(value.denominator for part in parts for _, value in part))
        terms = self._terms(Fraction(scale), units)
        whole = {name: [int(value * units[name]) for value in values] for name, values in self.axes.items()}
        most = {name: max(map(abs, values)) for name, values in whole.items()}
        bounds = [
            sum(abs(value) * math.prod(most[name] ** power for name, power in powers) for powers, value in part)
            for part in terms
        ]
        if max(bounds) * len(bounds) >= _EXACT or max(most.values(), default=0) >= _EXACT:
            return None
        return {name: np.array(values, dtype=np.int64) for name, values in whole.items()}, terms


def _value(part: list[tuple[Monomial, Fraction]], chosen: Mapping[str, NDArray[Any]], size: int) -> NDArray[np.float64]:
    """One amount at all points; what rounding leaves of zero is zero."""
    total: NDArray[Any] = np.zeros(size, dtype=np.int64)
    for powers, coefficient in part:
        term: Any = int(coefficient) if coefficient.denominator == 1 else float(coefficient)
        for name, power in powers:
            term = term * chosen[name] ** power
        total = total + term
    return np.where(np.abs(total) < 1e-12, 0, total).astype(np.float64)


NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})")
MOST_VALUES = 1_000_000  # of one variable


def axis(values: str | Sequence[float] | NDArray[Any] | float, name: str = "x") -> tuple[Fraction, ...]:
    """Exact values of one variable from "start:stop:step" (both ends in), "a,b,c", a number or a list.

    Examples
    --------
    >>> [float(value) for value in axis("0:1:0.25")]
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    if not re.fullmatch("[A-Za-z_][A-Za-z_0-9]*", name):
        raise FormulaError(f'{name!r} is no name of a variable; write the values first, axis("0:1.5:0.05", "x")')
    if isinstance(values, str):
        return _axis_of_text(values, name)
    listed = one_by_one(values)
    found = tuple(exact(value, name) for value in (listed if isinstance(listed, list) else _flat(listed)))
    if not found:
        raise FormulaError(f"{name} has no values; give some, such as 0:1.5:0.05")
    return found


def _flat(values: Any) -> list[Any]:
    found: list[Any] = np.atleast_1d(np.asarray(values)).tolist()
    return found


def _axis_of_text(text: str, name: str) -> tuple[Fraction, ...]:
    mend = f"write {name}=start:stop:step, such as {name}=0:1.5:0.05, or {name}=0,0.5,1"
    written = [part.strip() for part in re.split("[:,]", text)]
    if not all(NUMBER.fullmatch(part) for part in written):
        raise FormulaError(f"{name}={text[:60]} is not a range of plain numbers; {mend}")
    parts = [Fraction(part) for part in written]
    if ":" not in text:
        return tuple(parts)
    if len(parts) != 3 or "," in text:
        raise FormulaError(f"{name}={text} is not a range of three numbers; {mend}")
    start, stop, step = parts
    if step == 0 or (stop - start) / step < 0:
        raise FormulaError(f"{name}={text} never reaches its end; {mend}")
    size = int((stop - start) / step) + 1
    if size > MOST_VALUES:
        raise FormulaError(f"{name}={text} has {size:,} values; give at most {MOST_VALUES:,}, with a wider step")
    return tuple(start + step * count for count in range(size))


def exact(value: Any, name: str = "") -> Fraction:
    """A number as the fraction that its decimal writes; floats to 12 digits, so that 0.1 + 0.2 is 0.3."""
    of = f" of {name}" if name else ""
    try:
        real(value)
    except ScalarError as why:
        said = str(why) or "is not a number"
        raise FormulaError(f"the value {shown(value)}{of} {said}; give a number such as 0.5") from None
    found = number(value)
    return found if isinstance(found, Fraction) else Fraction(f"{found:.12g}")
