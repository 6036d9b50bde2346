"""Families of compositions: a template with variables, and its members over a grid, block by block."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import charge
from .ambiguity import reject_capitals
from .composition import Composition
from .elements import INDEX, SYMBOLS
from .expression import Polynomial, read_expression
from .fractions import Fractions
from .grammar import Reader, tokenise
from .notation import FormulaError, plain, refusal

BLOCK = 8192
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Member:
    """One member of a space: the values of its variables and its composition."""

    variables: Mapping[str, float]
    composition: Composition


@dataclass(frozen=True)
class Block:
    """Some members of a space at once: values of shape (n,) by variable, atomic fractions, places in the grid."""

    variables: Mapping[str, NDArray[np.float64]]
    fractions: Fractions
    places: NDArray[np.int64]


@dataclass(frozen=True)
class Template:
    """A formula with expressions in braces for amounts or coefficients.

    Examples
    --------
    >>> family = Template.parse("LiAlCl{4-2x}O{x}")
    >>> family.variables
    ('x',)
    >>> [member.composition.formula for member in family.grid(x="0:1:0.5")]
    ['LiAlCl4', 'LiAlCl3O0.5', 'LiAlCl2O']
    >>> len(Template.parse("{x}Li2O-TaCl5").grid(x="0.5:2:0.1"))
    16
    """

    text: str
    amounts: Mapping[str, Polynomial]
    variables: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a template; a formula without braces is a family of one."""
        body = plain(text)
        numbers: dict[int, Polynomial] = {}
        pieces, end = [], 0
        for found in _BRACES.finditer(body):
            before, after = body[: found.start()][-1:], body[found.end() :][:1]
            if before.isdigit() or before == "." or after.isdigit() or after == ".":
                raise refusal(text, f"a number beside {found.group()}", "put the whole amount between the braces")
            pieces.append(body[end : found.start()])
            numbers[sum(map(len, pieces))] = read_expression(found.group(1), text)
            pieces.append("1")
            end = found.end()
        flat = "".join(pieces) + body[end:]
        tokens = tokenise(flat, text)
        amounts = Reader(tokens, text, numbers).read()
        reject_capitals(flat, tokens, text)
        polynomials = {symbol: Polynomial.constant(0) + amount for symbol, amount in amounts.items()}
        order = dict.fromkeys(name for number in numbers.values() for name in _in_order(number))
        return cls(text, MappingProxyType(polynomials), tuple(order))

    def at(self, **values: Fraction | float) -> Composition:
        """The member at given values; elements whose amount is zero there are not in it."""
        self._check_names(values)
        exact = {name: _exact(value) for name, value in values.items()}
        amounts = {symbol: amount(exact) for symbol, amount in self.amounts.items()}
        for symbol, amount in amounts.items():
            if amount < 0:
                where = ", ".join(f"{name}={float(value):g}" for name, value in exact.items())
                raise FormulaError(
                    f'"{self.text}": the amount of {symbol} is {float(amount):g} at {where}; narrow the range'
                )
        return Composition({symbol: amount for symbol, amount in amounts.items() if amount})

    def grid(self, **values: str | Sequence[float] | NDArray[Any] | float) -> Grid:
        """All members over the product of the values of each variable, given as "start:stop:step" or as a list."""
        self._check_names(values)
        return Grid(self, {name: axis(values[name], name) for name in self.variables})

    def _check_names(self, values: Mapping[str, object]) -> None:
        missing = [name for name in self.variables if name not in values]
        extra = [name for name in values if name not in self.variables]
        if missing or extra:
            has = f"has the variables {', '.join(self.variables)}" if self.variables else "has no variables"
            lack = f"values are missing for {', '.join(missing)}" if missing else f"{', '.join(extra)} is none of them"
            raise FormulaError(f'"{self.text}": {has}; {lack}; give one range for each, such as x="0:1.5:0.05"')


def _in_order(number: Polynomial) -> list[str]:
    return sorted(number.variables)


@dataclass(frozen=True)
class Grid:
    """The members of a template over a grid; nothing is built before it is asked for.

    `len` and `size` are the number of grid points. Points where an amount would be negative, or where nothing is
    left, are no compositions and are passed over.
    """

    template: Template
    axes: Mapping[str, tuple[Fraction, ...]]

    @property
    def size(self) -> int:
        """Number of grid points, told before anything is built."""
        return math.prod(len(values) for values in self.axes.values())

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[Member]:
        """Members in grid order, the last variable fastest, neutral or not."""
        for place in range(self.size):
            values = self._values(place)
            amounts = {symbol: amount(values) for symbol, amount in self.template.amounts.items()}
            if min(amounts.values()) >= 0 and any(amounts.values()):
                present = {symbol: amount for symbol, amount in amounts.items() if amount}
                yield Member({name: float(value) for name, value in values.items()}, Composition(present))

    def _values(self, place: int) -> dict[str, Fraction]:
        values = {}
        for name, steps in reversed(list(self.axes.items())):
            place, step = divmod(place, len(steps))
            values[name] = steps[step]
        return {name: values[name] for name in self.axes}

    def blocks(self, size: int = BLOCK, neutral: bool = True) -> Iterator[Block]:
        """The same members as blocks of at most `size` rows, the neutral ones only unless asked."""
        whole = _Whole.of(self)
        for start in range(0, self.size, size):
            places = np.arange(start, min(start + size, self.size), dtype=np.int64)
            amounts, steps = whole.amounts(places)
            stay = np.flatnonzero((amounts >= 0).all(axis=1) & (amounts > 0).any(axis=1))
            matrix = np.zeros((stay.size, len(SYMBOLS)))
            matrix[:, [INDEX[symbol] for symbol in self.template.amounts]] = amounts[stay]
            fractions = Fractions.from_matrix(matrix)
            if neutral:
                keep = charge.neutral(fractions)
                stay, fractions = stay[keep], fractions.take(keep)
            values = {name: whole.values[name][steps[name][stay]] for name in self.axes}
            yield Block(values, fractions, places[stay])


