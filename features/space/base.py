"""What every space of compositions has in common: a size told before it is built, and members block by block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import charge
from ..composition import Composition
from ..elements import INDEX, SYMBOLS
from ..fractions import Fractions
from .constraints import Limit

BLOCK = 8192


@dataclass(frozen=True)
class Member:
    """One member of a space: the values of its variables and its composition."""

    variables: Mapping[str, float]
    composition: Composition


@dataclass(frozen=True)
class Block:
    """Some members of a space at once: values of shape (n,) by variable, atomic fractions, places in the space."""

    variables: Mapping[str, NDArray[np.float64]]
    fractions: Fractions
    places: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.fractions)


@dataclass(frozen=True)
class Raw:
    """Amounts of shape (n, symbols) at consecutive places of a space, before anything is left out."""

    variables: Mapping[str, NDArray[np.float64]]
    amounts: NDArray[np.float64]


class Space(ABC):
    """A lazy set of compositions. Points with a negative amount, or with nothing left, are no compositions.

    Iteration gives all compositions, neutral or not; `members`, `blocks` and `count` give the neutral ones unless
    asked for all, and keep the same limits.
    """

    @property
    @abstractmethod
    def symbols(self) -> tuple[str, ...]:
        """Elements that a member may hold."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of points, told before anything is built; those of `left_out` are among them."""

    @abstractmethod
    def raw(self, size: int) -> Iterator[Raw]:
        """Amounts at all points in order, at most `size` at a time."""

    @abstractmethod
    def exact(self) -> Iterator[tuple[Mapping[str, Fraction], Mapping[str, Fraction]]]:
        """Values of the variables and exact amounts at all points in order."""

    def point(self, place: int) -> tuple[Mapping[str, Fraction], Mapping[str, Fraction]]:
        """Values of the variables and exact amounts at one place, counted from 0."""
        return next(islice(self.exact(), place, None))

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[Member]:
        """All compositions in order, neutral or not, exact; `members` gives those that `blocks` and `count` give."""
        for values, amounts in self.exact():
            if min(amounts.values()) >= 0 and any(amounts.values()):
                yield _member(values, amounts)

    def members(self, neutral: bool = True, limits: Iterable[Limit] = ()) -> Iterator[Member]:
        """Members one by one with exact compositions: those that `blocks` and `count` give with the same choices.

        Examples
        --------
        >>> from .template import Template
        >>> grid = Template.parse("LiCl{x}").grid(x="0:2:0.5")
        >>> [member.composition.formula for member in grid.members()], grid.count(), len(list(grid))
        (['LiCl'], 1, 5)
        """
        places = (int(place) for block in self.blocks(neutral=neutral, limits=limits) for place in block.places)
        wanted = next(places, None)
        for place, (values, amounts) in enumerate(self.exact()):
            if wanted is None:
                return
            if place == wanted:
                yield _member(values, amounts)
                wanted = next(places, None)

    def blocks(self, size: int = BLOCK, neutral: bool = True, limits: Iterable[Limit] = ()) -> Iterator[Block]:
        """Members as blocks of at most `size` rows, the neutral ones only unless asked; memory does not grow.

        Parameters
        ----------
        size
            Most members in one block.
        neutral
            Leave out members whose charges cannot balance (see `charge.neutral`).
        limits
            Ranges, sums, ratios and counts that every member must keep (see `limits`).
        """
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
            raise ValueError(f"size={size!r}; give the number of members in a block, 1 or more")
        rules = _rules(limits)
        columns = [INDEX[symbol] for symbol in self.symbols]
        start = 0
        for part in self.raw(size):
            stay = np.flatnonzero(_members(part.amounts))
            matrix = np.zeros((stay.size, len(SYMBOLS)))
            matrix[:, columns] = part.amounts[stay]
            fractions = Fractions.from_matrix(matrix)
            keep = charge.neutral(fractions) if neutral else np.ones(stay.size, dtype=bool)
            for rule in rules:
                keep &= _where_kept(rule, fractions)
            stay = stay[keep]
            if stay.size:
                values = {name: column[stay] for name, column in part.variables.items()}
                yield Block(values, fractions if keep.all() else fractions.take(keep), stay + start)
            start += len(part.amounts)

    def left_out(self) -> int:
        """Number of points that are no members: an amount is negative there, or nothing is left.

        Counted block by block, with no composition made.
        """
        return self.size - sum(int(np.count_nonzero(_members(part.amounts))) for part in self.raw(BLOCK))

    def count(self, **choices: Any) -> int:
        """Number of members that `blocks` gives with the same choices."""
        return sum(len(block) for block in self.blocks(**choices))


def _member(values: Mapping[str, Fraction], amounts: Mapping[str, Fraction]) -> Member:
    present = {symbol: amount for symbol, amount in amounts.items() if amount}
    return Member({name: float(value) for name, value in values.items()}, Composition(present))


def _rules(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """The limits, read once, so that an iterator serves as well as a list."""
    rules = () if callable(limits) or not isinstance(limits, Iterable) else tuple(limits)
    if callable(limits) or not isinstance(limits, Iterable) or not all(callable(rule) for rule in rules):
        raise ValueError(f"limits={limits!r}; give a list of limits, such as [AtMost(1, ('Li', 'Na'))]")
    return rules


def _where_kept(rule: Limit, fractions: Fractions) -> NDArray[np.bool_]:
    """What a limit says of a batch, shape (n,)."""
    kept = np.asarray(rule(fractions))
    if kept.dtype != np.bool_ or kept.shape != (len(fractions),):
        what = f"the limit {getattr(rule, '__name__', rule)} gives {kept.dtype} of shape {kept.shape}"
        mend = "give one truth value a member, such as fractions.column('O') > 0.1"
        raise ValueError(f"{what} for {len(fractions)} members; {mend}")
    return kept


def _members(amounts: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where no amount is negative and one is positive."""
    kept: NDArray[np.bool_] = np.all(amounts >= 0, axis=1) & np.any(amounts > 0, axis=1)
    return kept
