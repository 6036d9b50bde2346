"""A model file on its way out and back in: arrays and numbers by name, and the sizes that go through all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Shape = tuple[str | int, ...]

LARGEST_SIZE = 10_000_000  # of any side of an array


class UnsoundError(ValueError):
    """Content that no training writes."""


@dataclass
class Draft:
    """A file on its way: arrays and numbers by name."""

    arrays: dict[str, Array] = field(default_factory=dict)
    numbers: dict[str, float | int] = field(default_factory=dict)


@dataclass
class Content:
    """What a file holds, as far as it was not read yet.

    Parameters
    ----------
    arrays, numbers
        By name.
    sizes
        Sides of arrays by name, as far as they are known.
    """

    arrays: dict[str, Array]
    numbers: dict[str, Any]
    sizes: dict[str, int]

    def array(self, name: str, kind: type[np.generic], shape: Shape) -> Array:
        """An array of a type and a shape, without what is no number."""
        found = self.arrays.pop(name, None)
        if found is None:
            raise UnsoundError(f"no array {name}")
        if found.dtype != np.dtype(kind) or found.ndim != len(shape):
            raise UnsoundError(f"an array {name} of another type or number of sides")
        for side, size in zip(shape, found.shape, strict=True):
            self.fix(name, side, size)
        if found.dtype.kind == "f" and not np.isfinite(found).all():
            raise UnsoundError(f"an array {name} with what is no number")
        return found

    def fix(self, name: str, side: str | int, size: int) -> None:
        """Fix a side of arrays at a size, or refuse another one than it has elsewhere."""
        known = side if isinstance(side, int) else self.sizes.setdefault(side, size)
        if size != known or size > LARGEST_SIZE:
            raise UnsoundError(f"an array {name} of {size:,} and not {known:,} {side}")

    def number(self, name: str, least: float, most: float, whole: bool = False) -> Any:
        """A number between two ends."""
        found = self.numbers.pop(name, None)
        if type(found) is not (int if whole else float) or not least <= found <= most:
            raise UnsoundError(f"a number {name} that is not from {least:g} to {most:g}")
        return found

    def check_empty(self) -> None:
        """Refuse what nobody asked for."""
        if left := sorted([*self.arrays, *self.numbers]):
            raise UnsoundError(f"a further {left[0][:60]!r}")


class Field(Protocol):
    """A kind of content."""

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put a value into a file."""

    def read(self, name: str, content: Content) -> Any:
        """Take it out, or raise `UnsoundError`."""
