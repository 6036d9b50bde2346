"""What all figures share: colours that the colour-blind can tell apart, symbols, axes, fonts, subscripts."""

from __future__ import annotations

from typing import Any

VERDICTS = {
    "inside": ("#1f87c9", "31, 135, 201", "circle"),
    "edge": ("#e08a00", "224, 138, 0", "diamond"),
    "outside": ("#8b8f98", "139, 143, 152", "triangle-up-open"),
}
PHRASES = {"inside": "inside the known", "edge": "at the edge of the known", "outside": "outside the known"}
LINES = ("31, 135, 201", "224, 138, 0", "0, 150, 110", "176, 85, 154", "122, 111, 208", "139, 143, 152")
GOAL = "0, 150, 110"
STAR = "#b02a30"  # of what was measured
MARGIN = {"l": 68, "r": 18, "t": 40, "b": 56}
_GRID = "rgba(128, 128, 128, 0.18)"
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def pretty(formula: str) -> str:
    """Write a formula with subscripts.

    >>> pretty("LiAlCl2.5O0.75")
    'LiAlCl₂.₅O₀.₇₅'
    """
    return formula.translate(_SUBSCRIPTS)


# Powers of ten as such: a format of numbers writes 0.000001 beside 1e-7.
LOG: dict[str, Any] = {"type": "log", "dtick": 1, "exponentformat": "power"}


def axis(title: str, log: bool = False) -> dict[str, Any]:
    """Layout of one axis; a logarithmic one has a tick at each power of ten."""
    return (LOG if log else {}) | {
        "title": {"text": title, "standoff": 10},
        "gridcolor": _GRID,
        "linecolor": "rgba(128, 128, 128, 0.5)",
        "showline": True,
        "zeroline": False,
        "tickfont": {"size": 12},
        "ticks": "outside",
        "tickcolor": "rgba(128, 128, 128, 0.5)",
    }


def frame(size: tuple[int, int]) -> dict[str, Any]:
    """Layout of a figure of that width and height in pixels, without its axes; transparent, so light and dark do."""
    return {
        "width": size[0],
        "height": size[1],
        "margin": MARGIN,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, -apple-system, Segoe UI, Roboto, sans-serif", "size": 13, "color": "#444b55"},
        "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.01, "yanchor": "bottom"},
        "hovermode": "closest",
    }
