"""Panels of points, lines and density as SVG text: a few lines of our own, so that a page needs no plotting package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

COLOURS = ("#2a6f97", "#e07a1f", "#5a8f3c", "#8b8f98")
SHADES = ("#dce8f0", "#b9d2e2", "#8fb8d1", "#5f99bd", "#2a6f97", "#0d3d5c")
FONT = 'font-family="Helvetica, Arial, sans-serif" font-size="12"'
CELLS = 60  # of a density, along each side


@dataclass(frozen=True)
class Panel:
    """A plot area with its scales.

    Parameters
    ----------
    title, across, up
        Heading and names of the axes.
    x, y
        Lowest and highest value shown along each axis.
    place
        Left and top in pixels.
    size
        Width and height of the area in pixels, without heading and labels.
    """

    title: str
    across: str
    up: str
    x: tuple[float, float]
    y: tuple[float, float]
    place: tuple[float, float] = (64.0, 40.0)
    size: tuple[float, float] = (380.0, 380.0)

    def at(self, x: Vector | float, y: Vector | float) -> list[tuple[float, float]]:
        """Places in pixels of points, each coordinate of shape (n,) or a number."""
        across = self.place[0] + (np.atleast_1d(x) - self.x[0]) / (self.x[1] - self.x[0]) * self.size[0]
        down = self.place[1] + self.size[1] - (np.atleast_1d(y) - self.y[0]) / (self.y[1] - self.y[0]) * self.size[1]
        return [(float(one), float(other)) for one, other in zip(*np.broadcast_arrays(across, down), strict=True)]

    def frame(self) -> list[str]:
        """Heading, grid, ticks and names of the axes."""
        left, top = self.place
        right, bottom = left + self.size[0], top + self.size[1]
        parts = [f'<text x="{left}" y="{top - 10}" font-weight="bold">{escape(self.title)}</text>']
        for value in ticks(*self.x):
            (x, _), *_ = self.at(value, self.y[0])
            parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}" stroke="#e3e3e3"/>')
            parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{_written(value)}</text>')
        for value in ticks(*self.y):
            (_, y), *_ = self.at(self.x[0], value)
            parts.append(f'<line x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e3e3e3"/>')
            parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{_written(value)}</text>')
        middle = f"{left - 46} {(top + bottom) / 2}"
        parts.append(
            f'<text x="{(left + right) / 2}" y="{bottom + 36}" text-anchor="middle">{escape(self.across)}</text>'
        )
        parts.append(f'<text transform="translate({middle}) rotate(-90)" text-anchor="middle">{escape(self.up)}</text>')
        return parts

    def density(self, x: Vector, y: Vector) -> list[str]:
        """Number of points in each of 60 by 60 cells, in six shades: 1, 2, up to 5, 20, 100 and more."""
        counts, _, _ = np.histogram2d(np.clip(x, *self.x), np.clip(y, *self.y), CELLS, (self.x, self.y))
        shade = np.digitize(counts, (1, 2, 3, 6, 21, 101)) - 1
        wide, high = self.size[0] / CELLS, self.size[1] / CELLS
        left, bottom = self.place[0], self.place[1] + self.size[1]
        parts = []
        for number, colour in enumerate(SHADES):
            cells = "".join(
                f"M{left + i * wide:.1f} {bottom - (j + 1) * high:.1f}h{wide:.2f}v{high:.2f}h-{wide:.2f}z"
                for i, j in np.argwhere(shade == number).tolist()
            )
            parts += [f'<path d="{cells}" fill="{colour}"/>'] if cells else []
        return parts

    def points(self, x: Vector, y: Vector, colour: str, radius: float = 3.0, hollow: bool = False) -> list[str]:
        """Dots; those beyond the axes stand at the edge."""
        fill = f'fill="none" stroke="{colour}"' if hollow else f'fill="{colour}" fill-opacity="0.75"'
        places = self.at(np.clip(x, *self.x), np.clip(y, *self.y))
        return [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="{radius:g}" {fill}/>' for a, b in places]

    def line(self, x: Vector, y: Vector, colour: str, dashed: bool = False) -> list[str]:
        """Straight lines from point to point."""
        places = " ".join(f"{a:.1f},{b:.1f}" for a, b in self.at(np.clip(x, *self.x), np.clip(y, *self.y)))
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        return [f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.6"{dash}/>']

    def legend(self, names: Sequence[tuple[str, str]], down: float = 14.0) -> list[str]:
        """Names with their colours in the upper left corner of the area, `down` pixels below its top."""
        left, top = self.place[0] + 10, self.place[1] + down
        parts = []
        for number, (name, colour) in enumerate(names):
            y = top + 17 * number
            parts.append(f'<rect x="{left}" y="{y - 9}" width="10" height="10" fill="{colour}"/>')
            parts.append(f'<text x="{left + 15}" y="{y}">{escape(name)}</text>')
        return parts


def picture(title: str, size: tuple[float, float], parts: Sequence[str]) -> str:
    """SVG text of that width and height in pixels."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]:g} {size[1]:g}" role="img" {FONT}>',
            f"<title>{escape(title)}</title>",
            f'<rect width="{size[0]:g}" height="{size[1]:g}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        ]
    )


def ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Round numbers from low to high, at most so many.

    >>> ticks(0.0, 1.0), ticks(-7.2, -2.1)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [-7.0, -6.0, -5.0, -4.0, -3.0])
    """
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    step = next(power * times for times in (1, 2, 5, 10, 20) if (high - low) / (power * times) < most)
    first = int(np.ceil(low / step - 1e-9))
    last = int(np.floor(high / step + 1e-9))
    return [round(float(number * step), 9) for number in range(first, last + 1)]


def _written(value: float) -> str:
    return f"{value:g}".replace("-", "−")