@dataclass(frozen=True)
class _Whole:
    """The amounts of a grid in whole numbers, exact in 64 bits, or in floating point where they are too large."""

    grid: Grid
    values: dict[str, NDArray[np.float64]]
    steps: dict[str, NDArray[Any]]
    terms: list[list[tuple[tuple[tuple[str, int], ...], Any]]]

    @classmethod
    def of(cls, grid: Grid) -> _Whole:
        units = {name: math.lcm(*(value.denominator for value in values)) for name, values in grid.axes.items()}
        whole = {name: [int(value * units[name]) for value in values] for name, values in grid.axes.items()}
        scaled = [
            [
                (monomial, value / math.prod(units[name] ** power for name, power in monomial))
                for monomial, value in amount.terms
            ]
            for amount in grid.template.amounts.values()
        ]
        scale = math.lcm(*(value.denominator for terms in scaled for _, value in terms))
        largest = {name: max(map(abs, values)) for name, values in whole.items()}
        bound = max(
            sum(
                abs(value * scale) * math.prod(largest[name] ** power for name, power in monomial)
                for monomial, value in terms
            )
            for terms in scaled
        )
        exact = bound < 2**52
        kind: Any = np.int64 if exact else np.float64
        floats = {name: np.array([float(value) for value in values]) for name, values in grid.axes.items()}
        steps = {name: np.array(whole[name], dtype=kind) if exact else floats[name] for name in grid.axes}
        terms = (
            [[(m, int(v * scale)) for m, v in part] for part in scaled]
            if exact
            else [[(m, float(v)) for m, v in amount.terms] for amount in grid.template.amounts.values()]
        )
        return cls(grid, floats, steps, terms)

    def amounts(self, places: NDArray[np.int64]) -> tuple[NDArray[np.float64], dict[str, NDArray[np.int64]]]:
        """Amounts of shape (n, elements of the template) and the step on each axis."""
        shape = tuple(len(values) for values in self.grid.axes.values())
        at = dict(zip(self.grid.axes, np.unravel_index(places, shape), strict=True)) if shape else {}
        columns = []
        for part in self.terms:
            total = np.zeros(places.size, dtype=next(iter(self.steps.values())).dtype if self.steps else np.float64)
            for monomial, coefficient in part:
                product: Any = coefficient
                for name, power in monomial:
                    product = product * self.steps[name][at[name]] ** power
                total = total + product
            columns.append(np.where(np.abs(total) < 1e-12, 0, total).astype(np.float64))
        return np.column_stack(columns), at


def axis(values: str | Sequence[float] | NDArray[Any] | float, name: str = "x") -> tuple[Fraction, ...]:
    """Exact values of one variable from "start:stop:step" (both ends in), "a,b,c", a number or a list.

    Examples
    --------
    >>> [float(value) for value in axis("0:1:0.25")]
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    if isinstance(values, str):
        return _axis_of_text(values, name)
    found = tuple(_exact(value) for value in np.atleast_1d(np.asarray(values)).tolist())
    if not found:
        raise FormulaError(f"{name} has no values; give some, such as 0:1.5:0.05")
    return found


def _axis_of_text(text: str, name: str) -> tuple[Fraction, ...]:
    mend = f"write {name}=start:stop:step, such as {name}=0:1.5:0.05, or {name}=0,0.5,1"
    try:
        parts = [Fraction(part.strip()) for part in re.split("[:,]", text)]
    except (ValueError, ZeroDivisionError):
        raise FormulaError(f"{name}={text} is not a range; {mend}") from None
    if ":" not in text:
        return tuple(parts)
    if len(parts) != 3 or "," in text:
        raise FormulaError(f"{name}={text} is not a range of three numbers; {mend}")
    start, stop, step = parts
    if step == 0 or (stop - start) / step < 0:
        raise FormulaError(f"{name}={text} never reaches its end; {mend}")
    return tuple(start + step * count for count in range(int((stop - start) / step) + 1))


def _exact(value: Any) -> Fraction:
    if isinstance(value, Fraction | int):
        return Fraction(value)
    if not math.isfinite(float(value)):
        raise FormulaError(f"the value {value} is not a finite number; give one such as 0.5")
    return Fraction(repr(float(value)))
