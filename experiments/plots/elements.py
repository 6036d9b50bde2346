"""The periodic table as a picture: how many compositions of the data hold each element."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ...datasets import Dataset
from ...features.elements import SYMBOLS, lookup
from .style import frame

if TYPE_CHECKING:
    import plotly.graph_objects as go

_SHADES = np.array([[230, 240, 247], [95, 153, 189], [13, 61, 92]], dtype=float)
_ROW_OF_SERIES = 8.4
"""Where lanthanides stand, below a gap; actinides one row lower."""


def element_counts(data: Dataset) -> dict[str, int]:
    """Number of compositions of the data that hold each element, by symbol; elements in none are left out.

    Parameters
    ----------
    data
        As `vitrion.datasets.load` gives it; a composition counts once however often it was measured.
    """
    first = np.unique(data.measured.keys, return_index=True)[1]
    held = (data.take(np.sort(first)).measured.matrix > 0).sum(axis=0)
    return {symbol: int(count) for symbol, count in zip(SYMBOLS, held.tolist(), strict=True) if count}


def periodic_table(
    values: Mapping[str, float], title: str = "compositions", size: tuple[int, int] = (1060, 560)
) -> go.Figure:
    """The periodic table, each element shaded by its value on a logarithmic scale; white where there is none.

    Parameters
    ----------
    values
        A number above zero by symbol, such as `element_counts` gives.
    title
        What the numbers count, written beside the scale.
    size
        Width and height in pixels.
    """
    import plotly.graph_objects as go

    unknown = [symbol for symbol in values if symbol not in SYMBOLS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no element; give symbols such as Li")
    places = {symbol: _place(number) for number, symbol in enumerate(SYMBOLS, 1)}
    known = {symbol: float(value) for symbol, value in values.items() if value > 0}
    top = max(1.0, float(np.ceil(np.log10(max([*known.values(), 10.0])))))
    tiles = [_tile(places[symbol], _shade(known.get(symbol), top)) for symbol in SYMBOLS]
    words = [_word(places[symbol], symbol, known.get(symbol), top) for symbol in SYMBOLS]
    hidden = {"visible": False, "fixedrange": True}
    layout = frame(size) | {
        "xaxis": hidden | {"range": [0.4, 18.6]},
        "yaxis": hidden | {"range": [10.1, 0.4]},
        "margin": {"l": 10, "r": 10, "t": 16, "b": 10},
        "shapes": tiles,
        "annotations": words,
        "showlegend": False,
    }
    return go.Figure({"data": [_hovers(places, known, title, top)], "layout": layout})


def _place(number: int) -> tuple[float, float]:
    """Column and row of an element, the lanthanides and actinides below the others."""
    if 57 <= number <= 71:
        return number - 54.0, _ROW_OF_SERIES
    if 89 <= number <= 103:
        return number - 86.0, _ROW_OF_SERIES + 1
    at = number - 1
    return float(lookup("magpie Column")[at]), float(lookup("magpie Row")[at])


def _shade(value: float | None, top: float) -> str:
    if value is None:
        return "rgba(128, 128, 128, 0.05)"
    return _rgb(float(np.log10(max(value, 1.0))) / top)


def _rgb(share: float) -> str:
    """Colour at a place of the scale, from 0 to 1."""
    parts = [float(np.interp(share, (0.0, 0.5, 1.0), channel)) for channel in _SHADES.T]
    return f"rgb({parts[0]:.0f}, {parts[1]:.0f}, {parts[2]:.0f})"


def _tile(place: tuple[float, float], colour: str) -> dict[str, Any]:
    corners = {"x0": place[0] - 0.47, "x1": place[0] + 0.47, "y0": place[1] - 0.47, "y1": place[1] + 0.47}
    return {"type": "rect", **corners, "fillcolor": colour, "line": {"width": 0.6, "color": "rgba(128, 128, 128, 0.4)"}}


def _word(place: tuple[float, float], symbol: str, value: float | None, top: float) -> dict[str, Any]:
    count = "" if value is None else f"<br><span style='font-size:10px'>{_short(value)}</span>"
    dark = value is not None and np.log10(max(value, 1.0)) / top > 0.4
    colour = "#ffffff" if dark else "#2b3138" if value is not None else "#9aa0a8"
    text = {"text": f"<b>{symbol}</b>{count}", "showarrow": False, "font": {"size": 13, "color": colour}}
    return text | {"x": place[0], "y": place[1]}


def _short(value: float) -> str:
    """Write a number in at most four letters.

    >>> _short(7.0), _short(1240.0), _short(61000.0)
    ('7', '1.2k', '61k')
    """
    if value < 1000:
        return f"{value:.3g}"
    return f"{value / 1000:.1f}k" if value < 10_000 else f"{value / 1000:.0f}k"


def _hovers(
    places: Mapping[str, tuple[float, float]], known: Mapping[str, float], title: str, top: float
) -> dict[str, Any]:
    """Points that are not seen, with what is said over each tile, and the scale."""
    decades = list(range(int(top) + 1))
    bar = {
        "title": {"text": title, "side": "top"},
        "orientation": "h",
        "x": 0.37,
        "y": 0.99,
        "yanchor": "top",
        "len": 0.4,
        "thickness": 12,
        "tickvals": decades,
        "ticktext": [f"{10**decade:,}" for decade in decades],
    }
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [place[0] for place in places.values()],
        "y": [place[1] for place in places.values()],
        "text": [f"{symbol}: {known.get(symbol, 0):,.6g} {title}" for symbol in places],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "size": 30,
            "opacity": 0,
            "color": [0.0] * len(places),
            "cmin": 0,
            "cmax": top,
            "colorscale": [[share, _rgb(share)] for share in (0.0, 0.5, 1.0)],
            "showscale": True,
            "colorbar": bar,
        },
    }
