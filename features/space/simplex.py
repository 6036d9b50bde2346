"""Mixtures of precursors, and of cations and anions, on a simplex grid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..composition import Composition
from ..elements import INDEX
from ..formula.notation import FormulaError
from ..scalars import plain
from .base import Raw, Space


def points(parts: int, steps: int, most: int) -> int:
    """Number of ways to share `steps` equal steps among `parts` components, at most `most` of them present.

    Examples
    --------
    >>> points(3, 10, 3), points(3, 10, 2)
    (66, 30)
    """
    return sum(math.comb(parts, k) * math.comb(steps - 1, k - 1) for k in range(1, min(parts, most, steps) + 1))


def shares(parts: int, steps: int, most: int) -> Iterator[tuple[int, ...]]:
    """The points of a simplex grid: steps of each component, summing to `steps`; fewest components first."""
    for present in range(1, min(parts, most, steps) + 1):
        for chosen in combinations(range(parts), present):
            for cuts in combinations(range(1, steps), present - 1):
                point = [0] * parts
                for place, low, high in zip(chosen, (0, *cuts), (*cuts, steps), strict=True):
                    point[place] = high - low
                yield tuple(point)


@dataclass(frozen=True)
class Mixtures(Space):
    """Mixtures of precursors in steps of 1/`steps`, with at most `most` precursors in one.

    Precursors are formulas, or compositions, which their formulas stand for as names of the variables.

    Examples
    --------
    >>> space = Mixtures(("LiCl", "AlCl3", "Li2O"), steps=10, most=2)
    >>> space.size, next(iter(Mixtures(("Li2O", "TaCl5"), steps=2, most=2))).composition.formula
    (30, 'Li2O')
    """

    precursors: tuple[str, ...]
    steps: int
    most: int

    def __post_init__(self) -> None:
        """Write compositions as formulas, and refuse a grid without points."""
        given: Any = self.precursors
        if isinstance(given, Iterable) and not isinstance(given, str | Mapping):
            named = (one if isinstance(one, str) else Composition.of(one).formula for one in given)
            object.__setattr__(self, "precursors", tuple(named))
        _check(self.precursors, self.steps, self.most)
        for precursor in self.precursors:
            Composition.parse(precursor)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Elements of the precursors."""
        return tuple(dict.fromkeys(s for precursor in self.precursors for s in Composition.parse(precursor).elements))

    @property
    def size(self) -> int:
        """Number of grid points."""
        return points(len(self.precursors), self.steps, self.most)

    def exact(self) -> Iterator[tuple[Mapping[str, Fraction], Mapping[str, Fraction]]]:
        """Shares of the precursors and exact amounts, point by point."""
        parsed = [Composition.parse(precursor).amounts for precursor in self.precursors]
        for point in shares(len(parsed), self.steps, self.most):
            weights = [Fraction(share, self.steps) for share in point]
            amounts = {
                symbol: sum((w * part.get(symbol, 0) for w, part in zip(weights, parsed, strict=True)), Fraction(0))
                for symbol in self.symbols
            }
            yield dict(zip(self.precursors, weights, strict=True)), amounts

    def raw(self, size: int) -> Iterator[Raw]:
        """Amounts of the elements, block by block."""
        parsed = [Composition.parse(precursor).amounts for precursor in self.precursors]
        table = np.array([[float(part.get(symbol, 0)) for symbol in self.symbols] for part in parsed])
        for weights in _blocks(len(parsed), self.steps, self.most, size):
            yield Raw(dict(zip(self.precursors, (weights / self.steps).T, strict=True)), weights @ table)


