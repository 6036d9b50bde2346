"""A bar chart as SVG text: a few lines of our own, so that the documentation needs no plotting package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 860, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 56, 56
COLOURS = ("#2a6f97", "#e07a1f", "#5a8f3c")
FONT = 'font-family="Helvetica, Arial, sans-serif" font-size="12"'


def draw(
    title: str,
    across: str,
    labels: Sequence[str],
    counts: Mapping[str, npt.NDArray[np.int64]],
    every: int = 1,
) -> str:
    """Return a chart of counts on a logarithmic scale: a group of bars for each label, one bar a series.

    Parameters
    ----------
    title, across
        Heading, and name of the horizontal axis.
    labels
        One for each group.
    counts
        For each series a whole number for each group, shape (number of labels,).
    every
        Write every so many labels.
    """
    top = max(1, int(np.ceil(np.log10(max(2, *(int(c.max()) for c in counts.values()))))))
    step = (WIDTH - LEFT - RIGHT) / len(labels)
    bar = 0.84 * step / len(counts)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {FONT}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-size="14" font-weight="bold">{escape(title)}</text>',
        *_grid(top),
    ]
    for number, (name, values) in enumerate(counts.items()):
        colour = COLOURS[number % len(COLOURS)]
        parts.append(f'<rect x="{LEFT + 190 * number}" y="30" width="11" height="11" fill="{colour}"/>')
        parts.append(f'<text x="{LEFT + 190 * number + 16}" y="40">{escape(name)}</text>')
        for i in np.flatnonzero(values).tolist():
            x, y = LEFT + i * step + 0.08 * step + number * bar, _height(int(values[i]), top)
            tip = f"<title>{escape(labels[i])}: {int(values[i]):,} {escape(name)}</title>"
            size = f'width="{bar:.1f}" height="{HEIGHT - BOTTOM - y:.1f}"'
            parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{colour}">{tip}</rect>')
    for i in range(0, len(labels), every):
        x = LEFT + (i + 0.5) * step
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{escape(labels[i])}</text>')
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 14}" text-anchor="middle">{escape(across)}</text></svg>')
    return "\n".join(parts) + "\n"


def _height(count: int, top: int) -> float:
    """Return the height of the end of a bar; a single count is a tenth of a decade high."""
    share = (np.log10(count) + 0.1) / (top + 0.1)
    return float(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP))


def _grid(top: int) -> list[str]:
    lines = []
    for decade in range(top + 1):
        y = _height(10**decade, top)
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d9d9d9"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10**decade:,}</text>')
    return lines
