"""Names beside points of a plot, placed so that none covers another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LETTER, _LINE = 6.6, 17.0
_RADII = (20.0, 34.0, 50.0, 70.0, 95.0, 125.0)
_ANGLES = (90, 270, 45, 135, 315, 225, 0, 180, 68, 112, 248, 292, 22, 158, 202, 338)


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, y upwards."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )


def place(
    points: Sequence[tuple[float, float]], names: Sequence[str], size: tuple[float, float]
) -> list[tuple[int, float, float]]:
    """Offsets in pixels of the names from their points; a name without a free place is left out.

    Parameters
    ----------
    points
        Places of the points in pixels from the lower left corner.
    names
        What to write, most important first; the upper left corner stays free for the word goal.
    size
        Width and height of the plot in pixels.

    Examples
    --------
    >>> place([(100, 100), (104, 100)], ["NaAlCl4", "LiAlCl4"], (200, 200))
    [(0, 0.0, 20.0), (1, -0.0, -20.0)]
    """
    corner = Box(0, size[1] - 1.6 * _LINE, 48, size[1])
    marks = [corner] + [Box(x - 7, y - 7, x + 7, y + 7) for x, y in points]
    taken: list[Box] = []
    out = []
    for number, (point, name) in enumerate(zip(points, names, strict=True)):
        for dx, dy in _offsets(len(name) * _LETTER):
            box = _around(point[0] + dx, point[1] + dy, len(name) * _LETTER)
            inside = box.left >= 0 and box.bottom >= 0 and box.right <= size[0] and box.top <= size[1]
            if inside and not any(map(box.meets, [*taken, *marks])):
                taken.append(box)
                out.append((number, round(dx, 1), round(dy, 1)))
                break
    return out


def _offsets(width: float) -> Iterator[tuple[float, float]]:
    for radius in _RADII:
        for angle in _ANGLES:
            across, up = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            yield across * (radius + width / 2), up * radius


def _around(x: float, y: float, width: float) -> Box:
    return Box(x - width / 2 - 2, y - _LINE / 2, x + width / 2 + 2, y + _LINE / 2)