@dataclass(frozen=True)
class Ions(Space):
    """Cations and anions in steps of 1/`steps` each, with as many anions as the charges of the cations ask for.

    `cations` and `anions` give the charge of each ion, such as ``{"Li": 1, "Al": 3}`` and ``{"Cl": -1, "O": -2}``;
    every member is neutral by construction.

    Examples
    --------
    >>> Ions({"Li": 1, "Al": 3}, {"Cl": -1, "O": -2}, steps=2).size
    9
    >>> [member.composition.formula for member in Ions({"Li": 1}, {"Cl": -1, "O": -2}, steps=1)]
    ['LiCl', 'LiO0.5']
    """

    cations: Mapping[str, int]
    anions: Mapping[str, int]
    steps: int
    most_cations: int = 8
    most_anions: int = 8

    def __post_init__(self) -> None:
        """Refuse charges of the wrong sign and a grid without points."""
        if not isinstance(self.cations, Mapping) or not isinstance(self.anions, Mapping):
            raise FormulaError('ions without charges; give them by element, such as {"Li": 1, "Al": 3} and {"Cl": -1}')
        _check(tuple(self.cations), self.steps, self.most_cations)
        _check(tuple(self.anions), self.steps, self.most_anions)
        _check_charges(self.cations, self.anions)
        wrong = [s for s, z in self.cations.items() if z <= 0] + [s for s, z in self.anions.items() if z >= 0]
        unknown = [symbol for symbol in self.symbols if symbol not in INDEX]
        if wrong or unknown or set(self.cations) & set(self.anions):
            raise FormulaError(
                f"cations {dict(self.cations)}, anions {dict(self.anions)}; give elements once, with charges above "
                "zero for cations and below zero for anions"
            )

    @property
    def symbols(self) -> tuple[str, ...]:
        """The ions."""
        return (*self.cations, *self.anions)

    @property
    def size(self) -> int:
        """Number of grid points."""
        return points(len(self.cations), self.steps, self.most_cations) * points(
            len(self.anions), self.steps, self.most_anions
        )

    def exact(self) -> Iterator[tuple[Mapping[str, Fraction], Mapping[str, Fraction]]]:
        """Shares of the ions and exact amounts, for one cation in all."""
        for some in shares(len(self.cations), self.steps, self.most_cations):
            positive = sum(share * z for share, z in zip(some, self.cations.values(), strict=True))
            for others in shares(len(self.anions), self.steps, self.most_anions):
                negative = -sum(share * z for share, z in zip(others, self.anions.values(), strict=True))
                values = dict(zip(self.symbols, (Fraction(share, self.steps) for share in some + others), strict=True))
                factor = Fraction(positive, negative)
                yield values, {s: value * (factor if s in self.anions else 1) for s, value in values.items()}

    def raw(self, size: int) -> Iterator[Raw]:
        """Amounts of the ions, block by block: all anion points for some cation points at a time."""
        anions = np.array(list(shares(len(self.anions), self.steps, self.most_anions)), dtype=np.float64)
        negative = -anions @ np.array(list(self.anions.values()), dtype=np.float64)
        charges = np.array(list(self.cations.values()), dtype=np.float64)
        for cations in _blocks(len(self.cations), self.steps, self.most_cations, max(size // len(anions), 1)):
            for start in range(0, len(cations) * len(anions), size):
                place = np.arange(start, min(start + size, len(cations) * len(anions)))
                some, others = cations[place // len(anions)], anions[place % len(anions)]
                factor = (some @ charges) / negative[place % len(anions)]
                values = np.hstack([some, others]) / self.steps
                yield Raw(dict(zip(self.symbols, values.T, strict=True)), np.hstack([some, others * factor[:, None]]))


def _blocks(parts: int, steps: int, most: int, size: int) -> Iterator[NDArray[np.float64]]:
    source = shares(parts, steps, most)
    while block := list(islice(source, size)):
        yield np.array(block, dtype=np.float64)


def _check_charges(*ions: Mapping[str, int]) -> None:
    for symbol, charge in (pair for some in ions for pair in some.items()):
        if isinstance(plain(charge), bool) or not isinstance(plain(charge), int):
            raise FormulaError(f"the charge of {symbol} is {charge!r}; give a whole number, such as 1 or -2")


def _check(parts: Sequence[Any], steps: int, most: int) -> None:
    if not isinstance(parts, Sequence) or not parts or isinstance(parts, str) or len(set(parts)) < len(parts):
        raise FormulaError(f"a mixture of {parts!r}; give a list of different components, such as ('Li2O', 'TaCl5')")
    for number in (steps, most):
        if isinstance(plain(number), bool) or not isinstance(plain(number), int) or number < 1:
            raise FormulaError(f"steps={steps!r}, at most {most!r} components; give whole numbers of 1 or more")
